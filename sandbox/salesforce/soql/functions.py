"""The functions of SOQL as SQL: parts of dates, distances on the globe, and texts in the caller's locale."""

import math
import sqlite3
from datetime import date, datetime

from sandbox.salesforce.wildcards import compiled

# Each takes the ISO text of a date or time in UTC. Weeks of a month or year are runs of seven days from its first.
DAY_OF_YEAR = "CAST(strftime('%j', {0}) AS INTEGER)"
MONTH = "CAST(substr({0}, 6, 2) AS INTEGER)"
PARTS = {
    "CALENDAR_YEAR": "CAST(substr({0}, 1, 4) AS INTEGER)",
    "CALENDAR_QUARTER": f"({MONTH} + 2) / 3",
    "CALENDAR_MONTH": MONTH,
    "DAY_IN_MONTH": "CAST(substr({0}, 9, 2) AS INTEGER)",
    "DAY_IN_WEEK": "CAST(strftime('%w', {0}) AS INTEGER) + 1",
    "DAY_IN_YEAR": DAY_OF_YEAR,
    "DAY_ONLY": "substr({0}, 1, 10)",
    # The fiscal year of a new organization is the calendar year.
    "FISCAL_YEAR": "CAST(substr({0}, 1, 4) AS INTEGER)",
    "FISCAL_QUARTER": f"({MONTH} + 2) / 3",
    "FISCAL_MONTH": MONTH,
    "HOUR_IN_DAY": "CAST(substr({0}, 12, 2) AS INTEGER)",
    "WEEK_IN_MONTH": "(CAST(substr({0}, 9, 2) AS INTEGER) + 6) / 7",
    "WEEK_IN_YEAR": f"({DAY_OF_YEAR} + 6) / 7",
}
TIMES_ONLY = frozenset({"HOUR_IN_DAY", "DAY_ONLY"})
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
COUNTS = frozenset({"COUNT", "COUNT_DISTINCT"})
SHOWN = frozenset({"TOLABEL", "FORMAT", "CONVERTCURRENCY"})
ONE_CURRENCY = "convertCurrency is only supported in organizations with multiple currencies"
RADIUS = {"mi": 3958.8, "km": 6371.0}


def install(db: sqlite3.Connection) -> None:
    """Teach the database the functions that SQL lacks."""
    db.create_function("sf_fold", 1, _fold, deterministic=True)
    db.create_function("sf_like", 2, _like, deterministic=True)
    db.create_function("sf_distance", 5, distance, deterministic=True)
    db.create_function("sf_format", 2, formatted, deterministic=True)


def _fold(text: str | None) -> str | None:
    return None if text is None else str(text).casefold()


def _like(text: str | None, pattern: str) -> bool | None:
    return None if text is None else compiled(pattern, "%", "_")(str(text).casefold())


def distance(latitude: float | None, longitude: float | None, other: float, far: float, unit: str) -> float | None:
    """The great-circle distance between two places in miles or kilometers (haversine); None without a place."""
    if latitude is None or longitude is None:
        return None
    first, second = math.radians(float(latitude)), math.radians(other)
    angle = math.radians(far - float(longitude))
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(angle / 2) ** 2
    return 2 * RADIUS[unit] * math.asin(min(1.0, math.sqrt(half)))


def formatted(value: object, kind: str) -> str | None:
    """A value as the locale en_US writes it, which FORMAT answers."""
    if value is None:
        return None
    if kind == "currency":
        return f"${float(str(value)):,.2f}"
    if kind == "percent":
        return f"{float(str(value)):g}%"
    if kind in ("double", "int"):
        return f"{float(str(value)):,.10g}"
    text = str(value)
    if kind == "date":
        day = date.fromisoformat(text[:10])
        return f"{day.month}/{day.day}/{day.year}"
    if kind == "datetime":
        at = datetime.fromisoformat(text[:19])
        return f"{at.month}/{at.day}/{at.year}, {at.hour % 12 or 12}:{at.minute:02} {'PM' if at.hour > 11 else 'AM'}"
    return text
