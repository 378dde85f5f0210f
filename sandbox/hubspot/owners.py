"""The owner endpoints: users that records are assigned to, read-only."""

from typing import Any

from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import not_found
from sandbox.hubspot.times import iso
from sandbox.store import Row
from sandbox.wire import Response, counts

LIMIT, MAX = 100, 500


def listing(call: Call) -> Response:
    """A page of owners, live or (archived=true) deactivated ones; `email` picks one."""
    limit, after = call.number("limit", LIMIT, MAX), call.request.param("after") or "0"
    email = (call.request.param("email") or "").lower()
    start = int(after) if counts(after) else 0
    rows = call.store.rows("crm='hubspot' AND kind='owner' AND archived=?", (call.flag("archived"),))
    rows = [row for row in rows if int(row.id) >= start and email in ("", (row.fields.get("email") or "").lower())]
    found: dict[str, Any] = {"results": [drawn(row) for row in rows[:limit]]}
    if len(rows) > limit:
        found["paging"] = {"next": {"after": rows[limit].id}}
    return call.reply(200, found)


def one(call: Call) -> Response:
    """One owner by its id, or by its user's (idProperty=userId)."""
    key, archived = call.args["id"], call.flag("archived")
    rows = call.store.rows("crm='hubspot' AND kind='owner' AND archived=?", (archived,))
    by_user = call.request.param("idProperty") == "userId"
    found = next((row for row in rows if key == (_user(row) if by_user else row.id)), None)
    if found is None:
        raise not_found(key)
    return call.reply(200, drawn(found))


def _user(row: Row) -> str:
    return str(row.fields.get("userId") or row.id)


def drawn(row: Row) -> dict[str, Any]:
    """An owner as the API shows it; a deactivated one has lost its `userId`."""
    user = int(_user(row))
    return {
        "id": row.id,
        "email": row.fields.get("email") or "",
        "type": row.fields.get("type") or "PERSON",
        "firstName": row.fields.get("firstName") or "",
        "lastName": row.fields.get("lastName") or "",
        "userId": None if row.archived else user,
        "userIdIncludingInactive": user,
        "createdAt": iso(row.created),
        "updatedAt": iso(row.modified),
        "archived": row.archived,
    }
