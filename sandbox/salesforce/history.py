"""Field histories of tracked fields: what stood there before and after, as the history types keep it."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.salesforce.rows import CRM, PERSONS, full_name, save
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.store import Row

HISTORY_OF = {
    "company": "company_history",
    "contact": "contact_history",
    "lead": "lead_history",
    "deal": "deal_field_history",
}
DATA_TYPES = {
    "boolean": "Boolean",
    "currency": "Currency",
    "date": "DateOnly",
    "datetime": "DateTime",
    "double": "Double",
    "email": "Email",
    "int": "Double",
    "multipicklist": "MultiEnum",
    "percent": "Percent",
    "phone": "Phone",
    "picklist": "DynamicEnum",
    "reference": "EntityId",
    "url": "Url",
}
# Of long texts and multi-select picklists only the fact that they changed is kept (object reference, EntityHistory).
UNKEPT = frozenset({"multipicklist"})
LONGEST = 255


def tracked(call: Call, sobject: SObject) -> list[Field]:
    """The fields of a type whose history the switch `tracked_fields` (names by type; none at first) turns on."""
    names = switch(call.store, "tracked_fields").get(sobject.name, [])
    return [field for name in names if (field := sobject.field(name))]


def record(call: Call, sobject: SObject, row: Row, before: Mapping[str, Any]) -> None:
    """Add the rows of a save; `before` is empty for a new record, which has one row that says `created`."""
    fields = tracked(call, sobject) if row.kind in HISTORY_OF else []
    if not fields:
        return
    if not before:
        event(call, row, "created")
        return
    for field in fields:
        old, new = before.get(field.name), row.fields.get(field.name)
        if old != new:
            _changed(call, row, field, old, new)


def event(call: Call, row: Row, name: str) -> None:
    """Add the row of something that happened to a tracked record as a whole, such as `created`."""
    if tracked(call, call.whole.by_kind[row.kind]):
        _add(call, row, {"Field": name, "DataType": "Text", "OldValue": None, "NewValue": None})


def _changed(call: Call, row: Row, field: Field, old: Any, new: Any) -> None:
    """One row; a changed reference has a second one with the names, and both leave the Id off the field's name."""
    name = field.name.removesuffix("Id") if field.type == "reference" and not field.custom else field.name
    if field.type in UNKEPT or (field.type == "textarea" and field.size > LONGEST):
        old = new = None
    facts = {"Field": name, "DataType": DATA_TYPES.get(field.type, "Text"), "OldValue": old, "NewValue": new}
    if field.type == "reference":
        names = {"OldValue": _name(call, old), "NewValue": _name(call, new)}
        _add(call, row, {**facts, "DataType": "Text", **names})
    _add(call, row, facts)


def _name(call: Call, id18: str | None) -> str | None:
    sobject = call.whole.of_id(id18) if id18 else None
    row = call.store.get(CRM, sobject.kind, id18) if sobject and id18 else None
    if row is None:
        return id18
    return full_name(row.fields) if row.kind in PERSONS else str(row.fields.get("Name"))


def _add(call: Call, row: Row, facts: dict[str, Any]) -> None:
    kind = HISTORY_OF[row.kind]
    parent = call.whole.by_kind[row.kind].name
    seq = call.store.next_seq(CRM, kind)
    # The types share a prefix, so each counts in steps of its own.
    id18 = make_id("017", seq * len(HISTORY_OF) + list(HISTORY_OF).index(row.kind))
    fields = {f"{parent}Id": row.id, "CreatedById": call.session.user_id, **facts}
    save(call.store, Row(CRM, kind, id18, seq, call.now, call.now, call.now, False, None, fields))
