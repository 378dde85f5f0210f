"""The words of many texts as numbers, so that a rule reads each distinct word once."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.lines import Flags

Places = NDArray[np.int64]
END, NONE = 0, 1
"""What the end of a text and "" are numbered."""


SLICE = 1 << 20


@dataclass(frozen=True, slots=True)
class Ragged:
    """Text i holds the words `known[codes[j]]` for j from `starts[i]` to `starts[i + 1]`."""

    codes: NDArray[np.int32]
    starts: Places
    known: list[str]

    @classmethod
    def of(cls, whole: str) -> "Ragged":
        """The words of lines, each with its end; only blanks part them."""
        index: defaultdict[str, int] = defaultdict(count().__next__)
        index["\n"], index[""]
        parts = (part.replace("\n", " \n ").split(" ") for part in _slices(whole))
        codes = np.concatenate([np.fromiter(map(index.__getitem__, part), dtype=np.int32) for part in parts])
        filled = codes > NONE
        before = _before(filled)
        return cls(codes[filled], np.concatenate([[0], before[np.flatnonzero(codes == END)]]), list(index))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Places:
        """How many words each text has."""
        return self.starts[1:] - self.starts[:-1]

    def each(self, rule: Callable[[str], int]) -> NDArray[np.int64]:
        """What a rule says of each known word."""
        return np.fromiter(map(rule, self.known), dtype=np.int64, count=len(self.known))

    def flags(self, rule: Callable[[str], bool]) -> Flags:
        """Which known words pass a rule."""
        return np.fromiter(map(rule, self.known), dtype=np.bool_, count=len(self.known))

    def any(self, chosen: Flags) -> Flags:
        """Which texts hold a chosen word."""
        before = _before(chosen[self.codes])
        return np.asarray(before[self.starts[1:]] > before[self.starts[:-1]])

    def word(self, place: int) -> NDArray[np.int32]:
        """The word at a place of each text, from its start or (negative) its end; "" where it has none there."""
        found = np.full(len(self), NONE, dtype=np.int32)
        has = self.sizes > place if place >= 0 else self.sizes >= -place
        found[has] = self.codes[(self.starts[:-1] if place >= 0 else self.starts[1:])[has] + place]
        return found

    def changed(self, rule: Callable[[str], str]) -> "Ragged":
        """Each word changed by a rule that makes one word of it."""
        return replace(self, known=list(map(rule, self.known)))

    def kept(self, chosen: Flags) -> "Ragged":
        """These words alone."""
        before = _before(chosen)
        return replace(self, codes=self.codes[chosen], starts=before[self.starts])

    def taken(self, order: Places) -> "Ragged":
        """The words in another order, each in its text."""
        return replace(self, codes=self.codes[order])

    def texts(self) -> list[str]:
        """The words of each text with blanks between."""
        later = np.ones(len(self.codes), dtype=np.bool_)
        later[self.starts[:-1][self.sizes > 0]] = False
        pieces = np.array(["\n", *self.known, *(f" {word}" for word in self.known)], dtype=object)
        found = np.insert(self.codes + 1 + later * len(self.known), self.starts[1:], END)
        return "".join(pieces[found].tolist()).split("\n")[:-1]


def _slices(whole: str) -> Iterator[str]:
    """Whole lines, some at a time: their words take much memory."""
    start = 0
    while start <= len(whole):
        end = whole.find("\n", start + SLICE) + 1 or len(whole) + 1
        yield whole[start:end]
        start = end


def _before(chosen: Flags) -> Places:
    """How many are chosen before each place."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(chosen)])
