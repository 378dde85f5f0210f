"""What a glance at two texts tells: which letters and words each has, so that few pairs must be compared in full."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.lines import Flags, lines

Bits = NDArray[np.uint64]
Codes = NDArray[np.integer]
Most = int | NDArray[np.int64]
BREAK, BLANK = ord("\n"), ord(" ")
SIGN = np.uint64(1) << (np.arange(256, dtype=np.uint64) & np.uint64(63))
"""The bit of each character; some have one together."""

PARTS = (np.arange(256, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
"""What each character adds to the number of its word."""

TOP = np.uint64(58)
EVERY = np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters and the words of each text as bits, and how many characters it has.

    One wrong, missing or added character changes two bits of `letters` at most, and texts with a word in common have a
    bit of `words` in common. Neither holds the other way round.
    """

    letters: Bits
    words: Bits
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, texts: list[str]) -> "Signs":
        """The signs of each text; a character beyond ASCII may stand for any word."""
        whole = lines(texts)
        found = np.frombuffer(whole.encode("ascii", "replace"), dtype=np.uint8)
        ends = np.flatnonzero(found == BREAK)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1])[: len(ends)]
        letters = np.bitwise_or.reduceat(SIGN[found], starts) if len(texts) else np.zeros(0, dtype=np.uint64)
        words = _words(found, starts)
        if not whole.isascii():
            words[np.fromiter((not text.isascii() for text in texts), np.bool_, len(texts))] = EVERY
        return cls(letters, words, ends - starts)

    def slips(self, a: Codes, b: Codes, most: Most) -> Flags:
        """Where texts of these numbers may be so few wrong, missing or added characters apart."""
        return slips((self, a), (self, b), most)

    def ratio(self, a: Codes, b: Codes, least: float) -> Flags:
        """Where rapidfuzz's `ratio` may reach so much of 100: as few characters as that are missing or added."""
        apart = np.bitwise_count(self.letters[a] ^ self.letters[b])
        # The one more is the blank between words that `token_set_ratio` leaves out because they repeat.
        return np.asarray(apart <= (self.sizes[a] + self.sizes[b]) * (1 - least / 100) + 1)

    def holds(self, a: Codes, b: Codes) -> Flags:
        """Where all characters of one may be in the other."""
        one, other = self.letters[a], self.letters[b]
        both = one & other
        return np.asarray((both == one) | (both == other))

    def share(self, a: Codes, b: Codes) -> Flags:
        """Where both may have a word."""
        return np.asarray((self.words[a] & self.words[b]) > 0)


def slips(one: tuple[Signs, Codes], other: tuple[Signs, Codes], most: Most) -> Flags:
    """Where texts of two columns may be at most so many wrong, missing or added characters apart."""
    (left, a), (right, b) = one, other
    near = np.bitwise_count(left.letters[a] ^ right.letters[b]) <= 2 * most
    return np.asarray(near & (np.abs(left.sizes[a] - right.sizes[b]) <= most))


def _words(found: NDArray[np.uint8], starts: NDArray[np.int64]) -> Bits:
    """The words of each line; only blanks and what is not printed part them."""
    inside = found > BLANK
    first = np.flatnonzero(inside & ~np.concatenate([np.zeros(1, dtype=np.bool_), inside[:-1]])[: len(inside)])
    words = np.zeros(len(starts), dtype=np.uint64)
    if len(first):
        # A sum by blanks, which count nothing, is as good as one by words.
        number = np.add.reduceat(np.where(inside, PARTS[found], np.uint64(0)), first)
        number ^= number >> np.uint64(29)
        bit = np.uint64(1) << ((number * np.uint64(0xBF58476D1CE4E5B9)) >> TOP)
        line = np.searchsorted(starts, first, side="right") - 1
        np.bitwise_or.at(words, line, bit)
    return words
