"""Rows as the records of an answer: chosen fields, parents inside, children as results of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sandbox.salesforce.locators import Reading, keep
from sandbox.salesforce.rows import fetch, value_of
from sandbox.salesforce.schema import Child, Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.compiler import Compiler, Scope
from sandbox.salesforce.soql.functions import ONE_CURRENCY, PARTS, formatted
from sandbox.salesforce.soql.functions import distance as between
from sandbox.salesforce.soql.names import NAME, Names, target
from sandbox.salesforce.soql.tree import Distance, Function, Path, Query, TypeOf
from sandbox.store import Row

Record = dict[str, Any]
Getter = Callable[[Row], Any]
MOST_FIELDS_ALL = 200


@dataclass(slots=True)
class Shape:
    """What a record of an answer holds, in the order of the SELECT: fields, parents, children.

    `typed` are TYPEOF's relationships with the shape that each type has there; None is ELSE's.
    """

    sobject: SObject
    fields: dict[str, Getter] = field(default_factory=dict)
    parents: "dict[str, tuple[Field, Shape]]" = field(default_factory=dict)
    children: "dict[str, tuple[int, Child, Query, Shape]]" = field(default_factory=dict)
    typed: "dict[str, tuple[Field, dict[str | None, Shape]]]" = field(default_factory=dict)

    def parent(self, names: Names, relations: tuple[Field, ...]) -> "Shape":
        """The shape at the end of a way, made where it is not there yet."""
        shape = self
        for relation in relations:
            key = relation.relationship or ""
            shape = shape.parents.setdefault(key, (relation, Shape(target(names.schema, relation))))[1]
        return shape

    def add(self, names: Names, path: Path) -> None:
        """Take in one field; INVALID_FIELD for a name that is none."""
        way = names.resolve(path)
        shape = self.parent(names, way.relations)
        shape.fields[way.field.name] = _getter(shape.sobject, way.field)


def _getter(sobject: SObject, own: Field) -> Getter:
    if sobject is NAME and own.name == "Type":
        return _type_of
    return partial(value_of, field=own)


def _type_of(row: Row) -> Any:
    return row.kind  # `_own` puts the type's name in its place, which takes the schema


def shape_of(query: Query, names: Names) -> Shape:
    """The shape that a SELECT asks for; refuses names that are none."""
    shape = Shape(names.sobject)
    for at, item in enumerate(query.select):
        if isinstance(item, Query):
            child = names.child(item)
            inner = shape_of(item, Names(item, names.schema, child.sobject))
            shape.children[child.field.child_name or ""] = (at, child, item, inner)
        elif isinstance(item, Path):
            shape.add(names, item)
        elif isinstance(item, TypeOf):
            _typeof(shape, names, item)
        elif isinstance(item, Distance):
            _distance(shape, names, item)
        else:
            _function(shape, names, item)
    return shape


def _typeof(shape: Shape, names: Names, item: TypeOf) -> None:
    way, relation = names.polymorphic(item.path)
    shapes: dict[str | None, Shape] = {}
    for branch in item.branches:
        sobject = names.schema.get(branch.kind) if branch.kind else NAME
        if sobject is None or (branch.kind and sobject.name not in relation.refers_to):
            message = f"sObject type '{branch.kind}' is not supported in TYPEOF {item.path.text}"
            raise names.refuse("INVALID_TYPE", message, branch.at)
        inner = Shape(sobject)
        own = Names(replace(names.query, source=sobject.name, alias=None, joined=()), names.schema, sobject)
        for path in branch.fields:
            inner.add(own, path)
        shapes[sobject.name if branch.kind else None] = inner
    shape.parent(names, way).typed[relation.relationship or ""] = (relation, shapes)


def _distance(shape: Shape, names: Names, item: Distance) -> None:
    """How far a compound address lies from a place; the statement refused what is no such address."""
    way = names.resolve(item.field)
    prefix = way.field.name.removesuffix("Address")
    unit = item.unit.strip("'").lower()

    def measure(row: Row) -> float | None:
        latitude, longitude = (row.fields.get(f"{prefix}{part}") for part in ("Latitude", "Longitude"))
        return between(latitude, longitude, item.latitude, item.longitude, unit)

    shape.parent(names, way.relations).fields[item.alias or "expr0"] = measure


def _function(shape: Shape, names: Names, item: Function) -> None:
    """FIELDS(…), toLabel(field) and FORMAT(field); parts of dates stand only in groups."""
    if item.name == "FIELDS":
        _fields(shape, names, item)
        return
    bottom = item.field
    if "CONVERTCURRENCY" in (item.name, item.argument.name if isinstance(item.argument, Function) else ""):
        raise names.refuse("MALFORMED_QUERY", ONE_CURRENCY, item.at)
    if bottom is None or item.name not in ("TOLABEL", "FORMAT") or isinstance(item.argument, Function):
        if item.name in PARTS and bottom is not None:
            message = f"Field must be grouped or aggregated: {names.resolve(bottom).field.name}"
            raise names.refuse("MALFORMED_QUERY", message, item.at)
        raise names.refuse("MALFORMED_QUERY", f"unexpected token: '{item.name}'", item.at)
    way = names.resolve(bottom)
    at = shape.parent(names, way.relations)
    getter = _getter(at.sobject, way.field)
    at.fields[item.alias or way.field.name] = (
        getter if item.name == "TOLABEL" else partial(_formatted, getter=getter, kind=way.field.type)
    )


def _formatted(row: Row, getter: Getter, kind: str) -> str | None:
    return formatted(getter(row), kind)


def _fields(shape: Shape, names: Names, item: Function) -> None:
    which = item.field.text.upper() if item.field else ""
    if which not in ("ALL", "STANDARD", "CUSTOM"):
        raise names.refuse("MALFORMED_QUERY", f"unexpected token: '{which}'", item.field.at if item.field else item.at)
    limit = names.query.limit
    if which != "STANDARD" and (limit is None or limit > MOST_FIELDS_ALL):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MOST_FIELDS_ALL}"
        raise names.refuse("MALFORMED_QUERY", message, item.at)
    wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[which]
    for own in names.sobject.fields.values():
        if own.custom in wanted:
            if own.name in shape.fields:
                raise names.refuse("INVALID_FIELD", f"duplicate field selected: {own.name}", item.at)
            shape.fields[own.name] = _getter(names.sobject, own)


def render(call: Call, ids: list[str], shape: Shape, reading: Reading) -> list[Record]:
    """The records of these ids, in this order; one that vanished meanwhile is left out."""
    found = fetch(call.store, shape.sobject.kind, ids)
    rows = [found[each] for each in ids if each in found]
    return _render(call, rows, shape, reading)


def _render(call: Call, rows: list[Row], shape: Shape, reading: Reading) -> list[Record]:
    records = [_own(call, row, shape) for row in rows]
    for name, (relation, inner) in shape.parents.items():
        parents = _parents(call, rows, relation, {None: inner}, reading)
        for row, record in zip(rows, records, strict=True):
            record[name] = parents.get(value_of(row, relation))
    for name, (relation, shapes) in shape.typed.items():
        parents = _parents(call, rows, relation, shapes, reading)
        for row, record in zip(rows, records, strict=True):
            record[name] = parents.get(value_of(row, relation))
    for name, (at, child, query, inner) in shape.children.items():
        below = replace(reading, way=(*reading.way, at))
        results = _children(call, rows, Scoped(child, query, inner, below))
        for row, record in zip(rows, records, strict=True):
            record[name] = results.get(row.id)
    return records


def _own(call: Call, row: Row, shape: Shape) -> Record:
    sobject = call.schema.by_kind[row.kind]
    kind = shape.sobject.name if shape.sobject is NAME else sobject.name
    url = f"{call.base}/sobjects/{sobject.name}/{row.id}"
    record: Record = {"attributes": {"type": kind, "url": url}}
    for name, getter in shape.fields.items():
        record[name] = sobject.name if getter is _type_of else getter(row)
    return record


def _parents(
    call: Call, rows: list[Row], relation: Field, shapes: dict[str | None, Shape], reading: Reading
) -> dict[str, Record]:
    """The records that a reference leads to, by id, each in the shape of its type, else in the one for all others."""
    ids = sorted({str(value) for value in (value_of(row, relation) for row in rows) if value})
    records: dict[str, Record] = {}
    for name in relation.refers_to:
        sobject = call.schema.get(name)
        shape = shapes.get(name, shapes.get(None))
        if sobject and shape:
            found = list(fetch(call.store, sobject.kind, ids).values())
            made = _render(call, found, shape, replace(reading, deleted=True))
            records.update({row.id: record for row, record in zip(found, made, strict=True)})
    return records


@dataclass(frozen=True, slots=True)
class Scoped:
    """A sub-select of children."""

    child: Child
    query: Query
    shape: Shape
    reading: Reading


def _children(call: Call, rows: list[Row], scoped: Scoped) -> dict[str, Record]:
    scope = Scope(scoped.reading.deleted, (scoped.child, [row.id for row in rows]))
    compiler = Compiler(call, scoped.query, scoped.child.sobject, scope)
    below: dict[str, list[str]] = {}
    for parent, each in call.store.db.execute(*compiler.children()):
        below.setdefault(parent, []).append(each)
    first, limit = scoped.query.offset, scoped.query.limit
    last = None if limit is None else first + limit
    cut = {parent: ids[first:last] for parent, ids in below.items()}
    batch = scoped.reading.batch
    records = render(call, [each for ids in cut.values() for each in ids[:batch]], scoped.shape, scoped.reading)
    rest = iter(records)
    return {
        parent: _result(call, scoped.reading, ids, [next(rest) for _ in ids[:batch]])
        for parent, ids in cut.items()
        if ids
    }


def _result(call: Call, reading: Reading, ids: list[str], records: list[Record]) -> Record:
    """The children of one record; where they are more than a page, a locator leads to the rest."""
    if len(ids) <= reading.batch:
        return {"totalSize": len(ids), "done": True, "records": records}
    url = f"{call.base}/query/{keep(call, reading, ids)}"
    return {"totalSize": len(ids), "done": False, "nextRecordsUrl": url, "records": records}
