"""The real things the records stand for: companies and people, each made anew from its number and the seed alone."""

import random
from functools import lru_cache
from typing import Protocol

from sandbox.seed import names, places, traps
from sandbox.seed.entities import Company, Kin, Person, dice, slug
from sandbox.seed.places import Country

SCATTER = 2_654_435_761
"""A prime near 2^32 over the golden ratio: multiplying by it spreads neighboring numbers over any smaller table."""


class Cast(Protocol):
    """Who is whose relative, and who works where."""

    company_kin: dict[int, Kin]
    person_kin: dict[int, Kin]

    def employer(self, person: int) -> tuple[int, int]:
        """The number of the company (-1 for none) and the person's number among its people, from 0."""


class World:
    """Companies and people by number. Nothing is kept but a cache, so that a million of them need no memory."""

    def __init__(self, seed: int, cast: Cast) -> None:
        self.seed = seed
        self.cast = cast
        self.offset = dice(seed, "offset", 0).randrange(1 << 20)
        self.company = lru_cache(maxsize=1 << 15)(self._company)
        self.person = lru_cache(maxsize=4096)(self._person)

    def _company(self, number: int) -> Company:
        roll = dice(self.seed, "co", number)
        kin = self.cast.company_kin.get(number)
        if kin is None:
            return new_company(number, self.offset, roll)
        return traps.COMPANIES[kin.trap](self.company(kin.base), new_company(number, self.offset, roll), roll)

    def _person(self, number: int) -> Person:
        roll = dice(self.seed, "pe", number)
        employer, place = self.cast.employer(number)
        company = self.company(employer) if employer >= 0 else None
        person = employee(company, (employer, place, number), roll) if company else private_person(number, roll)
        kin = self.cast.person_kin.get(number)
        return person if kin is None else traps.PEOPLE[kin.trap](self.person(kin.base), person, roll)


def country_of(number: int, roll: random.Random) -> Country:
    """A country by its weight; the first dozen companies show every country once."""
    return (
        places.COUNTRIES[number]
        if number < len(places.COUNTRIES)
        else places.DRAW[int(roll.random() * len(places.DRAW))]
    )


def new_company(number: int, offset: int, roll: random.Random) -> Company:
    """A company with a name, domain and telephone that no other number gets, as long as the words last.

    `offset` is where this world begins in the tables of words.
    """
    country = country_of(number, roll)
    industry = roll.choice(tuple(names.TRADES))
    core, domain = _name_and_domain(number + offset, country, industry, roll)
    suffixed = f"{domain}{roll.choice(country.suffixes)}"
    employees = int(10 ** roll.uniform(0.6, 4.2))
    form = roll.choice(country.forms)
    company = Company(
        core, f"{core} {form}", suffixed, f"https://www.{suffixed}", places.fixed_line(country, 2 * number),
        None, None, None, None, country.code, industry, employees, employees * roll.randint(40, 320) * 1000,
        roll.randrange(6),
    )  # fmt: skip
    return settle(company, country, roll)


def settle(company: Company, country: Country, roll: random.Random) -> Company:
    """The company at a new address in the country."""
    town = roll.choice(country.towns)
    street = roll.choice(country.streets).format(n=roll.randint(1, 240), m=roll.randint(1, 40))
    code = "".join(str(roll.randrange(10)) if char == "#" else char for char in town.postcode)
    return company._replace(
        street=street, city=town.name, state=town.state or None, postcode=code, country=country.code
    )


def _name_and_domain(number: int, country: Country, industry: str, roll: random.Random) -> tuple[str, str]:
    """The name without its legal form, and the domain without its suffix; unique by drawing from numbered tables."""
    trades = names.TRADES[industry]
    spot = number * SCATTER
    trade = trades[spot % len(trades)]
    style = roll.random()
    if style < 0.40:
        stem = _coined(spot // 8)
    elif style < 0.62:
        stem = f"{_pick(names.FIRST_WORDS, spot)} {_pick(names.SECOND_WORDS, spot // len(names.FIRST_WORDS))}"
    elif style < 0.82:
        stem = _pick(country.culture.last, spot)
        stem += (
            f" & {_pick(country.culture.last, spot // 64 + 7)}"
            if style < 0.74
            else f" {_pick(names.FIRST_WORDS, spot // 64)}"
        )
    elif style < 0.92:
        stem = f"{roll.choice(country.towns).name} {_coined(spot // 16)}"
    else:
        stem = "".join(names.LETTERS[spot // len(names.LETTERS) ** place % len(names.LETTERS)] for place in range(4))
    core = f"{stem} {trade}"
    hyphen = "-" if style > 0.92 or number % 9 == 0 else ""
    return core, slug(stem) + hyphen + slug(trade)


def _pick(words: tuple[str, ...], spot: int) -> str:
    return words[spot % len(words)]


def _coined(spot: int) -> str:
    rest, onset = divmod(spot, len(names.ONSETS))
    rest, middle = divmod(rest, len(names.MIDDLES))
    return names.ONSETS[onset] + names.MIDDLES[middle] + names.CODAS[rest % len(names.CODAS)]


def mailbox(pattern: int, first: str, last: str, number: int = 1) -> str:
    """The part before the @ by the company's pattern; a number above 1 sets it apart from earlier namesakes."""
    given, family = slug(first), slug(last)
    forms = (
        f"{given}.{family}",
        f"{given[:1]}{family}",
        f"{given[:1]}.{family}",
        family,
        f"{given}_{family}",
        f"{family}.{given}",
    )
    return forms[pattern] + (str(number) if number > 1 else "")


def employee(company: Company, place: tuple[int, int, int], roll: random.Random) -> Person:
    """Somebody at a company; `place` is (company number, number among its people, person number).

    Colleagues get different last names until the list is used up, so that namesakes are traps and never accidents.
    """
    country = places.BY_CODE[company.country]
    lap, spot = divmod(place[1], len(country.culture.last))
    last = country.culture.last[(place[0] * 31 + spot) % len(country.culture.last)]
    first = roll.choice(country.culture.women if roll.random() < 0.5 else country.culture.men)
    team = roll.choice(tuple(names.TITLES))
    if company.domain in traps.HOSTS:
        email = f"{slug(company.core)}{place[1] or ''}@{names.free_mail(country.code)[0]}"
    else:
        email = f"{mailbox(company.mail_pattern, first, last, lap + 1)}@{company.domain}"
    direct = company.phone if roll.random() < 0.6 else places.fixed_line(country, 2 * place[2] + 1)
    cell = places.mobile(country, place[2]) if roll.random() < 0.6 else None
    title = roll.choice(names.TITLES[team])
    address = (company.street, company.city, company.state, company.postcode)
    return Person(first, last, email, direct, cell, title, team, company.name, *address, country.code)


def private_person(number: int, roll: random.Random) -> Person:
    """Somebody without an employer we know, at a free mail provider; the number in the mailbox is the person's own."""
    country = country_of(number + len(places.COUNTRIES), roll)
    first = roll.choice(country.culture.women if roll.random() < 0.5 else country.culture.men)
    last = roll.choice(country.culture.last)
    host = roll.choice(names.free_mail(country.code))
    email = f"{slug(first)}.{slug(last)}{number}@{host}"
    town = roll.choice(country.towns)
    cell = places.mobile(country, number)
    return Person(
        first, last, email, None, cell, None, "", None, None, town.name, town.state or None, None, country.code
    )
