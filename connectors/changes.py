"""The changes a plan may hold, the batch they travel in, and what the CRM said to each."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from connectors.records import Link, Ref
from connectors.values import NO_FIELDS, Fields


@dataclass(frozen=True, slots=True)
class Survivor:
    """Stands for the record that an earlier merge or create step of the same group left behind."""

    step: str


Target = Ref | Survivor


@dataclass(frozen=True, slots=True)
class Set:
    """Write `after` over `before`; sent even where it already holds unless the live record is equal."""

    ref: Target
    after: Fields
    before: Fields = field(default_factory=lambda: NO_FIELDS)


@dataclass(frozen=True, slots=True)
class Settle:
    """An end state of fields: written where it does not hold, nothing sent where it does."""

    ref: Target
    after: Fields


@dataclass(frozen=True, slots=True)
class Merge:
    """Fold `merged` into `survivor`; no inverse. `carry` names each value that the survivor must end with."""

    survivor: Target
    merged: tuple[Ref, ...]
    carry: Fields = field(default_factory=lambda: NO_FIELDS)


@dataclass(frozen=True, slots=True)
class Create:
    """A new record that bears `key` in a field of its own, so that it is found again by that, never by search."""

    workspace: str
    kind: str
    key: str
    fields: Fields
    key_field: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Tie a record to another. (The value is `records.Link`; in plans this verb is `link`.)"""

    ref: Target
    link: Link


@dataclass(frozen=True, slots=True)
class Unlink:
    """Remove one tie."""

    ref: Target
    link: Link


@dataclass(frozen=True, slots=True)
class Archive:
    """Move the record to the CRM's recycle bin."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Restore:
    """Bring an archived record back, where the CRM can."""

    ref: Ref


Change = Set | Settle | Merge | Create | Connect | Unlink | Archive | Restore
VERBS: dict[type, str] = {
    Set: "set",
    Settle: "settle",
    Merge: "merge",
    Create: "create",
    Connect: "link",
    Unlink: "unlink",
    Archive: "archive",
    Restore: "restore",
}


def verb(change: Change) -> str:
    """The one word that plans, journals and limits use for a change."""
    return VERBS[type(change)]


def target(change: Change) -> Target | None:
    """The record that the change acts upon; None for a create."""
    match change:
        case Create():
            return None
        case Merge(survivor=survivor):
            return survivor
    return change.ref


def parties(change: Change) -> tuple[Ref, ...]:
    """Every record already known by id that the change touches."""
    found: list[Target] = [] if (on := target(change)) is None else [on]
    if isinstance(change, Merge):
        found.extend(change.merged)
    if isinstance(change, Connect | Unlink):
        found.append(change.link.to)
    return tuple(item for item in found if isinstance(item, Ref))


@dataclass(frozen=True, slots=True)
class Row:
    """One change with its key: the trace by which the CRM's answer is matched, never its position.

    `seen` is when the record was last modified, as the read before this write showed it; `far` the same of the record
    at the other end of a tie, which may be the one that holds it.
    """

    key: str
    change: Change
    seen: datetime | None = None
    far: datetime | None = None


class Way(StrEnum):
    """How field updates travel where a CRM knows several ways. Ties that stand in a record are guarded always.

    GUARDED writes a record only if it was not modified since `Row.seen`; BULK and JOB ask nothing of it, and JOB is
    carried out behind the answer, under a handle of its own.
    """

    PLAIN = ""
    GUARDED = "guarded"
    BULK = "bulk"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of equal workspace, kind, verb and way that touch distinct records, all refs resolved.

    `job` is the handle that `Loader.open` gave for rows that travel as a job.
    """

    workspace: str
    kind: str
    verb: str
    rows: tuple[Row, ...]
    way: Way = Way.PLAIN
    job: str = ""


class Status(StrEnum):
    """What is known of one row after it was sent.

    HALTED is refused because the record changed after it was read, NOT_SENT was turned away before anything was done
    with it (a lock held by another): neither wrote anything.
    """

    APPLIED = "applied"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    HALTED = "halted"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the CRM said to one row: `ref` is the record it left (a merge may mint a new id)."""

    key: str
    status: Status
    ref: Ref | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""
