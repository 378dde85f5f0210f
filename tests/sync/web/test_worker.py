"""The worker: each move has one verdict, each verdict one consequence, and nothing is believed but what is read."""

from pathlib import Path

import pytest

from connectors.errors import RefusedError, RemoteError
from connectors.records import Ref
from sync.ledger.verdicts import Queued, Verdicts
from sync.plan.file import decode
from sync.web.worker import PLANS_AN_HOUR, Worker, work
from tests.sync.stage import Stage
from tests.sync.web.floor import FORWARD, FURTHER, READER, Floor, floor_of, lenient, strict

CRMS = ("hubspot", "salesforce")
REFUSAL = {"status": 400, "body": {"status": "error", "message": "no", "category": "VALIDATION_ERROR"}}


@pytest.mark.parametrize("crm", CRMS)
def test_a_move_that_the_rules_forbid_is_taken_back_with_a_note_once(floor: Floor, crm: str) -> None:
    floor.move(crm)
    floor.tell(crm)
    assert floor.work() == {"judged": 1}
    assert [item.state for item in floor.drain()] == ["done"]
    assert floor.stands(crm) == floor.stood[crm]
    (note,) = floor.notes(crm)
    assert "moved back" in note and "amount is missing" in note
    before = len(floor.stage.effects())
    assert floor.drain() == [] and len(floor.stage.effects()) == before


@pytest.mark.parametrize("crm", CRMS)
def test_a_deal_that_moved_on_meanwhile_is_left_alone(floor: Floor, crm: str) -> None:
    floor.move(crm)
    floor.tell(crm)
    floor.work()
    floor.move(crm, to=FURTHER[crm])
    assert [item.state for item in floor.drain()] == ["overtaken"]
    assert floor.stands(crm) != floor.stood[crm] and floor.notes(crm) == []
    assert floor.drain() == []


@pytest.mark.parametrize("crm", CRMS)
def test_a_task_policy_asks_and_moves_nothing(floor: Floor, crm: str) -> None:
    floor.move(crm)
    floor.tell(crm)
    floor.work(strict("task"))
    assert [item.state for item in floor.drain()] == ["done"]
    assert floor.stands(crm) == FORWARD[crm] and len(floor.notes(crm)) == 1


def test_an_alert_writes_nothing_to_the_crm(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work(strict("alert"))
    (ruling,) = floor.rulings("hubspot")
    assert (ruling.action, ruling.allow, ruling.plan) == ("alert", False, "") and floor.queue() == []


def test_a_verdict_says_when_the_news_came_and_how_long_it_took(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work(lenient)
    (ruling,) = floor.rulings("hubspot")
    assert (ruling.before, ruling.stage) == (floor.stood["hubspot"], "contractsent")
    assert ruling.moved_at <= ruling.received_at <= ruling.decided_at and 0 <= ruling.lag < 60
    assert (ruling.allow, ruling.action) == (True, "none")


def test_however_often_it_is_told_a_move_has_one_verdict(floor: Floor) -> None:
    floor.move("hubspot")
    for _ in range(3):
        floor.tell("hubspot")
    floor.tell("hubspot", what="creation", field="")
    floor.work()
    floor.tell("hubspot")
    assert floor.work() == {"judged": 4, "known": 1}
    assert len(floor.rulings("hubspot")) == len(floor.queue()) == 1


def test_our_own_revert_is_not_judged(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work()
    floor.drain()
    floor.tell("hubspot")
    assert floor.work() == {"judged": 1, "ours": 1} and len(floor.rulings("hubspot")) == 1


def test_a_rep_who_tries_again_is_judged_again(floor: Floor) -> None:
    for _ in range(2):
        floor.move("hubspot")
        floor.tell("hubspot")
        floor.work()
        floor.drain()
    assert floor.stands("hubspot") == floor.stood["hubspot"] and len(floor.notes("hubspot")) == 2


def test_only_the_place_where_the_deal_stands_now_is_judged(floor: Floor) -> None:
    floor.move("hubspot", to="presentationscheduled")
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work()
    (ruling,) = floor.rulings("hubspot")
    assert (ruling.before, ruling.stage) == ("presentationscheduled", "contractsent")
    floor.drain()
    assert floor.stands("hubspot") == "presentationscheduled"


def test_a_move_backwards_is_never_taken_back(floor: Floor) -> None:
    floor.move("hubspot", to="appointmentscheduled")
    floor.tell("hubspot")
    floor.work()
    (ruling,) = floor.rulings("hubspot")
    assert ruling.action == "alert" and "not taken back" in str(ruling.facts["instead"]) and floor.queue() == []


def test_a_move_of_long_ago_is_nobodys_news(floor: Floor) -> None:
    floor.stage.sandbox.clock.advance(-90_000)
    floor.move("hubspot")
    floor.tell("hubspot")
    assert floor.work() == {"old": 1} and floor.rulings("hubspot") == []


@pytest.mark.parametrize(
    ("ref", "what", "field", "outcome"),
    [
        (Ref("hubspot:999", "deal", "1"), "propertyChange", "stage", "foreign"),
        (Ref("hubspot:12345678", "contact", "1"), "propertyChange", "email", "other"),
        (Ref("hubspot:12345678", "deal", "1"), "propertyChange", "amount", "other"),
        (Ref("hubspot:12345678", "deal", "1"), "deletion", "", "gone"),
        (Ref("hubspot:12345678", "deal", "404404"), "propertyChange", "stage", "gone"),
    ],
)
def test_what_is_not_a_move_needs_no_verdict(floor: Floor, ref: Ref, what: str, field: str, outcome: str) -> None:
    floor.tell("hubspot", ref, what=what, field=field)
    assert floor.work() == {outcome: 1} and floor.queue() == []


def test_without_a_field_to_find_a_task_by_people_are_alerted_instead(stage: Stage) -> None:
    floor = floor_of(stage)
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work()
    (ruling,) = floor.rulings("hubspot")
    assert ruling.action == "alert" and "doctor --add-fields" in str(ruling.facts["instead"])


def test_the_plan_names_no_value_of_the_deal_but_its_stages(floor: Floor) -> None:
    floor.move("hubspot", amount="987654")
    floor.tell("hubspot")
    floor.work()
    (queued,) = floor.queue()
    (group,) = decode(queued.content).groups
    assert b"987654" not in queued.content and group.check == "gate"
    assert [type(step.change).__name__ for step in group.steps] == ["Set", "Create", "Connect"]


def test_beyond_a_number_of_plans_within_the_hour_people_are_alerted(floor: Floor) -> None:
    with floor.stage.opened(**READER) as session:
        pile = [Queued(f"p{at}", f"m{at}", floor.deals["hubspot"], session.now(), b"") for at in range(PLANS_AN_HOUR)]
        Verdicts(session.ledger_store, session.now).keep([], pile, {})
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work()
    (ruling,) = floor.rulings("hubspot")
    assert ruling.action == "alert" and f"{PLANS_AN_HOUR} plans" in str(ruling.facts["instead"])


def test_the_worker_makes_no_write_call(floor: Floor) -> None:
    floor.move("hubspot")
    effects = len(floor.stage.effects())
    floor.tell("hubspot")
    floor.work()
    assert len(floor.stage.effects()) == effects


def test_a_move_to_another_pipeline_is_taken_back_with_its_pipeline(floor: Floor) -> None:
    floor.move("hubspot", to="1000000002", pipeline="87654321")
    floor.tell("hubspot")
    floor.work()
    assert [item.state for item in floor.drain()] == ["done"]
    assert floor.stands("hubspot") == floor.stood["hubspot"]
    assert floor.value("hubspot", "pipeline") == "default"


def test_a_spent_call_budget_leaves_events_for_later(floor: Floor, tmp_path: Path) -> None:
    (tmp_path / "saving.yaml").write_text("version: 1\napply: {reserve_calls: 100000000}\n", "utf-8")
    floor.move("hubspot")
    floor.tell("hubspot")
    with floor.stage.opened(**READER, REVOPS_CONFIG=str(tmp_path / "saving.yaml")) as session:
        worker = Worker(session, lenient)
        assert worker.step() == 0 and worker.inbox.depth()[0] == 1
    assert floor.work(lenient) == {"judged": 1}


def test_what_the_crm_refuses_to_show_holds_up_nothing_else(floor: Floor) -> None:
    floor.stage.sandbox.faults.add([{"on": {"path": "/deals/batch/read$", "times": 0}, "do": [REFUSAL]}])
    floor.tell("hubspot", floor.deals["hubspot"], Ref("hubspot:12345678", "deal", "2"))
    assert floor.work() == {"unreadable": 2}


def test_a_crm_that_does_not_answer_is_asked_again_later(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.stage.sandbox.faults.add([{"on": {"path": "/batch/read$", "times": 0}, "do": [{"drop_before": True}]}])
    with floor.stage.opened(**READER) as session, pytest.raises(RemoteError):
        work(session, lenient, print, once=True)
    floor.stage.sandbox.faults.clear()
    with floor.stage.opened(**READER) as session:
        work(session, lenient, print, once=True)
    assert len(floor.rulings("hubspot")) == 1


def test_two_workers_do_not_share_an_inbox(floor: Floor) -> None:
    with (
        floor.stage.opened(**READER) as one,
        floor.stage.opened(**READER) as other,
        one.alone("gate"),
        pytest.raises(RefusedError, match="working through"),
    ):
        work(other, lenient, print, once=True)


def test_what_objects_is_told_once(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work(strict("alert"))
    with floor.stage.opened(**READER) as session:
        verdicts = Verdicts(session.ledger_store, session.now)
        (ruling,) = verdicts.untold()
        verdicts.told([ruling.move])
        assert verdicts.untold() == [] and verdicts.of(ruling.ref) == [ruling]
