"""Times as the vendor writes and reads them: UTC, one-second grain, offsets without a colon."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime

DATETIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))"
)
SECOND = 1000
DAY = 86_400_000


def stamp(ms: int) -> str:
    """Epoch milliseconds as `2026-01-31T12:00:00.000+0000`, cut to the second."""
    return f"{moment(ms).isoformat()[:19]}.000+0000"


def moment(ms: int) -> datetime:
    """Epoch milliseconds as a UTC datetime, cut to the second."""
    return datetime.fromtimestamp(ms // SECOND, UTC)


def parse_datetime(text: str) -> int:
    """Epoch milliseconds of an ISO 8601 date-time with its offset, cut to the second; `ValueError` otherwise."""
    found = DATETIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(found[index]) for index in range(1, 7))
    offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    zone = timezone(-offset if found["sign"] == "-" else offset)
    return int(datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()) * SECOND


def parse_date(text: str) -> date:
    """A calendar day `2026-01-31`; a date-time keeps its day; `ValueError` otherwise."""
    day, _, clock = text.partition("T")
    if len(day) != 10 or (clock and not DATETIME.fullmatch(text)):
        raise ValueError(text)
    return date.fromisoformat(day)


def midnight(day: date) -> int:
    """Epoch milliseconds of the start of a day in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * SECOND


def http_date(ms: int) -> str:
    """Epoch milliseconds as an HTTP date."""
    return format_datetime(moment(ms), usegmt=True)


def http_time(text: str | None) -> int | None:
    """Epoch milliseconds of an HTTP date; None when it is none."""
    try:
        found = parsedate_to_datetime(text or "")
        return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp()) * SECOND
    except (ValueError, OverflowError):
        return None
