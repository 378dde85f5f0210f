"""A column by its distinct values, so that each value is cleaned and compared once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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

    def map(self, clean: Callable[[str], str]) -> "Coded":
        """The cleaned column; `clean` sees each distinct value once."""
        cleaned, values = _codes(["", *map(clean, self.values[1:].tolist())])
        return Coded(cleaned[self.codes], values)

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
    return Coded(*_codes(list(column)))


def joined(columns: Sequence[Coded], clean: Callable[..., str]) -> Coded:
    """One column made from several; `clean` sees each distinct combination once."""
    key, places = np.zeros(len(columns[0]), dtype=np.int64), np.zeros(0, dtype=np.int64)
    for column in columns:
        key, places = _dense(key * len(column.values) + column.codes)
    parts = zip(*(column.values[column.codes[places]].tolist() for column in columns), strict=True)
    cleaned, values = _codes(["", *(clean(*part) for part in parts)])
    return Coded(cleaned[1:][key], values)


def _dense(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each key's rank among the distinct ones, and where each distinct one first stands."""
    _, places, ranks = np.unique(key, return_index=True, return_inverse=True)
    return ranks.astype(np.int64), places


def _codes(texts: list[str]) -> tuple[Codes, Column]:
    distinct = list(dict.fromkeys(["", *texts]))
    index = {text: code for code, text in enumerate(distinct)}
    codes = np.fromiter(map(index.__getitem__, texts), dtype=np.int32, count=len(texts))
    return codes, np.array(distinct, dtype=object)
