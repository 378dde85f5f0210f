"""What CRMs told the gate: kept before it is acknowledged, worked through later, known again when it comes twice."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Insert, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connectors.records import Ref
from sync.database import millis, moment, writing
from sync.ledger.tables import InboxRow

INBOX = InboxRow.__table__  # type: ignore[attr-defined]
KEPT = timedelta(days=7)
"""How long a settled event is remembered: HubSpot sends one again for a day, by one source for three."""
WAITING = select(INBOX).where(INBOX.c.done_at.is_(None), INBOX.c.received_at <= bindparam("_until"))
WAITING = WAITING.order_by(INBOX.c.received_at, INBOX.c.key).limit(bindparam("_most"))
DONE = update(INBOX).where(INBOX.c.key == bindparam("_key"), INBOX.c.done_at.is_(None))
DONE = DONE.values(done_at=bindparam("_at"), outcome=bindparam("_outcome"))


@dataclass(frozen=True, slots=True)
class Told:
    """One event: which record, what happened to it and when (milliseconds), and the CRM's name for the event itself.

    `key` is the same however often and in whatever order the event arrives; no value of the record is in it.
    """

    ref: Ref
    what: str
    field: str
    occurred_at: int
    name: str

    @property
    def key(self) -> str:
        """32 hex digits. HubSpot's eventId alone is not unique (its webhooks guide), hence all the rest."""
        parts = (str(self.ref), self.what, self.field, str(self.occurred_at), self.name)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that nobody has looked at yet."""

    key: str
    ref: Ref
    what: str
    field: str
    received_at: datetime


class Inbox:
    """Events by their key; `now` stamps arrivals."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def put(self, events: Sequence[Told]) -> int:
        """Keep events in one transaction that is on the disk when this returns; how many were not known before."""
        rows = {event.key: _row(event) for event in events}
        if not rows:
            return 0
        at = millis(self.now())
        with writing(self.engine) as connection:
            statement = _insert(connection.dialect.name)
            found = connection.execute(statement, [row | {"received_at": at} for row in rows.values()])
            return max(found.rowcount, 0)

    def waiting(self, most: int, until: datetime | None = None) -> list[Waiting]:
        """The oldest events that were received by a moment and not worked through."""
        asked = {"_most": most, "_until": millis(until or self.now())}
        with self.engine.connect() as connection:
            rows = connection.execute(WAITING, asked).all()
        return [
            Waiting(row.key, Ref(row.workspace, row.kind, row.id), row.what, row.field, moment(row.received_at))
            for row in rows
        ]

    def depth(self) -> tuple[int, datetime | None]:
        """How many events wait, and since when the oldest does."""
        query = select(func.count(), func.min(INBOX.c.received_at)).where(INBOX.c.done_at.is_(None))
        with self.engine.connect() as connection:
            count, oldest = connection.execute(query).one()
        return count, None if oldest is None else moment(oldest)

    def outcomes(self) -> dict[str, int]:
        """How many of the events that are still remembered were worked through, by what came of them."""
        query = select(INBOX.c.outcome, func.count()).where(INBOX.c.done_at.is_not(None)).group_by(INBOX.c.outcome)
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def settle(self, outcomes: Mapping[str, str]) -> None:
        """Mark events as worked through."""
        with writing(self.engine) as connection:
            done(connection, outcomes, self.now())

    def tidy(self) -> int:
        """Forget settled events that no CRM would send again."""
        old = millis(self.now() - KEPT)
        with writing(self.engine) as connection:
            return connection.execute(delete(INBOX).where(INBOX.c.done_at < old)).rowcount


def done(connection: Connection, outcomes: Mapping[str, str], now: datetime) -> None:
    """Mark events as worked through, in a transaction of the caller's: key -> what came of each."""
    if outcomes:
        at = millis(now)
        connection.execute(DONE, [{"_key": key, "_at": at, "_outcome": what} for key, what in outcomes.items()])


def _row(event: Told) -> dict[str, Any]:
    ref = event.ref
    where = {"workspace": ref.workspace, "kind": ref.kind, "id": ref.id}
    rest = {"what": event.what, "field": event.field, "occurred_at": event.occurred_at, "done_at": None, "outcome": ""}
    return {"key": event.key, **where, **rest}


@cache
def _insert(dialect: str) -> Insert:
    """Built once; what is known already stays as it is."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(INBOX).on_conflict_do_nothing()
