"""A person's names: given name, middle initial, family name, and Jr, Sr or III kept apart."""

import re
from functools import lru_cache

from nicknames import NickNamer

from hygiene.clean.text import fold, listed, usable

NICKNAMES = NickNamer()
TITLES = listed("""
    mr mrs ms miss mx dr prof professor sir dame rev hon herr frau mme mlle sr. sra srta
""")
DEGREES = listed("""
    phd md mba cpa esq dds rn cfa pe jd msc bsc ba ma dipl ing
""")
GENERATIONS = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "2", "iii": "3", "iv": "4"}
APOSTROPHE = re.compile(r"['`]")
BREAK = re.compile(r"[^a-z0-9]+")


def first(text: str) -> str:
    """The given name, without titles and middle names; a lone initial stays one letter."""
    found = _tokens(text)
    return found[0] if found else ""


def middle(text: str) -> str:
    """The initial of the first middle name that stands in the field of the given name."""
    found = _tokens(text)
    return found[1][0] if len(found) > 1 else ""


def last(text: str) -> str:
    """The family name, particles and all, without degrees and generation."""
    return " ".join(_tokens(text))


def generation(text: str) -> str:
    """`jr`, `sr` or a number; "" where nothing tells father from son."""
    return next((GENERATIONS[word] for word in reversed(_words(text)[1:]) if word in GENERATIONS), "")


def split(text: str) -> tuple[str, str]:
    """Given and family name of `Ann Marie Lee`, `Lee, Ann Marie` or `Ann Lee, Jr.`, as they stand."""
    left, comma, right = text.partition(",")
    if comma and any(word not in GENERATIONS and word not in DEGREES for word in _words(right)):
        return right.strip(), left.strip()
    given, _, family = text.strip().rpartition(" ")
    if GENERATIONS.get(fold(family).strip(".")) and " " in given:
        given, _, family = (*given.rpartition(" ")[:2], f"{given.rpartition(' ')[2]} {family}")
    return given, family


@lru_cache(maxsize=65536)
def nickname(a: str, b: str) -> bool:
    """Whether one given name is a usual short or familiar form of the other (Bill, William)."""
    if b in NICKNAMES.nicknames_of(a) or a in NICKNAMES.nicknames_of(b):
        return True
    # Two full names (Mary, Martha) may share a short form and are still two names.
    short = not NICKNAMES.nicknames_of(a) and not NICKNAMES.nicknames_of(b)
    return short and bool(NICKNAMES.canonicals_of(a) & NICKNAMES.canonicals_of(b))


@lru_cache(maxsize=65536)
def root(name: str) -> str:
    """One given name for all that share its usual short forms; the name itself where it has none."""
    full = NICKNAMES.canonicals_of(name)
    return min(full) if full else name


def _tokens(text: str) -> list[str]:
    found = _words(text)
    kept = [word for word in found if word not in TITLES and word not in DEGREES]
    head, tail = kept[:1], kept[1:]
    return head + [word for word in tail if word not in GENERATIONS]


def _words(text: str) -> list[str]:
    folded = APOSTROPHE.sub("", fold(text))
    return [word for word in BREAK.split(folded) if word] if usable(folded) else []
