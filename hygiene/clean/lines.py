"""Many texts as the lines of one, so that a rule runs over all of them at once."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def lines(texts: list[str]) -> str:
    """The texts as lines, each with its end; a break within one becomes a blank."""
    whole = "\n".join([*texts, ""])
    return whole if whole.count("\n") == len(texts) else "\n".join([text.replace("\n", " ") for text in texts] + [""])


def where(pattern: re.Pattern[str], whole: str) -> Flags:
    """Which lines hold a match of a pattern that never crosses the end of one. ASCII only."""
    ends = np.flatnonzero(np.frombuffer(whole.encode(), dtype=np.uint8) == ord("\n"))
    found = np.zeros(len(ends), dtype=np.bool_)
    found[np.searchsorted(ends, [match.start() for match in pattern.finditer(whole)])] = True
    return found


def amended(texts: list[str], odd: Flags, source: list[str], clean: Callable[[str], str]) -> list[str]:
    """The texts, with those that are odd cleaned one by one from their source."""
    for at in np.flatnonzero(odd).tolist():
        texts[at] = clean(source[at])
    return texts
