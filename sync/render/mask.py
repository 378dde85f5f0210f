"""Keeps personal data and control characters out of what is shown."""

import re
import unicodedata

from connectors.values import Value, empty

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


OPEN = frozenset(
    {"lifecycle_stage", "industry", "type", "status", "stage", "pipeline", "source", "owner", "country", "currency"}
    | {"opted_out", "do_not_call", "converted", "merged_into", "forecast_category", "closed", "won"}
)
"""Fields that hold ids and words from a list, never anything about a person: a reviewer sees them as they are."""


def mask(name: str, value: Value) -> str:
    """A field's value for others to see: its first letter and its length, all of it where the field is open."""
    if empty(value):
        return "(empty)"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if name in OPEN:
        return plain(text)
    first = next((char for char in text if unicodedata.category(char)[0] in "LN"), "")
    return f"{first}… ({len(text)} characters)"


def reveal(name: str, value: Value) -> str:
    """A field's value as it is, on one line."""
    return "(empty)" if empty(value) else plain(value)


def plain(text: object) -> str:
    """One line without terminal escapes, control characters or marks that turn the reading direction."""
    return " ".join(HIDDEN.sub("", str(text)).split())
