"""What `columns=true` and `explain` say of a SELECT instead of running it."""

from typing import Any

from sandbox.salesforce.rows import CRM
from sandbox.salesforce.schema import DECIMAL, Field
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.checks import operands
from sandbox.salesforce.soql.columns import is_aggregate
from sandbox.salesforce.soql.compiler import Compiler, Scope, aggregates
from sandbox.salesforce.soql.names import Names, source_of
from sandbox.salesforce.soql.parser import parse
from sandbox.salesforce.soql.records import shape_of
from sandbox.salesforce.soql.tree import Compare, Condition, Distance, Function, Logic, Path, Query, TypeOf

Described = dict[str, Any]
APEX_TYPES = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "double": "Double",
    "currency": "Decimal",
    "percent": "Double",
    "date": "Date",
    "datetime": "Datetime",
    "address": "Address",
}
OBJECT = "complexvaluetype"


def columns(call: Call, text: str) -> Described:
    """The columns of a SELECT: nested ones (`joinColumns`) for parents and children, `aggregate` for functions."""
    query = parse(text)
    sobject = source_of(query, call.schema)
    compiler = Compiler(call, query, sobject, Scope())
    names = compiler.names
    if aggregates(query):
        found = _grouped(compiler)
    else:
        shape_of(query, names)
        found = _columns(query, names)
    chosen = [names.rooted(item) for item in query.select if isinstance(item, Path)]
    return {
        "columnMetadata": found,
        "entityName": sobject.name,
        "groupBy": bool(query.group),
        "idSelected": any([name.lower() for name in path] == ["id"] for path in chosen),
        "keyPrefix": sobject.prefix,
    }


def _grouped(compiler: Compiler) -> list[Described]:
    found = []
    for name, operand, column in compiler.shown():
        aggregated = is_aggregate(operand) or isinstance(operand, Function)
        shown = operand.name.lower() if isinstance(operand, Function) else name
        found.append({**_column(column.field), "aggregate": aggregated, "columnName": name, "displayName": shown})
    return found


def _columns(query: Query, names: Names) -> list[Described]:
    found: list[Described] = []
    for item in query.select:
        if isinstance(item, Query):
            child = names.child(item)
            inner = _columns(item, Names(item, names.schema, child.sobject))
            found.append(_object(child.field.child_name or "", None, inner, aggregate=True))
        elif isinstance(item, TypeOf):
            way, relation = names.polymorphic(item.path)
            _joined(found, (*way, relation), [])
        elif isinstance(item, Function) and item.name == "FIELDS":
            found += [_column(field) for field in _all(item, names)]
        else:
            _one(found, names, item)
    return found


def _all(item: Function, names: Names) -> list[Field]:
    which = item.field.text.upper() if item.field else "ALL"
    wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[which]
    return [field for field in names.sobject.fields.values() if field.custom in wanted]


def _one(found: list[Described], names: Names, item: Path | Function | Distance) -> None:
    path = item if isinstance(item, Path) else item.field
    if path is None:
        return
    way = names.resolve(path)
    column = _column(way.field)
    if isinstance(item, Function | Distance) and item.alias:
        column["columnName"] = item.alias
    _joined(found, way.relations, [column])


def _joined(found: list[Described], relations: tuple[Field, ...], below: list[Described]) -> None:
    """Put columns below the parents that lead to them, each parent standing once."""
    for relation in relations:
        name = relation.relationship or ""
        parent = next((column for column in found if column["columnName"] == name and column["joinColumns"]), None)
        if parent is None:
            parent = _object(name, relation.name, [], aggregate=False)
            found.append(parent)
        found = parent["joinColumns"]
    found += below


def _object(name: str, key: str | None, inner: list[Described], aggregate: bool) -> Described:
    blank = Field(name, OBJECT, name)
    return {**_column(blank), "aggregate": aggregate, "foreignKeyName": key, "joinColumns": inner}


def _column(field: Field) -> Described:
    kind = APEX_TYPES.get(field.type, OBJECT if field.type == OBJECT else "String")
    return {
        "aggregate": False,
        "apexType": kind,
        "booleanType": field.type == "boolean",
        "columnName": field.name,
        "custom": field.custom,
        "displayName": field.name,
        "foreignKeyName": None,
        "insertable": field.createable,
        "joinColumns": [],
        "numberType": field.type == "int" or field.type in DECIMAL,
        "textType": kind == "String",
        "updatable": field.updateable,
    }


def plans(call: Call, text: str) -> Described:
    """How a SELECT would be run: over an index where a condition has one, and over the whole table."""
    query = parse(text)
    sobject = source_of(query, call.schema)
    Compiler(call, query, sobject, Scope()).where()
    size = call.store.count("crm=? AND kind=? AND archived=0", (CRM, sobject.kind))
    names = Names(query, call.schema, sobject)
    indexed = [field for field in _filtered(query, names) if _has_index(field)]
    table = _plan(sobject.name, text, size, ("TableScan", size, []))
    if not indexed:
        return {"plans": [table]}
    rows = max(1, size // 10)
    return {"plans": [_plan(sobject.name, text, size, ("Index", rows, [indexed[0].name])), table]}


def _plan(name: str, text: str, size: int, how: tuple[str, int, list[str]]) -> Described:
    operation, rows, fields = how
    notes = [
        {
            "description": "Not considering filter for optimization because unindexed",
            "fields": ["IsDeleted"],
            "tableEnumOrId": name,
        }
    ]
    return {
        "cardinality": rows,
        "fields": fields,
        "leadingOperationType": operation,
        "notes": notes,
        "relativeCost": round(rows / size * 2 if size else 0.0, 3),
        "sobjectCardinality": size,
        "sobjectType": name,
        "sourceQuery": text,
    }


def _filtered(query: Query, names: Names) -> list[Field]:
    """The fields that every record must have some value of: those of conditions joined by AND."""
    where = query.where
    if where is None:
        return []
    parts: tuple[Condition, ...] = where.parts if isinstance(where, Logic) and where.op == "AND" else (where,)
    return [
        names.resolve(operand).field
        for part in parts
        if isinstance(part, Compare) and part.op not in ("!=", "LIKE")
        for operand in operands(part)
        if isinstance(operand, Path)
    ]


def _has_index(field: Field) -> bool:
    keyed = field.type in ("id", "reference") or field.external_id
    return keyed or field.name in ("Name", "CreatedDate", "SystemModstamp", "LastModifiedDate", "Email")
