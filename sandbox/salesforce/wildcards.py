"""Texts against patterns with wildcards, in time that grows with their lengths and not with their wildcards."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

Test = Callable[[str], bool]


@lru_cache(maxsize=256)
def compiled(pattern: str, many: str, one: str) -> Test:
    r"""A test of whole texts; `many` stands for any characters, `one` for one, and `\` takes the meaning from both.

    The pieces between `many` have fixed lengths, so each may take the first place that fits: nothing is tried twice.
    """
    first, *others = (re.compile(piece, re.DOTALL) for piece in _pieces(pattern, many, one))
    if not others:
        return lambda text: first.fullmatch(text) is not None
    *middle, last = others
    ending = re.compile(f"(?:{last.pattern})\\Z", re.DOTALL)
    width = sum(1 for _ in re.finditer(r"\\?.", last.pattern, re.DOTALL))

    def test(text: str) -> bool:
        found = first.match(text)
        for piece in middle:
            found = found and piece.search(text, found.end())
        at = len(text) - width
        return found is not None and at >= found.end() and ending.match(text, at) is not None

    return test


def _pieces(pattern: str, many: str, one: str) -> Iterator[str]:
    """The regular expression of each piece between `many`."""
    piece = ""
    for escaped, char in re.findall(r"(\\?)(.)", pattern, re.DOTALL):
        if char == many and not escaped:
            yield piece
            piece = ""
        else:
            piece += "." if char == one and not escaped else re.escape(char)
    yield piece
