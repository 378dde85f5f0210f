"""What the records stand for, as plain values: a company, a person, and how one is a relative of another."""

import random
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Kin(NamedTuple):
    """A relative: by which trap, and of which number."""

    trap: str
    base: int


class Company(NamedTuple):
    """A company; a tuple, since a big world makes copies of them by the million.

    `phone` reads "+CC AREA REST", `domain` is bare and in lower case, `country` a code.
    """

    core: str
    name: str
    domain: str | None
    website: str | None
    phone: str | None
    street: str | None
    city: str | None
    state: str | None
    postcode: str | None
    country: str
    industry: str
    employees: int | None
    revenue: int | None
    mail_pattern: int


class Person(NamedTuple):
    """A person; `company` is the employer's name as people write it, `street` is filled only where it is known."""

    first: str
    last: str
    email: str | None
    phone: str | None
    mobile: str | None
    title: str | None
    team: str
    company: str | None
    street: str | None
    city: str | None
    state: str | None
    postcode: str | None
    country: str


class Dice(random.Random):
    """Python's generator, seeded in C alone: a big world throws several dice for each record."""

    def __init__(self, number: int) -> None:
        self.gauss_next = None
        _seed(self, number)


# The seeding written in C, below the one in Python that asks first what it was given.
_seed = super(random.Random, random.Random).seed


@lru_cache(maxsize=256)
def _code(what: str) -> int:
    return int.from_bytes(what.encode(), "big")


def dice(seed: int, what: str, number: int) -> random.Random:
    """The random numbers of one thing, the same whatever was made before it."""
    return Dice(((seed & (1 << 62) - 1) << 128) | (_code(what) << 48) | number)


LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "å": "a"})


@lru_cache(maxsize=8192)
def slug(text: str) -> str:
    """The text in a-z and 0-9, as it stands in domains and mailboxes."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(LETTERS))
    return "".join(char for char in plain if "a" <= char <= "z" or "0" <= char <= "9")
