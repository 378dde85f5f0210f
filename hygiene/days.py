"""Days of a time zone, and quarters of a fiscal calendar."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from connectors.values import Value


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no such time zone: {name[:40]!r}; write one as Europe/Berlin") from None
    return name


Zone = Annotated[str, AfterValidator(_known)]
"""The IANA name of a time zone."""


def day_of(value: Value, zone: str) -> date | None:
    """The day that a moment falls on in a zone, or a date itself; None for anything else.

    HubSpot keeps a close date as a moment, Salesforce as a date: only the account's zone makes them comparable.
    """
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).date()
    return value if isinstance(value, date) else None


def quarter(day: date, starts: int) -> tuple[int, int]:
    """Fiscal year and quarter of a day, where the year starts with month `starts` and is named after its end."""
    months = (day.month - starts) % 12
    return day.year + (day.month >= starts > 1), months // 3 + 1
