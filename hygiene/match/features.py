"""What is compared: the cleaned columns of one kind, made once from the text of its fields."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from hygiene.clean import birth, country, domain, email, identifier, name, person, phone, place, sound, streets
from hygiene.clean.column import Coded, blank, coded, combined, joined, numbered
from hygiene.clean.entities import entities
from hygiene.halves import halves, possible
from hygiene.match.table import Roles, Table
from hygiene.match.terms import Terms
from hygiene.packed import texts
from hygiene.view import Columns

Rows = NDArray[np.int64]
T = TypeVar("T")
Get = Callable[[str], Coded]
Part = Callable[[Get, str], dict[str, Coded]]
"""Makes some features of the columns of roles, with the region of records without a country."""

MANY = 100_000
"""So many rows are worth a second process."""


@dataclass(frozen=True, slots=True)
class Features:
    """One cleaned column a feature; all of equal length, row by row the records of `Columns`.

    With `terms` what values share and which words are common is as it was counted then, else as these rows have it.
    """

    columns: Mapping[str, Coded]
    terms: Terms | None = None
    _made: dict[Callable[..., object], object] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.columns["id"])

    def __getitem__(self, feature: str) -> Coded:
        return self.columns[feature]

    def once(self, make: Callable[["Features"], T]) -> T:
        """What a function of these features makes of them, made at the first call and kept for the others."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(T, self._made[make])

    def shared(self, make: Callable[["Features", Rows, Rows], T], a: Rows, b: Rows) -> T:
        """What a function makes of these very pairs, kept until it is asked of others: two comparators may ask."""
        before, other, found = cast("tuple[Rows, Rows, T]", self._made.get(make, (None, None, None)))
        if before is not a or other is not b:
            found = make(self, a, b)
            self._made[make] = (a, b, found)
        return found

    def equal(self, feature: str, a: Rows, b: Rows) -> NDArray[np.bool_]:
        """Where both rows hold the same value, filled."""
        if self[feature].size == 1:  # nobody says anything
            return np.zeros(len(a), dtype=np.bool_)
        codes = self[feature].codes
        return np.asarray((codes[a] == codes[b]) & (codes[a] > 0))

    def differ(self, feature: str, a: Rows, b: Rows) -> NDArray[np.bool_]:
        """Where both rows are filled and hold different values."""
        if self[feature].size == 1:
            return np.zeros(len(a), dtype=np.bool_)
        codes = self[feature].codes
        return np.asarray((codes[a] != codes[b]) & (codes[a] > 0) & (codes[b] > 0))


def features(columns: Columns, table: Table, region: str = "", least: int = MANY) -> Features:
    """The features of a kind's shape; `region` (ISO 3166) reads the phones of records without a country.

    From `least` rows on two processes clean at once where they can, and values rest packed until they are read; the
    features are the same.
    """
    get, many = partial(_filled, columns, table.fields), len(columns) >= least
    one, other = (partial(_made, parts, get, region, many) for parts in SHAPES[table.shape])

    def there() -> Iterator[tuple[str, Coded]]:
        ids = coded(columns.ids)
        yield "id", ids.packed() if many else ids
        yield from other().items()

    made, more = halves(one, there) if many and possible() else (one(), there())
    made["workspace"] = numbered(columns.workspace, columns.workspaces)
    made |= dict(more)
    return Features(made | {"identity": made[IDENTITY[table.shape]]})


def _made(parts: tuple[Part, ...], get: Get, region: str, many: bool) -> dict[str, Coded]:
    made: dict[str, Coded] = {}
    for part in parts:
        made |= {name: column.packed() if many else column for name, column in part(get, region).items()}
    return made


def _filled(columns: Columns, roles: Roles, role: str) -> Coded:
    """The column of a role, of its first filled field, coded at each call: each role is read once."""
    found = [coded(texts(columns.data, field)) for field in roles.get(role, ()) if field in columns.data]
    return _first(found) if found else blank(len(columns))


def _first(columns: list[Coded]) -> Coded:
    """The first filled one of each row."""
    return columns[0] if len(columns) == 1 else joined(columns, lambda *texts: next(filter(None, texts), ""))


def _places(get: Get, region: str) -> dict[str, Coded]:
    street, land = get("street").through(streets.streets), get("country").map(country.country)
    where = land.map(str, blank=region)
    number, extension = combined([get("phone"), where], phone.phones)
    return {
        "street": street,
        **dict(zip(("house", "road", "side"), street.parted(streets.parts), strict=True)),
        "city": get("city").map(place.city),
        "state": get("state").map(place.city),
        "postcode": get("postcode").map(place.postcode),
        "country": land,
        "phone": number,
        "extension": extension,
        "mobile": combined([get("mobile"), where], phone.phones)[0],
    }


def _numbers(get: Get, region: str) -> dict[str, Coded]:
    return {
        "twin": get("twin"),
        "tax_id": get("tax_id").map(identifier.tax_id),
        "linkedin": get("linkedin").map(identifier.linkedin),
    }


def _names(get: Get, region: str) -> dict[str, Coded]:
    given, family, whole = get("first_name"), get("last_name"), get("name")
    if whole.size > 1:
        given, family = combined([given, family, whole], _named)
    first, middle, younger = given.parted(partial(_apart, person.given, 3))
    last, older = family.parted(partial(_apart, person.family, 2))
    return {
        "first": first,
        "middle": middle,
        "last": last,
        "initial": first.map(lambda text: text[:1]),
        "first_root": first.map(person.root),
        "first_sound": first.through(sound.sounds),
        "last_sound": last.through(sound.sounds),
        "generation": _first([older, younger]),
        "full_name": joined([first, last], _both),
        "birth_date": get("birth_date").map(birth.birth_date),
    }


def _addresses(get: Get, region: str) -> dict[str, Coded]:
    address = get("email").through(email.emails)
    host = address.map(email.host).map(domain.domain)
    mail, web = host.map(lambda name: "" if domain.shared(name) else name), get("website").map(domain.own)
    site = joined([mail, web], lambda mail, web: mail or web)
    return {
        "email": address,
        "host": host,
        "mailbox": address.map(email.mailbox),
        "employer": site,
        "label": site.map(domain.label),
    }


def _works(get: Get, region: str) -> dict[str, Coded]:
    return {"company": get("company").through(lambda texts: entities(texts)[0])}


def _organizations(get: Get, region: str) -> dict[str, Coded]:
    named, legal = get("name").parted(entities)
    squashed = named.map(name.squashed)
    return {
        "name": named,
        "legal": legal,
        "name_ordered": named.map(name.ordered),
        "name_squashed": squashed,
        "name_head": squashed.map(lambda text: text[:6]),
        "name_sound": squashed.through(sound.sounds),
    }


def _sites(get: Get, region: str) -> dict[str, Coded]:
    site = get("domain").map(domain.own)
    return {"domain": site, "label": site.map(domain.label), "parent": get("parent")}


def _apart(clean: Callable[[str], tuple[str, ...]], parts: int, texts: list[str]) -> list[list[str]]:
    """What a function makes of each text, part by part."""
    found = list(map(clean, texts))
    return [[item[at] for item in found] for at in range(parts)]


def _both(first: str, last: str) -> str:
    """First and last name in the order of the alphabet: people swap the fields."""
    return (f"{first} {last}" if first < last else f"{last} {first}") if first and last else ""


def _named(*columns: list[str]) -> tuple[list[str], list[str]]:
    """Given and family names of the fields first name, last name and name."""
    found = [
        (first, last) if first or last else person.split(whole) for first, last, whole in zip(*columns, strict=True)
    ]
    return [given for given, _ in found], [family for _, family in found]


SHAPES: Mapping[str, tuple[tuple[Part, ...], tuple[Part, ...]]] = {
    "organization": ((_places, _numbers), (_organizations, _sites)),
    "person": ((_places, _names, _numbers), (_addresses, _works)),
}
"""What is made of a kind's fields, in two parts that take about as long."""

IDENTITY = {"organization": "name", "person": "full_name"}
"""The feature that names a record best."""
