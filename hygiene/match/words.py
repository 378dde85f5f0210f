"""Aligns the words of two names and says what is left over."""

from enum import IntEnum

from rapidfuzz.distance import OSA

from hygiene.clean import country
from hygiene.clean.name import initials, squashed
from hygiene.clean.text import listed

FAMILY = listed("""
    holdings group international global worldwide europe european asia asian africa america american americas
    pacific emea apac latam nordic north south east west northern southern eastern western northeast northwest
    southeast southwest central midwest capital ventures venture partners foundation trust properties property
    realty estate investments investment finance financial insurance bank leasing logistics energy retail wholesale
    export import franchise subsidiary division department branch region regional district local downtown uptown
    airport express junior kids academy research industrial medical health media digital mobile cloud security
    aerospace marine automotive annex new old upper lower grand premium select outlet ii iii iv vi vii viii
    beteiligungs beteiligung beteiligungsgesellschaft verwaltungs verwaltung verwaltungsgesellschaft besitz
    vermogensverwaltung immobilien grundstucks vertriebs vertrieb stiftung niederlassung zweigniederlassung filiale
    gruppe groupe participations immobilier immobiliere gestion succursale grupo inmobiliaria inversiones
    participaciones sucursal gruppo immobiliare partecipazioni groep beheer vastgoed koncern koncernen fastigheter
    nord sud ost west norte sur este oeste nederland osterreich schweiz suisse espana italia france polska
""")
"""Words that tell companies of one owner apart. A judgement, not a standard: a team may be of another mind."""

GENERAL = listed("""
    company store shop online official website web team studio firm agency restaurant cafe bar grill bistro ristorante
    trattoria diner dining room kitchen steakhouse bakery house school elementary center day care daycare nursery
    childcare child preschool program early learning site inc association organization community
""")
"""Words that people leave out and add at will."""

STATES = listed("""
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
    indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
    montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington
    wisconsin wyoming bavaria bayern ontario quebec uk usa us eu deutschland iberia benelux dach scandinavia german
    french british iran iraq kuwait qatar dubai oman jordan lebanon morocco algeria tunisia kenya ghana gambia zambia
    peru ecuador bolivia paraguay uruguay venezuela panama cuba iceland malta mali cyprus niger nepal cambodia laos
""")

NEIGHBORS = listed("""
    baking packing parking books boots cards cars care coating boating dental rental design farms firms forms hosting
    posting lending vending marina marine medial medical media medic painting planning planting plating printing shoes
    shops shows wine wire
""")
"""Words one letter from one another that name different trades: no slip makes one of the other."""

PLACES = STATES | country.WORDS


class Overlap(IntEnum):
    """What the words of two names say; the levels of `compare/company_name.py`."""

    UNKNOWN = 0
    SAME = 1
    SPELLING = 2
    GENERAL = 3
    INITIALS = 4
    MORE = 5
    MIXED = 6
    DIFFERENT = 7
    FAMILY = 8
    NUMBER = 9
    PLACE = 10
    LEGAL = 11
    RARE = 12
    KINDS = 13


Pair = tuple[str, str]


def overlap(
    names: Pair, cities: Pair = ("", ""), places: frozenset[str] = PLACES, common: frozenset[str] = GENERAL
) -> Overlap:
    """What two cleaned names say, given the cleaned town of each, every place and every common word; symmetric."""
    a, b = names
    if a == b or squashed(a) == squashed(b):
        return Overlap.SAME
    words, others = _once(a.split()), _once(b.split())
    left, right = _alone(words, others, common)
    if len(left) == len(words):
        return _strangers(squashed(a), squashed(b), words, others)
    home = _home(*cities)
    left, right = _away(left, home), _away(right, home)
    if not left and not right:
        return Overlap.SPELLING
    special = _special([left, right], places)
    if special is not None or not (left and right):
        return special or _leftover(left, right)
    if all(word in GENERAL for word in left + right):
        return Overlap.KINDS
    shared = set(words) - set(left) | set(others) - set(right)
    return Overlap.RARE if any(len(word) > 2 and word not in common for word in shared) else Overlap.MIXED


def alike(a: str, b: str) -> bool:
    """Whether two words are one but for a slip: a plural, one letter in four, two in nine; never a number.

    The first letter is what people get right: Joe is not Moe, and cardiology not radiology.
    """
    if a == b:
        return True
    short = min(len(a), len(b))
    if short < 3 or abs(len(a) - len(b)) > 2 or not (a.isalpha() and b.isalpha()) or a in FAMILY or b in FAMILY:
        return False
    if a + "s" == b or b + "s" == a:
        return True
    if a[0] != b[0] and sorted(a[:2]) != sorted(b[:2]):
        return False
    if any(a in some and b in some for some in (PLACES, NEIGHBORS)):
        return False
    return short >= 4 and OSA.distance(a, b) <= (2 if short >= 9 else 1)


def _once(words: list[str]) -> list[str]:
    """The words without a phrase said twice in a row: `acme foods acme foods boston`, a parent's name put in front."""
    for size in range(len(words) // 2, 1, -1):
        for at in range(len(words) - 2 * size + 1):
            if words[at : at + size] == words[at + size : at + 2 * size]:
                return words[:at] + words[at + size :]
    return words


def _alone(a: list[str], b: list[str], common: frozenset[str]) -> tuple[list[str], list[str]]:
    """The words of each name that have no partner in the other; a slip makes no common word out of another."""
    left, right = list(a), list(b)
    for word in a:
        if word in right:
            left.remove(word)
            right.remove(word)
    for word in list(left):
        near = (other for other in right if -3 < len(word) - len(other) < 3 and alike(word, other))
        partner = next((other for other in near if not (word in common and other in common)), None)
        if partner is not None:
            left.remove(word)
            right.remove(partner)
    return ([], []) if left and right and _glued(left, right) else (left, right)


def _glued(left: list[str], right: list[str]) -> bool:
    """Whether only a space was lost or won: `paulo freire`, `paulofreire`."""
    a, b = "".join(left), "".join(right)
    return len(left) != len(right) and alike(a, b)


def _strangers(a: str, b: str, words: list[str], others: list[str]) -> Overlap:
    if (len(a) == len(others) and a == initials(others)) or (len(b) == len(words) and b == initials(words)):
        return Overlap.INITIALS
    return Overlap.SPELLING if alike(a, b) else Overlap.DIFFERENT


def _home(a: str, b: str) -> frozenset[str]:
    """The words of the town in which both stand; one of the two may not say."""
    left, right = frozenset(a.split()), frozenset(b.split())
    if not left or not right:
        return frozenset()
    return left | right if left <= right or right <= left else frozenset()


def _away(words: list[str], home: frozenset[str]) -> list[str]:
    """The words that do not name the town: `north` alone is a branch even in North Adams."""
    named = any(word in home and word not in FAMILY for word in words)
    return [word for word in words if word not in home] if named else words


def _special(sides: list[list[str]], places: frozenset[str]) -> Overlap | None:
    words = [word for side in sides for word in side]
    if any(any(map(str.isdigit, word)) for word in words):
        return Overlap.NUMBER
    if any(word in FAMILY for word in words):
        return Overlap.FAMILY
    phrases = [" ".join(side[i : i + n]) for side in sides for n in (1, 2, 3) for i in range(len(side) - n + 1)]
    return Overlap.PLACE if any(phrase in places for phrase in phrases) else None


def _leftover(left: list[str], right: list[str]) -> Overlap:
    return Overlap.GENERAL if all(word in GENERAL or len(word) == 1 for word in left + right) else Overlap.MORE
