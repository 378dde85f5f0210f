"""A phone number in E.164, its extension apart; nothing where the region is unknown or the number invalid."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from hygiene.clean import dial
from hygiene.clean.dial import EXTENSION

MARKED = re.compile(r"[a-zA-Z#;~]")
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
    return line(text, region).partition(EXTENSION)[0]


def phones(texts: list[str], regions: list[str]) -> tuple[list[str], list[str]]:
    """What `phone` and `extension` say of each text."""
    numbers = []
    for text, region, plain in zip(texts, regions, dial.each(texts, regions), strict=True):
        sure = plain if region and "(" not in text else None
        numbers.append(_line(text, region, plain) if sure is None else sure)
    behind = [""] * len(numbers)
    for at in (at for at, number in enumerate(numbers) if EXTENSION in number):
        numbers[at], _, behind[at] = numbers[at].partition(EXTENSION)
    return numbers, behind


def line(text: str, region: str = "") -> str:
    """`phone` and, behind an `x`, `extension`: both for the price of one."""
    return _line(text, region, dial.plain(text, region))


def _line(text: str, region: str, plain: str | None) -> str:
    """The same where the plain reading is known; without one the library reads the text."""
    if _foreign(text, region) or _nowhere(text, region):
        return ""
    return parsed(text, region) + _behind(text, region) if plain is None else plain


def parsed(text: str, region: str = "") -> str:
    """What `phone` says of any text, by the library alone."""
    number = library(text, region)
    if number is None or dial.junk(str(number.national_number)):
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
