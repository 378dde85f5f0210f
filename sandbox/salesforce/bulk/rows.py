"""The rows of an ingest job: what each column means, and the save of one row after another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce import recycle, writes
from sandbox.salesforce.bulk.dialect import Unreadable, check_ending, rows_of, text_of
from sandbox.salesforce.bulk.jobs import Job
from sandbox.salesforce.collections import identified, put
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import transaction
from sandbox.salesforce.schema import DECIMAL, Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.values import holders, stored

NULL = "#N/A"
# The words that the guide's "Valid boolean values" lists, in any case.
TRUE, FALSE = ("yes", "y", "true", "on", "1"), ("no", "n", "false", "off", "0")
BOOLEANS = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
XSD = {"boolean": "xsd:boolean", "int": "xsd:int", "date": "xsd:date", "datetime": "xsd:dateTime"}
MOST_FIELDS = 5000


@dataclass(frozen=True, slots=True)
class Column:
    """One header: a field of its own, or the key `target` of the record that `relation` refers to."""

    name: str
    own: Field | None = None
    relation: Field | None = None
    target: tuple[SObject, Field] | None = None


@dataclass(slots=True)
class Outcome:
    """What became of rows: (id, created, cells) of the saved, (id, error, cells) of the refused."""

    successful: list[tuple[str, bool, list[str]]] = field(default_factory=list)
    failed: list[tuple[str, str, list[str]]] = field(default_factory=list)


def read(call: Call, job: Job, data: bytes) -> tuple[list[Column], list[list[str]]]:
    """The columns and the rows of a job's data; `Unreadable` where they cannot be understood."""
    text = text_of(data)
    check_ending(text, job.facts["lineEnding"])
    rows = list(rows_of(text, job.facts["columnDelimiter"]))
    columns = columns_of(call, job, rows[0] if rows else [])
    if long := next((row for row in rows[1:] if len(row) > len(columns)), None):
        raise Unreadable(f"InvalidBatch : Row has {len(long)} values for {len(columns)} headers")
    return columns, rows[1:]


def run(call: Call, job: Job, columns: list[Column], rows: list[list[str]]) -> Outcome:
    """Save rows, each in a transaction of its own."""
    outcome = Outcome()
    for cells in rows:
        _row(call, job, columns, [*cells, *[""] * (len(columns) - len(cells))], outcome)
    return outcome


def columns_of(call: Call, job: Job, header: list[str]) -> list[Column]:
    """The meaning of each header; `Unreadable` for one that is no field the caller may see."""
    if len(header) > MOST_FIELDS:
        raise Unreadable(f"InvalidBatch : Too many fields: {len(header)}, the limit is {MOST_FIELDS}")
    sobject = call.sobject(job.facts["object"])
    if job.facts["operation"] in ("delete", "hardDelete") and [name.lower() for name in header] != ["id"]:
        raise Unreadable("InvalidBatch : delete batches must contain only ids")
    return [_column(call, sobject, name) for name in header]


def _column(call: Call, sobject: SObject, name: str) -> Column:
    """A header such as `Name`, `Account.Key__c`, or `Lead:Who.Email` where a reference takes several types."""
    own = sobject.field(name)
    if own is not None and own.type != "address":
        return Column(name, own)
    path, dot, key = name.partition(".")
    kind, _, relationship = path.rpartition(":")
    relation = sobject.relation(relationship) if dot else None
    if relation is None:
        raise Unreadable(f"InvalidBatch : Field name not found : {name}")
    several = len(relation.refers_to) > 1
    if kind and not several:
        message = f"type is not needed for non polymorphic foreign key references: {relationship}"
        raise Unreadable(f"InvalidBatch : {message}")
    target = call.schema.get(kind if several else relation.refers_to[0])
    found = target.field(key) if target else None
    if target is None or found is None or target.name not in relation.refers_to:
        raise Unreadable(f"InvalidBatch : Field name not found : {name}")
    return Column(name, None, relation, (target, found))


def _row(call: Call, job: Job, columns: list[Column], cells: list[str], outcome: Outcome) -> None:
    try:
        with transaction(call.store):
            id18, created = _save(call, job, _values(call, columns, cells))
    except ApiError as refused:
        outcome.failed.append((_id_in(columns, cells), _error(refused), cells))
    else:
        outcome.successful.append((id18, created, cells))


def _error(refused: ApiError) -> str:
    return f"{refused.code}:{refused.message}:{' '.join(refused.fields or ())}{' ' if refused.fields else ''}--"


def _id_in(columns: list[Column], cells: list[str]) -> str:
    return next((cell for column, cell in zip(columns, cells, strict=True) if column.name.lower() == "id"), "")


def _values(call: Call, columns: list[Column], cells: list[str]) -> dict[str, Any]:
    """The values that a row gives: an empty cell gives none, `#N/A` empties the field."""
    values: dict[str, Any] = {}
    for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        if cell == "":
            continue
        if column.own is not None:
            values[column.own.name] = None if cell == NULL else _read(column.own, cell, at)
        elif column.relation is not None and column.target is not None:
            values.update(_reference(call, column.relation, column.target, cell))
    return values


def _reference(call: Call, relation: Field, target: tuple[SObject, Field], cell: str) -> Mapping[str, Any]:
    if cell == NULL:
        return {relation.name: None}
    sobject, key = target
    if len(relation.refers_to) == 1:
        return {str(relation.relationship): {key.name: cell}}
    found = holders(call.store, sobject, key.name, cell)
    if len(found) != 1:
        message = f"Foreign key external ID: {cell} not found for field {key.name} in entity {sobject.name}"
        raise ApiError("INVALID_FIELD", message, ())
    return {relation.name: found[0].id}


def _read(own: Field, cell: str, at: int) -> Any:
    """A cell in the form that its field takes; only typed fields can fail here, texts are checked at the save."""
    if own.type == "boolean":
        given: Any = BOOLEANS.get(cell.lower(), cell)
    else:
        given = cell
    if own.type not in XSD and own.type not in DECIMAL:
        return given
    try:
        return stored(own, given)
    except ApiError as refused:
        if refused.code != "JSON_PARSER_ERROR":
            raise
        kind = XSD.get(own.type, "xsd:double")
        message = f"Failed to deserialize field at col {at}. Due to, '{cell}' is not a valid value for the type {kind}"
        raise ApiError("INVALID_FIELD", message, (own.name,)) from None


def _save(call: Call, job: Job, values: dict[str, Any]) -> tuple[str, bool]:
    """Do what the job does to one row; answers the record's id and whether it was made."""
    sobject = call.sobject(job.facts["object"])
    match job.facts["operation"]:
        case "insert":
            return _insert(call, sobject, values), True
        case "update":
            typed = {"attributes": {"type": sobject.name}, **values}
            _, id18, changed = identified(call, typed)
            return writes.update(call, sobject, id18, changed).id, False
        case "upsert":
            result = put(call, sobject, job.facts["externalIdFieldName"], values)
            return str(result["id"]), bool(result["created"])
        case verb:
            return _delete(call, sobject, values, verb == "hardDelete"), False


def _insert(call: Call, sobject: SObject, values: dict[str, Any]) -> str:
    if "Id" in values:
        raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))
    return writes.create(call, sobject, values).id


def _delete(call: Call, sobject: SObject, values: dict[str, Any], hard: bool) -> str:
    if values.get("Id") is None:
        raise ApiError("MISSING_ARGUMENT", "Id not specified in a delete call", ())
    _, id18 = writes.dml_id(call, sobject, values["Id"])
    (recycle.hard_delete if hard else writes.delete)(call, sobject, id18)
    return id18
