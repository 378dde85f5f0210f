"""What stopped runs still wait for, and who must act: said again until each is settled."""

from collections.abc import Iterator

from sync.jobs.settle import unsettled
from sync.ledger.store import Run
from sync.session import Session

KILLED = "the process ended before it was through"
SETTLE = "a person looks in the CRM and says what became of it: `journal unsettled`, then `journal settle`"


def reminders(session: Session) -> Iterator[str]:
    """For each run that was begun and never ended: why, and what settles it. It is settled when its plan is through,
    or a later plan is and nothing of it is open."""
    runs = session.ledger.runs()
    for place, run in enumerate(runs):
        if run.status == "done":
            continue
        open_ = len(unsettled(session, run.id))
        if open_ or not any(later.status == "done" for later in runs[place + 1 :]):
            yield _reminder(session, run, open_)


def _reminder(session: Session, run: Run, open_: int) -> str:
    halt = session.halts.of(run.id)
    at, why = (halt.at, halt.why) if halt else (run.started_at, KILLED)
    head = f"run {run.id} stopped at {at:%Y-%m-%d %H:%M} UTC: {why}"
    unknown = f"\n  {open_} outcomes unknown; {SETTLE}" if open_ else ""
    return f"{head}{unknown}\n  apply its plan ({run.plan[:12]}) again to go on"
