"""Text without case, accents, odd spaces and placeholders."""

import re

from anyascii import anyascii

WORD = re.compile(r"[^\W_]+")
APART = {code: code if chr(code).isalnum() else ord(" ") for code in range(128)}


def listed(table: str) -> frozenset[str]:
    """The words of a table that is written as blank-separated text."""
    return frozenset(table.split())


PLACEHOLDERS = listed("""
    n/a n.a. n.a na none null nil unknown unbekannt test testing tbd tba xx xxx asdf no noname undefined missing
    blank empty default dummy example
""") | {"not available", "not provided", "not applicable", "not set", "no name", "no email"}
"""What people type into a field that they must fill. Read after `fold`."""


def fold(text: str) -> str:
    """Lower-case ASCII with single spaces; other scripts are transliterated."""
    if not text.isascii():
        text = anyascii(text)
    return " ".join(text.lower().split())


def usable(text: str) -> bool:
    """Whether folded text says anything: no placeholder, and a letter or digit in it."""
    return text not in PLACEHOLDERS and WORD.search(text) is not None


def words(text: str) -> list[str]:
    """The runs of letters and digits of folded text."""
    return text.translate(APART).split() if text.isascii() else WORD.findall(text)
