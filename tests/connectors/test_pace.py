"""Call budgets in virtual time."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.pace import Budget, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def paced(calls: int, seconds: float) -> tuple[Pace, Clock]:
    clock = Clock()
    return Pace({"a": Budget(calls, seconds), "b": Budget(calls, seconds)}, clock, clock.sleep), clock


@given(st.integers(1, 20), st.floats(0.1, 60), st.integers(1, 80))
def test_no_window_ever_holds_more_calls_than_the_budget(calls: int, seconds: float, wanted: int) -> None:
    pace, clock = paced(calls, seconds)
    sent = []
    for _ in range(wanted):
        pace.take("a")
        sent.append(clock.now)
    for number in range(len(sent) - calls):
        assert sent[number + calls] - sent[number] >= seconds * (1 - 1e-9)


def test_budgets_do_not_share() -> None:
    pace, clock = paced(1, 10)
    pace.take("a")
    pace.take("b")
    assert clock.now == 0


@pytest.mark.parametrize(("held", "until"), [((5.0,), 5.0), ((5.0, 2.0), 5.0), ((2.0, 5.0), 5.0), ((0.0,), 0.0)])
def test_a_hold_stops_the_next_call_and_never_gets_shorter(held: tuple[float, ...], until: float) -> None:
    pace, clock = paced(10, 1)
    for seconds in held:
        pace.hold("a", seconds)
    pace.take("a")
    assert clock.now == until


@pytest.mark.parametrize(("stated", "at"), [(1, 10.0), (0, 10.0), (5, 0.0)])
def test_the_stated_allowance_is_believed_at_once(stated: int, at: float) -> None:
    pace, clock = paced(3, 10)
    pace.learn("a", stated)
    pace.take("a")
    pace.take("a")
    assert clock.now == at


def test_threads_share_one_count() -> None:
    pace, clock = paced(1000, 10)

    def hundred() -> None:
        for _ in range(100):
            pace.take("a")

    threads = [threading.Thread(target=hundred) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pace.take("a")
    assert clock.now == 10.0


@pytest.mark.parametrize(("made", "left", "free"), [(0, 5, 5), (3, 2, 2), (3, 0, 0), (3, 7, 7)])
def test_calls_that_others_made_fill_the_window_too(made: int, left: int, free: int) -> None:
    pace, clock = paced(10, 10)
    for _ in range(made):
        pace.take("a")
    pace.heard("a", left)
    for _ in range(free):
        pace.take("a")
    assert clock.now == 0
    pace.take("a")
    assert clock.now == 10
