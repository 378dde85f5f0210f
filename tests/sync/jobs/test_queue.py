"""The gate's queue is drained by the one writer: once each, and only what a gate may do under the same settings."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.changes import Archive, Set
from connectors.values import frozen
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.jobs.queue import WHO, drain, worst
from sync.ledger.verdicts import Queued, Verdicts
from sync.plan.file import decode, encode, plan_hash
from sync.plan.model import Group, Plan, Step
from tests.sync.stage import Stage
from tests.sync.web.floor import READER, Floor, copy, prepared


@pytest.fixture(scope="module")
def ready(first_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage on which tasks can be made."""
    return prepared(first_stage.copy(tmp_path_factory.mktemp("ready")))


@pytest.fixture
def floor(ready: Stage, tmp_path: Path) -> Floor:
    """One queued revert of a HubSpot deal."""
    found = copy(ready, tmp_path)
    found.move("hubspot")
    found.tell("hubspot")
    found.work()
    return found


def requeue(floor: Floor, plan: Plan) -> None:
    """Put other bytes in the place of the queued plan, under their own hash."""
    (old,) = floor.queue()
    content = encode(plan)
    with floor.stage.opened() as session:
        verdicts = Verdicts(session.ledger_store, session.now)
        verdicts.settle(old.plan, "replaced")
        verdicts.keep([], [replace(old, plan=plan_hash(content), move="another", content=content)], {})


def test_the_ledger_says_that_the_policy_approved(floor: Floor) -> None:
    (queued,) = floor.queue()
    assert [item.state for item in floor.drain()] == ["done"]
    with floor.stage.opened() as session:
        approval = session.ledger.approval(queued.plan)
        assert approval is not None and approval.who == WHO
        assert approval.counts["rules"] == session.settings.hash and approval.counts["set"] == 1


def test_a_process_that_died_before_it_could_say_so_is_not_followed_by_a_second_revert(floor: Floor) -> None:
    (queued,) = floor.queue()
    with floor.stage.opened() as session:
        session.ledger.approve(queued.plan, WHO, {})
        carry_out(queued.content, session, Bounds())
    effects = len(floor.stage.effects())
    assert [(item.state, item.why) for item in floor.drain()] == [("done", "it was applied before")]
    assert len(floor.stage.effects()) == effects and floor.queue() == []


def with_steps(group: Group, *steps: Step) -> Group:
    return replace(group, steps=steps)


@pytest.mark.parametrize("case", ["archive", "field", "check", "two", "extra", "unconditional"])
def test_what_a_gate_may_not_do_is_refused_for_good(floor: Floor, case: str) -> None:
    plan = decode(floor.queue()[0].content)
    (group,) = plan.groups
    first, deal = group.steps[0], floor.deals["hubspot"]
    groups = {
        "archive": (with_steps(group, Step("1", Archive(deal)), *group.steps[1:]),),
        "field": (with_steps(group, Step("1", Set(deal, frozen({"amount": None}))), *group.steps[1:]),),
        "check": (replace(group, check="duplicate"),),
        "two": (group, replace(group, id="g-2")),
        "extra": (with_steps(group, *group.steps, replace(first, id="4")),),
        "unconditional": (replace(group, expects=()),),
    }[case]
    requeue(floor, replace(plan, groups=groups))
    assert [(item.state, item.exit_code) for item in floor.drain()] == [("refused", 4)]
    assert floor.queue() == [] and floor.stands("hubspot") == "contractsent"


def test_a_plan_made_under_other_settings_is_refused(floor: Floor) -> None:
    path = Path(floor.stage.environ["REVOPS_CONFIG"]).with_name("other.yaml")
    path.write_text("version: 1\nguards: {max_records: 7}\n", "utf-8")
    with floor.stage.opened(REVOPS_CONFIG=str(path)) as session:
        (drained,) = drain(session, Bounds())
    assert drained.state == "refused" and "settings changed" in drained.why


def test_a_plan_that_nobody_drained_in_time_is_refused(floor: Floor) -> None:
    plan = decode(floor.queue()[0].content)
    requeue(floor, replace(plan, made_at=plan.made_at - timedelta(days=2), expires_at=plan.made_at))
    (drained,) = floor.drain()
    assert (drained.state, drained.why) == ("refused", "it expired")


def test_bytes_under_another_name_are_refused(floor: Floor) -> None:
    (old,) = floor.queue()
    with floor.stage.opened() as session:
        Verdicts(session.ledger_store, session.now).keep([], [replace(old, plan="0" * 64, move="other")], {})
    assert sorted(item.state for item in floor.drain()) == ["done", "refused"]


def test_a_process_that_may_not_write_leaves_the_queue_as_it_is(floor: Floor) -> None:
    with floor.stage.opened(**READER) as session:
        (drained,) = drain(session, Bounds())
    assert (drained.state, drained.exit_code) == ("waiting", 4) and len(floor.queue()) == 1
    assert worst([drained]) == 4 and worst([]) == 0


def test_what_is_queued_twice_for_a_move_is_queued_once(floor: Floor) -> None:
    (old,) = floor.queue()
    with floor.stage.opened() as session:
        verdicts = Verdicts(session.ledger_store, session.now)
        verdicts.keep([], [Queued("f" * 64, old.move, old.ref, old.made_at, b"x")], {})
        assert [item.plan for item in verdicts.queue()] == [old.plan]
