"""Rows that somebody else holds: locks of other transactions, and of approval processes."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import CRM
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import SECOND
from sandbox.store import Store

FOR_EVER = -1
BUSY = "busy_rows"
APPROVAL = "This record is locked. If you need to edit it, contact your admin."


def acquire(call: Call, sobject: SObject, own: str | None, *versions: Mapping[str, Any]) -> None:
    """Take the locks that a write needs: the record's own and, for each version of its values, its parents'.

    The switch `locked_rows` counts by id the calls that still find the row locked (-1: all of them),
    `approval_locked` lists records that wait for an approval, and for `lock_seconds` a call keeps the locks that it
    took from every other one: what calls on the same parent suffer live when they run at the same time.
    """
    if own in switch(call.store, "approval_locked"):
        raise ApiError("ENTITY_IS_LOCKED", APPROVAL, ())
    locked: dict[str, int] = dict(switch(call.store, "locked_rows"))
    if not locked and not switch(call.store, "lock_seconds"):
        return
    busy: dict[str, int] = call.store.setting(CRM, BUSY, {})
    needed = [each for each in dict.fromkeys([own, *_parents(sobject, versions)]) if each]
    held = [each for each in needed if locked.get(each) or busy.get(each, 0) > call.now]
    call.trace.taken.update(needed)
    if held:
        call.trace.struck.update(held)
        message = f"unable to obtain exclusive access to this record or {len(held)} records: {','.join(held)}"
        raise ApiError("UNABLE_TO_LOCK_ROW", message, ())


def _parents(sobject: SObject, versions: tuple[Mapping[str, Any], ...]) -> list[Any]:
    """Users are not locked by what they own or change."""
    references = [field.name for field in sobject.fields.values() if field.refers_to and "User" not in field.refers_to]
    return [values.get(name) for values in versions for name in references]


def settle(call: Call) -> None:
    """Count the call against the locks that it met and keep those that it took, once its transactions are over."""
    hold = switch(call.store, "lock_seconds")
    if hold and call.trace.taken:
        busy = {each: until for each, until in call.store.setting(CRM, BUSY, {}).items() if until > call.now}
        call.store.set(CRM, BUSY, {**dict.fromkeys(call.trace.taken, call.now + hold * SECOND), **busy})
        call.trace.taken.clear()
    locked: dict[str, int] = dict(switch(call.store, "locked_rows"))
    for id18 in call.trace.struck:
        left = locked.get(id18, 0)
        locked[id18] = left if left == FOR_EVER else max(0, left - 1)
    if call.trace.struck:
        call.store.set("salesforce", "locked_rows", {id18: left for id18, left in locked.items() if left})
        call.trace.struck.clear()


def lock(store: Store, id18: str, tries: int) -> None:
    """Hold a row against the next `tries` calls; 0 lets it go."""
    locked: dict[str, int] = {**switch(store, "locked_rows"), id18: tries}
    store.set("salesforce", "locked_rows", {each: left for each, left in locked.items() if left})
