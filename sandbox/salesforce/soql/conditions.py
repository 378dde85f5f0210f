"""Conditions as SQL, in two values: a comparison with an empty field is false, and `!=` and NOT of it are true."""

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sandbox.salesforce.errors import QueryError
from sandbox.salesforce.ids import SHAPE, normalize
from sandbox.salesforce.rows import marks
from sandbox.salesforce.soql.columns import Column, Columns, refuse_long
from sandbox.salesforce.soql.lexer import unquoted
from sandbox.salesforce.soql.periods import span
from sandbox.salesforce.soql.tree import Among, Compare, Condition, Literal, Operand, Query
from sandbox.salesforce.times import SECOND, midnight, moment, parse_date, parse_datetime

MOST_MARKS = 2000
MOST_IN_A_ROW = 200
MOST_PLAIN = 1000
TIMES = frozenset({"date", "clock", "instant"})
WANTED = {"text": "string", "multipicklist": "string", "key": "string", "number": "number", "int": "number"}
NAMES = {"number": "double", "instant": "dateTime", "clock": "dateTime", "text": "string", "key": "string"}


class Conditions:
    """Writes the conditions of one SELECT; `params` are the SQL parameters in the order of the text so far."""

    def __init__(self, columns: Columns, now: int, semi_join: Callable[[Query], tuple[str, list[Any]]]):
        self.columns = columns
        self.now = now
        self.semi_join = semi_join
        self.params: list[Any] = []

    def sql(self, condition: Condition) -> str:
        """The SQL of a condition; it is never NULL where it stands under NOT."""
        if isinstance(condition, Compare):
            return self._compare(condition)
        if isinstance(condition, Among):
            return self._among(condition)
        if condition.op == "NOT":
            return self._not(self.sql(condition.parts[0]))
        return joined(condition.op, [self.sql(part) for part in condition.parts])

    def _not(self, inner: str) -> str:
        return f"NOT (({inner}) IS TRUE)"

    def _column(self, operand: Operand) -> Column:
        column = self.columns.column(operand)
        refuse_long(column, self.columns.names, operand.at, "filtered")
        return column

    def _compare(self, compare: Compare) -> str:
        column = self._column(compare.operand)
        if compare.op == "LIKE":
            return self._like(column, compare.value)
        if self._empty(column, compare.value):
            return self._empty_test(column, compare)
        if column.form in TIMES:
            return self._in_time(column, compare.op, compare.value)
        value = self._value(column, compare.value)
        return self._plain(column, compare.op, value)

    def _plain(self, column: Column, op: str, value: Any) -> str:
        self.params.append(value)
        sql = f"sf_fold({column.sql})" if column.form == "text" and not column.indexed else column.sql
        collation = " COLLATE NOCASE" if column.indexed else ""
        return f"{sql} IS NOT ?{collation}" if op == "!=" else f"{sql} {op} ?{collation}"

    def _like(self, column: Column, literal: Literal) -> str:
        if column.form != "text" or literal.kind != "string":
            raise self._refuse("INVALID_QUERY_FILTER_OPERATOR", "invalid operator", literal)
        pattern = unquoted(literal.value, like=True).casefold()
        self.params.append(pattern)
        # SQLite's own LIKE is faster, but tries every way to share a text among many wildcards.
        plain = pattern.count("%") <= 2 and len(pattern) < MOST_PLAIN
        return f"sf_fold({column.sql}) LIKE ? ESCAPE '\\'" if plain else f"sf_like({column.sql}, ?)"

    def _empty(self, column: Column, literal: Literal) -> bool:
        """Null, and for texts and ids also the empty string, which the vendor does not keep."""
        return literal.kind == "null" or (literal.value == "''" and column.form in ("text", "key", "multipicklist"))

    def _empty_test(self, column: Column, compare: Compare) -> str:
        if compare.op not in ("=", "!="):
            raise self._refuse("INVALID_QUERY_FILTER_OPERATOR", "invalid operator", compare.value)
        return f"{column.sql} IS {'NOT ' if compare.op == '!=' else ''}NULL"

    def _in_time(self, column: Column, op: str, literal: Literal) -> str:
        """Every time stands for a span, first moment to first moment after: a second, a day or a period."""
        start, end = self._span(column, literal)
        match op:
            case "=":
                self.params += [start, end]
                return f"({column.sql} >= ? AND {column.sql} < ?)"
            case "!=":
                self.params += [start, end]
                return self._not(f"{column.sql} >= ? AND {column.sql} < ?")
            case "<" | ">=":
                self.params.append(start)
            case _:
                self.params.append(end)
        return f"{column.sql} {'<' if op in ('<', '<=') else '>='} ?"

    def _span(self, column: Column, literal: Literal) -> tuple[Any, Any]:
        try:
            if literal.kind == "period":
                first, last = span(literal.value, moment(self.now).date())
                return _at(column, midnight(first), first), _at(column, midnight(last), last)
            if literal.kind == "date" and column.form == "date":
                day = parse_date(literal.value)
                return day.isoformat(), (day + timedelta(days=1)).isoformat()
            if literal.kind == "datetime" and column.form != "date":
                at = parse_datetime(literal.value)
                return _at(column, at, None), _at(column, at + SECOND, None)
        except ValueError:
            raise self._refuse("MALFORMED_QUERY", f"unexpected token: '{literal.value}'", literal) from None
        raise self._wrong_type(column, literal)

    def _value(self, column: Column, literal: Literal) -> Any:
        if literal.kind != WANTED.get(column.form, column.form):
            raise self._wrong_type(column, literal)
        if column.form == "key":
            return self._key(literal)
        if column.form == "text":
            text = unquoted(literal.value)
            return text if column.indexed else text.casefold()
        if column.form == "multipicklist":
            return unquoted(literal.value)
        return literal.value == "TRUE" if literal.kind == "boolean" else float(literal.value)

    def _key(self, literal: Literal) -> str:
        text = unquoted(literal.value)
        found = normalize(text)
        if found is None and not SHAPE.fullmatch(text):
            raise self._refuse("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {text}", literal)
        # A query does not mind a checksum that is none: it finds nothing (recorded).
        return found or text

    def _wrong_type(self, column: Column, literal: Literal) -> QueryError:
        name, wanted = column.field.name, NAMES.get(column.form, column.form)
        quotes = "should be enclosed in quotes" if wanted == "string" else "should not be enclosed in quotes"
        message = f"value of filter criterion for field '{name}' must be of type {wanted} and {quotes}"
        return self._refuse("INVALID_FIELD", message, literal)

    def _among(self, among: Among) -> str:
        column = self._column(among.operand)
        if among.op in ("INCLUDES", "EXCLUDES"):
            return self._includes(column, among)
        inner = self._one_of(column, among)
        return inner if among.op == "IN" else self._not(inner)

    def _one_of(self, column: Column, among: Among) -> str:
        if isinstance(among.values, Query):
            if column.form != "key":
                message = "The inner and outer selects of a semi join must be on reference fields"
                raise self.columns.names.refuse("MALFORMED_QUERY", message, among.operand.at)
            sql, params = self.semi_join(among.values)
            self.params += params
            return f"{column.sql} IN ({sql})"
        if column.form in TIMES:
            parts = [self._compare(Compare(among.operand, "=", literal)) for literal in among.values]
            return joined("OR", parts)
        values = [self._value(column, each) for each in among.values if not self._empty(column, each)]
        self.params += values if len(values) <= MOST_MARKS else [json.dumps(values)]
        listing = marks(values) if len(values) <= MOST_MARKS else "SELECT value FROM json_each(?)"
        sql = f"sf_fold({column.sql})" if column.form == "text" and not column.indexed else column.sql
        listed = f"{sql}{' COLLATE NOCASE' if column.indexed else ''} IN ({listing})"
        return listed if len(values) == len(among.values) else f"({listed} OR {column.sql} IS NULL)"

    def _includes(self, column: Column, among: Among) -> str:
        """Each value is a set `A;B` of which all must be chosen; one matching set is enough."""
        if column.form != "multipicklist" or isinstance(among.values, Query):
            raise self.columns.names.refuse("INVALID_QUERY_FILTER_OPERATOR", "invalid operator", among.operand.at)
        sets = [unquoted(literal.value).split(";") for literal in among.values]
        self.params += [f";{choice};" for chosen in sets for choice in chosen]
        one = f"instr(';' || {column.sql} || ';', ?) > 0"
        either = joined("OR", [joined("AND", [one for _ in chosen]) for chosen in sets])
        return either if among.op == "INCLUDES" else self._not(either)

    def _refuse(self, code: str, message: str, literal: Literal) -> QueryError:
        return self.columns.names.refuse(code, message, literal.at)


def _at(column: Column, ms: int, day: date | None) -> Any:
    """A moment in the form of the column's values."""
    if column.form == "instant":
        return ms
    if column.form == "date" and day is not None:
        return day.isoformat()
    return moment(ms).strftime("%Y-%m-%dT%H:%M:%S")


def joined(op: str, parts: Sequence[str]) -> str:
    """Conditions joined by AND or OR; thousands in halves of halves, since SQLite counts how deep they stand."""
    if len(parts) <= MOST_IN_A_ROW:
        return f"({f' {op} '.join(parts)})"
    half = len(parts) // 2
    return f"({joined(op, parts[:half])} {op} {joined(op, parts[half:])})"
