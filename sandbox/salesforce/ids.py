"""Record ids: a three-character key prefix, a counter in base 62 and the checksum that makes 15 characters into 18."""

import re
import string
from functools import lru_cache

KEY_PREFIXES = {
    "company": "001",
    "contact": "003",
    "lead": "00Q",
    "deal": "006",
    "task": "00T",
    "event": "00U",
    "user": "005",
    "stage": "01J",
    "deal_history": "008",
    "deal_contact_role": "00K",
    "organization": "00D",
    # All field histories share one prefix, as do all status and stage types.
    "company_history": "017",
    "contact_history": "017",
    "lead_history": "017",
    "deal_field_history": "017",
    "lead_status": "01J",
    "record_type": "012",
}
POD = "SB0"
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHECK = string.ascii_uppercase + "012345"
SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


def make_id(prefix: str, seq: int) -> str:
    """The 18-character id of the record numbered `seq`; ids of one prefix sort like their numbers."""
    counter = ""
    rest = seq
    for _ in range(9):
        rest, digit = divmod(rest, 62)
        counter = DIGITS[digit] + counter
    if rest or seq < 0:
        raise ValueError(f"no id for sequence number {seq}")
    return with_checksum(prefix + POD + counter)


def with_checksum(id15: str) -> str:
    """The 18-character form: each added letter maps the capitals of five characters, lowest bit first."""
    return id15 + _letter(id15[0:5]) + _letter(id15[5:10]) + _letter(id15[10:15])


@lru_cache(maxsize=8192)
def _letter(block: str) -> str:
    return CHECK[sum(char.isupper() << bit for bit, char in enumerate(block))]


def normalize(text: str) -> str | None:
    """The 18-character form of a 15- or 18-character id; None when it is neither or its checksum cannot be.

    The checksum holds the case of every letter, so an 18-character id whose case was lost is still understood.
    """
    if not SHAPE.fullmatch(text):
        return None
    if len(text) == 15:
        return with_checksum(text)
    return _repaired(text)


def _repaired(text: str) -> str | None:
    body = ""
    for number, letter in enumerate(text[15:].upper()):
        bits = CHECK.find(letter)
        if bits < 0:
            return None
        for bit, char in enumerate(text[number * 5 : number * 5 + 5]):
            body += char.upper() if bits >> bit & 1 else char.lower()
    fixed = with_checksum(body)
    return fixed if fixed[15:] == text[15:].upper() else None
