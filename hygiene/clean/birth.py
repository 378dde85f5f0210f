"""A date of birth as eight digits, year first."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:\D|$)")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})(?:\D|$)")
DAY_NAMED = re.compile(r"(\d{1,2})[-/. ]*([a-z]{3})[a-z]*[-/., ]+(\d{4}|\d{2})(?:\D|$)")
NAMED_DAY = re.compile(r"([a-z]{3})[a-z]*[-/. ]+(\d{1,2})[-/., ]+(\d{4}|\d{2})(?:\D|$)")
PIVOT = 30
"""A year of two digits up to this one is of this century."""


def birth_date(text: str) -> str:
    """`19621119` of `1962-11-19`, `19 Nov 1962` or `11/19/62`; "" where day and month could be swapped."""
    year, month, day = _parts(text.strip().lower())
    try:
        return date(_century(year), month, day).strftime("%Y%m%d")
    except ValueError:
        return ""


def _parts(text: str) -> tuple[str, int, int]:
    if found := YEAR_FIRST.match(text):
        return found[1], int(found[2]), int(found[3])
    if found := YEAR_LAST.match(text):
        a, b = int(found[1]), int(found[2])
        return (found[3], *_unambiguous(a, b))
    if found := DAY_NAMED.match(text):
        return found[3], _month(found[2]), int(found[1])
    if found := NAMED_DAY.match(text):
        return found[3], _month(found[1]), int(found[2])
    return "", 0, 0


def _unambiguous(a: int, b: int) -> tuple[int, int]:
    """Month and day, by the one that is no month; zeros where both could be."""
    if a == b:
        return a, b
    return (a, b) if b > 12 else ((b, a) if a > 12 else (0, 0))


def _month(name: str) -> int:
    return MONTHS.index(name) + 1 if name in MONTHS else 0


def _century(year: str) -> int:
    if len(year) != 2:
        return int(year or 0)
    return (2000 if int(year) <= PIVOT else 1900) + int(year)
