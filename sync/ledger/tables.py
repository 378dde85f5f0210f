"""The tables of the ledger, nothing else. Moments are milliseconds since 1970."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from sync.database import LEDGER


class LedgerTable(SQLModel):
    """The tables of this store share one MetaData of their own."""

    metadata = LEDGER


class RunRow(LedgerTable, table=True):
    """One attempt to carry out a plan, resumed under the same id until it is finished."""

    __tablename__ = "run"
    id: str = Field(primary_key=True)
    plan: str = Field(index=True)
    started_at: int = Field(sa_type=BigInteger)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)
    status: str = "running"


class EntryRow(LedgerTable, table=True):
    """One line of the journal: append-only, each bound to the one before by `hash`."""

    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_run_key", "run", "key"),)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    run: str
    key: str
    group_id: str
    step: str
    state: str
    ref: str
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    commitment: str
    previous: str
    hash: str


class ValueRow(LedgerTable, table=True):
    """The values an entry is committed to; erasing the row leaves the chain valid."""

    __tablename__ = "value"
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    salt: str
    body: str


class ApprovalRow(LedgerTable, table=True):
    """Who allowed which plan, by its hash and the counts that were shown."""

    __tablename__ = "approval"
    plan: str = Field(primary_key=True)
    who: str
    at: int = Field(sa_type=BigInteger)
    counts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class LeaseRow(LedgerTable, table=True):
    """The one writer: its fencing token grows with every holder."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True)
    token: int = Field(sa_type=BigInteger)
    holder: str
    at: int = Field(sa_type=BigInteger)


class AliasRow(LedgerTable, table=True):
    """An id that now stands for another record, since a merge."""

    __tablename__ = "alias"
    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    now_id: str
    run: str
    at: int = Field(sa_type=BigInteger)


class JudgementRow(LedgerTable, table=True):
    """What a person said of a pair (ascending refs); a later word is a new row, none is overwritten."""

    __tablename__ = "judgement"
    __table_args__ = (Index("ix_judgement_pair", "kind", "a", "b"),)
    seq: int | None = Field(default=None, primary_key=True)
    kind: str
    a: str
    b: str
    verdict: str
    who: str
    at: int = Field(sa_type=BigInteger)


class TwinRow(LedgerTable, table=True):
    """Two records of different CRMs that are the same thing; `how` says what told us."""

    __tablename__ = "twin"
    a: str = Field(primary_key=True)
    b: str = Field(primary_key=True)
    how: str
    at: int = Field(sa_type=BigInteger)


class FindingRow(LedgerTable, table=True):
    """A finding through time: opened, last seen, closed; `body` is what the last run said of it."""

    __tablename__ = "finding"
    key: str = Field(primary_key=True)
    check: str
    band: str
    severity: str
    opened_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ForgottenRow(LedgerTable, table=True):
    """A person who was erased and must not come back: only a keyed hash of an id or an e-mail address is kept."""

    __tablename__ = "forgotten"
    mark: str = Field(primary_key=True)
    salt: str
    at: int = Field(sa_type=BigInteger)


class ContactRow(LedgerTable, table=True):
    """A live account: when `doctor` last found nothing wrong there, and the run that wrote to it first."""

    __tablename__ = "contact"
    workspace: str = Field(primary_key=True)
    api_version: str = ""
    examined_at: int | None = Field(default=None, sa_type=BigInteger)
    proved_by: str = ""


class HaltRow(LedgerTable, table=True):
    """Why a run stopped before its plan was through; gone once it is."""

    __tablename__ = "halt"
    run: str = Field(primary_key=True)
    why: str
    at: int = Field(sa_type=BigInteger)


class InboxRow(LedgerTable, table=True):
    """An event that a CRM told the gate: which record it is about, never a value. Kept after it is `done` so that the
    same event is known when it comes again."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_waiting", "done_at", "received_at"),)
    key: str = Field(primary_key=True)
    workspace: str
    kind: str
    id: str
    what: str
    field: str
    occurred_at: int = Field(sa_type=BigInteger)
    received_at: int = Field(sa_type=BigInteger)
    done_at: int | None = Field(default=None, sa_type=BigInteger)
    outcome: str = ""


class VerdictRow(LedgerTable, table=True):
    """What the gate said of one move of a deal, once; `plan` is what it queued, `told_at` when somebody heard of it."""

    __tablename__ = "verdict"
    move: str = Field(primary_key=True)
    ref: str = Field(index=True)
    before: str
    stage: str
    moved_at: int = Field(sa_type=BigInteger)
    received_at: int = Field(sa_type=BigInteger)
    decided_at: int = Field(sa_type=BigInteger, index=True)
    policy: str
    action: str
    plan: str = ""
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    told_at: int | None = Field(default=None, sa_type=BigInteger)


class QueueRow(LedgerTable, table=True):
    """A plan of one group that waits for the one writer, by its hash; one for a move, whatever is told how often."""

    __tablename__ = "queue"
    plan: str = Field(primary_key=True)
    move: str = Field(index=True, unique=True)
    ref: str
    made_at: int = Field(sa_type=BigInteger)
    content: str
    state: str = "waiting"
    why: str = ""
    settled_at: int | None = Field(default=None, sa_type=BigInteger)


class AgreedRow(LedgerTable, table=True):
    """What the two sides of a twin last held of a field when they agreed: a base for telling a change from a
    difference. `field` is the mapping's key, values are in their JSON form, each side's in its own terms."""

    __tablename__ = "agreed"
    a: str = Field(primary_key=True)
    b: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    hubspot: Any = Field(sa_column=Column(JSON))
    salesforce: Any = Field(sa_column=Column(JSON))
    at: int = Field(sa_type=BigInteger)


class AgreementRow(LedgerTable, table=True):
    """HubSpot's side of every agreement through time: what shows that a field goes back and forth."""

    __tablename__ = "agreement"
    __table_args__ = (Index("ix_agreement_field", "a", "b", "field", "at"),)
    seq: int | None = Field(default=None, primary_key=True)
    a: str
    b: str
    field: str
    value: Any = Field(sa_column=Column(JSON))
    at: int = Field(sa_type=BigInteger)


class JobRow(LedgerTable, table=True):
    """One scheduled job: how it ended, and what was told of it (`told` is blank where nobody was told)."""

    __tablename__ = "job"
    seq: int | None = Field(default=None, primary_key=True)
    started_at: int = Field(sa_type=BigInteger)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)
    code: int | None = None
    state: str = "running"
    why: str = ""
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    told: str = ""


class ReadingRow(LedgerTable, table=True):
    """One look at a target: what was found in an account, and whether people were told of the state."""

    __tablename__ = "reading"
    seq: int | None = Field(default=None, primary_key=True)
    slo: str = Field(index=True)
    account: str
    about: str
    period: str
    at: int = Field(sa_type=BigInteger)
    value: str | None = None
    state: str
    told: bool = False


class DecisionRow(LedgerTable, table=True):
    """What a person said of a finding about a single record, by its key; a later word is a new row."""

    __tablename__ = "decision"
    seq: int | None = Field(default=None, primary_key=True)
    finding: str = Field(index=True)
    proposal: str
    verdict: str
    who: str
    at: int = Field(sa_type=BigInteger)
