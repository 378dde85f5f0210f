"""What the gate would have stopped, against a walk over the same events that knows nothing of views."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Page
from connectors.errors import UsageError
from connectors.memory import Memory
from connectors.records import FieldSpec, ObjectSpec, Past, Pipeline, Record, Ref
from connectors.values import Value, frozen
from hygiene.check import RowCheck, Severity
from hygiene.checks.required_field import RequiredField
from hygiene.checks.stage_skip import StageSkip
from sync.jobs.backtest import ANY, Answer, Fate, Replay, Tally, Window, backtest, rules_of, tallied
from sync.mirror.lives import Lives
from sync.mirror.past import Then
from sync.mirror.pull import Pull
from sync.mirror.store import Mirror
from tests.hygiene.pipelines import HUBSPOT, SALESFORCE
from tests.sync.stage import Stage
from tests.sync.stores import new_store

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=2)
MINUTE = timedelta(minutes=1)
RULE = RequiredField(rules={"*": {"open": ("amount",), "won": ("amount",), "lost": ("lost_reason",)}})
Event = tuple[int, str, Value]  # minute, field, value


class Crm(Memory):
    """Deals with the history of their stage and amount, pulled once at the end."""

    def __init__(self, home: Pipeline, deals: dict[str, list[Event]]) -> None:
        refs = {key: Ref(home.workspace, "deal", key) for key in deals}
        super().__init__([_now(refs[key], home, events) for key, events in deals.items()], home.workspace)
        self.home = home
        self.told = tuple(
            Past(refs[key], name, START + at * MINUTE, value, f"rep{at}")
            for key, events in deals.items()
            for at, name, value in sorted(events, key=lambda event: event[0])
        )

    def describe(self, kind: str) -> ObjectSpec:
        names = ("amount", "currency", "lost_reason", "pipeline", "stage", "created_at")
        return ObjectSpec(kind, kind, tuple(FieldSpec(name, name, "string") for name in names))

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        return (self.home,)

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        yield Page(tuple(self.book.records.values()), self.told, total=len(self.book.records))


def _now(ref: Ref, home: Pipeline, events: list[Event]) -> Record:
    """The deal today: the last of every field, and a reason of which nobody knows since when it is there."""
    last: dict[str, Value] = {name: value for _, name, value in sorted(events, key=lambda event: event[0])}
    more: dict[str, Value] = {"pipeline": home.id, "currency": "EUR", "lost_reason": "price", "created_at": START}
    return Record(ref, frozen({"amount": None, **more, **last}))


@contextmanager
def replayed(home: Pipeline, deals: dict[str, list[Event]], *rules: RowCheck) -> Iterator[dict[str, Tally]]:
    """The tallies of a backtest over all moves, by rule."""
    engine = new_store("mirror")
    Pull(Crm(home, deals), engine, lambda: END).kind("deal", full=True)
    mirror = Mirror(engine, END)
    lives = Lives(engine)
    replay = Replay(lives, Then(lives, END, mirror.memory), rules, Severity.WARNING)
    items = [item for page in lives.pages("deal") for life in page for item in replay.deal(life, Window(START, END))]
    yield {rule: tally for (_, rule), tally in tallied(iter(items)).items()}
    engine.dispose()


@dataclass
class Count:
    """The oracle's."""

    moves: int = 0
    stopped: int = 0
    unknown: int = 0


def walked(home: Pipeline, events: list[Event]) -> Count:
    """A move is stopped where the amount is blank at its minute, unless it goes back; why deals are lost is unknown."""
    stages = {stage.id: stage for stage in home.stages}
    order, count = list(stages), Count()
    visited = [(at, str(value)) for at, name, value in sorted(events, key=lambda e: e[0]) if name == "stage"]
    visited = [item for place, item in enumerate(visited) if place == 0 or visited[place - 1][1] != item[1]]
    for (_, before), (at, after) in pairwise(visited):
        count.moves += 1
        told = sorted(events, key=lambda e: e[0])
        amounts = [value for minute, name, value in told if name == "amount" and minute <= at]
        back = not stages[before].closed and not stages[after].closed and order.index(after) < order.index(before)
        if stages[after].closed and not stages[after].won:
            count.unknown += 1
        elif not back and not (amounts and amounts[-1]):
            count.stopped += 1
    return count


def histories(home: Pipeline) -> st.SearchStrategy[dict[str, list[Event]]]:
    """Deals that begin in the first stage and then go anywhere, their amounts coming and going."""
    ids = [stage.id for stage in home.stages]
    stage = st.tuples(st.integers(1, 2000), st.just("stage"), st.sampled_from(ids))
    amount = st.tuples(st.integers(0, 2000), st.just("amount"), st.sampled_from([None, Decimal(5), Decimal("12.50")]))
    events = st.lists(st.one_of(stage, stage, amount), max_size=7, unique_by=lambda event: event[:2])
    whole = events.map(lambda found: [(0, "stage", ids[0]), *found])
    return st.dictionaries(st.sampled_from("abcde"), whole, min_size=1, max_size=4).map(
        lambda deals: {**deals, "seed": [(0, "stage", ids[0]), (0, "amount", Decimal(1))]}
    )


@pytest.mark.parametrize("home", [HUBSPOT, SALESFORCE], ids=["hubspot", "salesforce"])
@settings(max_examples=40)
@given(data=st.data())
def test_the_counts_are_those_of_a_walk_by_hand(data: st.DataObject, home: Pipeline) -> None:
    deals = data.draw(histories(home))
    counts = [walked(home, events) for events in deals.values()]
    with replayed(home, deals, RULE) as found:
        for tally in (found.get("required_field", Tally()), found.get(ANY, Tally())):
            assert tally.moves.total() == sum(count.moves for count in counts)
            assert tally.moves[Answer.STOPPED] == sum(count.stopped for count in counts)
            assert tally.moves[Answer.UNKNOWN] == sum(count.unknown for count in counts)
            assert tally.fates().total() == sum(count.stopped > 0 for count in counts)


def test_what_was_stopped_is_told_by_its_end_and_worth() -> None:
    ids = [stage.id for stage in HUBSPOT.stages]
    paid = Decimal("100.50")
    lost: list[Event] = [(0, "stage", ids[0]), (5, "stage", ids[1]), (9, "amount", paid), (20, "stage", ids[6])]
    won: list[Event] = [(0, "stage", ids[0]), (5, "stage", ids[1]), (9, "amount", Decimal(70)), (20, "stage", ids[5])]
    good: list[Event] = [(0, "stage", ids[0]), (1, "amount", Decimal(9)), (5, "stage", ids[1]), (20, "stage", ids[5])]
    with replayed(HUBSPOT, {"l": lost, "w": won, "g": good}, RULE) as found:
        tally = found[ANY]
    assert tally.fates() == {Fate.LOST: 1, Fate.WON: 1} and tally.fates(Answer.PASSED) == {Fate.WON: 1}
    assert tally.worth() == {"EUR": Decimal("170.50")} and tally.worth(Fate.LOST) == {"EUR": Decimal("100.50")}
    assert (tally.lost(Answer.STOPPED), tally.lost(Answer.PASSED)) == (0.5, 0.0)
    assert tally.unknown == {"lost_reason": 1}


def test_what_is_saved_with_the_stage_is_part_of_the_move() -> None:
    ids = [stage.id for stage in HUBSPOT.stages]
    events: list[Event] = [(0, "stage", ids[0]), (5, "stage", ids[1]), (5, "amount", Decimal(7))]
    with replayed(HUBSPOT, {"a": events}, RULE) as found:
        assert found[ANY].moves == {Answer.PASSED: 1}


def test_each_rule_has_its_own_count() -> None:
    ids = [stage.id for stage in HUBSPOT.stages]
    events: list[Event] = [(0, "stage", ids[0]), (1, "amount", Decimal(7)), (5, "stage", ids[3]), (9, "stage", ids[4])]
    with replayed(HUBSPOT, {"a": events}, RULE, StageSkip(days=900)) as found:
        stopped = {rule: tally.moves[Answer.STOPPED] for rule, tally in found.items()}
    assert stopped == {ANY: 1, "required_field": 0, "stage_skip": 1}


def test_a_stage_that_is_no_more_is_not_judged() -> None:
    ids = [stage.id for stage in HUBSPOT.stages]
    events: list[Event] = [(0, "stage", ids[0]), (1, "amount", Decimal(7)), (5, "stage", "abolished")]
    with replayed(HUBSPOT, {"a": events}, RULE) as found:
        assert found[ANY].moves == {Answer.UNKNOWN: 1} and found[ANY].unknown == {"stage": 1}


def test_the_sandbox_s_quarter_is_replayed_in_both_crms(first_stage: Stage) -> None:
    with first_stage.opened() as session:
        window = Window(session.now() - timedelta(days=400), session.now())
        found = tallied(backtest(session, window))
        assert {account.partition(":")[0] for account, _ in found} == {"hubspot", "salesforce"}
        assert all(tally.moves[Answer.STOPPED] for (_, rule), tally in found.items() if rule in (ANY, "stage_skip"))
        assert not tallied(backtest(session, Window(window.since, window.since)))


@pytest.mark.parametrize("name", ["nothing", "orphan_contact", "duplicate"])
def test_only_a_check_of_deals_can_be_replayed(first_stage: Stage, name: str) -> None:
    with first_stage.opened() as session:
        assert [rule.name() for rule in rules_of(session, ["qualification"])] == ["qualification"]
        with pytest.raises(UsageError, match=name):
            rules_of(session, [name])
