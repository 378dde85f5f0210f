"""A phone number in E.164, its extension apart; nothing where the region is unknown or the number invalid."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

MARKED = re.compile(r"[a-zA-Z#;~]")
JUNK = re.compile(r"(\d)\1{6,}|123456789")
AMERICAN = re.compile(r"\s*\(\d{3}\) ?\d{3}[- ]\d{4}\b")
"""Written as in North America: under another country's rules such digits may pass for a number of that country."""

NANP = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1])
LOCAL = "~"
"""Starts a number without its area code (`~US5353870`): it may repeat in another town."""


def phone(text: str, region: str = "") -> str:
    """E.164; a valid local number without area code as `~` region number; "" for anything else.

    `region` (ISO 3166, of the record's own country) reads national numbers: the same digits are other phones
    elsewhere, hence no guess without it.
    """
    number = _parsed(text, region)
    if number is None or JUNK.search(str(number.national_number)):
        return ""
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    reason = phonenumbers.is_possible_number_with_reason(number)
    local = reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and region
    return f"{LOCAL}{region}{number.national_number}" if local else ""


def extension(text: str, region: str = "") -> str:
    """The digits after `ext.`, `x` or the like, "" where there are none."""
    if text.isascii() and not MARKED.search(text):
        return ""
    number = _parsed(text, region)
    return (number.extension or "") if number else ""


def _parsed(text: str, region: str) -> PhoneNumber | None:
    if AMERICAN.match(text) and region and region not in NANP:
        return None
    try:
        return phonenumbers.parse(text[:60], region or None)
    except NumberParseException:
        return None
