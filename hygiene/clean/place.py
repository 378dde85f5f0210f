"""Light forms of street, city and postcode: enough to tell one door from the next."""

import re

from hygiene.clean.text import fold, listed, usable, words

TYPES = {
    **dict.fromkeys(("street", "str", "strasse", "st"), "st"),
    **dict.fromkeys(("avenue", "aves", "ave", "av"), "ave"),
    **dict.fromkeys(("road", "rd"), "rd"),
    **dict.fromkeys(("boulevard", "blvd"), "blvd"),
    **dict.fromkeys(("drive", "dr"), "dr"),
    **dict.fromkeys(("lane", "ln"), "ln"),
    **dict.fromkeys(("place", "pl", "platz"), "pl"),
    **dict.fromkeys(("square", "sq"), "sq"),
    **dict.fromkeys(("court", "ct"), "ct"),
    **dict.fromkeys(("parkway", "pkwy"), "pkwy"),
    **dict.fromkeys(("highway", "hwy"), "hwy"),
    **dict.fromkeys(("crescent", "cres"), "cres"),
    **dict.fromkeys(("terrace", "ter"), "ter"),
    **dict.fromkeys(("circuit", "cct"), "cct"),
    **dict.fromkeys(("close", "cl"), "cl"),
}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ENDINGS = {1: "st", 2: "nd", 3: "rd"}
COUNTED = {word: f"{at}{ENDINGS.get(at, 'th')}" for at, word in enumerate(ORDINALS, 1)}
SIDES = {"north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw"}
SIDES |= {"southeast": "se", "southwest": "sw"} | {side: side for side in ("n", "s", "e", "w", "ne", "nw", "se", "sw")}
SHORT = COUNTED | SIDES | TYPES
VAGUE = frozenset(TYPES.values()) | frozenset(SIDES)
"""What a road's name does without."""

ASIDES = listed("""
    at between off near corner suite ste unit apt apartment appt floor fl room rm building bldg penthouse
""")
UNIT = re.compile(r"\b(suite|ste|unit|apt|apartment|appt|floor|fl|room|rm|building|bldg|penthouse)\b.*")
DOOR = re.compile(r"\d+[a-z]?(-\d+[a-z]?)? .*[a-z]|[a-z].* \d+[a-z]?")
CROSSING = re.compile(r"(?<=\w)\.? +(at|between|off|near|corner of)\b.*")
NUMBER = re.compile(r"\d+[a-z]?(-\d+[a-z]?)?")
ROADS = ("strasse", "str")
SAINT = frozenset({"st", "saint", "sankt"})


def street(text: str) -> str:
    """`5745 w division st` of `5745 West Division Street, Suite 2`: house number first, types and sides shortened."""
    folded = fold(text)
    found = words(folded)
    if "," in folded or "#" in folded or ";" in folded or not ASIDES.isdisjoint(found):
        found = words(door(folded))
    found = list(map(short, found))
    if len(found) > 1 and not NUMBER.fullmatch(found[0]) and NUMBER.fullmatch(found[-1]):
        found.insert(0, found.pop())
    return " ".join(found) if usable(folded) else ""


def door(folded: str) -> str:
    """Of the parts of an address the one that looks like a door on a road, without crossings, floors and suites."""
    parts = [part for piece in re.split("[,#;]", CROSSING.sub("", folded)) if (part := UNIT.sub("", piece).strip())]
    return parts[0] if len(parts) == 1 else max(parts, key=_telling, default="")


def short(word: str) -> str:
    """A word of a street in its short form: `st` of `street`, `haupt` of `hauptstrasse`."""
    return SHORT.get(word) or (_stem(word) if word.endswith(ROADS) else word)


def house(clean: str) -> str:
    """The house number of a cleaned street."""
    head = clean.partition(" ")[0]
    return head if NUMBER.fullmatch(head) else ""


def road(clean: str) -> str:
    """The road of a cleaned street without number, type and side: what is compared."""
    tail = clean.partition(" ")[2] if house(clean) else clean
    kept = [word for word in tail.split() if word not in VAGUE]
    return " ".join(kept) or tail


def side(clean: str) -> str:
    """The compass sides of a cleaned street (`w`, `ne`), in order."""
    return " ".join(sorted({word for word in clean.split() if word in SIDES}))


def city(text: str) -> str:
    """The town, folded, `Saint` shortened, without a state after a comma."""
    folded = fold(text)
    found = ["st" if word in SAINT else word for word in words(folded.partition(",")[0])]
    return " ".join(found) if usable(folded) else ""


def postcode(text: str) -> str:
    """Letters and digits only; the first five of a US ZIP+4."""
    folded = fold(text)
    if not usable(folded) or not any(map(str.isdigit, folded)):
        return ""
    digits = re.fullmatch(r"(\d{5})-?\d{4}", folded)
    return digits.group(1) if digits else "".join(words(folded))


def _telling(part: str) -> int:
    return 2 * bool(DOOR.fullmatch(part)) + any(map(str.isdigit, part))


def _stem(word: str) -> str:
    """`haupt` of `hauptstrasse`."""
    return word.removesuffix(next(ending for ending in ROADS if word.endswith(ending))) or word
