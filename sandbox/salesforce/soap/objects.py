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


def read(call: Call, element: Element) -> tuple[SObject, str | None, dict[str, Any]]:
    """The type, id and values of an sObject element; fields in `fieldsToNull` are None."""
    name = text(child(element, "type")) or ""
    sobject = call.schema.get(name)
    if sobject is None:
        raise ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.", status=500)
    values: dict[str, Any] = {}
    for item in element:
        if local(item) in OWN:
            continue
        if len(item):
            values[local(item)] = {local(key): text(key) for key in item if local(key) != "type"}
        elif (value := text(item)) is not None:
            values[local(item)] = value
    values.update({str(text(item)): None for item in children(element, "fieldsToNull")})
    return sobject, text(child(element, "Id")), values


def write(record: Record, name: str = "records") -> str:
    """A record of a query as an sObject element; an aggregate result is one too."""
    own = {key: value for key, value in record.items() if key != "attributes"}
    head = tag("sf:type", record["attributes"]["type"]) + tag("sf:Id", own.get("Id") or NIL)
    return tag(name, joined([head, *(_field(key, value) for key, value in own.items())]), "sf:sObject")


def _field(name: str, value: Any) -> str:
    if isinstance(value, dict) and "records" in value:
        return tag(f"sf:{name}", results(value["records"], value["totalSize"], None), "QueryResult")
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
