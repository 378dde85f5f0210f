"""A parsed SELECT as SQL statements over the store."""

# ruff: noqa: S608 - statements are put together from catalog names; every value is a parameter
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.rows import looked_up, marks
from sandbox.salesforce.schema import Child, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.checks import check, operands
from sandbox.salesforce.soql.columns import Column, Columns, is_aggregate, refuse_long
from sandbox.salesforce.soql.conditions import Conditions
from sandbox.salesforce.soql.names import Names, source_of
from sandbox.salesforce.soql.tree import Function, Logic, Operand, Order, Path, Query, TypeOf

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
        check(self.names, float(call.version))

    def ids(self) -> Statement:
        """The ids of the records in their order."""
        where = self.where()
        order = self._order()
        tail = f"{where} ORDER BY {order} {self.window()}"
        return f"SELECT {self.scope.root}.id FROM {self.columns.source} WHERE {tail}", self.conditions.params

    def children(self) -> Statement:
        """(parent id, id) of the records below the scope's parents, in their order."""
        where, order = self.where(), self._order()
        assert self.scope.below is not None
        parent = f"json_extract({self.scope.root}.data, '$.{self.scope.below[0].field.name}')"
        select = f"SELECT {parent}, {self.scope.root}.id FROM {self.columns.source}"
        return f"{select} WHERE {where} ORDER BY {order}", self.conditions.params

    def count(self) -> Statement:
        """How many records there are, within LIMIT and OFFSET."""
        where = self.where()
        inner = f"SELECT 1 FROM {self.columns.source} WHERE {where} {self.window()}"
        return f"SELECT count(*) FROM ({inner})", self.conditions.params

    def semi_join(self, query: Query) -> Statement:
        """The ids that a sub-select in a condition yields."""
        root = f"{self.scope.root}s"
        inner = Compiler(self.call, query, source_of(query, self.call.schema), Scope(self.scope.deleted, None, root))
        chosen = query.select[0]
        assert isinstance(chosen, Path)  # `check` refuses anything else
        column = inner.columns.column(chosen)
        if column.form != "key":
            message = f"Semi join sub-selects can only query id fields, cannot use: '{chosen.text}'"
            raise self.names.refuse("MALFORMED_QUERY", message, chosen.at)
        where = inner.where()
        sql = f"SELECT {column.sql} FROM {inner.columns.source} WHERE {where} AND {column.sql} IS NOT NULL"
        return sql, inner.conditions.params

    def where(self) -> str:
        """The conditions that records must meet."""
        parts = [self.columns.own]
        if not self.scope.deleted:
            parts.append(f"{self.scope.root}.archived=0")
        if self.scope.below:
            child, parents = self.scope.below
            looked_up(self.call.store, child.sobject.kind, child.field.name)
            parts.append(f"json_extract({self.scope.root}.data, '$.{child.field.name}') IN ({marks(parents)})")
            self.conditions.params += parents
        if self._mine():
            parts.append(f"json_extract({self.scope.root}.data, '$.OwnerId') = ?")
            self.conditions.params.append(self.call.session.user_id)
        if self.query.where:
            for operand in operands(self.query.where):
                if is_aggregate(operand):
                    message = "Aggregate functions are not allowed in WHERE; use HAVING"
                    raise self.names.refuse("MALFORMED_QUERY", message, operand.at)
            # AND parts stay apart, so that each can use an index.
            parts.append(self.conditions.sql(Logic("AND", (self.query.where,))))
        return " AND ".join(parts)

    def _mine(self) -> bool:
        scope = self.query.scope.text.lower() if self.query.scope else ""
        return scope in ("mine", "mine_and_my_groups") and self.names.sobject.field("OwnerId") is not None

    def _order(self) -> str:
        keys = [self.sort_key(order) for order in self.query.order]
        return ", ".join([*keys, f"+{self.scope.root}.seq"])

    def sort_key(self, order: Order) -> str:
        """One key of ORDER BY."""
        column = self.columns.column(order.operand)
        refuse_long(column, self.names, order.operand.at, "sorted")
        return f"{column.sortable} {direction(order)}"

    def window(self) -> str:
        """LIMIT and OFFSET."""
        limit = -1 if self.query.limit is None else self.query.limit
        return f"LIMIT {limit} OFFSET {self.query.offset}"

    def shown(self) -> list[tuple[str, Operand, Column]]:
        """The name, operand and column of each value of a group."""
        grouped = {self.key(each) for each in self.query.group}
        found: list[tuple[str, Operand, Column]] = []
        unnamed = 0
        for item in self.query.select:
            if isinstance(item, Query | TypeOf):
                at = item.at if isinstance(item, TypeOf) else item.source_at
                raise self.names.refuse("MALFORMED_QUERY", "Grouped query cannot select objects", at)
            if isinstance(item, Function) and item.name == "GROUPING":
                column = self.grouping(item)
            else:
                column = self.columns.column(item)
                self._must_be_grouped(item, column, grouped)
            own = column.field.name if isinstance(item, Path) else f"expr{unnamed}"
            unnamed += not isinstance(item, Path) and not item.alias
            found.append((item.alias or own, item, column))
        return found

    def grouping(self, item: Function) -> Column:
        """GROUPING(field): the column of a field that ROLLUP or CUBE names."""
        keys = {self.key(each) for each in self.query.group}
        inner = self.columns.column(item.argument) if item.argument else None
        if inner is None or not self.query.rollup or inner.sql not in keys:
            message = "GROUPING() can only be used with a field of GROUP BY ROLLUP or CUBE"
            raise self.names.refuse("MALFORMED_QUERY", message, item.at)
        return inner

    def _must_be_grouped(self, item: Operand, column: Column, grouped: set[str]) -> None:
        inner = item.argument if isinstance(item, Function) and item.name in ("FORMAT", "TOLABEL") else None
        bare = self.columns.column(inner).sql if inner else column.sql
        if not is_aggregate(item) and not {column.sql, bare} & grouped:
            message = f"Field must be grouped or aggregated: {column.field.name}"
            raise self.names.refuse("MALFORMED_QUERY", message, item.at)

    def key(self, operand: Operand) -> str:
        """The SQL by which a field or function is known as grouped."""
        refused = self.columns.column(operand)
        refuse_long(refused, self.names, operand.at, "grouped")
        return refused.sql


def direction(order: Order) -> str:
    """The direction of a sort key and the place of its nulls."""
    return f"{'DESC' if order.descending else 'ASC'} NULLS {'LAST' if order.nulls_last else 'FIRST'}"


def aggregates(query: Query) -> bool:
    """Whether a SELECT answers groups instead of records."""
    return bool(query.group) or any(is_aggregate(item) for item in query.select)
