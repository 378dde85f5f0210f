"""A parsed SELECT as SQL statements over the store."""

# ruff: noqa: S608 - statements are put together from catalog names; every value is a parameter
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.rows import looked_up, marks
from sandbox.salesforce.schema import Child, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.columns import AGGREGATES, Column, Columns, refuse_long
from sandbox.salesforce.soql.conditions import Conditions
from sandbox.salesforce.soql.names import Names, source_of
from sandbox.salesforce.soql.tree import Function, Logic, Order, Path, Query

MOST_OFFSET = 2000
Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether deleted records are seen, and the children of which records are asked for."""

    deleted: bool = False
    below: tuple[Child, list[str]] | None = None
    root: str = "r"


class Compiler:
    """Writes the statements of one SELECT."""

    def __init__(self, call: Call, query: Query, sobject: SObject, scope: Scope):
        self.call = call
        self.query = query
        self.scope = scope
        self.names = Names(query, call.schema, sobject)
        self.columns = Columns(self.names, call.store.db, scope.root)
        self.conditions = Conditions(self.columns, call.now, self.semi_join)
        if query.offset > MOST_OFFSET:
            raise self.names.refuse("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MOST_OFFSET}", 0)

    def ids(self) -> Statement:
        """The ids of the records in their order."""
        where = self._where()
        order = self._order()
        tail = f"{where} ORDER BY {order} {self._window()}"
        return f"SELECT {self.scope.root}.id FROM {self.columns.source} WHERE {tail}", self.conditions.params

    def children(self) -> Statement:
        """(parent id, id) of the records below the scope's parents, in their order."""
        where, order = self._where(), self._order()
        assert self.scope.below is not None
        parent = f"json_extract({self.scope.root}.data, '$.{self.scope.below[0].field.name}')"
        select = f"SELECT {parent}, {self.scope.root}.id FROM {self.columns.source}"
        return f"{select} WHERE {where} ORDER BY {order}", self.conditions.params

    def count(self) -> Statement:
        """How many records there are, within LIMIT and OFFSET."""
        where = self._where()
        inner = f"SELECT 1 FROM {self.columns.source} WHERE {where} {self._window()}"
        return f"SELECT count(*) FROM ({inner})", self.conditions.params

    def aggregate(self) -> tuple[Statement, list[tuple[str, Column]]]:
        """The groups, and the name and column of each value of a group."""
        shown = self._aggregated()
        where = self._where()
        group = ", ".join(self.columns.column(each).sql for each in self.query.group)
        having = f" HAVING {self.conditions.sql(self.query.having)}" if self.query.having else ""
        clause = f" GROUP BY {group}{having}" if group else having
        order = f" ORDER BY {self._order()}" if self.query.order else ""
        values = ", ".join(column.sql for _, column in shown)
        sql = f"SELECT {values} FROM {self.columns.source} WHERE {where}{clause}{order} {self._window()}"
        return (sql, self.conditions.params), shown

    def semi_join(self, query: Query) -> Statement:
        """The ids that a sub-select in a condition yields."""
        root = f"{self.scope.root}s"
        inner = Compiler(self.call, query, source_of(query, self.call.schema), Scope(self.scope.deleted, None, root))
        chosen = query.select[0]
        if len(query.select) != 1 or not isinstance(chosen, Path):
            raise self.names.refuse("MALFORMED_QUERY", "semi join sub-selects can only query 1 field", query.source_at)
        column = inner.columns.column(chosen)
        if column.form != "key":
            message = "The inner and outer selects of a semi join must be on reference fields"
            raise self.names.refuse("MALFORMED_QUERY", message, chosen.at)
        where = inner._where()
        sql = f"SELECT {column.sql} FROM {inner.columns.source} WHERE {where} AND {column.sql} IS NOT NULL"
        return sql, inner.conditions.params

    def _where(self) -> str:
        parts = [self.columns.own]
        if not self.scope.deleted:
            parts.append(f"{self.scope.root}.archived=0")
        if self.scope.below:
            child, parents = self.scope.below
            looked_up(self.call.store, child.sobject.kind, child.field.name)
            parts.append(f"json_extract({self.scope.root}.data, '$.{child.field.name}') IN ({marks(parents)})")
            self.conditions.params += parents
        if self.query.where:
            # AND parts stay apart, so that each can use an index.
            parts.append(self.conditions.sql(Logic("AND", (self.query.where,))))
        return " AND ".join(parts)

    def _order(self) -> str:
        keys = [self._sort_key(order) for order in self.query.order]
        return ", ".join(keys if self.query.group else [*keys, f"+{self.scope.root}.seq"])

    def _sort_key(self, order: Order) -> str:
        column = self.columns.column(order.operand)
        refuse_long(column, self.names, order.operand.at, "sorted")
        direction = "DESC" if order.descending else "ASC"
        return f"{column.sortable} {direction} NULLS {'LAST' if order.nulls_last else 'FIRST'}"

    def _window(self) -> str:
        limit = -1 if self.query.limit is None else self.query.limit
        return f"LIMIT {limit} OFFSET {self.query.offset}"

    def _aggregated(self) -> list[tuple[str, Column]]:
        grouped = {self._key(each) for each in self.query.group}
        shown: list[tuple[str, Column]] = []
        unnamed = 0
        for item in self.query.select:
            if isinstance(item, Query):
                raise self.names.refuse("MALFORMED_QUERY", "unexpected token: '('", item.source_at)
            column = self.columns.column(item)
            name = item.alias or (item.names[-1] if isinstance(item, Path) else f"expr{unnamed}")
            unnamed += isinstance(item, Function) and not item.alias
            if not is_aggregate(item) and self._key(item) not in grouped:
                message = f"Field must be grouped or aggregated: {column.field.name}"
                raise self.names.refuse("MALFORMED_QUERY", message, item.at)
            shown.append((name if item.alias or isinstance(item, Function) else column.field.name, column))
        return shown

    def _key(self, operand: Path | Function) -> str:
        refused = self.columns.column(operand)
        refuse_long(refused, self.names, operand.at, "grouped")
        return refused.sql


def is_aggregate(item: Path | Function | Query) -> bool:
    """Whether an item of a SELECT is an aggregate function."""
    return isinstance(item, Function) and item.name in AGGREGATES


def aggregates(query: Query) -> bool:
    """Whether a SELECT answers groups instead of records."""
    return bool(query.group) or any(is_aggregate(item) for item in query.select)
