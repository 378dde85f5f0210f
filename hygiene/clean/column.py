"""A column by its distinct values, so that each value is cleaned and compared once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.signs import Signs
from hygiene.grouped import grouped
from hygiene.packed import Packed
from hygiene.view import Column

Codes = NDArray[np.int32]
MOST = np.iinfo(np.int64).max
SAMPLE = 1 << 14
"""So many first texts of a column tell whether its values repeat."""


class Coded:
    """Row i holds `values[codes[i]]`; code 0 is always "", which stands for nothing known.

    Values that are given packed stay so until they are read.
    """

    __slots__ = ("_signs", "_values", "codes")

    def __init__(self, codes: Codes, values: Column | Packed) -> None:
        self.codes, self._values = codes, values
        self._signs: Signs | None = None

    @property
    def values(self) -> Column:
        """The distinct values."""
        if isinstance(self._values, Packed):
            self._values = self._values.column()
        return self._values

    @property
    def signs(self) -> Signs:
        """What a glance at each value tells, made at the first call."""
        if self._signs is None:
            self._signs = Signs.of(self._texts())
        return self._signs

    @property
    def size(self) -> int:
        """How many values there are, the blank with them."""
        return len(self._values)

    def _texts(self) -> list[str]:
        """The values for one reading: what is packed stays so."""
        return self._values.texts() if isinstance(self._values, Packed) else self._values.tolist()

    def packed(self) -> "Coded":
        """The same column with its values at rest."""
        return self if isinstance(self._values, Packed) else Coded(self.codes, Packed(self._values.tolist()))

    def __len__(self) -> int:
        return len(self.codes)

    def text(self) -> Column:
        """The value of every row."""
        return self.values[self.codes]

    def map(self, clean: Callable[[str], str], blank: str = "") -> "Coded":
        """The cleaned column; `clean` sees each distinct value once, and `blank` stands in for nothing known."""
        return self.through(lambda texts: map(clean, texts), blank)

    def through(self, clean: Callable[[list[str]], Iterable[str]], blank: str = "") -> "Coded":
        """The same where `clean` reads all distinct values at once, and answers in their order."""
        if self.size == 1 and not blank:  # nothing is known of any row
            return self
        cleaned = coded([blank, *clean(self.values[1:].tolist())])
        return Coded(cleaned.codes[self.codes], cleaned.values)

    def parted(self, clean: Callable[[list[str]], Iterable[Iterable[str]]]) -> list["Coded"]:
        """The columns that `clean` makes of all distinct values at once."""
        made = [coded(["", *texts]) for texts in clean(self.values[1:].tolist())]
        return [Coded(cleaned.codes[self.codes], cleaned.values) for cleaned in made]

    def holds(self, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Whether each row's value passes a test; `test` sees each distinct value once, and nothing known fails it."""
        values = iter(self._texts())
        next(values)
        passed = np.fromiter(chain((False,), map(test, values)), dtype=np.bool_, count=self.size)
        return np.asarray(passed[self.codes])

    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each value; 0 for the blank."""
        found = np.bincount(self.codes, minlength=self.size)
        found[0] = 0
        return found

    def shared_by(self, other: "Coded") -> NDArray[np.int64]:
        """How many distinct filled values of `other` stand beside each value of this column."""
        filled = (self.codes > 0) & (other.codes > 0)
        pairs = np.sort(self.codes[filled].astype(np.int64) * other.size + other.codes[filled])
        first = np.diff(pairs, prepend=-1) > 0
        return np.bincount(pairs[first] // other.size, minlength=self.size)


def coded(column: Sequence[str] | Column) -> Coded:
    """The column by its distinct values, "" first and then in the order of their first appearance."""
    texts = column.tolist() if isinstance(column, np.ndarray) else list(column)
    return (None if _repetitive(texts[:SAMPLE]) else _sorted(texts)) or _looked_up(texts)


def blank(size: int) -> Coded:
    """A column of which nothing is known."""
    return Coded(np.zeros(size, dtype=np.int32), np.array([""], dtype=object))


def numbered(places: NDArray[np.integer[Any]], names: Sequence[str]) -> Coded:
    """The column whose row i is `names[places[i]]`."""
    return Coded(places.astype(np.int32) + np.int32(1), np.array(["", *names], dtype=object))


def joined(columns: Sequence[Coded], clean: Callable[..., str]) -> Coded:
    """One column made from several; `clean` sees each distinct combination once."""
    return combined(columns, lambda *parts: [map(clean, *parts)])[0]


def combined(columns: Sequence[Coded], clean: Callable[..., Iterable[Iterable[str]]]) -> list[Coded]:
    """The columns that `clean` makes of several, where it reads all distinct combinations at once, part by part."""
    key, size = columns[0].codes.astype(np.int64), columns[0].size
    for column in columns[1:]:
        if size * column.size > MOST:
            key, size = _dense(key)[0].astype(np.int64), len(key)
        key, size = key * column.size + column.codes, size * column.size
    ranks, places = _dense(key)
    parts = (column.values[column.codes[places]].tolist() for column in columns)
    made = [coded(list(texts)) for texts in clean(*parts)]
    return [Coded(cleaned.codes[ranks], cleaned.values) for cleaned in made]


def _dense(key: NDArray[np.int64]) -> tuple[Codes, NDArray[np.int64]]:
    """Each key's rank among the distinct ones in the order of their first appearance, and where that is."""
    order, new = grouped(key)
    first = order[new]
    early = np.zeros(len(key), dtype=np.bool_)
    early[first] = True
    rank = (np.cumsum(early, dtype=np.int32) - np.int32(1))[first]
    ranks = np.empty(len(key), dtype=np.int32)
    ranks[order] = np.repeat(rank, np.diff(np.flatnonzero(new), append=len(key)))
    return ranks, np.flatnonzero(early)


def _repetitive(sample: list[str]) -> bool:
    """Whether a dictionary is quicker: it stays small, or there is little to look up."""
    filled = len(sample) - sample.count("")
    return len(sample) < SAMPLE or len(set(sample)) < filled / 2


def _looked_up(texts: list[str]) -> Coded:
    index: defaultdict[str, int] = defaultdict(count().__next__)
    index[""]
    codes = np.fromiter(map(index.__getitem__, texts), dtype=np.int32, count=len(texts))
    return Coded(codes, np.array(list(index), dtype=object))


def _sorted(texts: list[str]) -> Coded | None:
    """By the hashes of the texts, which is kind to the cache; None where two texts have one hash."""
    texts = ["", *texts]
    codes, places = _dense(np.fromiter(map(hash, texts), dtype=np.int64, count=len(texts)))
    column = np.array(texts, dtype=object)
    values = column[places]
    again = np.ones(len(column), dtype=np.bool_)
    again[places] = False
    if (values[codes[again]] != column[again]).any():
        return None
    return Coded(codes[1:], values)
