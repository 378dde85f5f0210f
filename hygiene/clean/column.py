"""A column by its distinct values, so that each value is cleaned and compared once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hygiene.view import Column

Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Coded:
    """Row i holds `values[codes[i]]`; code 0 is always "", which stands for nothing known."""

    codes: Codes
    values: Column

    def __len__(self) -> int:
        return len(self.codes)

    def text(self) -> Column:
        """The value of every row."""
        return self.values[self.codes]

    def map(self, clean: Callable[[str], str], blank: str = "") -> "Coded":
        """The cleaned column; `clean` sees each distinct value once, and `blank` stands in for nothing known."""
        cleaned, values = _codes(chain((blank,), map(clean, self.values[1:])), len(self.values))
        return Coded(cleaned[self.codes], values)

    def holds(self, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Whether each row's value passes a test; `test` sees each distinct value once, and nothing known fails it."""
        passed = np.fromiter(chain((False,), map(test, self.values[1:])), dtype=np.bool_, count=len(self.values))
        return np.asarray(passed[self.codes])

    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each value; 0 for the blank."""
        found = np.bincount(self.codes, minlength=len(self.values))
        found[0] = 0
        return found

    def shared_by(self, other: "Coded") -> NDArray[np.int64]:
        """How many distinct filled values of `other` stand beside each value of this column."""
        filled = (self.codes > 0) & (other.codes > 0)
        pairs = np.unique(self.codes[filled].astype(np.int64) * len(other.values) + other.codes[filled])
        return np.bincount(pairs // len(other.values), minlength=len(self.values))


def coded(column: Sequence[str] | Column) -> Coded:
    """The column by its distinct values."""
    return Coded(*_codes(column, len(column)))


def numbered(places: NDArray[np.integer[Any]], names: Sequence[str]) -> Coded:
    """The column whose row i is `names[places[i]]`."""
    return Coded(places.astype(np.int32) + np.int32(1), np.array(["", *names], dtype=object))


def joined(columns: Sequence[Coded], clean: Callable[..., str]) -> Coded:
    """One column made from several; `clean` sees each distinct combination once."""
    key, places = columns[0].codes.astype(np.int64), np.zeros(0, dtype=np.int64)
    for column in columns[1:]:
        key = _dense(key)[0] * len(column.values) + column.codes
    key, places = _dense(key)
    parts = zip(*(column.values[column.codes[places]].tolist() for column in columns), strict=True)
    cleaned, values = _codes((clean(*part) for part in parts), len(places))
    return Coded(cleaned[key], values)


def _dense(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each key's rank among the distinct ones, and where each distinct one first stands."""
    _, places, ranks = np.unique(key, return_index=True, return_inverse=True)
    return ranks.astype(np.int64), places


def _codes(texts: Iterable[str], size: int) -> tuple[Codes, Column]:
    """The code of each text, in the order of their first appearance, and the distinct texts."""
    index: defaultdict[str, int] = defaultdict(count().__next__)
    index[""]
    codes = np.fromiter(map(index.__getitem__, texts), dtype=np.int32, count=size)
    return codes, np.array(list(index), dtype=object)
