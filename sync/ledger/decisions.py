"""What people said of findings about a single record: the last word on each, and when."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, insert, select

from hygiene.check import Finding
from sync.database import millis, moment, writing
from sync.forms import canonical, dump_change
from sync.ledger.findings import FINDING
from sync.ledger.tables import DecisionRow

DECISION = DecisionRow.__table__  # type: ignore[attr-defined]


class Word(StrEnum):
    """Carry out what the finding proposes, or never propose it again."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word, and what exactly it was about."""

    word: Word
    proposal: str
    at: datetime


class Decisions:
    """Reads and writes decisions; an earlier word stays on record beneath a later one."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def decide(self, findings: Iterable[Finding], word: Word, who: str) -> None:
        """Remember what somebody said of each of these."""
        at = millis(self.now())
        rows = [
            {"finding": item.key, "proposal": proposal(item), "verdict": word.value, "who": who, "at": at}
            for item in findings
        ]
        if rows:
            with writing(self.engine) as connection:
                connection.execute(insert(DECISION), rows)

    def said(self) -> Mapping[str, Decision]:
        """The last word on each finding, by its key."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(DECISION).order_by(DECISION.c.seq)).all()
        return {row.finding: Decision(Word(row.verdict), row.proposal, moment(row.at)) for row in rows}

    def opened(self) -> Mapping[str, datetime]:
        """Since when each finding that somebody decided on is open; those that are not are left out."""
        decided = select(DECISION.c.finding)
        query = select(FINDING.c.key, FINDING.c.opened_at).where(FINDING.c.closed_at.is_(None))
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(FINDING.c.key.in_(decided))).all()
        return {row.key: moment(row.opened_at) for row in rows}


def proposal(finding: Finding) -> str:
    """The same while a finding proposes the same (16 hex digits)."""
    text = canonical([dump_change(change) for change in finding.changes])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
