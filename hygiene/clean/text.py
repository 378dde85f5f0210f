"""Text without case, accents, odd spaces and placeholders."""

import re

from anyascii import anyascii

from hygiene.clean.lines import lines

WORD = re.compile(r"[^\W_]+")
BLANKS = {code: " " for code in range(128) if chr(code).isspace() and chr(code) != "\n"}
APART = {code: code if chr(code).isalnum() else ord(" ") for code in range(128)}
LINED = APART | {ord("\n"): ord("\n")}


class _Letters(dict[int, str]):
    """What each character is in ASCII, looked up once."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, chr(code) if code < 128 else anyascii(chr(code)))


LETTERS = _Letters()


def listed(table: str) -> frozenset[str]:
    """The words of a table that is written as blank-separated text."""
    return frozenset(table.split())


PLACEHOLDERS = listed("""
    n/a n.a. n.a na none null nil unknown unbekannt test testing tbd tba xx xxx asdf no noname undefined missing
    blank empty default dummy example
""") | {"not available", "not provided", "not applicable", "not set", "no name", "no email"}
"""What people type into a field that they must fill. Read after `fold`."""

EMPTY = frozenset(placeholder.replace("/", " ").replace(".", " ").split()[0] for placeholder in PLACEHOLDERS)
"""The words with which a placeholder starts; none has more than two."""


def fold(text: str) -> str:
    """Lower-case ASCII with single spaces; other scripts are transliterated."""
    return " ".join(_ascii(text).lower().split())


def folded(texts: list[str]) -> str:
    """The texts as lines, folded but for their blanks: there may be several in a row, and around the text."""
    return lines([text if text.isascii() else _ascii(text) for text in texts]).lower().translate(BLANKS)


def usable(text: str) -> bool:
    """Whether folded text says anything: no placeholder, and a letter or digit in it."""
    return text not in PLACEHOLDERS and WORD.search(text) is not None


def words(text: str) -> list[str]:
    """The runs of letters and digits of folded text."""
    return text.translate(APART).split() if text.isascii() else WORD.findall(text)


def _ascii(text: str) -> str:
    return text if text.isascii() else text.translate(LETTERS)
