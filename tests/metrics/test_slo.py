"""Targets: what they ask for, which period a moment is in, and how they stand from period to period."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from metrics.figure import Figure, Unit
from metrics.orphan_contacts import OrphanContacts
from metrics.slo import Every, Reading, Slo, State, Verdict, changes, judged

MEASURE = OrphanContacts()
DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


def figure(value: int | None) -> Figure:
    """A share in percent; None where nothing is known."""
    known = value is not None
    return Figure("x", "hubspot:1", Unit.SHARE, Decimal(value or 0), Decimal(100), "", 1, known=known)


@pytest.mark.parametrize(
    ("limits", "met", "missed"),
    [
        ({"below": "0.02"}, [0, 1], [2, 3]),
        ({"max": "0.02"}, [0, 2], [3]),
        ({"min": "0.95"}, [95, 100], [94, 0]),
        ({"min": "0.1", "max": "0.2"}, [10, 15, 20], [9, 21]),
    ],
)
def test_a_limit_is_kept_or_not(limits: dict[str, str], met: list[int], missed: list[int]) -> None:
    slo = Slo(id="x", measure=MEASURE, **limits)  # type: ignore[arg-type]
    assert [slo.met(Decimal(value) / 100) for value in (*met, *missed)] == [True] * len(met) + [False] * len(missed)


@pytest.mark.parametrize("wrong", [{}, {"max": 1, "budget": 2}, {"max": 1, "periods": 0}, {"max": 1, "id": "A b"}])
def test_a_target_that_asks_nothing_or_nonsense_is_a_mistake(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Slo.model_validate({"id": "x", "measure": MEASURE, **wrong})


@pytest.mark.parametrize(
    ("every", "day", "name", "before"),
    [
        (Every.DAILY, date(2026, 3, 1), "2026-03-01", "2026-02-28"),
        (Every.WEEKLY, date(2026, 1, 1), "2026-W01", "2025-W52"),
        (Every.WEEKLY, date(2027, 1, 3), "2026-W53", "2026-W52"),
        (Every.MONTHLY, date(2026, 1, 31), "2026-01", "2025-12"),
        (Every.QUARTERLY, date(2026, 1, 1), "2026-Q1", "2025-Q4"),
        (Every.QUARTERLY, date(2026, 12, 31), "2026-Q4", "2026-Q3"),
    ],
)
def test_a_period_has_a_name_and_one_before_it(every: Every, day: date, name: str, before: str) -> None:
    assert (every.period(day), every.period(every.before(day))) == (name, before)


@given(st.sampled_from(Every), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_later_periods_sort_after_earlier_ones(every: Every, day: date) -> None:
    assert every.period(every.before(day)) < every.period(day) <= every.period(day + DAY)


def test_a_day_is_that_of_the_targets_zone() -> None:
    late = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    zoned = [Slo(id="x", measure=MEASURE, max=0, every="daily", time_zone=zone) for zone in ("UTC", "Europe/Paris")]  # type: ignore[arg-type]
    assert [slo.period(late) for slo in zoned] == ["2026-11-01", "2026-11-02"]


def stood(slo: Slo, values: list[int | None], step: timedelta) -> list[Verdict]:
    """The verdicts of looks that each come one step after the one before."""
    past, found = list[Reading](), list[Verdict]()
    for place, value in enumerate(values):
        at = MONDAY + place * step
        verdict = judged(slo, figure(value), past, at)
        past.insert(0, Reading(slo.period(at), at, verdict.figure.value, verdict.state))
        found.append(verdict)
    return found


M, S, B, U = State.MET, State.SPENDING, State.BREACHED, State.UNKNOWN
TIMES = {
    "no budget: every miss is a breach": (0, [1, 9, 1, 9], [(M, 0), (B, -1), (M, -1), (B, -2)]),
    "a quarter of four weeks: one may miss": (0.25, [9, 1, 9, 1], [(S, 0), (M, 0), (B, -1), (M, -1)]),
    "what is past the window is forgotten": (0.25, [9, 1, 1, 1, 9], [(S, 0), (M, 0), (M, 0), (M, 0), (S, 0)]),
    "nothing known costs nothing": (0.25, [9, None, 1], [(S, 0), (U, 0), (M, 0)]),
}


@pytest.mark.parametrize("name", TIMES)
def test_a_target_through_the_weeks(name: str) -> None:
    budget, values, expected = TIMES[name]
    slo = Slo(id="x", measure=MEASURE, max=Decimal("0.02"), every=Every.WEEKLY, budget=Decimal(str(budget)), periods=4)
    assert [(item.state, item.left) for item in stood(slo, values, 7 * DAY)] == expected


def test_a_period_that_was_breached_once_stays_so_and_costs_once() -> None:
    slo = Slo(id="x", measure=MEASURE, max=0, every=Every.WEEKLY, budget=Decimal("0.5"), periods=4)
    assert [item.left for item in stood(slo, [9, 9, 0, 0, 0, 0, 0], DAY)] == [1] * 7
    assert [item.left for item in stood(slo, [9, 9, 0, 0, 0, 0, 0, 0, 9], DAY)][-1] == 0


@pytest.mark.parametrize(
    ("limits", "values", "trends"),
    [
        ({"max": 0}, [5, 3, 3, 8, None], ["", "better", "same", "worse", ""]),
        ({"min": 1}, [5, 3, 3, 8, None], ["", "worse", "same", "better", ""]),
    ],
)
def test_a_trend_is_against_the_period_before(limits: dict[str, int], values: list[int], trends: list[str]) -> None:
    slo = Slo(id="x", measure=MEASURE, every=Every.DAILY, **limits)  # type: ignore[arg-type]
    assert [item.trend for item in stood(slo, values, DAY)] == trends


def test_a_change_is_a_state_that_nobody_was_told_of() -> None:
    slo = Slo(id="x", measure=MEASURE, max=0, every=Every.DAILY)
    met, breached, unknown = (judged(slo, figure(value), (), MONDAY) for value in (0, 9, None))
    place = ("x", "hubspot:1", "")
    told = [
        [(item.before, item.verdict.state) for item in changes([verdict], before)]
        for before in ({}, {place: State.BREACHED})
        for verdict in (met, breached, unknown)
    ]
    assert told == [[], [(M, B)], [], [(B, M)], [], []]
