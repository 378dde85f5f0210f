"""Recognizes a field that two parties keep setting back."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from connectors.values import Value, same
from hygiene.view import Agreed


def flips(values: Sequence[Value]) -> int:
    """How often, at the end of the row, a value gave way to the one that it had replaced: a, b, a, b are two."""
    turns = [value for at, value in enumerate(values) if not at or not same(value, values[at - 1])]
    count = 0
    for at in range(len(turns) - 1, 1, -1):
        if not same(turns[at], turns[at - 2]):
            break
        count += 1
    return count


def recent(agreed: Agreed | None, wanted: Value, now: datetime, window: timedelta) -> list[Value]:
    """HubSpot's agreed values of the window, the oldest first, with what is now asked for."""
    return [*(value for at, value in reversed(agreed.turns if agreed else ()) if now - at <= window), wanted]


def seen(past: Iterable[tuple[datetime, Value]], wanted: Value, now: datetime, window: timedelta) -> list[Value]:
    """The same from a CRM's own history."""
    return [*(value for at, value in past if now - at <= window), wanted]
