"""Date literals: `TODAY`, `LAST_N_DAYS:7`, `THIS_QUARTER` and the rest, as half-open spans of days in UTC.

Weeks begin on Sunday (the locale en_US) and fiscal years in January, as in a new organization.
"""

import re
from datetime import date, timedelta

WORD = re.compile(
    r"(?P<which>THIS|LAST|NEXT)_(?P<many>N_)?(?:FISCAL_)?(?P<unit>DAY|WEEK|MONTH|QUARTER|YEAR)S?(?P<ago>_AGO)?(?::(?P<n>\d+))?"
)
AGO = re.compile(r"N_(?:FISCAL_)?(?P<unit>DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO:(?P<n>\d+)")
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
NEAR = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}

# Every date literal without its number, for the parser: whether a number belongs to it is decided by `span`.
NAMES = frozenset(
    ["TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"]
    + [f"{which}_{unit}" for which in ("LAST", "THIS", "NEXT") for unit in ("WEEK", "MONTH", "QUARTER", "YEAR")]
    + [f"{which}_FISCAL_{unit}" for which in ("LAST", "THIS", "NEXT") for unit in ("QUARTER", "YEAR")]
    + [
        form.format(unit)
        for form in ("LAST_N_{}S", "NEXT_N_{}S", "N_{}S_AGO")
        for unit in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
    ]
)


def is_period(word: str) -> bool:
    """Whether a word in capitals is the name of a date literal."""
    return word in NAMES


def span(word: str, today: date) -> tuple[date, date]:
    """The first day and the day after the last one; `ValueError` for a word that is no date literal."""
    word = word.upper()
    if word in NEAR:
        start = today + timedelta(days=NEAR[word])
        return start, start + timedelta(days=1)
    if word in ("LAST_90_DAYS", "NEXT_90_DAYS"):
        return span(word.replace("_90_DAYS", "_N_DAYS:90"), today)
    if ago := AGO.fullmatch(word):
        start = begin(ago["unit"], today, -int(ago["n"]))
        return start, begin(ago["unit"], start, 1)
    found = WORD.fullmatch(word)
    if not found or bool(found["many"]) != bool(found["n"]) or (found["unit"] == "DAY" and not found["many"]):
        raise ValueError(word)
    return _run(found["which"], found["unit"], int(found["n"] or 1), today)


def _run(which: str, unit: str, count: int, today: date) -> tuple[date, date]:
    this, following = begin(unit, today, 0), begin(unit, today, 1)
    if which == "THIS":
        return this, following
    if which == "NEXT":
        return following, begin(unit, following, count)
    # LAST_N_DAYS is the one literal that takes in today.
    return begin(unit, today, -count), following if unit == "DAY" else this


def begin(unit: str, day: date, step: int) -> date:
    """The first day of the period that lies `step` periods from the one around `day`."""
    if unit == "DAY":
        return day + timedelta(days=step)
    if unit == "WEEK":
        return day - timedelta(days=day.isoweekday() % 7) + timedelta(weeks=step)
    size = MONTHS[unit]
    months = (day.year * 12 + day.month - 1) // size * size + step * size
    return date(months // 12, months % 12 + 1, 1)
