"""What ran: scheduled jobs and plans that were applied, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from sync.ledger.jobs import Jobs
from sync.ledger.journal import State
from sync.ledger.store import Run
from sync.session import Session


@dataclass(frozen=True, slots=True)
class Past:
    """One job or one apply: when, what, counts in words and the exit code; None while it runs or where it died."""

    at: datetime
    ended: datetime | None
    what: str
    state: str
    counts: str
    code: int | None


def history(session: Session, most: int) -> list[Past]:
    """The newest jobs and applies."""
    jobs = [
        Past(job.started_at, job.finished_at, "run", job.state, _words(job.facts), job.code)
        for job in Jobs(session.ledger_store, session.now).last(most)
    ]
    applies = [_applied(session, run) for run in session.ledger.runs()[-most:]]
    return sorted([*jobs, *applies], key=lambda item: item.at, reverse=True)[:most]


def _applied(session: Session, run: Run) -> Past:
    approval = session.ledger.approval(run.plan)
    counts = {name: value for name, value in approval.counts.items() if isinstance(value, int)} if approval else {}
    who = f" approved by {approval.who}" if approval else ""
    what = f"apply {run.id} of plan {run.plan[:12]}{who}"
    return Past(run.started_at, run.finished_at, what, run.status, _words(counts), _code(session, run))


def _code(session: Session, run: Run) -> int | None:
    """The exit code of an apply, by how its rows stand: 3 where one that was begun did not get through."""
    if run.status != "done":
        return 5 if run.finished_at else None
    last = {entry.key: entry.state for entry in session.journal.entries(run.id)}
    return 0 if all(state is State.VERIFIED for state in last.values()) else 3


def _words(counts: object) -> str:
    facts = counts.items() if isinstance(counts, dict) else ()
    return ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in facts if isinstance(value, int) and value)
