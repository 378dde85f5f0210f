"""SELECTs that answer groups: GROUP BY, ROLLUP, CUBE and HAVING as SQL, and the AggregateResult records."""

# ruff: noqa: S608 - statements are put together from catalog names; every value is a parameter
import itertools
from collections.abc import Iterator
from typing import Any

from sandbox.salesforce.rows import shown
from sandbox.salesforce.schema import Field
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.checks import operands
from sandbox.salesforce.soql.columns import Column, is_aggregate
from sandbox.salesforce.soql.compiler import Compiler, Statement, direction
from sandbox.salesforce.soql.tree import Function, Operand
from sandbox.salesforce.times import stamp

Shown = list[tuple[str, Operand, Column]]
# What the wire shows of a stored value depends on the field's type, except where a function made another one.
AS_STORED = ("int", "key")


def groups(call: Call, compiler: Compiler) -> list[dict[str, Any]]:
    """The AggregateResult records of a SELECT with groups or aggregate functions."""
    listed = compiler.shown()
    sql, params = statement(compiler, listed)
    records = []
    for cells in call.store.db.execute(sql, params):
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for (name, operand, column), cell in zip(listed, cells, strict=False):
            counted = isinstance(operand, Function) and operand.name == "GROUPING"
            record[name] = cell if counted else _cell(cell, column.form, column.field)
        records.append(record)
    return records


def _cell(cell: Any, form: str, own: Field) -> Any:
    if cell is None or form in AS_STORED:
        return cell
    if form == "instant":
        return stamp(cell)
    return shown(f"{cell}Z", "datetime") if form == "clock" else shown(cell, own.type)


def statement(compiler: Compiler, listed: Shown) -> Statement:
    """The SQL of the groups; those of ROLLUP and CUBE are made set by set and put together."""
    keys = [compiler.key(each) for each in compiler.query.group]
    _check(compiler, set(keys))
    parts = [_set(compiler, listed, keys, chosen) for chosen in sets(compiler.query.rollup, len(keys))]
    width = len(listed)
    if compiler.query.order:
        order = ", ".join(f"k{at} {direction(each)}" for at, each in enumerate(compiler.query.order))
    else:
        # A group's subtotal follows the group: where a key is rolled up, its mark of 1 comes last.
        order = ", ".join(f"g{at}, v{at}" for at in range(len(keys)))
    names = ", ".join(f"c{at}" for at in range(width))
    tail = f" ORDER BY {order}" if order else ""
    sql = f"SELECT {names} FROM ({' UNION ALL '.join(parts)}){tail} {compiler.window()}"
    return sql, compiler.conditions.params


def sets(rollup: str | None, count: int) -> Iterator[frozenset[int]]:
    """The sets of keys that are grouped by: all of them, each beginning (ROLLUP) or every choice (CUBE)."""
    if rollup is None:
        yield frozenset(range(count))
    elif rollup == "ROLLUP":
        yield from (frozenset(range(size)) for size in range(count, -1, -1))
    else:
        for size in range(count, -1, -1):
            yield from map(frozenset, itertools.combinations(range(count), size))


def _set(compiler: Compiler, listed: Shown, keys: list[str], chosen: frozenset[int]) -> str:
    """The SELECT of one set of keys: its values (c), sort keys (k), and each key's mark (g) and value (v)."""
    gone = {key for at, key in enumerate(keys) if at not in chosen}
    cells = [f"{_value(operand, column, gone)} AS c{at}" for at, (_, operand, column) in enumerate(listed)]
    for at, order in enumerate(compiler.query.order):
        column = compiler.columns.column(order.operand)
        cells.append(f"{'NULL' if column.sql in gone else column.sortable} AS k{at}")
    for at, key in enumerate(keys):
        mark, value = ("0", key) if at in chosen else ("1", "NULL")
        cells += [f"{mark} AS g{at}", f"{value} AS v{at}"]
    where = compiler.where()
    grouped = ", ".join(key for at, key in enumerate(keys) if at in chosen)
    clause = f" GROUP BY {grouped}" if grouped else ""
    having = compiler.query.having
    clause += f" HAVING {compiler.conditions.sql(having)}" if having else ""
    return f"SELECT {', '.join(cells)} FROM {compiler.columns.source} WHERE {where}{clause}"


def _value(operand: Operand, column: Column, gone: set[str]) -> str:
    if isinstance(operand, Function) and operand.name == "GROUPING":
        return "1" if column.sql in gone else "0"
    return "NULL" if column.sql in gone else column.sql


def _check(compiler: Compiler, keys: set[str]) -> None:
    """Sort keys and the operands of HAVING must be grouped or aggregated."""
    for order in compiler.query.order:
        if not is_aggregate(order.operand) and compiler.key(order.operand) not in keys:
            message = (
                f"Ordered field must be grouped or aggregated: {compiler.columns.column(order.operand).field.name}"
            )
            raise compiler.names.refuse("MALFORMED_QUERY", message, order.operand.at)
    for operand in operands(compiler.query.having) if compiler.query.having else ():
        if not is_aggregate(operand) and compiler.key(operand) not in keys:
            message = f"Field must be grouped or aggregated: {compiler.columns.column(operand).field.name}"
            raise compiler.names.refuse("MALFORMED_QUERY", message, operand.at)
