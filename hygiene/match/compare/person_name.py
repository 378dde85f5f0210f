"""Compares persons' names: nicknames, initials, swapped names, and what tells namesakes apart."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from hygiene.clean.column import Coded, Codes
from hygiene.clean.person import kin, known, nickname, related
from hygiene.clean.signs import BLANK, SIGN, Bits, slips
from hygiene.match.compare import UNKNOWN, Levels, Pair, Reason, Sharing, each, filled, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same name", 1.0),
    Reason("same family name, a familiar form of the given name", 0.9),
    Reason("same name, given and family name swapped", 0.9),
    Reason("same name but for a slip", 0.85),
    Reason("same family name, the given name's initial fits", 0.5),
    Reason("one has a part of the other's family name", 0.7),
    Reason("same family name, one without given name", 0.3),
    Reason("same given name, one without family name", 0.5),
    Reason("same family name, given names alike", -0.1, veto=True),
    Reason("same given name, different family names", -0.5, veto=True),
    Reason("same family name, different given names", -1.0, veto=True),
    Reason("different names", -1.0, veto=True),
    Reason("father and son: one is Jr., Sr. or numbered otherwise", -0.5, veto=True),
    Reason("different middle initials", 0.4, veto=True),
)
SHOWN = ("first_name", "last_name", "name")
SHARING = Sharing("full_name", by="id", free=6, most=200)
SAME, FAMILIAR, SWAPPED, SLIP, INITIAL, PART, NO_GIVEN, NO_FAMILY = range(1, 9)
ALIKE, OTHER_FAMILY, OTHER_GIVEN, OTHER, GENERATION, MIDDLE = range(9, 15)
ELSEWHERE = (OTHER, OTHER_GIVEN, OTHER_FAMILY)
SLIPS, LONG = 2, 9
"""The most slips that any name is allowed, and from how many letters on; a shorter one is allowed one."""
Name = tuple[str, str]


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """The level of each pair of names; generation and middle initial speak only where the names agree."""
    first, last = rows["first"], rows["last"]
    found = _same(first.codes[a], last.codes[a])
    other = np.flatnonzero((first.codes[a] != first.codes[b]) | (last.codes[a] != last.codes[b]))
    found[other] = _unequal(rows, a[other], b[other])
    agree = (found > 0) & (found <= NO_FAMILY)
    generations = rows["generation"].codes
    found[agree & rows.differ("middle", a, b)] = MIDDLE
    found[agree & (generations[a] != generations[b])] = GENERATION
    return found


def _same(first: Codes, last: Codes) -> Levels:
    """The level of each name beside itself."""
    return levels([(first > 0) & (last > 0), last > 0, first > 0], [SAME, NO_GIVEN, NO_FAMILY])


def _unequal(rows: Features, a: Rows, b: Rows) -> Levels:
    """What `level` says: given and family names apart, but for names that lack one of the two or may be swapped."""
    first, last = rows["first"], rows["last"]
    found = np.zeros(len(a), dtype=np.int8)
    plain = filled(first, a, b) & filled(last, a, b) & ~rows.equal("full_name", a, b)
    left, right = a[plain], b[plain]
    found[plain] = BOTH[_givens(rows, left, right), _families(rows, left, right)]
    whole = ~plain
    whole[plain] = _crossed(rows, left, right, found[plain])
    names = [column.values[column.codes[side[whole]]].tolist() for side in (a, b) for column in (first, last)]
    found[whole] = [level((p, q), (r, s)) for p, q, r, s in zip(*names, strict=True)]
    return found


def _givens(rows: Features, a: Rows, b: Rows) -> Levels:
    """What `_given` says of each pair; it is asked where a glance does not tell that it says 0."""
    first, forms = rows["first"], rows.once(_kin)
    one, other = first.codes[a], first.codes[b]
    maybe = _near(first, one, other) | first.signs.holds(one, other) | ((forms[one] & forms[other]) > 0)
    return _asked(first, (one, other), maybe, _given)


def _families(rows: Features, a: Rows, b: Rows) -> Levels:
    """The same of `_family`."""
    last = rows["last"]
    one, other = last.codes[a], last.codes[b]
    blank = ((last.signs.letters[one] | last.signs.letters[other]) & SIGN[BLANK]) > 0
    return _asked(last, (one, other), _near(last, one, other) | (blank & last.signs.holds(one, other)), _family)


def _asked(column: Coded, pair: Pair, maybe: NDArray[np.bool_], judge: Callable[[str, str], int]) -> Levels:
    one, other = pair
    found = np.where(one == other, SAME, 0).astype(np.int8)
    at = np.flatnonzero(maybe & (found == 0))
    found[at] = each(column, one[at], other[at], judge)
    return found


def _near(column: Coded, one: Codes, other: Codes) -> NDArray[np.bool_]:
    """Where `_slip` may hold."""
    sizes = column.signs.sizes
    most = np.where(np.minimum(sizes[one], sizes[other]) >= LONG, SLIPS, 1)
    return column.signs.slips(one, other, most)


def _kin(rows: Features) -> Bits:
    """What given names may be forms of, by their codes."""
    first = rows["first"]
    return np.fromiter(map(kin, first.values), dtype=np.uint64, count=first.size)


def _crossed(rows: Features, a: Rows, b: Rows, found: Levels) -> NDArray[np.bool_]:
    """Where two names that differ may be one, swapped and misspelled: each given name may be near the other's last."""
    first, last = rows["first"], rows["last"]
    at = np.flatnonzero(np.isin(found, ELSEWHERE))
    for one, other in ((a, b), (b, a)):
        near = slips((first.signs, first.codes[one[at]]), (last.signs, last.codes[other[at]]), SLIPS)
        at = at[near]
    texts = (column.values[column.codes[side[at]]].tolist() for column, side in ((first, a), (last, b)))
    crossed = np.zeros(len(a), dtype=np.bool_)
    crossed[at] = cpdist(*texts, scorer=OSA.distance, score_cutoff=SLIPS) <= SLIPS
    return crossed


def level(a: Name, b: Name) -> int:
    """The level of two cleaned (given, family) names; symmetric."""
    (first, last), (given, family) = a, b
    if not (first or last) or not (given or family):
        return 0
    if a == b:
        return SAME if first and last else (NO_GIVEN if last else NO_FAMILY)
    if first and last and (first, last) == (family, given):
        return SWAPPED
    if not last or not family:
        return _familyless(first, given)
    if not first or not given:
        return NO_GIVEN if last == family else (0 if _slip(last, family) else OTHER)
    found = _both(_given(first, given), _family(last, family))
    swapped = found in ELSEWHERE and _slips(first, family) and _slips(last, given)
    return SLIP if swapped else found


def _familyless(first: str, given: str) -> int:
    if not first or not given:
        return 0
    return NO_FAMILY if _given(first, given) in (SAME, FAMILIAR, SLIP, INITIAL, ALIKE) else OTHER_GIVEN


def _both(given: int, family: int) -> int:
    if not family:
        return OTHER_FAMILY if given in (SAME, FAMILIAR) else OTHER
    if not given:
        return OTHER_GIVEN
    if given == ALIKE:
        return ALIKE
    return given if family == SAME else (family if given == SAME else SLIP)


def _given(a: str, b: str) -> int:
    if a == b:
        return SAME
    if len(a) == 1 or len(b) == 1:
        return INITIAL if a[0] == b[0] else 0
    if nickname(a, b):
        return FAMILIAR
    # Names that differ in their ending alone are often those of a man and a woman (Mario, Maria; Paul, Pauline).
    if min(len(a), len(b)) >= 3 and (a[:-1] == b[:-1] or a.startswith(b) or b.startswith(a)):
        return ALIKE
    if not _slip(a, b):
        return ALIKE if related(a, b) else 0
    # One letter tells John from Joan; beside what is no name, and in two swapped letters, it is a slip.
    return SLIP if a[0] == b[0] and (sorted(a) == sorted(b) or not (known(a) and known(b))) else ALIKE


def _family(a: str, b: str) -> int:
    if a == b:
        return SAME
    if " " in a or " " in b:  # most names are one word
        if a.replace(" ", "") == b.replace(" ", ""):
            return SAME
        if set(a.split()) < set(b.split()) or set(b.split()) < set(a.split()):
            return PART
    if not _slip(a, b):
        return 0
    # Petrov and Petrova, Kowalski and Kowalska are husband and wife.
    gendered = a + "a" == b or b + "a" == a or (a[:-1] == b[:-1] and {a[-1], b[-1]} in ({"i", "a"}, {"y", "a"}))
    return 0 if gendered else SLIP


def _slips(a: str, b: str) -> bool:
    return a == b or _slip(a, b)


def _slip(a: str, b: str) -> bool:
    short, long = (len(a), len(b)) if len(a) < len(b) else (len(b), len(a))
    most = SLIPS if short >= LONG else 1
    return short >= 4 and long - short <= most and OSA.distance(a, b, score_cutoff=most) <= most


BOTH = np.array([[_both(given, family) for family in range(len(REASONS))] for given in range(len(REASONS))], np.int8)
