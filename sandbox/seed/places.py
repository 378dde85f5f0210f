"""The countries the companies stand in: towns, post codes, streets, legal forms, web suffixes and telephone ranges.

Numbers come from ranges that regulators keep for fiction (NANPA 555-01xx, Ofcom, Bundesnetzagentur, ARCEP, PTS, ACMA)
as long as these last; where none exists, or a large population has used them up, they are only shaped like valid ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from sandbox.seed.names import CULTURES, Culture


@dataclass(frozen=True, slots=True)
class Range:
    """Telephone numbers `area` + `head` + `free` digits, the area without its trunk prefix ("" where there is none).

    The ranges that stand together have as many free digits as each other, or the small ones would come round too soon.
    """

    area: str
    head: str
    free: int


@dataclass(frozen=True, slots=True)
class Town:
    """A town, its state or province ("" where addresses have none) and the pattern of its post codes (# is a digit)."""

    name: str
    state: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Country:
    """What makes a record look as if it came from there. `fiction` and `shaped` are ranges of fixed lines."""

    code: str
    name: str
    weight: int
    calling: str
    trunk: str
    currency: str
    culture: Culture
    forms: tuple[str, ...]
    suffixes: tuple[str, ...]
    towns: tuple[Town, ...]
    streets: tuple[str, ...]
    fiction: tuple[Range, ...]
    shaped: tuple[Range, ...]
    mobiles: tuple[Range, ...]


def _sections() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """(country code, the items under each key); a key may stand on several lines."""
    code, found = "", dict[str, list[str]]()
    for line in files(__package__).joinpath("countries.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            if code:
                yield code, found
            code, found = line.strip("[]"), {}
        elif not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key.strip(), []).extend(item.strip() for item in value.split("|"))
    yield code, found


def _country(code: str, cells: Mapping[str, list[str]]) -> Country:
    areas = " ".join(cells.get("areas", [])).split()
    fiction, shaped, mobiles = (_ranges(cells.get(name, []), areas) for name in ("fiction", "shaped", "mobiles"))
    return Country(
        code=code,
        name=cells["name"][0],
        weight=int(cells["weight"][0]),
        calling=cells["calling"][0],
        trunk=cells["trunk"][0],
        currency=cells["currency"][0],
        culture=CULTURES[cells["culture"][0]],
        forms=tuple(cells["forms"]),
        suffixes=tuple(cells["suffixes"]),
        towns=tuple(Town(*(part.strip() for part in item.split(","))) for item in cells["towns"]),
        streets=tuple(cells["streets"]),
        fiction=fiction,
        shaped=shaped,
        mobiles=mobiles,
    )


def _ranges(lines: list[str], areas: list[str]) -> tuple[Range, ...]:
    parts = [item.split(":") for line in lines for item in line.split()]
    return tuple(
        Range("" if area == "-" else area, head, int(free))
        for name, head, free in parts
        for area in (areas if name == "AREAS" else [name])
    )


COUNTRIES = tuple(_country(code, cells) for code, cells in _sections())
BY_CODE = {country.code: country for country in COUNTRIES}
BY_CALLING = {f"+{country.calling}": country for country in COUNTRIES}
FICTION_ROOM = {country.code: sum(int(10**item.free) for item in country.fiction) for country in COUNTRIES}
DRAW = tuple(country for country in COUNTRIES for _ in range(country.weight))


def fixed_line(country: Country, slot: int) -> str:
    """The number of one slot as "+CC AREA REST"; different slots give different numbers while the ranges last."""
    room = FICTION_ROOM[country.code]
    return _number(country, country.fiction, slot) if slot < room else _number(country, country.shaped, slot - room)


def mobile(country: Country, slot: int) -> str:
    """As `fixed_line`, in the ranges of mobile telephones."""
    return _number(country, country.mobiles, slot)


def _number(country: Country, ranges: tuple[Range, ...], slot: int) -> str:
    lap, place = divmod(slot, len(ranges))
    found = ranges[place]
    # A multiplier prime to ten visits every tail once and keeps neighbors apart.
    tail = f"{lap * 7919 % int(10**found.free):0{found.free}d}"
    return f"+{country.calling} {found.area or '-'} {found.head}{tail}"
