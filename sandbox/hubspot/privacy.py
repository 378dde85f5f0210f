"""The deletion for good that privacy law asks for: the contact, its past and its links are no more."""

from sandbox.hubspot import objects, records
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import invalid, not_found
from sandbox.store import Row, Store
from sandbox.wire import Response

TRACES = (
    "DELETE FROM record WHERE crm='hubspot' AND kind=? AND id=?",
    "DELETE FROM shadow WHERE crm='hubspot' AND kind=? AND id=?",
    "DELETE FROM past WHERE crm='hubspot' AND kind=? AND id=?",
    "DELETE FROM link WHERE crm='hubspot' AND from_kind=? AND from_id=?",
    "DELETE FROM link WHERE crm='hubspot' AND to_kind=? AND to_id=?",
)


def delete(call: Call) -> Response:
    """204; an e-mail address that nobody has is blocked from being used later (documented)."""
    item, body = call.kind(), call.body()
    if item.kind != "contact":
        raise invalid(f"GDPR deletion is not supported for object type {item.type_id}")
    key, by = str(body.get("objectId") or ""), body.get("idProperty")
    if not key:
        raise invalid("Some required fields were not set: [objectId]")
    row = records.lookup(call.store, item, key, by)
    if row is not None:
        forget(call.store, row)
        objects.writer(call).gone(row)
    elif by == "email":
        blocked = call.store.setting("hubspot", "blocked_emails", [])
        call.store.set("hubspot", "blocked_emails", [*blocked, key.strip().lower()])
    else:
        raise not_found(key)
    return call.done()


def forget(store: Store, row: Row) -> None:
    """Remove a record, whatever went into it, and every trace of them in the account."""
    for part in store.rows("crm='hubspot' AND kind=? AND merged_into=?", (row.kind, row.id)):
        forget(store, part)
    for sql in TRACES:
        store.db.execute(sql, (row.kind, row.id))
