"""The writing half of the HubSpot connector: every batch is sent once, every row answered for by its id or trace."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base import Identity, Limits
from connectors.changes import Archive, Batch, Create, Merge, Outcome, Row, Set, Settle, Status
from connectors.errors import Ambiguous, Rejected, UsageError
from connectors.guard import admit
from connectors.hubspot.fields import native, texts
from connectors.hubspot.portal import Portal
from connectors.hubspot.read import LIMITS
from connectors.hubspot.sending import Found, Received, change_of, outcomes, resolved, send
from connectors.hubspot.tying import Tying
from connectors.hubspot.version import OBJECTS, PROPERTIES
from connectors.records import Ref
from connectors.transport import Call

MARK, KEY = "revops_merged_into", "revops_key"
"""Properties of our own: the survivor's id on a record marked as a duplicate, and the key that a create bears."""

TEXT = {"type": "string", "fieldType": "text"}
GROUPS = {kind: f"{kind}information" for kind in ("company", "contact", "deal", "task")}
MARKED = frozenset({"company", "contact", "lead", "deal"})
"""Kinds of which one record may be marked as the duplicate of another; any other kind gets the key alone."""


class Writer:
    """Satisfies `connectors.base.Writer`. Before its first write it asks which account its own token opens."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        tying = Tying(portal)
        self._verbs: Mapping[str, Callable[[Batch], Found]] = {
            **{"set": self._update, "settle": self._update, "create": self._create, "merge": self._merge},
            **{"link": tying.push, "unlink": tying.push, "archive": self._archive, "restore": _restore},
        }

    @property
    def calls(self) -> int:
        """How many API calls were sent so far."""
        return self.portal.transport.calls

    @property
    def limits(self) -> Limits:
        """What one call carries."""
        return LIMITS

    def identity(self) -> Identity:
        """Which account the writer's token opens."""
        return self.portal.identity()

    def fence(self, check: Callable[[], None]) -> None:
        """Ask `check` right before each write."""
        self.portal.transport.fence = check

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        """Send the batch once; a row that the answer does not speak of, or contradicts itself on, is UNKNOWN.

        Raises as `connectors.base.Writer` says; `RefusedError` for another account's batch, `UsageError` for one that
        is too large or mixed, before anything is sent.
        """
        admit(batch, self.identity().workspace, LIMITS)
        found = self._verbs[batch.verb](batch)
        return tuple(found.get(row.key) or Outcome(row.key, Status.UNKNOWN, code="no_answer") for row in batch.rows)

    def ensure_fields(self, kind: str) -> bool:
        """Make the properties that this tool needs of a kind, where the account has none yet: `MARK` and `KEY`."""
        group = GROUPS.get(kind, f"{kind}_information")
        wanted = ((MARK, "Merged into", False), (KEY, "Change key", True))
        for name, label, unique in wanted[kind not in MARKED :]:
            body = {"name": name, "label": label, "groupName": group, "hasUniqueValue": unique, **TEXT}
            self._ensure(Call("POST", f"{PROPERTIES}/{self.portal.type(kind)}", json=body))
        return True

    def _ensure(self, call: Call) -> None:
        try:
            received = send(self.portal.transport, call)
        except Rejected as refusal:
            if refusal.status != 409:
                raise
        else:
            if not received.whole:
                raise Ambiguous("it is not known whether the property was made: look, and run again")

    def _send(self, batch: Batch, verb: str, body: Any) -> Received:
        return send(self.portal.transport, Call("POST", f"{OBJECTS}/{self.portal.type(batch.kind)}/{verb}", json=body))

    def _ref(self, kind: str) -> Callable[[str], Ref]:
        return lambda key: self.portal.ref(kind, key)

    def _update(self, batch: Batch) -> Found:
        inputs = [_input(batch.kind, row) for row in batch.rows]
        keys = {item["id"]: item["objectWriteTraceId"] for item in inputs}
        received = self._send(batch, "batch/update", {"inputs": inputs})
        return outcomes(received, keys.values(), lambda row: keys.get(str(row.get("id"))), self._ref(batch.kind))

    def _create(self, batch: Batch) -> Found:
        """Every record bears its key in a property of its own: by it the answer's rows are matched, and found again."""
        creates = {row.key: change_of(row, Create) for row in batch.rows}
        names = {key: native(batch.kind, change.key_field) for key, change in creates.items()}
        inputs = [
            {"properties": {**texts(batch.kind, change.fields), names[key]: change.key}, "objectWriteTraceId": key}
            for key, change in creates.items()
        ]
        bearers = {(names[key], change.key): key for key, change in creates.items()}
        received = self._send(batch, "batch/create", {"inputs": inputs})
        return outcomes(received, creates, lambda row: _bearer(row, bearers), self._ref(batch.kind))

    def _merge(self, batch: Batch) -> Found:
        """The answer bears the id that is left, which may be new: neither of the two that were sent."""
        row = batch.rows[0]
        change = change_of(row, Merge)
        if len(change.merged) != 1:
            raise UsageError("HubSpot merges two records at a time")
        body = {"primaryObjectId": resolved(change.survivor).id, "objectIdToMerge": change.merged[0].id}
        received = self._send(batch, "merge", body)
        left = received.body.get("id")
        return (
            {row.key: received.applied(row.key, self.portal.ref(batch.kind, left))} if received.whole and left else {}
        )

    def _archive(self, batch: Batch) -> Found:
        """HubSpot answers 204 whatever the state was, so that archiving twice is no error."""
        refs = {row.key: change_of(row, Archive).ref for row in batch.rows}
        received = self._send(batch, "batch/archive", {"inputs": [{"id": ref.id} for ref in refs.values()]})
        return {key: received.applied(key, ref) for key, ref in refs.items()} if received.whole else {}


def _restore(batch: Batch) -> Found:
    """HubSpot restores in its user interface only (within 90 days): no endpoint, no call."""
    message = "HubSpot restores archived records in its user interface only"
    return {row.key: Outcome(row.key, Status.REJECTED, code="no_restore", message=message) for row in batch.rows}


def _input(kind: str, row: Row) -> dict[str, Any]:
    change = row.change
    if not isinstance(change, Set | Settle):
        raise UsageError(f"the row {row.key} is not a set or a settle")
    return {"id": resolved(change.ref).id, "properties": texts(kind, change.after), "objectWriteTraceId": row.key}


def _bearer(row: Mapping[str, Any], bearers: Mapping[tuple[str, str], str]) -> str | None:
    """The key of the row whose properties bear it."""
    properties = row.get("properties") or {}
    return next((key for (name, value), key in bearers.items() if properties.get(name) == value), None)
