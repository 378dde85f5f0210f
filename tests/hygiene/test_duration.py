"""The average of stays that are not all over, against the curve drawn day by day in whole fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.duration import Stay, completed_mean, restricted_mean


def drawn(stays: list[tuple[int, bool]]) -> Fraction:
    """The sum of the shares still there on each day up to the last end: a product over the days before it."""
    last = max((days for days, over in stays if over), default=0)
    total = Fraction(0)
    for day in range(last):
        share = Fraction(1)
        for past in range(day + 1):
            there = sum(days >= past for days, _ in stays)
            left = sum(over and days == past for days, over in stays)
            share *= 1 - Fraction(left, there) if there else 1
        total += share
    return total


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=12))
def test_the_mean_is_the_area_under_the_curve(stays: list[tuple[int, bool]]) -> None:
    assert restricted_mean([Stay(days, over) for days, over in stays]) == pytest.approx(float(drawn(stays)))


@given(st.lists(st.integers(0, 400), max_size=12))
def test_where_every_stay_is_over_it_is_the_plain_mean(days: list[int]) -> None:
    stays = [Stay(item) for item in days]
    assert restricted_mean(stays) == pytest.approx(completed_mean(stays))


def test_a_deal_forgotten_for_years_does_not_lengthen_the_average() -> None:
    stays = [Stay(10.0)] * 20
    assert restricted_mean([*stays, *[Stay(4000.0, over=False)] * 10]) == restricted_mean(stays) == 10.0
