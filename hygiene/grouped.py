"""Puts equal numbers side by side, without the price of sorting places by what stands there."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no two numbers become one."""


def grouped(numbers: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The places of the numbers, those of equal ones together and ascending; and where in that order each group starts.

    Which group comes first says nothing.
    """
    mixed = numbers.astype(np.uint64) * SPREAD
    low = np.uint64(len(mixed).bit_length())
    # The upper bits of a number and its place are sorted as one number, which is many times as quick as `argsort`.
    packed = (mixed >> low << low) | np.arange(len(mixed), dtype=np.uint64)
    packed.sort()
    order = (packed & ((np.uint64(1) << low) - np.uint64(1))).astype(np.int64)
    packed >>= low
    mixed = mixed[order]
    starts = _starts(mixed)
    if np.array_equal(starts, _starts(packed)):
        return order, starts
    order = np.argsort(numbers, kind="stable")
    return order, _starts(numbers[order])


def _starts(ordered: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Where a number differs from the one before."""
    new = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new
