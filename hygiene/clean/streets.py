"""Many streets at once, word by distinct word; what is not a plain door on a road is read on its own."""

import re

import numpy as np

from hygiene.clean.lines import amended, lines, where
from hygiene.clean.place import ASIDES, NUMBER, SIDES, VAGUE, door, short, side, street
from hygiene.clean.ragged import NONE, Ragged
from hygiene.clean.text import EMPTY, LINED, folded

PARTED = re.compile(r"[,#;]")


def streets(texts: list[str]) -> list[str]:
    """What `place.street` says of each text."""
    whole = folded(texts)
    found = Ragged.of(whole.translate(LINED))
    brief, lined = _brief(found), whole.split("\n")
    parted = np.flatnonzero(where(PARTED, whole) | found.any(found.flags(ASIDES.__contains__))).tolist()
    doors = [door(" ".join(lined[at].split())) for at in parted]
    for at, text in zip(parted, _brief(Ragged.of(lines(doors).translate(LINED))), strict=True):
        brief[at] = text
    return amended(brief, found.flags(EMPTY.__contains__)[found.word(0)] & (found.sizes <= 2), texts, street)


def parts(texts: list[str]) -> tuple[list[str], list[str], list[str]]:
    """What `place.house`, `place.road` and `place.side` say of each cleaned street."""
    found = Ragged.of(lines(texts))
    number = np.where(_numbers(found)[found.word(0)], found.word(0), NONE)
    houses = np.array(found.known, dtype=object)[number].tolist()
    tail = np.ones(len(found.codes), dtype=np.bool_)
    tail[found.starts[:-1][number != NONE]] = False
    tails = found.kept(tail)
    telling = ~tails.flags(VAGUE.__contains__)
    roads = tails.kept(telling[tails.codes] | np.repeat(~tails.any(telling), tails.sizes)).texts()
    sides = found.kept(found.flags(SIDES.__contains__)[found.codes]).texts()
    return houses, roads, [side(text) if " " in text else text for text in sides]


def _brief(whole: Ragged) -> list[str]:
    """The words in short, with the house number in front where it stands at the end."""
    found = whole.changed(short)
    numbers = _numbers(found)
    moved = (found.sizes > 1) & ~numbers[found.word(0)] & numbers[found.word(-1)]
    order = np.arange(len(found.codes)) - np.repeat(moved, found.sizes)
    order[found.starts[:-1][moved]] = found.starts[1:][moved] - 1
    return found.taken(order).texts()


def _numbers(found: Ragged) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return found.flags(lambda word: NUMBER.fullmatch(word) is not None)
