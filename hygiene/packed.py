"""Texts at rest: many as the bytes of one, a tenth of the room that they take as objects."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hygiene.view import Column

LOSSLESS = "surrogatepass"
"""A CRM may hand out half a character; it is kept as it came."""

MARK = "\0"
"""Stands between two texts, unless one of them holds it."""


class Packed:
    """Some texts in their order, as few pieces as hold them: many small ones would leave the memory in tatters."""

    __slots__ = ("_pieces", "_size")

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._pieces: list[tuple[str, bytearray]] = []
        self._size = 0
        self.add(texts)

    def __len__(self) -> int:
        return self._size

    def add(self, texts: Sequence[str]) -> None:
        """Puts more texts behind those that are here."""
        if not texts:
            return
        mark, whole = MARK, MARK.join(texts)
        if whole.count(mark) >= len(texts):
            mark = _absent(whole)
            whole = mark.join(texts)
        if self._pieces and self._pieces[-1][0] == mark:
            self._pieces[-1][1].extend((mark + whole).encode("utf-8", LOSSLESS))
        else:
            self._pieces.append((mark, bytearray(whole, "utf-8", LOSSLESS)))
        self._size += len(texts)

    def texts(self) -> list[str]:
        """All of them, made anew at each call."""
        return [text for mark, piece in self._pieces for text in str(piece, "utf-8", LOSSLESS).split(mark)]

    def column(self) -> Column:
        """The same as an array."""
        return np.array(self.texts(), dtype=object)


class Cells(Mapping[str, Column]):
    """Columns of text by name, packed: each is made into an array when it is asked for, and kept from then on."""

    def __init__(self, packed: Mapping[str, Packed]) -> None:
        self._packed, self._made = packed, dict[str, Column]()

    def __getitem__(self, name: str) -> Column:
        if name not in self._made:
            self._made[name] = self._packed[name].column()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def texts(self, name: str) -> list[str]:
        """One column for those who read it once: nothing of it is kept."""
        return self._packed[name].texts()


def texts(data: Mapping[str, Column], name: str) -> list[str]:
    """A column of a view's data as a list, read once."""
    return data.texts(name) if isinstance(data, Cells) else data[name].tolist()


def _absent(whole: str) -> str:
    """A character that a text does not hold."""
    return next(mark for mark in map(chr, range(0x110000)) if mark not in whole)
