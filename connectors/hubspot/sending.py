"""Sends a write once and reads from the answer what is known of each row, by trace or id and never by position."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from connectors.changes import Outcome, Row, Status, Target
from connectors.errors import Ambiguous, Expired, Garbled, UsageError
from connectors.hubspot.answers import code, request_id, said
from connectors.records import Ref
from connectors.transport import Answer, Call, Transport

Found = dict[str, Outcome]
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Received:
    """What a write was answered with; `status` 0 where nobody knows what became of it."""

    status: int
    body: Mapping[str, Any]
    request_id: str = ""

    @property
    def whole(self) -> bool:
        """Whether the answer vouches for every row: any 2xx but 207, which tells of each for itself."""
        return 200 <= self.status < 300 and self.status != 207

    def rows(self, name: str) -> Iterator[Mapping[str, Any]]:
        """The objects in a list of the body."""
        found = self.body.get(name)
        yield from (row for row in (found if isinstance(found, list) else ()) if isinstance(row, dict))

    def applied(self, key: str, ref: Ref) -> Outcome:
        """The outcome of a row that the answer confirms."""
        return Outcome(key, Status.APPLIED, ref, request_id=self.request_id)

    def rejected(self, key: str, error: Mapping[str, Any]) -> Outcome:
        """The outcome of a row that the answer refuses."""
        return Outcome(key, Status.REJECTED, None, code(error), said(error), self.request_id)


NOTHING = Received(0, {})


def send(transport: Transport, call: Call) -> Received:
    """Send once. An expired token is renewed and the call, of which HubSpot did nothing, sent once more.

    Raises where HubSpot did nothing at all; an answer that is lost or is not JSON is `NOTHING`.
    """
    try:
        try:
            return _received(transport.write(call))
        except Expired:
            if not transport.auth.renew():
                raise
            return _received(transport.write(call))
    except (Ambiguous, Garbled):
        return NOTHING


def _received(answer: Answer) -> Received:
    body = answer.json() if answer.body else {}
    if not isinstance(body, dict):
        return NOTHING
    return Received(answer.status, body, request_id(answer, body))


def told(error: Mapping[str, Any]) -> frozenset[str]:
    """Every id and trace that the context of an error names."""
    context = error.get("context")
    lists = context.values() if isinstance(context, dict) else ()
    return frozenset(str(item) for items in lists if isinstance(items, list) for item in items)


def without_doubt(applied: Found, rejected: Found) -> Found:
    """Both together, without the rows on which the answer contradicts itself."""
    both = applied.keys() & rejected.keys()
    return {key: item for key, item in {**applied, **rejected}.items() if key not in both}


def change_of(row: Row, kind: type[C]) -> C:
    """The change of a row; `UsageError` where it is not of the batch's verb."""
    if not isinstance(row.change, kind):
        raise UsageError(f"the row {row.key} is not a {kind.__name__.lower()}")
    return row.change


def resolved(target: Target) -> Ref:
    """The record that a change acts upon; `UsageError` for one that is not known yet."""
    if not isinstance(target, Ref):
        raise UsageError("a step points at a survivor that is not known yet")
    return target


def outcomes(
    received: Received, keys: Iterable[str], match: Callable[[Mapping[str, Any]], str | None], ref: Callable[[str], Ref]
) -> Found:
    """What the answer to a batch says of these keys; `match` finds the key of a row or an error without a trace."""
    known = frozenset(keys)
    applied: Found = {}
    for row in received.rows("results"):
        key = str(row.get("objectWriteTraceId") or match(row) or "")
        if key in known and row.get("id"):
            applied[key] = received.applied(key, ref(str(row["id"])))
    rejected: Found = {}
    for error in received.rows("errors"):
        names = {match({"id": item}) or item for item in told(error)}
        rejected |= {key: received.rejected(key, error) for key in names & known}
    return without_doubt(applied, rejected)
