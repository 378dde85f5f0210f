"""Keeps personal data and control characters out of what is shown."""

import re
import unicodedata

from connectors.values import Value, empty

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def mask(value: Value) -> str:
    """A value that shows what kind of thing it is and no more: first letter, length, mail domain hidden too."""
    if empty(value):
        return "(empty)"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    first = next((char for char in text if unicodedata.category(char)[0] in "LN"), "")
    return f"{first}*** ({len(text)} characters)"


def plain(text: object) -> str:
    """One line without terminal escapes, control characters or marks that turn the reading direction."""
    return " ".join(HIDDEN.sub("", str(text)).split())
