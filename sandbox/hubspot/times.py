"""Points in time as HubSpot writes and reads them."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS = re.compile(r"-?\d{1,14}")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
DAY_MS = 86_400_000


@lru_cache(maxsize=2048)
def iso(ms: int) -> str:
    """ISO 8601 in UTC as Java's Instant prints it: milliseconds only where there are any (recorded both ways)."""
    text = (EPOCH + timedelta(seconds=ms // 1000)).isoformat()[:19]
    return f"{text}.{ms % 1000:03d}Z" if ms % 1000 else f"{text}Z"


def parse(text: str) -> int | None:
    """Epoch milliseconds of ISO 8601 (UTC where no offset stands) or of such a number; None for neither."""
    if MILLISECONDS.fullmatch(text):
        return int(text)
    if not ISO.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return round((aware - EPOCH) / timedelta(milliseconds=1))


def day(ms: int) -> str:
    """The UTC date, YYYY-MM-DD."""
    return (EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%d")
