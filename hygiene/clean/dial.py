"""Reads plainly written phone numbers by the library's own patterns, each country's compiled into one."""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

PUNCTUATION = str.maketrans("", "", " ()./-")
EXTENDED = re.compile(r"([+(\d][ ().\-/\d]*\d) ?(?:ext\.? ?|x ?|#)(\d{1,5})")
LONGEST = 60
TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("voip", "personal_number", "pager", "uan", "voicemail"),
)
NEVER = "(?!)"


class Plain(NamedTuple):
    """A valid number: its country's calling code, the digits behind it, leading zeros and all, and its extension."""

    country: str
    significant: str
    extension: str = ""


INVALID = Plain("", "")
"""A number of a possible length that nobody can have."""


@dataclass(frozen=True, slots=True)
class _Region:
    """How a region writes its own numbers; `prefix` (a 0, mostly) goes before them, `abroad` before foreign ones.

    It is `literal` where nothing of it belongs to the number, and no carrier hides in it.
    """

    country: str
    prefix: re.Pattern[str]
    literal: bool
    abroad: re.Pattern[str]
    general: re.Pattern[str]
    lengths: frozenset[int]


def plain(text: str, region: str) -> Plain | None:
    """The number, or `INVALID`, where digits and common punctuation are all there is; None: ask the library."""
    if len(text) > LONGEST or not text.isascii():
        return None
    digits = text.translate(PUNCTUATION)
    if digits[:1] == "+":
        found = _international(digits[1:]) if digits[1:].isdigit() else None
    else:
        found = _national(digits, region) if region and digits.isdigit() else None
    return found or _extended(text, region)


def _extended(text: str, region: str) -> Plain | None:
    parts = EXTENDED.fullmatch(text)
    found = plain(parts[1], region) if parts else None
    return found._replace(extension=parts[2]) if parts and found and found.country else None


def _international(digits: str) -> Plain | None:
    for size in (1, 2, 3):
        country = digits[:size]
        if country in _COUNTRIES:
            return _valid(_main(country), digits[size:])
    return None


def _national(digits: str, code: str) -> Plain | None:
    region = _region(code)
    if region is None or region.abroad.match(digits):
        return None
    # Digits that start like the calling code may hold it, except in North America, where it is the prefix as well.
    return None if digits.startswith(region.country) and region.country != "1" else _valid(region, digits)


def _valid(region: _Region, digits: str) -> Plain | None:
    """The number without its prefix, which the library takes away wherever that leaves a number."""
    found = region.prefix.match(digits)
    if found and not region.literal:
        return None
    rest = digits[found.end() :] if found else digits
    if found and not region.general.fullmatch(rest) and region.general.fullmatch(digits):
        rest = digits
    if len(rest) not in region.lengths:
        return None
    if _numbers(region.country).fullmatch(rest):
        return Plain(region.country, rest)
    return INVALID if region is _main(region.country) else None


def _main(country: str) -> _Region:
    found = _region(COUNTRY_CODE_TO_REGION_CODE[int(country)][0])
    assert found is not None
    return found


@cache
def _region(code: str) -> _Region | None:
    data = PhoneMetadata.metadata_for_region(code, None)
    if data is None or data.general_desc is None:
        return None
    prefix = re.compile(data.national_prefix_for_parsing or NEVER)
    literal = not prefix.groups and not data.national_prefix_transform_rule
    return _Region(
        str(data.country_code),
        prefix,
        literal,
        re.compile(data.international_prefix or NEVER),
        re.compile(data.general_desc.national_number_pattern or NEVER),
        frozenset(data.general_desc.possible_length),
    )


@cache
def _numbers(country: str) -> re.Pattern[str]:
    """All valid numbers behind a calling code.

    Of the regions that share it the first whose leading digits fit decides, or else any whose patterns fit.
    """
    cases, taken = [], NEVER
    for code in COUNTRY_CODE_TO_REGION_CODE[int(country)]:
        data = PhoneMetadata.metadata_for_region(code, None)
        kinds = "|".join(_desc(getattr(data, name)) for name in TYPES)
        leads = data.leading_digits if data else None
        general = _desc(data.general_desc if data else None)
        cases.append(f"(?!{taken}){f'(?={leads})' if leads else ''}(?={general})(?:{kinds})")
        taken = f"{taken}|{leads}" if leads else taken
    return re.compile("|".join(f"(?:{case})" for case in cases))


def _desc(desc: PhoneNumberDesc | None) -> str:
    """A pattern for whole numbers of a possible length."""
    if desc is None or not desc.national_number_pattern:
        return NEVER
    lengths = "|".join(rf"\d{{{size}}}" for size in desc.possible_length if size > 0)
    return (rf"(?=(?:{lengths})\Z)" if lengths else "") + rf"(?:{desc.national_number_pattern})\Z"


_COUNTRIES = frozenset(str(code) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions[0] != "001")
