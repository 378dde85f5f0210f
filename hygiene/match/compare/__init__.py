"""One comparator a file: the level of agreement of each pair, and what each level means."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from hygiene.clean.column import Coded, Codes
from hygiene.grouped import grouped
from hygiene.match.features import Features, Rows

Levels = NDArray[np.int8]
Pair = tuple[Codes, Codes]
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


def alike(column: Coded, a: Rows, b: Rows, least: float) -> NDArray[np.bool_]:
    """Where rapidfuzz's `ratio` gives a pair of filled values that much of 100."""
    one, other = column.codes[a], column.codes[b]
    return _scored(column, (one, other), column.signs.ratio(one, other, least), (fuzz.ratio, least))


def sharing(column: Coded, a: Rows, b: Rows, least: float) -> NDArray[np.bool_]:
    """The same of its `token_set_ratio`, which is 100 where one value has every word of the other."""
    one, other, signs = column.codes[a], column.codes[b], column.signs
    maybe = signs.share(one, other) | signs.ratio(one, other, least)
    return _scored(column, (one, other), maybe, (fuzz.token_set_ratio, least))


def _scored(column: Coded, codes: Pair, maybe: NDArray[np.bool_], bound: tuple[Scorer, float]) -> NDArray[np.bool_]:
    """Where a scorer gives so much of 100, and maybe it does; each distinct pair of values is asked once."""
    one, other = codes
    found, (scorer, least) = one == other, bound
    at = np.flatnonzero(maybe & ~found)
    left, right, place = _distinct(column, one[at], other[at])
    # A scorer that may give up early is quicker; it gives up a hair below, so that no rounding is cut off.
    found[at] = (cpdist(left, right, scorer=scorer, score_cutoff=least - HAIR, dtype=np.float32) >= least)[place]
    return np.asarray(found)


def slips(column: Coded, a: Rows, b: Rows, most: int) -> NDArray[np.bool_]:
    """Where two values are at most so many wrong letters or swapped neighbors apart; each distinct pair asked once."""
    one, other = column.codes[a], column.codes[b]
    found = one == other
    at = np.flatnonzero(column.signs.slips(one, other, most) & ~found)
    left, right, place = _distinct(column, one[at], other[at])
    found[at] = (cpdist(left, right, scorer=OSA.distance, score_cutoff=most, dtype=np.int32) <= most)[place]
    return np.asarray(found)


def each(column: Coded, one: Codes, other: Codes, judge: Callable[[str, str], int]) -> Levels:
    """What a symmetric function says of each pair of values, given by their codes; each distinct pair is asked once."""
    left, right, place = _distinct(column, one, other)
    return np.fromiter(map(judge, left, right), dtype=np.int8, count=len(left))[place]


def _distinct(column: Coded, one: Codes, other: Codes) -> tuple[list[str], list[str], Rows]:
    """The distinct pairs of values, and which of them each pair of codes is."""
    key = np.minimum(one, other).astype(np.int64) * column.size + np.maximum(one, other)
    order, new = grouped(key)
    first, place = order[new], np.empty(len(key), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    return column.values[one[first]].tolist(), column.values[other[first]].tolist(), place


def filled(column: Coded, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where both rows say something."""
    if column.size == 1:
        return np.zeros(len(a), dtype=np.bool_)
    return (column.codes[a] > 0) & (column.codes[b] > 0)


def levels(conditions: list[NDArray[np.bool_]], choices: list[int]) -> Levels:
    """The choice of the first condition that holds, else 0."""
    return np.select(conditions, choices, 0).astype(np.int8)
