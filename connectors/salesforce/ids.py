"""Record ids: 15 or 18 characters in, 18 out, and the kind that the first three name."""

import re
from string import ascii_uppercase

SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
CHECK = ascii_uppercase + "012345"
PREFIXES = {"001": "company", "003": "contact", "00Q": "lead", "006": "deal", "00T": "task", "005": "owner"}


def id18(text: str) -> str:
    """The 18-character form of an id; one that has 18 is taken as it is; `ValueError` for anything else.

    Each of the three letters added is a bit map of the capitals in five characters, lowest bit first, so that ids that
    differ in case alone stay apart where case is lost.
    """
    if not SHAPE.fullmatch(text):
        raise ValueError("not a Salesforce record id")
    return text if len(text) == 18 else text + "".join(_check(text[start : start + 5]) for start in (0, 5, 10))


def _check(block: str) -> str:
    return CHECK[sum(char.isupper() << bit for bit, char in enumerate(block))]


def is_id(text: str) -> bool:
    """Whether the text has the form of a record id."""
    try:
        id18(text)
    except ValueError:
        return False
    return True


def kind_of(text: str) -> str | None:
    """The kind that an id belongs to, None where it is not one of ours."""
    return PREFIXES.get(text[:3])
