"""Whether a CRM took a value and keeps it in a form of its own: that is no write undone by somebody else."""

import re
from collections.abc import Callable, Mapping

from connectors.values import Value, same

NOT_DIGIT = re.compile(r"\D+")
SPACE = re.compile(r"\s+")
SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
LONGEST_PREFIX = 4
"""Digits that a country code with its trunk prefix adds to a number."""


def accepted(name: str, wrote: Value, shows: Value, stood: Value) -> bool:
    """Whether `shows` is the CRM's own form of what was written to a field.

    What stood there before is never taken for it: a write that did nothing must show. Sources of the forms: HubSpot's
    property validation normalizes phones and e-mail addresses, both CRMs trim text and know options by any case.
    """
    if not isinstance(wrote, str) or not isinstance(shows, str) or same(shows, stood):
        return False
    form = FORMS.get(name, _text)
    if name in PHONES:
        return _phones(wrote, shows)
    return form(wrote) == form(shows)


def _text(value: str) -> str:
    return SPACE.sub(" ", value).strip()


def _folded(value: str) -> str:
    return _text(value).casefold()


def _site(value: str) -> str:
    return SCHEME.sub("", _folded(value)).rstrip("/")


def _phones(a: str, b: str) -> bool:
    """Whether one is the other with or without its country code; letters, as of an extension, must be the same."""
    short, long = sorted((NOT_DIGIT.sub("", a).lstrip("0"), NOT_DIGIT.sub("", b).lstrip("0")), key=len)
    return len(short) >= 6 and long.endswith(short) and len(long) - len(short) <= LONGEST_PREFIX


PHONES = frozenset({"phone", "mobile", "fax"})
FORMS: Mapping[str, Callable[[str], str]] = {
    "website": _site,
    "domain": _site,
    **dict.fromkeys(("email", "industry", "type", "status", "stage", "source", "country", "state"), _folded),
}
"""By the neutral name of a field; any other text keeps its case."""
