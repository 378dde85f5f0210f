"""The inbox keeps each event once, in the order of arrival, until somebody worked through it and a while longer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.records import Ref
from sync.database import open_store
from sync.ledger.inbox import KEPT, Inbox, Told

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOLD = st.builds(
    Told,
    st.builds(Ref, st.sampled_from(["hubspot:1", "hubspot:2"]), st.just("deal"), st.sampled_from(["1", "2"])),
    st.sampled_from(["creation", "propertyChange"]),
    st.sampled_from(["stage", ""]),
    st.integers(0, 2),
    st.sampled_from(["7/1", "7/2"]),
)


class Clock:
    """Stands still until it is moved."""

    at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    engine = open_store("ledger", f"sqlite:///{tmp_path / 'ledger.db'}", durable=True)
    yield Inbox(engine, Clock())
    engine.dispose()


def told(number: int) -> Told:
    return Told(Ref("hubspot:1", "deal", str(number)), "propertyChange", "stage", number, "7/1")


def moved(inbox: Inbox, **by: float) -> None:
    inbox.now = clock = Clock()
    clock.at = NOW + timedelta(**by)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.lists(TOLD, max_size=6), max_size=6))
def test_however_it_is_cut_repeated_and_shuffled_each_event_is_kept_once(inbox: Inbox, parts: list[list[Told]]) -> None:
    before = len(inbox.waiting(1000))
    fresh = sum(inbox.put(part) for part in parts)
    waiting = {item.key for item in inbox.waiting(1000)}
    assert {event.key for part in parts for event in part} <= waiting
    assert len(waiting) - before == fresh


def test_events_differ_by_every_part_of_their_name() -> None:
    ref = Ref("hubspot:1", "deal", "1")
    parts = [Ref("hubspot:2", "deal", "1"), Ref("hubspot:1", "deal", "2"), ref]
    names = {
        Told(one, what, field, at, name).key
        for one in parts
        for what in "ab"
        for field in "cd"
        for at in (1, 2)
        for name in "ef"
    }
    assert len(names) == 48


def test_the_oldest_comes_first_and_what_came_later_waits(inbox: Inbox) -> None:
    for number in (3, 1, 2):
        moved(inbox, seconds=number)
        inbox.put([told(number)])
    assert [item.ref.id for item in inbox.waiting(2)] == ["1", "2"]
    assert [item.ref.id for item in inbox.waiting(9, NOW + timedelta(seconds=2))] == ["1", "2"]
    assert inbox.depth() == (3, NOW + timedelta(seconds=1))


def test_what_is_settled_is_known_again_for_a_week(inbox: Inbox) -> None:
    inbox.put([told(1)])
    inbox.settle({told(1).key: "judged"})
    assert inbox.depth() == (0, None) and inbox.outcomes() == {"judged": 1}
    moved(inbox, seconds=KEPT.total_seconds() - 1)
    assert (inbox.tidy(), inbox.put([told(1)])) == (0, 0)
    moved(inbox, seconds=KEPT.total_seconds() + 1)
    assert (inbox.tidy(), inbox.put([told(1)])) == (1, 1)


def test_an_event_that_waits_is_never_tidied_away(inbox: Inbox) -> None:
    inbox.put([told(1)])
    moved(inbox, days=400)
    assert inbox.tidy() == 0 and [item.key for item in inbox.waiting(9)] == [told(1).key]


def test_the_first_word_on_an_event_stands(inbox: Inbox) -> None:
    inbox.put([told(1)])
    inbox.settle({told(1).key: "judged"})
    inbox.settle({told(1).key: "other"})
    assert inbox.outcomes() == {"judged": 1}
