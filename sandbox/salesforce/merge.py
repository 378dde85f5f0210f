"""Merge: up to two records go into a third, which takes over everything that hung below them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sandbox.salesforce import history, persons
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import below, save, transaction
from sandbox.salesforce.rules import locks
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.writes import TAKEN_BY, able, dml_id, live, move, note, update
from sandbox.store import Row

HIERARCHY = {"company": "ParentId", "contact": "ReportsToId"}


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
    able(call, sobject, "mergeable")
    with transaction(call.store):
        master, losers = _parties(call, sobject, master_id, loser_ids)
        for party in (master, *losers):
            locks.acquire(call, sobject, party.id, party.fields)
        twins = persons.contacts_of(call, [master, *losers])
        values = {**_superior(call, master, losers), **values}
        related = _adopt(call, sobject, master, losers, {twin.id for twin in twins})
        for loser in losers:
            _retire(call, loser, master)
        related += _unite(call, twins)
        # Duplicate rules do not run on merges.
        quiet = replace(call, options=replace(call.options, compare=False))
        after = update(quiet, sobject, master.id, values)
        history.event(call, after, f"{sobject.name.lower()}Merged")
        note(call, "merge", after, {}, {}, losers=[loser.id for loser in losers], related=related)
    return Merged(master.id, tuple(loser.id for loser in losers), tuple(related))


def _unite(call: Call, twins: list[Row]) -> list[str]:
    """Merge the contacts of merged person accounts likewise; each comes back with its own account."""
    if not twins:
        return []
    master, *losers = twins
    related = _adopt(call, call.whole.by_kind["contact"], master, losers, set())
    for loser in losers:
        loser.fields[TAKEN_BY] = loser.fields.get("AccountId")
        _retire(call, loser, master)
    return related


def _parties(call: Call, sobject: SObject, master_id: Any, loser_ids: Sequence[Any]) -> tuple[Row, list[Row]]:
    if not 1 <= len(loser_ids) <= 2:
        raise ApiError("MERGE_FAILED", "a merge takes one or two records besides the master record", ())
    ids = [dml_id(call, None, each) for each in (master_id, *loser_ids)]
    if any(kind is not sobject for kind, _ in ids):
        raise ApiError("INVALID_MERGE_RECORD", "records to merge must be of the master record's type", ())
    if len({id18 for _, id18 in ids}) != len(ids):
        raise ApiError("INVALID_MERGE_RECORD", "a record cannot be merged with itself", ())
    master, *losers = (live(call, sobject, id18) for _, id18 in ids)
    persons.check_merge([master, *losers])
    if any(row.fields.get("IsConverted") for row in (master, *losers)):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
    if sobject.kind in HIERARCHY:
        _no_cycle(call, master, HIERARCHY[sobject.kind], {loser.id for loser in losers})
    return master, losers


def _no_cycle(call: Call, row: Row, field: str, targets: set[str]) -> None:
    """Refuse a merge where one of the targets stands above a record: that one would come to hang below itself."""
    seen: set[str] = set()
    parent = row.fields.get(field)
    while parent and parent not in seen:
        if parent in targets:
            message = "the merge would make the record its own parent"
            raise ApiError("CIRCULAR_DEPENDENCY", message, (field,))
        seen.add(parent)
        above = call.store.get("salesforce", row.kind, parent)
        parent = above.fields.get(field) if above else None


def _superior(call: Call, master: Row, losers: list[Row]) -> dict[str, Any]:
    """Whom a contact reports to after a merge: the losers' superior where the master has none (call reference)."""
    superiors = [loser for loser in losers if loser.kind == "contact" and loser.fields.get("ReportsToId")]
    if not superiors or master.fields.get("ReportsToId"):
        return {}
    for loser in superiors:
        _no_cycle(call, loser, "ReportsToId", {master.id})
    others = {loser.id for loser in losers}
    found = [loser.fields["ReportsToId"] for loser in superiors if loser.fields["ReportsToId"] not in others]
    return {"ReportsToId": found[0]} if found else {}


def _adopt(call: Call, sobject: SObject, master: Row, losers: list[Row], kept: set[str]) -> list[str]:
    """Move every live child of the losers to the master, but for those `kept`; the ids in the order moved."""
    ids = [loser.id for loser in losers]
    moved: list[str] = []
    for child in call.whole.children(sobject):
        if "createable" not in child.sobject.abilities:
            continue  # histories stay with the record whose past they are
        for row in below(call.store, child.sobject.kind, child.field.name, ids):
            if row.id not in ids and row.id not in kept:
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
