"""The journal: an append-only hash chain of commitments, with the values themselves beside it.

Every entry is bound to the one before it: `hash = SHA-256(previous + canonical JSON of the entry)`. Values stand in
a side table and the entry holds only `HMAC-SHA-256(salt, values)`, so that erasing a person's values leaves the
chain valid. An append is one transaction and one fsync.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, String, bindparam, insert, select, type_coerce

from connectors.values import Json
from sync.database import millis, moment, writing
from sync.forms import canonical
from sync.ledger.tables import EntryRow, ValueRow

ENTRY = EntryRow.__table__  # type: ignore[attr-defined]
VALUE = ValueRow.__table__  # type: ignore[attr-defined]
GENESIS = "0" * 64
LAST = select(ENTRY.c.seq, ENTRY.c.hash).order_by(ENTRY.c.seq.desc()).limit(1)
LINES = select(ENTRY, VALUE.c.body).outerjoin(VALUE, VALUE.c.seq == ENTRY.c.seq)
OF_RUN = LINES.where(ENTRY.c.run == bindparam("_run")).order_by(ENTRY.c.seq)
KEEP, KEEP_VALUES = insert(ENTRY), insert(VALUE)


class State(StrEnum):
    """Where one step stands.

    INTENT is on disk before anything is sent; APPLIED and REJECTED are what the CRM answered; VERIFIED, REVERTED
    and NOT_SENT are what a read-back proved; UNKNOWN is what nothing could decide. HALTED and SKIPPED were never
    sent.
    """

    INTENT = "intent"
    APPLIED = "applied"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    VERIFIED = "verified"
    REVERTED = "reverted"
    NOT_SENT = "not_sent"
    HALTED = "halted"
    SKIPPED = "skipped"


OPEN = frozenset({State.INTENT, State.APPLIED, State.UNKNOWN})
"""The states in which the CRM may hold an effect that nobody has looked at yet: recovery settles these first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `facts` holds names and codes, never a record's values; those are in `values`."""

    run: str
    key: str
    group: str
    step: str
    state: State
    ref: str
    facts: dict[str, Json] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    at: datetime | None = None


class Journal(Protocol):
    """What apply needs of a journal."""

    def append(self, entries: Sequence[Entry]) -> None: ...

    def entries(self, run: str) -> Iterator[Entry]: ...


class Scratch:
    """A journal in memory, for the rehearsal that forecasts calls."""

    def __init__(self) -> None:
        self.kept: list[Entry] = []

    def append(self, entries: Sequence[Entry]) -> None:
        """Keep the entries."""
        self.kept.extend(entries)

    def entries(self, run: str) -> Iterator[Entry]:
        """The entries of a run, in order."""
        return (entry for entry in self.kept if entry.run == run)


class DiskJournal:
    """The journal in the ledger store. Any failure to write is fatal for the run: nothing more may be sent."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def append(self, entries: Sequence[Entry]) -> None:
        """Chain the entries and bring them to the disk; `LocalError` when that cannot be promised."""
        if not entries:
            return
        with writing(self.engine) as connection:
            self._append(connection, entries)

    def _append(self, connection: Connection, entries: Sequence[Entry]) -> None:
        last = connection.execute(LAST).first()
        count, head = (last.seq, last.hash) if last else (0, GENESIS)
        rows, values = [], []
        for seq, entry in enumerate(entries, count + 1):
            body, salt = canonical(entry.values), secrets.token_hex(16)
            row = self._row(seq, entry, commitment(salt, body) if entry.values else "")
            row |= {"previous": head, "hash": chained(head, row)}
            head = row["hash"]
            rows.append(row)
            if entry.values:
                values.append({"seq": seq, "salt": salt, "body": body})
        connection.execute(KEEP, rows)
        if values:
            connection.execute(KEEP_VALUES, values)

    def _row(self, seq: int, entry: Entry, committed: str) -> dict[str, Any]:
        return {
            "seq": seq,
            "at": millis(entry.at or self.now()),
            "run": entry.run,
            "key": entry.key,
            "group_id": entry.group,
            "step": entry.step,
            "state": entry.state.value,
            "ref": entry.ref,
            "facts": entry.facts,
            "commitment": committed,
        }

    def entries(self, run: str) -> Iterator[Entry]:
        """The entries of a run in order, with their values where they were not erased."""
        with self.engine.connect() as connection:
            rows = connection.execute(OF_RUN, {"_run": run}).all()
        return (_entry(row) for row in rows)

    def head(self) -> tuple[int, str]:
        """The number and the hash of the last entry: an anchor against a rewritten or shortened journal."""
        with self.engine.connect() as connection:
            last = connection.execute(LAST).first()
        return (last.seq, last.hash) if last else (0, GENESIS)

    def hash_of(self, seq: int) -> str | None:
        """The hash of an entry, None where there is none of that number."""
        if seq == 0:
            return GENESIS
        with self.engine.connect() as connection:
            return connection.scalar(select(ENTRY.c.hash).where(ENTRY.c.seq == seq))

    def verify(self) -> tuple[int, list[str]]:
        """How many entries were checked, and every place where the chain or a commitment does not hold."""
        faults, previous, count = [], GENESIS, 0
        cells = [column for column in ENTRY.c if column.name != "facts"]
        said = type_coerce(ENTRY.c.facts, String).label("facts")  # as it stands, for it may be no JSON any more
        query = select(*cells, said, VALUE.c.salt, VALUE.c.body).outerjoin(VALUE, VALUE.c.seq == ENTRY.c.seq)
        with self.engine.connect() as connection:
            for row in connection.execute(query.order_by(ENTRY.c.seq)):
                count += 1
                faults += [f"entry {row.seq}: {fault}" for fault in _faults(row, previous, count)]
                previous = row.hash
            stray = connection.scalars(select(VALUE.c.seq).where(VALUE.c.seq.not_in(select(ENTRY.c.seq)))).all()
        return count, faults + [f"entry {seq}: its values stand without it" for seq in stray]


def commitment(salt: str, body: str) -> str:
    """What the chain holds in place of the values."""
    return hmac.new(bytes.fromhex(salt), body.encode(), hashlib.sha256).hexdigest()


def chained(previous: str, row: dict[str, Any]) -> str:
    """The hash of an entry that follows `previous`."""
    names = ("seq", "at", "run", "key", "group_id", "step", "state", "ref", "facts", "commitment")
    return hashlib.sha256((previous + canonical({name: row[name] for name in names})).encode()).hexdigest()


def _faults(row: Any, previous: str, place: int) -> Iterable[str]:
    if row.seq != place:
        yield f"stands at place {place}"
    if row.previous != previous:
        yield "does not follow the entry before it"
    try:
        facts = json.loads(row.facts) if isinstance(row.facts, str) else row.facts
        if row.hash != chained(row.previous, {**row._mapping, "facts": facts}):
            yield "was changed"
        if row.body is not None and not hmac.compare_digest(row.commitment, commitment(row.salt, row.body)):
            yield "its values were changed"
    except (ValueError, TypeError):
        yield "cannot be read"


def _entry(row: Any) -> Entry:
    values = json.loads(row.body) if row.body else {}
    state, at = State(row.state), moment(row.at)
    return Entry(row.run, row.key, row.group_id, row.step, state, row.ref, row.facts, values, at)
