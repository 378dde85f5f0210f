"""One comparator a file: the level of agreement of each pair, and what each level means."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from hygiene.clean.column import Coded
from hygiene.match.features import Features, Rows

Levels = NDArray[np.int8]
Scorer = Callable[..., float]
HAIR = 1e-3
"""Of 100: less than any step between two scores, more than any rounding."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one level means: 1 is full agreement, -1 full contradiction.

    After a `veto` a person is asked, and the two never stand in one group. Where it only `asks` nothing contradicts, so
    that a third record which is surely both may still join them.
    """

    text: str
    value: float
    veto: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Sharing:
    """How agreement fades: worth all up to `free` values of `by` beside one `feature`, nothing from `most` on."""

    feature: str
    by: str
    free: int
    most: int


UNKNOWN = Reason("", 0.0)
"""Level 0 of every comparator: one of the two says nothing."""


class Comparator(Protocol):
    """What a file of this folder defines."""

    REASONS: tuple[Reason, ...]
    """What each level means; the first is `UNKNOWN`."""
    SHOWN: tuple[str, ...]
    """The roles whose values a person wants to see beside the reason."""
    SHARING: Sharing | None

    def compare(self, rows: Features, a: Rows, b: Rows) -> Levels:
        """The level of each pair of rows; the same for (a, b) as for (b, a)."""


@cache
def comparator(name: str) -> Comparator:
    """The comparator of this file name; `ValueError` where there is none."""
    try:
        return cast(Comparator, import_module(f"{__name__}.{name}"))
    except ModuleNotFoundError as error:
        raise ValueError(f"no comparator named {name!r} in hygiene/match/compare/") from error


def alike(column: Coded, a: Rows, b: Rows, scorer: Scorer, least: float) -> NDArray[np.bool_]:
    """Where a rapidfuzz scorer gives a pair of values that much of 100; each distinct pair is asked once."""
    left, right, place = _distinct(column, a, b)
    # A scorer that may give up early is quicker; it gives up a hair below, so that no rounding is cut off.
    found = cpdist(left, right, scorer=scorer, score_cutoff=least - HAIR, dtype=np.float32)
    return np.asarray((found >= least)[place])


def slips(column: Coded, a: Rows, b: Rows, most: int) -> NDArray[np.bool_]:
    """Where two values are at most so many wrong letters or swapped neighbors apart; each distinct pair asked once."""
    left, right, place = _distinct(column, a, b)
    return np.asarray((cpdist(left, right, scorer=OSA.distance, score_cutoff=most, dtype=np.int32) <= most)[place])


def each(column: Coded, a: Rows, b: Rows, judge: Callable[[str, str], int]) -> Levels:
    """What a symmetric function says of each pair of values; each distinct pair is asked once."""
    left, right, place = _distinct(column, a, b)
    return np.fromiter(map(judge, left, right), dtype=np.int8, count=len(left))[place]


def _distinct(column: Coded, a: Rows, b: Rows) -> tuple[list[str], list[str], Rows]:
    """The distinct pairs of values, and which of them each pair of rows holds."""
    key = np.minimum(column.codes[a], column.codes[b]).astype(np.int64) * len(column.values)
    key += np.maximum(column.codes[a], column.codes[b])
    distinct, place = np.unique(key, return_inverse=True)
    left, right = column.values[distinct // len(column.values)], column.values[distinct % len(column.values)]
    return left.tolist(), right.tolist(), place


def filled(column: Coded, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where both rows say something."""
    return (column.codes[a] > 0) & (column.codes[b] > 0)


def levels(conditions: list[NDArray[np.bool_]], choices: list[int]) -> Levels:
    """The choice of the first condition that holds, else 0."""
    return np.select(conditions, choices, 0).astype(np.int8)
