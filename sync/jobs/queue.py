"""Drains the gate's queue: each plan goes through the same checks as any other, and is carried out once."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.errors import RefusedError
from sync.apply.guard import Bounds
from sync.jobs.apply import Applied, carry_out
from sync.ledger.journal import State
from sync.ledger.verdicts import Queued, Verdicts
from sync.plan.file import decode, plan_hash
from sync.plan.model import Plan
from sync.plan.revert import VERBS, is_ours
from sync.session import Session

WHO = "policy gate"
"""Who approved what the gate queued: the settings of the one who writes, which are compared before."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What became of one queued plan: `done`, `overtaken` (the deal moved on), `failed`, `refused` or `waiting`."""

    queued: Queued
    state: str
    why: str = ""
    exit_code: int = 0


def drain(session: Session, bounds: Bounds, canary: int = 0) -> Iterator[Drained]:
    """Every queued plan, the oldest first. What is refused for good leaves the queue; what may yet go through stays."""
    verdicts = Verdicts(session.ledger_store, session.now)
    for queued in verdicts.queue():
        drained = _drained(session, queued, bounds, canary)
        if drained.state != "waiting":
            verdicts.settle(queued.plan, drained.state, drained.why)
        yield drained
        if drained.exit_code == 5 or session.halt():
            return


def _drained(session: Session, queued: Queued, bounds: Bounds, canary: int) -> Drained:
    # A run that ended and was not marked, because the process died in between, has said it all already.
    if any(run.status == "done" for run in session.ledger.runs(queued.plan)):
        return Drained(queued, "done", "it was applied before")
    try:
        plan = _ours(session, queued)
    except RefusedError as refusal:
        return Drained(queued, "refused", refusal.message, 4)
    if session.ledger.approval(queued.plan) is None:
        session.ledger.approve(queued.plan, WHO, {**plan.counts(), "rules": plan.config})
    try:
        return _told(queued, carry_out(queued.content, session, bounds, canary))
    except RefusedError as refusal:
        return Drained(queued, "waiting", refusal.message, refusal.exit_code)


def _ours(session: Session, queued: Queued) -> Plan:
    """The plan, if the gate may queue such a one and this process has the rules that it was made by."""
    plan = decode(queued.content)
    if plan_hash(queued.content) != queued.plan:
        raise RefusedError("its bytes are not those of its name")
    if len(plan.groups) != 1 or not any(is_ours(plan.groups[0], verbs) for verbs in VERBS.values()):
        raise RefusedError("it is not what a gate may do")
    if plan.config != session.settings.hash:
        raise RefusedError("the settings changed since: the policy that allowed it may not hold any more")
    if session.now() >= plan.expires_at and not session.ledger.runs(queued.plan):
        raise RefusedError("it expired")
    return plan


def _told(queued: Queued, applied: Applied) -> Drained:
    """What the run says. A deal that moved on meanwhile is no failure: nobody wants it back any more."""
    report = applied.report
    why = "; ".join(report.reasons.values()) or report.stopped
    if report.exit_code == 0:
        return Drained(queued, "done")
    if report.exit_code == 5:
        return Drained(queued, "waiting", why, 5)
    if report.states.get(State.HALTED.value) and not report.written:
        return Drained(queued, "overtaken", why)
    return Drained(queued, "failed", why, 3)


def worst(drained: list[Drained]) -> int:
    """The exit code of them all: unknown outcomes first, then refusals, then failures."""
    return max((item.exit_code for item in drained), default=0)
