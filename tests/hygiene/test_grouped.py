"""Equal numbers stand side by side, each where it stood before among its like."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.clean.dial import junk
from hygiene.garbage import kept
from hygiene.grouped import SPREAD, grouped

NUMBERS = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)
UNDONE = pow(int(SPREAD), -1, 2**64)


@given(st.lists(NUMBERS))
def test_equal_numbers_are_together_in_their_order(numbers: list[int]) -> None:
    order, starts = grouped(np.array(numbers, dtype=np.int64))
    groups: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        groups.setdefault(number, []).append(place)
    found = np.split(order, np.flatnonzero(starts))[1:]
    assert sorted(map(list, found)) == sorted(groups.values())


def test_numbers_that_share_their_upper_bits_stay_apart() -> None:
    close = np.array([UNDONE * low % 2**64 for low in (1, 2, 1, 2)], dtype=np.uint64)
    order, starts = grouped(close)
    assert order.tolist() in ([0, 2, 1, 3], [1, 3, 0, 2]) and starts.tolist() == [True, False, True, False]


def test_garbage_is_looked_for_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), kept():
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()


def test_whoever_stopped_it_starts_it_again() -> None:
    with kept():
        with kept():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


@pytest.mark.parametrize(("digits", "said"), [("2222222", True), ("12222222", True), ("1222222", False)])
def test_a_run_of_seven_is_junk(digits: str, said: bool) -> None:
    assert junk(digits) is said


@given(st.integers(0, 9), st.text("012", max_size=9), st.text("012", max_size=9))
def test_a_run_is_found_wherever_it_stands(digit: int, before: str, behind: str) -> None:
    assert junk(f"{before}{str(digit) * 7}{behind}") and junk(f"{before}123456789{behind}")
