"""The interval of a share, against exact fractions and published values."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.binomial import interval


def least(right: int, checked: int, share: float) -> Fraction:
    """The probability of so many right ones or more, without rounding."""
    good = Fraction(share)
    return sum(
        (comb(checked, k) * good**k * (1 - good) ** (checked - k) for k in range(right, checked + 1)), Fraction()
    )


@pytest.mark.parametrize(
    ("right", "checked", "low", "high"),
    [(0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0), (95, 100, 0.8872, 0.9836), (0, 0, 0.0, 1.0)],
)
def test_the_tabled_intervals(right: int, checked: int, low: float, high: float) -> None:
    assert interval(right, checked) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95]))
def test_at_each_end_what_was_seen_is_as_unlikely_as_allowed(seen: tuple[int, int], confidence: float) -> None:
    (right, checked), tail = seen, (1 - confidence) / 2
    low, high = interval(right, checked, confidence)
    assert low == 0 if right == 0 else float(least(right, checked, low)) == pytest.approx(tail, rel=1e-6)
    assert (
        high == 1 if right == checked else float(1 - least(right + 1, checked, high)) == pytest.approx(tail, rel=1e-6)
    )
    assert low <= right / checked <= high


@pytest.mark.parametrize("wrong", [(3, 2, 0.9), (-1, 2, 0.9), (1, 2, 0), (1, 2, 1)])
def test_what_is_no_sample_is_refused(wrong: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="so many of so many"):
        interval(*wrong)
