"""What stopped runs wait for is said again until it is settled; a takeover while signing in writes nothing."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.changes import Batch, Row, Set
from connectors.errors import RefusedError
from connectors.values import frozen
from sync.jobs.halts import reminders
from sync.jobs.plan import Made
from sync.ledger.journal import Entry, State
from tests.adapter import SandboxAdapter
from tests.sync.stage import Stage

DEAD = {"on": {"path": "batch/(update|read)|composite", "probability": 1}, "do": [{"status": 503}]}


def said(stage: Stage) -> str:
    with stage.opened() as session:
        return "\n".join(reminders(session))


@pytest.fixture
def stopped(stage: Stage) -> tuple[Stage, Made]:
    """A run that a CRM out of order stopped."""
    made = stage.planned()
    stage.sandbox.faults.add([DEAD])
    assert stage.applied(made.content, approve=made.hash).report.exit_code == 5
    stage.sandbox.faults.clear()
    return stage, made


def test_why_a_run_stopped_is_said_until_its_plan_is_through(stopped: tuple[Stage, Made]) -> None:
    stage, made = stopped
    first = said(stage)
    assert first == said(stage) and "stopped at" in first and made.hash[:12] in first
    assert stage.applied(made.content).report.exit_code == 0 and said(stage) == ""


def test_a_run_that_was_killed_is_remembered_too(stage: Stage) -> None:
    with stage.opened() as session:
        session.ledger.begin("r1", "p" * 64)
        session.journal.append([Entry("r1", "k", "g-1", "1", state, "hubspot:1/company/7", {"verb": "merge"}, {})
                                for state in (State.INTENT, State.UNKNOWN)])  # fmt: skip
    assert "the process ended" in said(stage) and "1 outcomes unknown; a person looks" in said(stage)
    with stage.opened() as session:
        session.ledger.finish(session.ledger.begin("r2", "q" * 64).id, "done")
    assert "1 outcomes unknown" in said(stage)


def test_a_later_plan_that_is_through_settles_a_run_with_nothing_open(stopped: tuple[Stage, Made]) -> None:
    stage, _ = stopped
    with stage.opened() as session:
        for run in session.ledger.runs():
            rows = {entry.key: entry for entry in session.journal.entries(run.id)}
            session.journal.append([Entry(run.id, key, one.group, one.step, State.NOT_SENT, one.ref, {})
                                    for key, one in rows.items()])  # fmt: skip
        session.ledger.finish(session.ledger.begin("later", "q" * 64).id, "done")
    assert said(stage) == ""


@dataclass
class Usurper(SandboxAdapter):
    """Another process becomes the writer while this one signs in to write."""

    stage: Stage
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.stage.sandbox)

    def send(self, request: Any, *words: Any, **more: Any) -> Any:
        body = request.body if isinstance(request.body, bytes) else b""
        signing = b"sandbox-writer" in body or "sandbox-writer" in str(request.headers.get("Authorization", ""))
        if signing and not self.done:
            self.done.append(request.path_url)
            with self.stage.opened() as session:
                session.ledger.take_lease("somebody else")
        return super().send(request, *words, **more)


def first_batch(made: Made, workspace: str) -> Batch:
    """A batch of one row for an account."""
    ref = next(ref for group in made.plan.groups for ref in group.refs if ref.workspace == workspace)
    return Batch(workspace, ref.kind, "set", (Row("k", Set(ref, frozen({"phone": "+1 555 0100"}))),))


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_who_loses_the_lease_while_signing_in_writes_nothing(stage: Stage, crm: str) -> None:
    made = stage.planned()
    usurper = Usurper(stage)
    with stage.opened() as session, session.writing() as (writers, _):
        for name, writer in writers.items():
            transport = getattr(writer, "transport", None) or writer.portal.transport  # type: ignore[attr-defined]
            transport.use(usurper)
            if name.startswith(crm):
                batch = first_batch(made, name)
                with pytest.raises(RefusedError, match="somebody else"):
                    writer.push(batch)
    assert usurper.done and stage.effects() == []
