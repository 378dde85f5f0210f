"""The recycle bin: undelete, emptying it, and deletes that go past it."""

from typing import Any

from sandbox.salesforce.errors import ApiError, bad_reference
from sandbox.salesforce.rows import CRM, below, save, transaction
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import DAY
from sandbox.salesforce.values import check_unique
from sandbox.salesforce.writes import TAKEN_BY, able, bury, live, note
from sandbox.store import Row

# Set on a record that has left the bin: queryAll still finds it for a while, undelete does not.
PURGED = "_Purged"


def undelete(call: Call, sobject: SObject, id18: str) -> None:
    """Take a record out of the recycle bin with the children that went with it; what a merge moved stays moved.

    A child that was deleted with its parent cannot come back alone.
    """
    able(call, sobject, "undeletable")
    row = call.store.get(CRM, sobject.kind, id18)
    if row is None:
        raise bad_reference()
    if not in_bin(call, row):
        raise ApiError("UNDELETE_FAILED", "Entity is not in the recycle bin", ())
    check_unique(call.store, sobject, _external_ids(sobject, row), row.id)
    with transaction(call.store):
        _raise(call, sobject, row)


def in_bin(call: Call, row: Row) -> bool:
    """Whether a record lies in the bin on its own account."""
    fresh = row.modified >= call.now - switch(call.store, "recycle_days") * DAY
    return row.archived and fresh and not row.fields.get(PURGED) and TAKEN_BY not in row.fields


def _external_ids(sobject: SObject, row: Row) -> dict[str, Any]:
    return {field.name: row.fields.get(field.name) for field in sobject.fields.values() if field.external_id}


def _raise(call: Call, sobject: SObject, row: Row) -> None:
    gone = row.modified
    row.archived, row.merged_into, row.modified, row.visible = False, None, call.now, call.now
    row.fields.pop(TAKEN_BY, None)
    save(call.store, row)
    note(call, "undelete", row, {}, {})
    for each in _taken(call, sobject, row):
        if each[1].modified == gone:
            _raise(call, *each)


def _taken(call: Call, sobject: SObject, row: Row) -> list[tuple[SObject, Row]]:
    """The records that were deleted along with this one, each with its type."""
    return [
        (child.sobject, below_it)
        for child in call.whole.children(sobject)
        if child.field.cascades
        for below_it in below(call.store, child.sobject.kind, child.field.name, [row.id], archived=True)
        if below_it.fields.get(TAKEN_BY) == row.id and not below_it.fields.get(PURGED)
    ]


def empty(call: Call, sobject: SObject, id18: str) -> None:
    """Remove a record from the bin for good, with what was deleted along with it."""
    able(call, sobject, "deletable")
    row = call.store.get(CRM, sobject.kind, id18)
    if row is None or not in_bin(call, row):
        raise ApiError("INVALID_ID_FIELD", "invalid record id; no recycle bin entry found", ())
    with transaction(call.store):
        _purge(call, sobject, row)


def hard_delete(call: Call, sobject: SObject, id18: str) -> None:
    """Delete a live record past the bin, as the hardDelete operation of bulk jobs does."""
    able(call, sobject, "deletable")
    with transaction(call.store):
        row = live(call, sobject, id18)
        bury(call, sobject, row, {})
        _purge(call, sobject, row)


def _purge(call: Call, sobject: SObject, row: Row) -> None:
    for each in _taken(call, sobject, row):
        _purge(call, *each)
    row.fields[PURGED] = True
    save(call.store, row)
    note(call, "delete", row, {}, {}, reason="purge")
