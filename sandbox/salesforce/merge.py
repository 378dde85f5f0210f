"""Merge: up to two records go into a third, which takes over everything that hung below them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import below, save, transaction
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.writes import dml_id, live, move, note, update
from sandbox.store import Row


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that was done; `related` are the records that now hang below the master."""

    master: str
    losers: tuple[str, ...]
    related: tuple[str, ...]


def merge(call: Call, sobject: SObject, master_id: Any, values: Mapping[str, Any], loser_ids: Sequence[Any]) -> Merged:
    """Merge in one transaction: children are moved, losers deleted with MasterRecordId, then `values` set on it.

    Fields of the losers are never carried over: the master keeps its own, even where they are empty.
    """
    call.must_write()
    with transaction(call.store):
        master, losers = _parties(call, sobject, master_id, loser_ids)
        related = _adopt(call, sobject, master, losers)
        for loser in losers:
            _retire(call, loser, master)
        after = update(call, sobject, master.id, values)
        note(call, "merge", after, {}, {}, losers=[loser.id for loser in losers], related=related)
    return Merged(master.id, tuple(loser.id for loser in losers), tuple(related))


def _parties(call: Call, sobject: SObject, master_id: Any, loser_ids: Sequence[Any]) -> tuple[Row, list[Row]]:
    if not 1 <= len(loser_ids) <= 2:
        raise ApiError("MERGE_FAILED", "a merge takes one or two records besides the master record", ())
    ids = [dml_id(call, None, each) for each in (master_id, *loser_ids)]
    if any(kind is not sobject for kind, _ in ids):
        raise ApiError("INVALID_MERGE_RECORD", "records to merge must be of the master record's type", ())
    if len({id18 for _, id18 in ids}) != len(ids):
        raise ApiError("INVALID_MERGE_RECORD", "a record cannot be merged with itself", ())
    master, *losers = (live(call, sobject, id18) for _, id18 in ids)
    if any(row.fields.get("IsConverted") for row in (master, *losers)):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
    if sobject.kind == "company":
        _no_cycle(call, sobject, master, {loser.id for loser in losers})
    return master, losers


def _no_cycle(call: Call, sobject: SObject, master: Row, losers: set[str]) -> None:
    """A master that hangs below a loser would come to hang below itself."""
    seen: set[str] = set()
    parent = master.fields.get("ParentId")
    while parent and parent not in seen:
        if parent in losers:
            raise ApiError("CIRCULAR_DEPENDENCY", "the merge would make the account its own parent", ("ParentId",))
        seen.add(parent)
        above = call.store.get("salesforce", sobject.kind, parent)
        parent = above.fields.get("ParentId") if above else None


def _adopt(call: Call, sobject: SObject, master: Row, losers: list[Row]) -> list[str]:
    """Move every live child of the losers to the master; the ids in the order moved."""
    ids = [loser.id for loser in losers]
    moved: list[str] = []
    for child in call.schema.children(sobject):
        for row in below(call.store, child.sobject.kind, child.field.name, ids):
            if row.id not in ids:
                # A master that pointed at a loser would come to point at itself.
                move(call, row, child.field, None if row.id == master.id else master.id)
                moved.append(row.id)
    return list(dict.fromkeys(moved))


def _retire(call: Call, loser: Row, master: Row) -> None:
    # Without cascade: whatever hung below the loser hangs below the master by now.
    loser.archived, loser.merged_into = True, master.id
    loser.modified = loser.visible = call.now
    save(call.store, loser)
    note(call, "delete", loser, {}, {}, reason="merge", merged_into=master.id)
