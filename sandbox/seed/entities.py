"""What the records stand for, as plain values: a company, a person, and how one is a relative of another."""

import random
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple


class Kin(NamedTuple):
    """A relative: by which trap, and of which number."""

    trap: str
    base: int


@dataclass(frozen=True, slots=True)
class Company:
    """A company. `phone` reads "+CC AREA REST", `domain` is bare and in lower case, `country` a code."""

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


@dataclass(frozen=True, slots=True)
class Person:
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


def dice(seed: int, what: str, number: int) -> random.Random:
    """The random numbers of one thing, the same whatever was made before it."""
    kind = int.from_bytes(what.encode(), "big")
    return random.Random(((seed & (1 << 62) - 1) << 128) | (kind << 48) | number)  # noqa: S311


LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "å": "a"})


@lru_cache(maxsize=8192)
def slug(text: str) -> str:
    """The text in a-z and 0-9, as it stands in domains and mailboxes."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(LETTERS))
    return "".join(char for char in plain if "a" <= char <= "z" or "0" <= char <= "9")
