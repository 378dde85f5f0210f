"""Two CRMs in one tool: twins found, drift counted, a change carried over once, and nothing lost on the way."""

from pathlib import Path

import pytest

from connectors.errors import UsageError
from connectors.records import Ref
from hygiene.check import Band
from hygiene.view import Judgement, Twin
from sandbox.edits import edit
from sync.jobs.check import ask, chosen
from sync.jobs.drift import State, apart, drift, paired
from sync.jobs.plan import plan
from sync.jobs.pull import pull_all
from sync.jobs.twins import search
from sync.ledger.findings import open_findings
from sync.session import Session
from tests.sync.stage import Stage, seeded

CONFIG = """version: 1
checks: [{check: field_sync}]
sync:
  - kind: company
    fields: [{hubspot: description, policy: system_of_record, record: hubspot}]
"""


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return seeded(tmp_path_factory.mktemp("synced"), CONFIG)


@pytest.fixture
def pair(synced: Stage, tmp_path: Path) -> tuple[Stage, Twin]:
    """A copy of the stage, and twins of it that agree."""
    stage = synced.copy(tmp_path / "state")
    with stage.opened() as session:
        return stage, next(twin for twin in session.ledger.paired("company", "company") if twin.agreed)


def change(stage: Stage, ref: Ref, text: str) -> None:
    field = "description" if ref.crm == "hubspot" else "Description"
    edit(
        stage.sandbox.store,
        stage.sandbox.clock.now_ms(),
        {"crm": ref.crm, "kind": ref.kind, "id": ref.id} | {"fields": {field: text}},
    )
    stage.sandbox.clock.advance(60)


def pulled(session: Session) -> list[str]:
    """The evidence of what the check finds after a pull, of the fields of twins."""
    pull_all(session)
    return [item.text for finding in ask(session, chosen(session)) for item in finding.evidence if finding.changes]


def test_every_field_of_every_twin_stands_in_one_column(first_stage: Stage) -> None:
    with first_stage.opened() as session:
        lines, twins, odd = drift(session), paired(session), list(apart(session))
        companies = [line.counts.total() for line in lines if line.kinds == "company"]
        assert twins["company"] and twins["owner"] and set(companies) == {twins["company"]}
        assert sum(line.counts.total() - line.counts[State.AGREE] for line in lines) == len(odd)
        assert {item.kinds for item in apart(session, "deal")} <= {"deal"}
        with pytest.raises(UsageError, match="no fields of 'task' are mapped"):
            drift(session, "task")


def test_what_ids_do_not_tell_is_matched_or_waits_for_a_word(stage: Stage) -> None:
    with stage.opened() as session:
        before = session.ledger.twins()
        known = search(session)
        waiting = [item for item in open_findings(session.ledger_store, Band.REVIEW) if item.check == "twin"]
        assert known.paired == session.ledger.twins() - before > 0 and len(waiting) == known.waiting > 0
        asked = next(item for item in waiting if len(item.refs) == 2)
        session.ledger.judge([(asked.refs[0], asked.refs[1])], Judgement.DUPLICATE, "me")
        assert search(session).paired >= 1 and search(session).paired == 0
        kinds = asked.refs[0].kind, asked.refs[1].kind
        assert "a person" in {twin.how for twin in session.ledger.pairs(*kinds)}


def test_a_rejected_pair_never_comes_again(stage: Stage) -> None:
    with stage.opened() as session:
        search(session)
        waiting = [item for item in open_findings(session.ledger_store, Band.REVIEW) if item.check == "twin"]
        asked = next(item for item in waiting if len(item.refs) == 2)
        session.ledger.judge([(asked.refs[0], asked.refs[1])], Judgement.DISTINCT, "me")
        search(session)
        assert asked.key not in {item.key for item in open_findings(session.ledger_store)}


@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_a_change_goes_over_once(pair: tuple[Stage, Twin], side: str) -> None:
    stage, twin = pair
    change(stage, getattr(twin, side), "told anew")
    with stage.opened() as session:
        assert "only this side changed it since both agreed" in pulled(session)
        made = plan(session, ask(session, chosen(session)))
    assert stage.applied(made.content, approve=made.hash).report.exit_code == 0
    with stage.opened() as session:
        held = [session.mirror().get(ref) for ref in (twin.hubspot, twin.salesforce)]
        assert [record.get("description") for record in held if record] == ["told anew"] * 2
        assert pulled(session) == [] and plan(session, ask(session, chosen(session))).plan.groups == ()


def test_what_is_edited_while_a_plan_is_applied_is_a_change_against_what_was_written(pair: tuple[Stage, Twin]) -> None:
    stage, twin = pair
    change(stage, twin.salesforce, "first")
    with stage.opened() as session:
        pull_all(session)
        made = plan(session, ask(session, chosen(session)))
    change(stage, twin.salesforce, "second")
    stage.applied(made.content, approve=made.hash)
    with stage.opened() as session:
        # HubSpot is the system of record of conflicts, and this is none: it would have won and lost the last edit.
        assert pulled(session) == ["only this side changed it since both agreed"]
        (group,) = plan(session, ask(session, chosen(session))).plan.groups
    assert [ref.crm for ref in group.refs][:1] == ["hubspot"]


def test_what_one_side_lost_is_for_a_person(pair: tuple[Stage, Twin]) -> None:
    stage, twin = pair
    spec = {"crm": "hubspot", "kind": "company", "id": twin.hubspot.id, "archive": True}
    edit(stage.sandbox.store, stage.sandbox.clock.now_ms(), spec)
    stage.sandbox.clock.advance(60)
    with stage.opened() as session:
        pull_all(session)
        found = [item for item in ask(session, chosen(session)) if twin.salesforce in item.refs]
        assert [(item.band, len(item.changes)) for item in found] == [(Band.REVIEW, 1)]
        assert plan(session, found).plan.groups == ()
        session.ledger.judge([(twin.hubspot, twin.salesforce)], Judgement.DUPLICATE, "me")
        made = plan(session, [item for item in ask(session, chosen(session)) if twin.salesforce in item.refs])
    report = stage.applied(made.content, approve=made.hash).report
    assert report.exit_code == 0 and [row["crm"] for row in stage.effects()] == ["hubspot", "salesforce"]
