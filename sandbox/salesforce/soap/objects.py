"""SObjects in SOAP: the values of a request read by field type, records written with their types."""

from typing import Any
from xml.etree.ElementTree import Element

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soap.envelope import NIL, Markup, child, children, joined, local, tag, text
from sandbox.salesforce.soql.records import Record
from sandbox.salesforce.times import parse_datetime, stamp

OWN = frozenset({"type", "Id", "fieldsToNull"})
NO_COLUMN = (
    "No such column '{}' on entity '{}'. If you are attempting to use a custom field, be sure to append the '__c' after"
    " the custom field name. Please reference your WSDL or the describe call for the appropriate names."
)


def read(call: Call, element: Element) -> tuple[SObject, str | None, dict[str, Any]]:
    """The type, id and values of an sObject element; fields in `fieldsToNull` are None."""
    sobject = typed(call, text(child(element, "type")))
    values: dict[str, Any] = {}
    for item in element:
        if local(item) in OWN:
            continue
        if len(item):
            values[local(item)] = {local(key): text(key) for key in item if local(key) != "type"}
        elif (value := text(item)) is not None:
            values[local(item)] = value
    values.update({str(text(item)): None for item in children(element, "fieldsToNull")})
    for name in values:
        if sobject.field(name) is None and sobject.relation(name) is None:
            raise ApiError("INVALID_FIELD", NO_COLUMN.format(name, sobject.name), status=500)
    return sobject, text(child(element, "Id")), values


def typed(call: Call, name: str | None) -> SObject:
    """The type of this name; a fault for one that is none."""
    sobject = call.schema.get(name or "")
    if sobject is None:
        raise ApiError("INVALID_TYPE", f"sObject type '{name or ''}' is not supported.", status=500)
    return sobject


def write(record: Record, name: str = "records", id18: str | None = None) -> str:
    """A record of a query as an sObject element, an aggregate result too; `id18` is shown where none was asked."""
    own = {key: value for key, value in record.items() if key != "attributes"}
    head = tag("sf:type", record["attributes"]["type"]) + tag("sf:Id", id18 or own.get("Id") or NIL)
    return tag(name, joined([head, *(_field(key, value) for key, value in own.items())]), "sf:sObject")


def _field(name: str, value: Any) -> str:
    if isinstance(value, dict) and "records" in value:
        following = str(value.get("nextRecordsUrl") or "").rpartition("/")[2] or None
        return tag(f"sf:{name}", results(value["records"], value["totalSize"], following), "QueryResult")
    if isinstance(value, dict) and "attributes" in value:
        return write(value, f"sf:{name}")
    if isinstance(value, dict):
        parts = joined(tag(key, part if part is not None else NIL) for key, part in value.items())
        return tag(f"sf:{name}", parts, "address")
    return tag(f"sf:{name}", NIL if value is None else value)


def results(records: list[Record], size: int, locator: str | None) -> Markup:
    """The content of a QueryResult."""
    done = tag("done", locator is None) + tag("queryLocator", locator or NIL)
    return joined([done, *(write(record) for record in records), tag("size", size)])


def instant(ms: int) -> str:
    """A time as XML has it."""
    return stamp(ms).replace("+0000", "Z")


def moment(value: str) -> int:
    """Epoch milliseconds of an XML date-time."""
    return parse_datetime(value)
