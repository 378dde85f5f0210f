"""The scheduled job: goes on with what was left, pulls, plans, applies what the policy names, and tells people."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.errors import LocalError, RefusedError, RevopsError
from connectors.values import Json
from hygiene.check import Finding, run
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.jobs.check import ask, chosen, settled
from sync.jobs.plan import Made, basis_of, bind, plan
from sync.jobs.policy import divide
from sync.jobs.pull import pull_all, seen
from sync.jobs.queue import drain, worst
from sync.jobs.shelf import Shelf
from sync.ledger.jobs import Jobs
from sync.notify import Message, send
from sync.plan.file import decode, plan_hash
from sync.plan.model import Group
from sync.session import Session

WHO = "policy"
"""Who approved what the rules under `run.policy` allow."""
STATES = {0: "clean", 2: "stopped", 3: "failed", 4: "stopped", 5: "stopped"}
HEADLINES = {
    "clean": "nothing waits for you any more",
    "waiting": "changes wait for your approval",
    "failed": "some changes failed",
    "stopped": "the scheduled job stopped before it was through",
}


class OutOfTime(LocalError):
    """The job's time is up, or somebody asked it to stop: it ends in good order, and the next run goes on."""


@dataclass(frozen=True, slots=True)
class Split:
    """What a run would apply by itself, and what waits for a person."""

    allowed: Made
    waiting: Made
    findings: int


@dataclass(slots=True)
class Outcome:
    """How a scheduled job went. `applied` counts groups carried out whole, `waiting` names those that wait."""

    code: int = 0
    why: str = ""
    findings: int = 0
    applied: int = 0
    failed: int = 0
    waiting: tuple[str, ...] = ()
    plan: str = ""
    untold: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """One word: clean, waiting, failed or stopped."""
        return "waiting" if self.code == 0 and self.waiting else STATES.get(self.code, "stopped")

    @property
    def facts(self) -> dict[str, Json]:
        """Its numbers, without any value of a record."""
        counts: dict[str, Json] = {"findings": self.findings, "applied": self.applied, "failed": self.failed}
        return counts | {"waiting": len(self.waiting), "plan": self.plan}

    @property
    def digest(self) -> str:
        """The same while the same thing would be told: the state, and which groups wait."""
        return hashlib.sha256("\n".join([self.state, *sorted(self.waiting)]).encode()).hexdigest()[:16]


def scheduled(session: Session) -> Outcome:
    """One run of the job; `RefusedError` where another one is under way. Everything else that goes wrong is an exit
    code of the outcome, is kept in the history and is told."""
    with session.alone("run"):
        timed = limited(session)
        try:
            return _kept(timed)
        finally:
            timed.close()


def preview(session: Session) -> Split:
    """What a run would do with the mirror as it is now: nothing is pulled, sent or kept."""
    return split(session, plan(session, findings := looked(session)), findings)


def looked(session: Session) -> list[Finding]:
    """What the configured checks find, kept nowhere."""
    return settled(session, run(chosen(session), seen(session)))


def limited(session: Session) -> Session:
    """The same session with an end to its time. It opens stores of its own."""
    end = session.now() + timedelta(minutes=session.settings.config.run.max_minutes)
    return replace(session, halt=lambda: session.halt() or session.now() >= end)


def split(session: Session, made: Made, findings: Sequence[Finding]) -> Split:
    """The plan parted by the policy, each part bound to the accounts by itself."""
    allowed, waiting = divide(made.plan.groups, session.settings.config.run.policy, findings)
    identities = {name: reader.identity() for name, reader in session.readers.items()}
    # What comes after a group of the other plan is proposed again once that one is through: no plan could order them.
    rest, gone = list(waiting), {group.id for group in allowed}
    while later := {group.id for group in rest if gone.intersection(group.after)}:
        gone |= later
        rest = [group for group in rest if group.id not in later]

    def bound(groups: Sequence[Group]) -> Made:
        return bind(groups, basis_of(session), identities)

    return Split(bound(allowed), replace(bound(rest), left=made.left), len(findings))


def _kept(session: Session) -> Outcome:
    """The job with its line in the history, and the message where the state changed."""
    jobs = Jobs(session.ledger_store, session.now)
    seq, outcome = jobs.begin(), Outcome()
    try:
        _through(session, outcome)
    except RevopsError as error:
        outcome.code, outcome.why = error.exit_code, error.message
    jobs.finish(seq, outcome.code, outcome.state, outcome.why, outcome.facts)
    outcome.untold = _told(session, jobs, seq, outcome)
    return outcome


def _through(session: Session, outcome: Outcome) -> None:
    """The steps in their order; a plan that stops or leaves an outcome unknown ends the job there."""
    shelf = Shelf(session.settings.state)
    waiting = shelf.waits()
    outcome.waiting = tuple(group.id for group in decode(waiting).groups) if waiting else ()
    _go_on(session, shelf, outcome)
    if outcome.code != 5:
        _queue(session, outcome)
    if outcome.code != 5 and waiting and session.ledger.approval(plan_hash(waiting)):
        _approved(session, shelf, waiting, outcome)
    if outcome.code == 5:
        return
    _in_time(session)
    pull_all(session, progress=lambda kind, seen, total: _in_time(session))
    _in_time(session)
    findings = ask(session, chosen(session))
    _in_time(session)
    parts = split(session, plan(session, findings), findings)
    outcome.findings = parts.findings
    kept = shelf.keep_waiting(parts.waiting, session.now())
    outcome.waiting = tuple(group.id for group in parts.waiting.plan.groups)
    outcome.plan = plan_hash(kept) if kept else ""
    if parts.allowed.plan.groups:
        rules = session.settings.hash
        _in_time(session)
        shelf.start(parts.allowed.content)
        session.ledger.approve(parts.allowed.hash, WHO, {**parts.allowed.plan.counts(), "rules": rules})
        _apply(session, shelf, parts.allowed.content, outcome)


def _approved(session: Session, shelf: Shelf, waiting: bytes, outcome: Outcome) -> None:
    """Carry out the plan that a person allowed meanwhile. One that is refused is told, and the job goes on."""
    try:
        if not _over(session, waiting):
            _apply(session, shelf, waiting, outcome)
    except RefusedError as refusal:
        _worse(outcome, refusal.exit_code, refusal.message)
        return
    shelf.clear_waiting()
    outcome.waiting = ()


def _in_time(session: Session) -> None:
    if session.halt():
        raise OutOfTime("its time was up, or it was asked to stop", "The next run goes on")


def _go_on(session: Session, shelf: Shelf, outcome: Outcome) -> None:
    """Carry on with the plans that an earlier run began."""
    for path, content in shelf.started():
        if session.ledger.approval(plan_hash(content)) is None or _over(session, content):
            path.unlink(missing_ok=True)
            continue
        _apply(session, shelf, content, outcome)
        if outcome.code == 5:
            return


def _over(session: Session, content: bytes) -> bool:
    """Whether a plan was applied, or expired before anything of it was sent."""
    runs = session.ledger.runs(plan_hash(content))
    begun = any(session.ledger.journalled(run.id) for run in runs)
    return any(run.status == "done" for run in runs) or (session.now() >= decode(content).expires_at and not begun)


def _queue(session: Session, outcome: Outcome) -> None:
    """What the gate left for the one writer."""
    drained = list(drain(session, _bounds(session)))
    outcome.applied += sum(item.state == "done" for item in drained)
    outcome.failed += sum(item.state in ("failed", "refused") for item in drained)
    _worse(outcome, worst(drained), next((item.why for item in drained if item.exit_code), ""))


def _apply(session: Session, shelf: Shelf, content: bytes, outcome: Outcome) -> None:
    """Carry a plan out; its file stays until it is through."""
    path = shelf.start(content)
    try:
        report = carry_out(content, session, _bounds(session)).report
    except RefusedError:
        # Refused before anything was sent: it is planned again, and not refused for ever.
        if not any(session.ledger.journalled(item.id) for item in session.ledger.runs(plan_hash(content))):
            path.unlink(missing_ok=True)
        raise
    outcome.applied += report.groups_done
    outcome.failed += len(report.reasons)
    _worse(outcome, report.exit_code, report.stopped or next(iter(report.reasons.values()), ""))
    if report.exit_code != 5:
        path.unlink(missing_ok=True)


def _worse(outcome: Outcome, code: int, why: str) -> None:
    """The gravest exit code counts, with its reason."""
    if code > outcome.code:
        outcome.code, outcome.why = code, why


def _bounds(session: Session) -> Bounds:
    return Bounds(reserve=session.settings.config.apply.reserve_calls)


def _told(session: Session, jobs: Jobs, seq: int, outcome: Outcome) -> tuple[str, ...]:
    """Tell people where the state is not the one they were told last; a channel that fails is tried again next time."""
    before = jobs.told()
    state, _, digest = before.partition(":")
    if digest == outcome.digest or (not before and outcome.state == "clean"):
        return ()
    taken, failed = send(message_of(outcome, state), session.settings.env)
    if taken or not failed:
        jobs.tell(seq, f"{outcome.state}:{outcome.digest}")
    return tuple(failed)


def message_of(outcome: Outcome, before: str) -> Message:
    """What is said of an outcome after this state."""
    recovered = "recovered: " if before in ("failed", "stopped") and outcome.state in ("clean", "waiting") else ""
    acts = {
        "waiting": f"`revops-sync approve` plan {outcome.plan[:12]} in the state folder; the next run applies it",
        "stopped": f"{outcome.why} (exit {outcome.code})",
        "failed": "`revops-sync status` and `history` say more",
    }
    counts = (("applied", outcome.applied), ("failed", outcome.failed), ("waiting", len(outcome.waiting)))
    headline = recovered + HEADLINES[outcome.state]
    return Message(outcome.state, headline, counts, outcome.waiting, acts.get(outcome.state, ""))
