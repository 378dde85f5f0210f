"""Compares company names word by word; a word that one name has more decides what may be merged unasked."""

from collections import Counter

import numpy as np

from hygiene.clean.column import Coded
from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing
from hygiene.match.features import Features, Rows
from hygiene.match.words import FAMILY, GENERAL, PLACES, Overlap, overlap

REASONS = (
    UNKNOWN,
    Reason("same name", 1.0),
    Reason("same name but for spelling or order", 0.9),
    Reason("one name has a general word more", 0.4),
    Reason("one name is the initials of the other", 0.4),
    Reason("one name holds the other and has words of its own", 0.2, veto=True),
    Reason("the names share common words and each has words of its own", -0.2, veto=True),
    Reason("different names", -1.0, veto=True),
    Reason("a word in one name alone tells companies of one family apart", -0.9, veto=True),
    Reason("a number in one name alone", -0.1, veto=True),
    Reason("a place in one name alone", -0.15, veto=True),
    Reason("different legal forms", 0.7, veto=True),
    Reason("the names share a rare word and each has words of its own", 0.0, veto=True),
    Reason("the names differ in the kind of business alone", -0.7, veto=True),
)
SHOWN = ("name",)
SHARING = Sharing("name", by="id", free=10, most=200)


COMMON = 12
"""A word of at least this many different names, and of one name in two thousand, says little of any of them."""


def usual(names: Coded) -> frozenset[str]:
    """The words of a column of names that too many names have in common."""
    found = Counter(word for name in names.values[1:].tolist() for word in set(name.split()))
    least = max(COMMON, len(names.values) // 2000)
    return FAMILY | GENERAL | {word for word, count in found.items() if count >= least}


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """The level of each pair of names; words that name the town both stand in tell nothing apart."""
    name, city = rows["name"], rows["city"]
    found = np.where(rows.equal("name", a, b), Overlap.SAME, 0).astype(np.int8)
    known = rows.terms.places if rows.terms else rows.once(_places)
    common = rows.terms.common if rows.terms else rows.once(_usual)
    ask = np.flatnonzero((found == 0) & (name.codes[a] > 0) & (name.codes[b] > 0))
    sides = [column.values[column.codes[side[ask]]].tolist() for column in (name, city) for side in (a, b)]
    found[ask] = [overlap((p, q), (r, s), known, common) for p, q, r, s in zip(*sides, strict=True)]
    forms = rows.differ("legal", a, b) & (found >= Overlap.SAME) & (found <= Overlap.GENERAL)
    found[forms] = Overlap.LEGAL
    return found


def _places(rows: Features) -> frozenset[str]:
    return PLACES.union(rows["city"].values[1:].tolist())


def _usual(rows: Features) -> frozenset[str]:
    return usual(rows["name"])
