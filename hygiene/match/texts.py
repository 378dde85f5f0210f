"""Columns of text as plain arrays, which may be mapped from a file and are read where they are touched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.column import Coded, Codes

Hashes = NDArray[np.uint64]
BASIS, PRIME = np.uint64(14695981039346656037), np.uint64(1099511628211)
WORD = (1 << 64) - 1
FEW = 16
"""So few texts are hashed one by one: an array has its price."""
LOSSLESS = "surrogatepass"
"""A CRM may hand out half a character; it is kept as it came."""


@dataclass(frozen=True, slots=True)
class Strings:
    """String i is the UTF-8 of `blob[offsets[i]:offsets[i + 1]]`."""

    offsets: NDArray[np.int64]
    blob: NDArray[np.uint8]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Strings":
        """The texts, in their order."""
        return cls.packed([text.encode("utf-8", LOSSLESS) for text in texts])

    @classmethod
    def packed(cls, parts: Sequence[bytes]) -> "Strings":
        """The texts as bytes, in their order."""
        ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), dtype=np.int64)
        return cls(np.concatenate([np.zeros(1, np.int64), ends]), np.frombuffer(b"".join(parts), np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def raw(self, at: int) -> bytes:
        """One string as bytes, whose order is that of its characters."""
        return self.blob[int(self.offsets[at]) : int(self.offsets[at + 1])].tobytes()

    def take(self, places: NDArray[np.integer]) -> list[str]:
        """The strings at these places."""
        view = memoryview(self.blob)  # type: ignore[arg-type]
        bounds = zip(self.offsets[places].tolist(), self.offsets[places + 1].tolist(), strict=True)
        return [str(view[start:end], "utf-8", LOSSLESS) for start, end in bounds]


@dataclass(frozen=True, slots=True)
class Texts:
    """A coded column in arrays: row i holds string `codes[i]`; string 0 is ""."""

    codes: Codes
    strings: Strings

    @classmethod
    def of(cls, column: Coded) -> "Texts":
        """The column, its values kept in their order."""
        return cls(column.codes, Strings.of(column.values.tolist()))

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[np.integer]) -> Coded:
        """These rows as a coded column of their own."""
        codes = self.codes[rows]
        distinct = np.union1d(codes, np.zeros(1, codes.dtype))
        values = np.array(self.strings.take(distinct), dtype=object)
        return Coded(np.searchsorted(distinct, codes).astype(np.int32), values)


def stacked(first: Coded, second: Coded) -> Coded:
    """The rows of one column, then those of the other."""
    place = {text: code for code, text in enumerate(first.values.tolist())}
    moved = np.array([place.setdefault(text, len(place)) for text in second.values.tolist()], dtype=np.int32)
    return Coded(np.concatenate([first.codes, moved[second.codes]]), np.array(list(place), dtype=object))


def hashed(texts: Sequence[str]) -> Hashes:
    """FNV-1a of each text in 64 bits, the same in every process; 0 for ""."""
    if len(texts) <= FEW:
        return np.array([_hash(text) for text in texts], dtype=np.uint64)
    strings = Strings.of(texts)
    starts, sizes = strings.offsets[:-1], np.diff(strings.offsets)
    order = np.argsort(-sizes, kind="stable")
    found = np.full(len(sizes), BASIS, dtype=np.uint64)
    longest = -sizes[order]
    for position in range(int(sizes.max(initial=0))):
        live = order[: np.searchsorted(longest, -position, side="left")]
        found[live] = (found[live] ^ strings.blob[starts[live] + position]) * PRIME
    found[sizes == 0] = 0
    return found


def _hash(text: str) -> int:
    found = int(BASIS)
    for byte in text.encode("utf-8", LOSSLESS):
        found = (found ^ byte) * int(PRIME) & WORD
    return found if text else 0


def mixed(columns: Sequence[Hashes]) -> Hashes:
    """One number a row out of several, in their order; never 0."""
    found = np.full(len(columns[0]), BASIS, dtype=np.uint64)
    for column in columns:
        found = (found ^ column) * PRIME
        found ^= found >> np.uint64(29)
    return np.maximum(found, np.uint64(1))
