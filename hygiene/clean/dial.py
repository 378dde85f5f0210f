"""Reads plainly written phone numbers by the library's own patterns, each country's compiled into one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

from hygiene.clean.lines import lines

PUNCTUATION = str.maketrans("", "", " ()./-")
EXTENDED = re.compile(r"([+(\d][ ().\-/\d]*\d) ?(?:ext\.? ?|x ?|#)(\d{1,5})")
EXTENSION = "x"
RUN, RISING = 7, "123456789"

LONGEST = 60
WHOLE = range(3, 17)
"""So many digits the library reads as a number, whether it is one or not."""

TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("voip", "personal_number", "pager", "uan", "voicemail"),
)
NEVER = "(?!)"
Reader = Callable[[str], str | None]
"""Reads digits as E.164; "" for a number that nobody can have, None where the library has to be asked."""


Opening = Callable[[str], int]
"""How many digits at the start a pattern takes, -1 where it does not match."""


def junk(digits: str) -> bool:
    """Whether digits behind a calling code are what people type into a field that they must fill."""
    # Wherever a run of seven lies, it covers the seventh digit, or the fourteenth.
    for digit in digits[RUN - 1 :: RUN]:
        if digit * RUN in digits:
            return True
    return RISING in digits


@dataclass(frozen=True, slots=True)
class _Region:
    """How a region writes its own numbers; `prefix` (a 0, mostly) goes before them, `abroad` before foreign ones.

    It is `literal` where nothing of it belongs to the number, and no carrier hides in it.
    """

    country: str
    prefix: Opening
    literal: bool
    abroad: Opening
    general: re.Pattern[str]
    lengths: frozenset[int]


def plain(text: str, region: str) -> str | None:
    """The number in E.164, its extension behind an `x`; "" for one that nobody can have, None: ask the library.

    It answers where digits and common punctuation are all there is, as the library would.
    """
    return next(each([text], [region]))


def each(texts: list[str], regions: list[str]) -> Iterator[str | None]:
    """What `plain` says of each text, with one look at all of them for their punctuation."""
    fit = [text if text.isascii() and len(text) <= LONGEST else "" for text in texts]
    readers = {region: national(region) for region in set(regions)}
    for text, digits, region in zip(fit, lines(fit).translate(PUNCTUATION).split("\n"), regions, strict=False):
        found = international(digits[1:]) if digits[:1] == "+" else readers[region](digits)
        yield _extended(text, readers[region]) if found is None else found


def international(digits: str) -> str | None:
    """What digits behind a `+` say."""
    reader = _readers().get(digits[:3])
    return reader(digits) if reader and digits.isdigit() else None


@cache
def national(code: str) -> Reader:
    """Reads what people of a region dial."""
    region = _region(code)
    if region is None:
        return lambda digits: None
    valid, abroad, own = _valid(region), region.abroad, region.country
    calling = NEVER if own == "1" else own

    def read(digits: str) -> str | None:
        # Digits that start like the calling code may hold it, except in North America, where it is the prefix as well.
        if not digits.isdigit() or digits.startswith(calling) or abroad(digits) >= 0:
            return None
        return valid(digits)

    return read


def _extended(text: str, reader: Reader) -> str | None:
    """A number with its extension behind an `x`; `reader` reads it where it has no `+`."""
    parts = EXTENDED.fullmatch(text)
    if parts is None:
        return None
    digits = parts[1].translate(PUNCTUATION)
    found = international(digits[1:]) if digits[:1] == "+" else reader(digits)
    return None if found is None else found + EXTENSION + parts[2]


def _valid(region: _Region) -> Reader:
    """Reads a number without its prefix, which the library takes away wherever that leaves a number."""
    prefix, general, literal = region.prefix, region.general.fullmatch, region.literal
    valid, lengths, known = _numbers(region.country).fullmatch, region.lengths, _lengths(region)
    own, main = region.country, region is _main(region.country)

    def read(digits: str) -> str | None:
        rest, taken = digits, prefix(digits)
        if taken >= 0:
            if not literal:
                return None
            rest = digits[taken:]
            if not general(rest) and general(digits):
                rest = digits
        if len(rest) not in lengths:
            nobodys = len(rest) in WHOLE and len(rest) not in known and len(digits) not in known
            return "" if nobodys and not digits.startswith(own) else None
        if valid(rest):
            return "" if junk(rest.lstrip("0")) else f"+{own}{rest}"
        return "" if main else None

    return read


@cache
def _readers() -> dict[str, Reader]:
    """By the first three digits, each reader with its calling code in front."""
    behind = {code: (_valid(_main(code)), len(code)) for code in _COUNTRIES}
    return {
        first: _behind(*behind[code])
        for first in map("{:03}".format, range(1000))
        for code in (first[:1], first[:2], first)
        if code in behind
    }


def _behind(reader: Reader, size: int) -> Reader:
    return lambda digits: reader(digits[size:])


def _main(country: str) -> _Region:
    found = _region(COUNTRY_CODE_TO_REGION_CODE[int(country)][0])
    assert found is not None
    return found


@cache
def _lengths(region: _Region) -> frozenset[int]:
    """How many digits any number behind a region's calling code can have, local ones without area code too."""
    found = [PhoneMetadata.metadata_for_region(code, None) for code in COUNTRY_CODE_TO_REGION_CODE[int(region.country)]]
    known = [data.general_desc for data in found if data and data.general_desc]
    return frozenset(size for desc in known for size in (*desc.possible_length, *desc.possible_length_local_only))


@cache
def _region(code: str) -> _Region | None:
    data = PhoneMetadata.metadata_for_region(code, None)
    if data is None or data.general_desc is None:
        return None
    prefix = data.national_prefix_for_parsing or NEVER
    literal = not re.compile(prefix).groups and not data.national_prefix_transform_rule
    return _Region(
        str(data.country_code),
        _opening(prefix),
        literal,
        _opening(data.international_prefix or NEVER),
        re.compile(data.general_desc.national_number_pattern or NEVER),
        frozenset(data.general_desc.possible_length),
    )


def _opening(pattern: str) -> Opening:
    if pattern.isdigit():
        return lambda digits: len(pattern) if digits.startswith(pattern) else -1
    match = re.compile(pattern).match
    return lambda digits: found.end() if (found := match(digits)) else -1


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
