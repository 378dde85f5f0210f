"""The model that a plan is rehearsed on: what it holds, what it counts, and what no plan asks of it."""

from collections.abc import Mapping

import pytest

from connectors.base import Identity
from connectors.changes import (
    Archive,
    Batch,
    Change,
    Connect,
    Create,
    Merge,
    Restore,
    Row,
    Set,
    Settle,
    Survivor,
    Unlink,
    verb,
)
from connectors.memory import LIMITS
from connectors.records import Link, Record, Ref
from connectors.values import Value, frozen
from sync.apply.progress import Track, Work
from sync.apply.readback import Sent
from sync.apply.rehearse import Model
from sync.ledger.journal import State
from sync.plan.model import Plan
from tests.sync.desk import SPACE, desk, expected, group, plan_of, record, ref, unknown

TIE = Link(ref("p", "contact"))
NEW = frozen({"name": "new"})


def model(*changes: Change) -> Model:
    """Two companies of which the plan expects something, and a group of these changes."""
    plan: Plan = plan_of(group("g", *changes, expects=[expected("a", name="A", phone=None), expected("b", phone="1")]))
    return Model(Identity(SPACE, "", False, "1"), LIMITS, plan)


def left(made: Model, change: Change) -> Ref | None:
    """Push the one change; the record that its answer names."""
    (answer,) = made.push(Batch(SPACE, "company", verb(change), (Row("k", change),)))
    return answer.ref


def shown(made: Model, key: str) -> Mapping[str, Value] | None:
    reading = made.read([ref(key)], ["name", "phone"])[ref(key)]
    return dict(reading.fields) if isinstance(reading, Record) else None


EFFECTS: list[tuple[Change, str, Mapping[str, Value] | None]] = [
    (Set(ref("a"), NEW), "a", {"name": "new", "phone": None}),
    (Settle(ref("c"), NEW), "c", {"name": "new", "phone": None}),
    (Merge(ref("a"), (ref("b"),)), "a", {"name": "A", "phone": "1"}),
    (Merge(ref("a"), (ref("b"),), frozen({"name": "X"})), "a", {"name": "X", "phone": "1"}),
    (Merge(ref("a"), (ref("b"),)), "b", None),
    (Archive(ref("a")), "a", None),
    (Restore(ref("a")), "a", {"name": None, "phone": None}),
]


@pytest.mark.parametrize(("change", "key", "fields"), EFFECTS)
def test_a_change_is_carried_out_on_the_model(change: Change, key: str, fields: Mapping[str, Value] | None) -> None:
    made = model()
    assert left(made, change) is not None and shown(made, key) == fields


def test_ties_are_made_and_taken_off() -> None:
    made = model(Unlink(ref("a"), TIE))
    assert made.state[ref("a")].links == (TIE,)  # type: ignore[union-attr]
    assert left(made, Connect(ref("b"), TIE)) == ref("b") and made.state[ref("b")].links == (TIE,)  # type: ignore[union-attr]
    assert left(made, Unlink(ref("a"), TIE)) == ref("a") and made.state[ref("a")].links == ()  # type: ignore[union-attr]


def test_a_new_record_bears_its_key_and_a_stage_that_nobody_asked_for() -> None:
    made = model()
    assert left(made, Create(SPACE, "company", "k-1", NEW, "key")) == ref("k-1")
    fields = {"lifecycle_stage": "lead", "name": "new", "key": "k-1"}
    assert made.state[ref("k-1")] == Record(ref("k-1"), frozen(fields))


def test_a_change_of_a_record_that_no_step_has_left_yet_leaves_none() -> None:
    made = model()
    stood = dict(made.state)
    assert left(made, Set(Survivor("1"), NEW)) is None and made.state == stood


def test_what_no_plan_asks_for_is_answered_with_nothing_and_costs_nothing() -> None:
    made = model()
    assert (made.pipelines("deal"), list(made.pull("company")), made.find("company", "key", ["k"])) == ((), [], {})
    assert made.ensure_fields("company") is True and made.calls == 0 and made.calls_left is None and made.kinds == ()


def settled(change: Change, state: State = State.INTENT) -> Track:
    return Track(group("g", change), {"1": state})


@pytest.mark.parametrize("state", [State.VERIFIED, State.REJECTED, State.REVERTED, State.HALTED, State.SKIPPED])
def test_a_group_that_rests_has_no_next_step(state: State) -> None:
    assert settled(Set(ref("a"), NEW), state).next() is None


@pytest.mark.parametrize("state", [State.NOT_SENT, State.UNKNOWN, State.APPLIED, State.INTENT])
def test_a_group_that_does_not_rest_goes_on_with_its_first_open_step(state: State) -> None:
    track = settled(Set(ref("a"), NEW), state)
    assert track.next() is track.group.steps[0]
    track.paused = "for now"
    assert track.next() is None


def test_only_what_a_merge_or_a_create_left_can_be_named_wrongly() -> None:
    changes = Set(ref("a"), NEW), Merge(ref("a"), (ref("b"),)), Create(SPACE, "company", "k", NEW, "key")
    for change in changes:
        track = settled(change)
        (answer,) = unknown([Row("k", change)])
        sent = Sent(Work(track, track.group.steps[0], "k", change), answer, {})
        assert (sent.without_name is sent) is isinstance(change, Set) and sent.without_name.answer.ref is None


def test_a_merge_whose_record_cannot_be_read_is_not_called_done() -> None:
    crm = desk(record("a", name="A"), record("b", name="B"), renumbers=True)
    parties = [expected("a", name="A"), expected("b", name="B")]

    def then_archived(writer: object, batch: Batch) -> tuple[()]:
        (answer,) = crm.crm.writer().push(batch)
        assert answer.ref is not None
        crm.crm.book.drop(answer.ref)
        return ()

    report = crm.apply(plan_of(group("m", Merge(ref("a"), (ref("b"),)), expects=parties)), then_archived)
    assert report.exit_code == 5 and crm.states("m")[-1] is State.UNKNOWN
    assert report.reasons["g-m"] == "the outcome is unknown: what the merge left cannot be read"
