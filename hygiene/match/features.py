"""What is compared: the cleaned columns of one kind, made once from the text of its fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from hygiene.clean import birth, country, domain, email, identifier, name, person, phone, place, sound, streets
from hygiene.clean.column import Coded, blank, coded, combined, joined, numbered
from hygiene.clean.entities import entities
from hygiene.match.table import Table
from hygiene.match.terms import Terms
from hygiene.view import Columns

Rows = NDArray[np.int64]
Raw = Mapping[str, Coded]
T = TypeVar("T")


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

    def equal(self, feature: str, a: Rows, b: Rows) -> NDArray[np.bool_]:
        """Where both rows hold the same value, filled."""
        codes = self[feature].codes
        return np.asarray((codes[a] == codes[b]) & (codes[a] > 0))

    def differ(self, feature: str, a: Rows, b: Rows) -> NDArray[np.bool_]:
        """Where both rows are filled and hold different values."""
        codes = self[feature].codes
        return np.asarray((codes[a] != codes[b]) & (codes[a] > 0) & (codes[b] > 0))


def features(columns: Columns, table: Table, region: str = "") -> Features:
    """The features of a kind's shape; `region` (ISO 3166) reads the phones of records without a country."""
    raw = {role: _filled(columns, fields) for role, fields in table.fields.items()}
    get = partial(_role, raw, blank(len(columns)))
    made = {"id": coded(columns.ids), "workspace": numbered(columns.workspace, columns.workspaces)}
    made |= _places(get, region)
    made |= _organization(get, made) if table.shape == "organization" else _person(get, made)
    return Features(made)


def _role(raw: Raw, unknown: Coded, role: str) -> Coded:
    return raw.get(role, unknown)


Get = Callable[[str], Coded]


def _filled(columns: Columns, fields: tuple[str, ...]) -> Coded:
    found = [coded(columns.data[field]) for field in fields if field in columns.data]
    if not found:
        return blank(len(columns))
    return _first(found)


def _first(columns: list[Coded]) -> Coded:
    """The first filled one of each row."""
    return columns[0] if len(columns) == 1 else joined(columns, lambda *texts: next(filter(None, texts), ""))


def _places(get: Get, region: str) -> dict[str, Coded]:
    street, land = get("street").through(streets.streets), get("country").map(country.country)
    where = land.map(str, blank=region)
    line = joined([get("phone"), where], phone.line)
    return {
        "street": street,
        **dict(zip(("house", "road", "side"), street.parted(streets.parts), strict=True)),
        "city": get("city").map(place.city),
        "state": get("state").map(place.city),
        "postcode": get("postcode").map(place.postcode),
        "country": land,
        "twin": get("twin"),
        "phone": line.map(lambda text: text.partition(phone.EXTENSION)[0]),
        "extension": line.map(lambda text: text.partition(phone.EXTENSION)[2]),
        "mobile": joined([get("mobile"), where], phone.phone),
        "tax_id": get("tax_id").map(identifier.tax_id),
        "linkedin": get("linkedin").map(identifier.linkedin),
    }


def _organization(get: Get, made: Mapping[str, Coded]) -> dict[str, Coded]:
    (named, legal), site = get("name").parted(entities), get("domain").map(domain.own)
    squashed = named.map(name.squashed)
    return {
        "name": named,
        "identity": named,
        "legal": legal,
        "name_ordered": named.map(name.ordered),
        "name_squashed": squashed,
        "name_head": squashed.map(lambda text: text[:6]),
        "name_sound": squashed.through(sound.sounds),
        "domain": site,
        "label": site.map(domain.label),
        "parent": get("parent"),
    }


def _person(get: Get, made: Mapping[str, Coded]) -> dict[str, Coded]:
    whole = [get("first_name"), get("last_name"), get("name")]
    given, family = combined(whole, _named)
    first, last = given.map(person.first), family.map(person.last)
    address = get("email").map(email.email)
    host = address.map(email.host).map(domain.domain)
    mail, web = host.map(lambda name: "" if domain.shared(name) else name), get("website").map(domain.own)
    site = joined([mail, web], lambda mail, web: mail or web)
    full = joined([first, last], lambda a, b: (f"{a} {b}" if a < b else f"{b} {a}") if a and b else "")
    return {
        "first": first,
        "middle": given.map(person.middle),
        "last": last,
        "initial": first.map(lambda text: text[:1]),
        "first_root": first.map(person.root),
        "first_sound": first.through(sound.sounds),
        "last_sound": last.through(sound.sounds),
        "generation": _first([part.map(person.generation) for part in (family, given)]),
        "full_name": full,
        "identity": full,
        "email": address,
        "host": host,
        "mailbox": address.map(email.mailbox),
        "employer": site,
        "label": site.map(domain.label),
        "company": get("company").through(lambda texts: entities(texts)[0]),
        "birth_date": get("birth_date").map(birth.birth_date),
    }


def _named(*columns: list[str]) -> tuple[list[str], list[str]]:
    """Given and family names of the fields first name, last name and name."""
    found = [
        (first, last) if first or last else person.split(whole) for first, last, whole in zip(*columns, strict=True)
    ]
    return [given for given, _ in found], [family for _, family in found]
