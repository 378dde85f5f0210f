"""Rows as the records of an answer: chosen fields, parents inside, children as results of their own."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce.rows import fetch, shown, value_of
from sandbox.salesforce.schema import Child, Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.compiler import Compiler, Scope
from sandbox.salesforce.soql.names import NAME, Names, target
from sandbox.salesforce.soql.tree import Function, Path, Query
from sandbox.salesforce.times import stamp
from sandbox.store import Row

Record = dict[str, Any]
MOST_FIELDS_ALL = 200


@dataclass(slots=True)
class Shape:
    """What a record of an answer holds, in the order of the SELECT: fields, parents, children."""

    sobject: SObject
    fields: dict[str, Field] = field(default_factory=dict)
    parents: "dict[str, tuple[Field, Shape]]" = field(default_factory=dict)
    children: "dict[str, tuple[Child, Query, Shape]]" = field(default_factory=dict)

    def add(self, names: Names, path: Path, alias: str | None = None) -> None:
        """Take in one field; INVALID_FIELD for a name that is none."""
        way = names.resolve(path)
        shape = self
        for relation in way.relations:
            key = relation.relationship or ""
            shape = shape.parents.setdefault(key, (relation, Shape(target(names.schema, relation))))[1]
        shape.fields[alias or way.field.name] = way.field


def shape_of(query: Query, names: Names) -> Shape:
    """The shape that a SELECT asks for; refuses names that are none."""
    shape = Shape(names.sobject)
    for item in query.select:
        if isinstance(item, Query):
            child = names.child(item)
            inner = shape_of(item, Names(item, names.schema, child.sobject))
            shape.children[child.field.child_name or ""] = (child, item, inner)
        elif isinstance(item, Path):
            shape.add(names, item)
        else:
            _function(shape, names, item)
    return shape


def _function(shape: Shape, names: Names, item: Function) -> None:
    """FIELDS(ALL), FIELDS(STANDARD), FIELDS(CUSTOM) and toLabel(field)."""
    if item.name == "TOLABEL" and item.argument:
        shape.add(names, item.argument, item.alias)
        return
    which = item.argument.text.upper() if item.argument else ""
    if item.name != "FIELDS" or which not in ("ALL", "STANDARD", "CUSTOM"):
        raise names.refuse("MALFORMED_QUERY", f"unexpected token: '{item.name}'", item.at)
    limit = names.query.limit
    if which != "STANDARD" and (limit is None or limit > MOST_FIELDS_ALL):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MOST_FIELDS_ALL}"
        raise names.refuse("MALFORMED_QUERY", message, item.at)
    wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[which]
    shape.fields.update({each.name: each for each in names.sobject.fields.values() if each.custom in wanted})


def render(call: Call, ids: list[str], shape: Shape, deleted: bool) -> list[Record]:
    """The records of these ids, in this order; one that vanished meanwhile is left out."""
    found = fetch(call.store, shape.sobject.kind, ids)
    rows = [found[each] for each in ids if each in found]
    return _render(call, rows, shape, deleted)


def _render(call: Call, rows: list[Row], shape: Shape, deleted: bool) -> list[Record]:
    records = [_own(call, row, shape) for row in rows]
    for name, (relation, inner) in shape.parents.items():
        parents = _parents(call, rows, relation, inner)
        for row, record in zip(rows, records, strict=True):
            record[name] = parents.get(value_of(row, relation))
    for name, (child, query, inner) in shape.children.items():
        results = _children(call, rows, Scoped(child, query, inner, deleted))
        for row, record in zip(rows, records, strict=True):
            record[name] = results.get(row.id)
    return records


def _own(call: Call, row: Row, shape: Shape) -> Record:
    sobject = call.schema.by_kind[row.kind]
    kind = shape.sobject.name if shape.sobject is NAME else sobject.name
    url = f"{call.base}/sobjects/{sobject.name}/{row.id}"
    record: Record = {"attributes": {"type": kind, "url": url}}
    for name, each in shape.fields.items():
        record[name] = sobject.name if shape.sobject is NAME and each.name == "Type" else value_of(row, each)
    return record


def _parents(call: Call, rows: list[Row], relation: Field, shape: Shape) -> dict[str, Record]:
    ids = sorted({str(value) for value in (value_of(row, relation) for row in rows) if value})
    found: list[Row] = []
    for name in relation.refers_to:
        if sobject := call.schema.get(name):
            found += fetch(call.store, sobject.kind, ids).values()
    return {row.id: record for row, record in zip(found, _render(call, found, shape, True), strict=True)}


@dataclass(frozen=True, slots=True)
class Scoped:
    """A sub-select of children."""

    child: Child
    query: Query
    shape: Shape
    deleted: bool


def _children(call: Call, rows: list[Row], scoped: Scoped) -> dict[str, Record]:
    scope = Scope(scoped.deleted, (scoped.child, [row.id for row in rows]))
    compiler = Compiler(call, scoped.query, scoped.child.sobject, scope)
    below: dict[str, list[str]] = {}
    for parent, each in call.store.db.execute(*compiler.children()):
        below.setdefault(parent, []).append(each)
    first, limit = scoped.query.offset, scoped.query.limit
    last = None if limit is None else first + limit
    cut = {parent: ids[first:last] for parent, ids in below.items()}
    records = render(call, [each for ids in cut.values() for each in ids], scoped.shape, scoped.deleted)
    rest = iter(records)
    return {
        parent: {"totalSize": len(ids), "done": True, "records": [next(rest) for _ in ids]}
        for parent, ids in cut.items()
        if ids
    }


def groups(call: Call, compiler: Compiler) -> list[Record]:
    """The AggregateResult records of a SELECT with groups or aggregate functions."""
    (sql, params), names = compiler.aggregate()
    records = []
    for cells in call.store.db.execute(sql, params):
        record: Record = {"attributes": {"type": "AggregateResult"}}
        for (name, column), cell in zip(names, cells, strict=True):
            record[name] = _cell(cell, column.form, column.field)
        records.append(record)
    return records


def _cell(cell: Any, form: str, own: Field) -> Any:
    if cell is None or form in ("int", "key"):
        return cell
    if form == "instant":
        return stamp(cell)
    return shown(f"{cell}Z", "datetime") if form == "clock" else shown(cell, own.type)
