"""Reads SOQL: a recursive descent over the tokens, one method a clause."""

from sandbox.salesforce.soql.terms import MOST_NESTED, Terms
from sandbox.salesforce.soql.tree import Distance, Function, Operand, Order, Path, Query, Source, TypeOf, When

Item = Path | Function | Distance | TypeOf | Query
MOST_SORTED = 32
CATEGORY_OPERATORS = ("AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW")


def parse(text: str) -> Query:
    """The tree of a SOQL text; MALFORMED_QUERY with a caret drawing when it is none."""
    parser = Parser(text)
    query = parser.query()
    if parser.here.word == "ROWS" and parser.tokens[parser.position - 1].word == "ALL":
        raise parser.refusal("ALL ROWS not allowed in this context", parser.tokens[parser.position - 1].at)
    if parser.here.kind != "end":
        raise parser.unexpected()
    return query


class Parser(Terms):
    """Reads whole SELECTs."""

    def query(self) -> Query:
        """SELECT … FROM … and the clauses in their order."""
        with self.deeper():
            return self._query()

    def _query(self) -> Query:
        self.need("SELECT")
        select = self.selected_all()
        self.need("FROM")
        (source, *joined), scope = self.sources()
        where = self.condition() if self.taken("WHERE") else None
        mode = self.mode() if self.taken("WITH") else None
        group, rollup = self.grouping() if self._begins("GROUP", "BY") else ((), None)
        having = self.condition() if group and self.taken("HAVING") else None
        order = self.ordering() if self._begins("ORDER", "BY") else ()
        limit = self.whole() if self.taken("LIMIT") else None
        offset = self.whole() if self.taken("OFFSET") else 0
        self.purposes()
        return Query(
            self.text,
            select,
            source.path.text,
            source.path.at,
            source.alias,
            joined=tuple(joined),
            scope=scope,
            where=where,
            mode=mode,
            group=group,
            rollup=rollup,
            having=having,
            order=order,
            limit=limit,
            offset=offset,
        )

    def _begins(self, first: str, second: str) -> bool:
        """Whether a clause of two words begins here; reads them if so."""
        if not (self.sees(first) and self.following.word == second):
            return False
        self.need(first, second)
        return True

    def sub_select(self) -> Query:
        """SELECT one field FROM … WHERE …, as a semi join has it."""
        self.need("SELECT")
        select = self.operand()
        self.need("FROM")
        (source, *joined), scope = self.sources()
        where = self.condition() if self.taken("WHERE") else None
        head = (self.text, (select,), source.path.text, source.path.at, source.alias)
        return Query(*head, joined=tuple(joined), scope=scope, where=where)

    def selected_all(self) -> tuple[Item, ...]:
        """`COUNT()` alone, or what is selected, separated by commas."""
        after = self.tokens[self.position + 1 : self.position + 3]
        if self.sees("COUNT") and [token.text for token in after] == ["(", ")"]:
            token = self.take()
            self.need("(", ")")
            return (Function("COUNT", None, token.at),)
        return self.listed(self.selected)

    def selected(self) -> Item:
        """A field, a function, a TYPEOF or a sub-select, with its alias."""
        if self.taken("("):
            query = self.query()
            self.need(")")
            self.alias()
            return query
        if self.sees("TYPEOF") and self.following.kind == "name" and self._is_typeof():
            return self.typeof()
        found = self.operand()
        alias = None if self.sees("FROM") else self.alias()
        if isinstance(found, Path):
            return Path(found.names, found.at, alias)
        if isinstance(found, Function):
            return Function(found.name, found.argument, found.at, alias)
        return Distance(found.field, found.latitude, found.longitude, found.unit, found.at, alias)

    def _is_typeof(self) -> bool:
        return self.tokens[min(self.position + 2, len(self.tokens) - 1)].word == "WHEN"

    def typeof(self) -> TypeOf:
        """TYPEOF relationship WHEN type THEN fields … ELSE fields END."""
        at = self.take().at
        path = self.path()
        branches: list[When] = []
        while self.sees("WHEN"):
            token = self.take()
            kind = self.path()
            self.need("THEN")
            branches.append(When(kind.text, self.listed(self.path), token.at))
        if self.sees("ELSE"):
            token = self.take()
            branches.append(When(None, self.listed(self.path), token.at))
        self.need("END")
        self.alias()
        return TypeOf(path, tuple(branches), at)

    def sources(self) -> tuple[tuple[Source, ...], Path | None]:
        """The types and relationships of FROM with their aliases, and the scope."""
        found = self.listed(self.source)
        return found, self.listed(self.scope)[0] if self.taken("USING") else None

    def scope(self) -> Path:
        """SCOPE name or LOOKUP name."""
        if not self.sees("SCOPE", "LOOKUP"):
            raise self.unexpected()
        lookup = self.take().word == "LOOKUP"
        path = self.plain()
        return Path(("everything",), path.at) if lookup else path

    def source(self) -> Source:
        """A type or relationship and, where given, its alias, after AS or not."""
        path = self.path()
        if self.taken("AS"):
            # An alias may itself be called `as`: `FROM A AS` names one.
            return Source(path, self.alias() or "AS")
        if self.sees("ORDER", "GROUP") and self.following.word == "BY":
            return Source(path)
        if self.sees("OFFSET") and self.following.kind in ("number", "sign"):
            return Source(path)
        return Source(path, self.alias())

    def mode(self) -> Path:
        """What follows WITH: a mode of access, data categories, or settings of a search."""
        if self.sees("DATA") and self.following.word == "CATEGORY":
            at = self.take().at
            self.need("CATEGORY")
            self.category()
            while self.taken("AND"):
                self.category()
            return Path(("DATA CATEGORY",), at)
        path = self.path()
        if self.taken("="):
            if self.here.kind != "string":
                raise self.unexpected()
            self.string(like=False)
        elif self.taken("("):
            self.listed(self.option)
            self.need(")")
        return path

    def category(self) -> None:
        """A data category group, an operator and one category or several."""
        self.path()
        if not self.sees(*CATEGORY_OPERATORS):
            raise self.unexpected()
        self.take()
        if self.taken("("):
            self.listed(self.path)
            self.need(")")
        else:
            self.path()

    def option(self) -> None:
        """name = value."""
        self.path()
        self.need("=")
        if self.here.kind not in ("string", "number") and not self.sees("TRUE", "FALSE"):
            raise self.unexpected()
        self.take()

    def grouping(self) -> tuple[tuple[Operand, ...], str | None]:
        """Fields and functions, plain or inside ROLLUP or CUBE."""
        if not self.sees("ROLLUP", "CUBE"):
            return self.listed(self.grouped), None
        word = self.take().word
        self.need("(")
        found = self.listed(self.grouped)
        self.need(")")
        return found, word

    def grouped(self) -> Operand:
        """A field or a function of one."""
        path = self.path()
        return self.function(path, MOST_NESTED) if self.sees("(") else path

    def ordering(self) -> tuple[Order, ...]:
        """The sort keys, at most 32 (SOQL reference, ORDER BY); its text is not known."""
        at = self.here.at
        found = self.listed(self.sort_key)
        if len(found) > MOST_SORTED:
            raise self.refusal(f"ORDER BY takes at most {MOST_SORTED} fields", at)
        return found

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

    def purposes(self) -> None:
        """FOR VIEW or FOR REFERENCE, and UPDATE TRACKING, VIEWSTAT, which change nothing here."""
        if self.taken("FOR"):
            if not self.sees("VIEW", "REFERENCE"):
                raise self.unexpected()
            self.take()
        if self.taken("UPDATE"):
            self.listed(self.plain)
