"""Reads SOQL: a recursive descent over the tokens, one method a rule of the grammar."""

import re
from collections.abc import Callable
from typing import TypeVar

from sandbox.salesforce.errors import QueryError
from sandbox.salesforce.soql.lexer import Token, tokens
from sandbox.salesforce.soql.tree import (
    Among,
    Compare,
    Condition,
    Function,
    Literal,
    Logic,
    Operand,
    Order,
    Path,
    Query,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = _words(
    "SELECT FROM WHERE GROUP HAVING ORDER LIMIT OFFSET FOR USING WITH AND OR NOT IN LIKE INCLUDES EXCLUDES ASC DESC"
    " NULLS ALL AS BY"
)
FUNCTIONS = _words(
    "COUNT COUNT_DISTINCT SUM AVG MIN MAX CALENDAR_YEAR CALENDAR_QUARTER CALENDAR_MONTH DAY_IN_MONTH DAY_ONLY"
    " HOUR_IN_DAY FIELDS TOLABEL"
)
COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
VALUES = frozenset({"string", "number", "date", "datetime", "period"})
DAY_WORD = re.compile(
    r"TODAY|YESTERDAY|TOMORROW|LAST_90_DAYS|NEXT_90_DAYS|(THIS|LAST|NEXT)_(WEEK|MONTH|(FISCAL_)?(QUARTER|YEAR))"
)
Item = TypeVar("Item")


def parse(text: str) -> Query:
    """The tree of a SOQL text; MALFORMED_QUERY with a caret drawing when it is none."""
    parser = Parser(text)
    query = parser.query()
    if parser.here.kind != "end":
        raise parser.unexpected()
    return query


class Parser:
    """Walks the tokens of one text."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = tokens(text)
        self.position = 0

    @property
    def here(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.position]

    def unexpected(self) -> QueryError:
        """The refusal of the token that is read next."""
        found = f"'{self.here.text}'"
        return QueryError("MALFORMED_QUERY", f"unexpected token: {found}", self.text, self.here.at)

    def take(self) -> Token:
        """The next token, read."""
        token = self.here
        self.position += 1
        return token

    def taken(self, word: str) -> bool:
        """Whether the next token is this keyword or sign; reads it if so."""
        if self.here.word != word or self.here.kind not in ("name", "sign"):
            return False
        self.position += 1
        return True

    def need(self, *words: str) -> None:
        """Read these keywords or signs."""
        for word in words:
            if not self.taken(word):
                raise self.unexpected()

    def query(self) -> Query:
        """SELECT … FROM … and the clauses in their order."""
        self.need("SELECT")
        select = self.listed(self.selected)
        self.need("FROM")
        source, alias = self.source()
        if self.taken("USING"):
            self.need("SCOPE")
            self.name()
        where = self.condition() if self.taken("WHERE") else None
        group: tuple[Operand, ...] = ()
        if self.taken("GROUP"):
            self.need("BY")
            group = self.listed(self.operand)
        having = self.condition() if self.taken("HAVING") else None
        order = self.ordering() if self.taken("ORDER") else ()
        limit = self.count() if self.taken("LIMIT") else None
        offset = self.count() if self.taken("OFFSET") else 0
        while self.taken("FOR"):
            self.purpose()
        head = (self.text, select, source.text, source.at, alias)
        return Query(*head, where=where, group=group, having=having, order=order, limit=limit, offset=offset)

    def listed(self, rule: Callable[[], Item]) -> tuple[Item, ...]:
        """One or more, separated by commas."""
        found = [rule()]
        while self.taken(","):
            found.append(rule())
        return tuple(found)

    def name(self) -> Token:
        """A name that is no keyword."""
        if self.here.kind != "name" or self.here.word in KEYWORDS:
            raise self.unexpected()
        return self.take()

    def source(self) -> tuple[Token, str | None]:
        """The type and, where given, its alias."""
        source = self.name()
        if self.taken("AS") or (self.here.kind == "name" and self.here.word not in KEYWORDS):
            return source, self.name().text
        return source, None

    def selected(self) -> Path | Function | Query:
        """A field, a function or a sub-select, with its alias."""
        if self.taken("("):
            query = self.query()
            self.need(")")
            return query
        found = self.operand()
        if self.here.kind == "name" and self.here.word not in KEYWORDS and "." not in self.here.text:
            alias = self.take().text
            if isinstance(found, Path):
                return Path(found.names, found.at, alias)
            return Function(found.name, found.argument, found.at, alias)
        return found

    def operand(self) -> Operand:
        """A field or a function of one."""
        token = self.name()
        if self.here.text != "(":
            return path_of(token)
        if token.word not in FUNCTIONS:
            self.position -= 1
            raise self.unexpected()
        self.take()
        if self.taken(")"):
            return Function(token.word, None, token.at)
        argument = self.take() if token.word == "FIELDS" and self.here.word == "ALL" else self.name()
        self.need(")")
        return Function(token.word, path_of(argument), token.at)

    def condition(self) -> Condition:
        """Conditions joined by AND or by OR; to mix them takes parentheses."""
        first = self.factor()
        for op in ("AND", "OR"):
            if self.here.word == op:
                parts = [first]
                while self.taken(op):
                    parts.append(self.factor())
                return Logic(op, tuple(parts))
        return first

    def factor(self) -> Condition:
        """NOT, parentheses or one comparison."""
        if self.taken("NOT"):
            return Logic("NOT", (self.factor(),))
        if self.taken("("):
            inside = self.condition()
            self.need(")")
            return inside
        return self.comparison()

    def comparison(self) -> Condition:
        """A field against a value or values."""
        operand = self.operand()
        token = self.take()
        if token.text in COMPARISONS:
            return Compare(operand, COMPARISONS[token.text], self.literal())
        if token.word == "LIKE":
            return Compare(operand, "LIKE", self.literal())
        if token.word == "NOT" and self.here.word == "IN":
            self.take()
            return Among(operand, "NOT IN", self.among())
        if token.word in ("IN", "INCLUDES", "EXCLUDES"):
            return Among(operand, token.word, self.among())
        self.position -= 1
        raise self.unexpected()

    def among(self) -> tuple[Literal, ...] | Query:
        """The values in parentheses, or a sub-select."""
        self.need("(")
        found = self.query() if self.here.word == "SELECT" else self.listed(self.literal)
        self.need(")")
        return found

    def literal(self) -> Literal:
        """One value."""
        token = self.here
        if token.kind in VALUES:
            self.take()
            return Literal(token.kind, token.text, token.at)
        if token.kind == "name" and token.word in ("TRUE", "FALSE", "NULL"):
            self.take()
            return Literal("null" if token.word == "NULL" else "boolean", token.word, token.at)
        if token.kind == "name" and DAY_WORD.fullmatch(token.word):
            self.take()
            return Literal("period", token.text, token.at)
        raise self.unexpected()

    def ordering(self) -> tuple[Order, ...]:
        """BY and the sort keys."""
        self.need("BY")
        return self.listed(self.sort_key)

    def sort_key(self) -> Order:
        """One sort key; nulls come first unless said otherwise, whatever the direction."""
        operand = self.operand()
        descending = self.taken("DESC")
        if not descending:
            self.taken("ASC")
        last = False
        if self.taken("NULLS"):
            last = self.taken("LAST")
            if not last:
                self.need("FIRST")
        return Order(operand, descending, last)

    def count(self) -> int:
        """A whole number."""
        if not (self.here.kind == "number" and self.here.text.isdigit()):
            raise self.unexpected()
        return int(self.take().text)

    def purpose(self) -> None:
        """FOR VIEW, REFERENCE or UPDATE, which change nothing here."""
        if not any(self.taken(word) for word in ("VIEW", "REFERENCE", "UPDATE")):
            raise self.unexpected()


def path_of(token: Token) -> Path:
    """The path that a name token spells."""
    return Path(tuple(part.strip() for part in token.text.split(".")), token.at)
