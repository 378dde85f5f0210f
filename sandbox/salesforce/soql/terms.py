"""Reads the terms of SOQL: fields, functions, values and conditions, one method a rule of the grammar."""

from sandbox.salesforce.soql.lexer import bad_escape
from sandbox.salesforce.soql.periods import is_period
from sandbox.salesforce.soql.reader import Reader
from sandbox.salesforce.soql.tree import Among, Compare, Condition, Distance, Function, Literal, Logic, Operand, Path
from sandbox.salesforce.soql.tree import Query as Select
from sandbox.wire import counts

COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">"}
VALUES = frozenset({"number", "date", "datetime", "time", "currency"})
# COUNT() alone stands in a SELECT for the number of records; every other function has an argument.
MOST_NESTED = 2


class Terms(Reader):
    """Reads what stands between the clauses."""

    def sub_select(self) -> Select:
        """A semi join's SELECT; `Parser` knows how."""
        raise self.unexpected()

    def operand(self) -> Operand:
        """A field, a function of one, or a distance."""
        if self.sees("DISTANCE") and self.following.text == "(" and self._is_distance():
            return self.distance()
        path = self.path()
        if not self.sees("("):
            return path
        return self.function(path, MOST_NESTED)

    def function(self, path: Path, deep: int) -> Function:
        """The argument in parentheses: a field, or another function where one more may be nested."""
        self.need("(")
        name = path.text.upper()
        inner = self.path()
        if deep > 1 and self.sees("("):
            argument: Path | Function = self.function(inner, deep - 1)
        else:
            argument = inner
        self.need(")")
        return Function(name, argument, path.at)

    def _is_distance(self) -> bool:
        at = self.position + 3
        return len(self.tokens) > at and self.tokens[at].text == ","

    def distance(self) -> Distance:
        """DISTANCE(field, GEOLOCATION(latitude, longitude), 'unit')."""
        at = self.take().at
        self.need("(")
        path = self.path()
        self.need(",", "GEOLOCATION", "(")
        latitude = self.number()
        self.need(",")
        longitude = self.number()
        self.need(")", ",")
        if self.here.kind != "string":
            raise self.unexpected()
        unit = self.take().text
        self.need(")")
        return Distance(path, latitude, longitude, unit, at)

    def number(self) -> float:
        """A number with its sign."""
        negative = self.sees("-")
        if self.sees("-", "+"):
            self.take()
        if self.here.kind != "number":
            raise self.unexpected()
        return -float(self.take().text) if negative else float(self.take().text)

    def condition(self) -> Condition:
        """Conditions joined by AND or by OR, or one under NOT; to mix them takes parentheses."""
        with self.deeper():
            return self._condition()

    def _condition(self) -> Condition:
        if self.taken("NOT"):
            return Logic("NOT", (self.factor(),))
        first = self.factor()
        for op in ("AND", "OR"):
            if self.sees(op):
                parts = [first]
                while self.taken(op):
                    parts.append(self.factor())
                return Logic(op, tuple(parts))
        return first

    def factor(self) -> Condition:
        """Parentheses or one comparison."""
        if self.taken("("):
            inside = self.condition()
            self.need(")")
            return inside
        return self.comparison()

    def comparison(self) -> Condition:
        """A field against a value or values."""
        operand = self.operand()
        if op := self.operator():
            return Compare(operand, op, self.literal())
        if isinstance(operand, Distance):
            raise self.unexpected()
        if self.taken("LIKE"):
            return Compare(operand, "LIKE", self.literal(like=True))
        if self.sees("NOT") and self.following.word == "IN":
            self.take()
            self.take()
            return Among(operand, "NOT IN", self.among())
        if self.sees("IN"):
            self.take()
            return Among(operand, "IN", self.among())
        if self.sees("INCLUDES", "EXCLUDES"):
            return Among(operand, self.take().word, self.values())
        raise self.unexpected()

    def operator(self) -> str | None:
        """The comparison that may stand here; its two signs may stand apart, as in `> =`."""
        if self.here.kind != "sign" or self.here.text not in COMPARISONS:
            return None
        op = COMPARISONS[self.take().text]
        return op + "=" if op in "<>" and self.taken("=") else op

    def among(self) -> tuple[Literal, ...] | Select:
        """The values in parentheses, or a sub-select."""
        if self.sees("(") and self.following.word == "SELECT":
            self.need("(")
            found = self.sub_select()
            self.need(")")
            return found
        return self.values()

    def values(self) -> tuple[Literal, ...]:
        """Values in parentheses."""
        self.need("(")
        found = self.listed(self.literal)
        self.need(")")
        return found

    def literal(self, like: bool = False) -> Literal:
        """One value."""
        token = self.here
        if token.kind == "string":
            return self.string(like)
        if self.sees("-", "+"):
            at = self.take().at
            if self.here.kind != "number":
                raise self.unexpected()
            return Literal("number", (token.text + self.take().text).lstrip("+"), at)
        if token.kind in VALUES:
            self.take()
            return Literal(token.kind, token.text, token.at)
        if token.kind == "name" and token.word in ("TRUE", "FALSE", "NULL"):
            self.take()
            return Literal("null" if token.word == "NULL" else "boolean", token.word, token.at)
        if token.kind == "name" and is_period(token.word):
            return self.period()
        raise self.unexpected()

    def string(self, like: bool) -> Literal:
        """A string whose escapes are known ones."""
        token = self.take()
        bad = bad_escape(token.text, like)
        if bad is not None:
            raise self.refusal("Invalid Escape Character", token.at + bad)
        return Literal("string", token.text, token.at)

    def period(self) -> Literal:
        """A date literal, with its number where it has one."""
        token = self.take()
        if not self.taken(":"):
            return Literal("period", token.word, token.at)
        if not (self.here.kind == "number" and counts(self.here.text)):
            raise self.unexpected()
        return Literal("period", f"{token.word}:{self.take().text}", token.at)
