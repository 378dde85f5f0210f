"""A phone number in E.164, its extension apart; nothing where the region is unknown or the number invalid."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from hygiene.clean import dial

MARKED = re.compile(r"[a-zA-Z#;~]")
JUNK = re.compile(r"(\d)\1{6,}|123456789")
AMERICAN = re.compile(r"\s*\(\d{3}\) ?\d{3}[- ]\d{4}\b")
"""Written as in North America: under another country's rules such digits may pass for a number of that country."""

NANP = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1])
EXTENSION = "x"
LOCAL = "~"
"""Starts a number without its area code (`~US5353870`): it may repeat in another town."""


def phone(text: str, region: str = "") -> str:
    """E.164; a valid local number without area code as `~` region number; "" for anything else.

    `region` (ISO 3166, of the record's own country) reads national numbers: the same digits are other phones
    elsewhere, hence no guess without it.
    """
    return line(text, region).partition(EXTENSION)[0]


def line(text: str, region: str = "") -> str:
    """`phone` and, behind an `x`, `extension`: both for the price of one."""
    if _foreign(text, region) or _nowhere(text, region):
        return ""
    plain = dial.plain(text, region)
    if plain is None:
        return parsed(text, region) + _behind(text, region)
    junk = not plain.country or JUNK.search(plain.significant.lstrip("0"))
    number = "" if junk else f"+{plain.country}{plain.significant}"
    return number + EXTENSION * bool(plain.extension) + plain.extension


def parsed(text: str, region: str = "") -> str:
    """What `phone` says of any text, by the library alone."""
    number = library(text, region)
    if number is None or JUNK.search(str(number.national_number)):
        return ""
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    reason = phonenumbers.is_possible_number_with_reason(number)
    local = reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and region
    return f"{LOCAL}{region}{number.national_number}" if local else ""


def extension(text: str, region: str = "") -> str:
    """The digits after `ext.`, `x` or the like, "" where there are none."""
    return line(text, region).partition(EXTENSION)[2]


def _behind(text: str, region: str) -> str:
    number = None if text.isascii() and not MARKED.search(text) else library(text, region)
    return EXTENSION + number.extension if number and number.extension else ""


def _nowhere(text: str, region: str) -> bool:
    """Whether nothing says in which country the number rings."""
    return not region and "+" not in text and text.isascii()


def _foreign(text: str, region: str) -> bool:
    return bool("(" in text and region and region not in NANP and AMERICAN.match(text))


def library(text: str, region: str) -> PhoneNumber | None:
    """The library's reading of a text, None where it finds no number."""
    if _foreign(text, region):
        return None
    try:
        return phonenumbers.parse(text[:60], region or None)
    except NumberParseException:
        return None
