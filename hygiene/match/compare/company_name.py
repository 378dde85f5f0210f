"""Compares company names word by word; a word that one name has more decides what may be merged unasked."""

import numpy as np

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing
from hygiene.match.features import Features, Rows
from hygiene.match.words import PLACES, Overlap, overlap

REASONS = (
    UNKNOWN,
    Reason("same name", 1.0),
    Reason("same name but for spelling or order", 0.85),
    Reason("one name has a general word more", 0.55),
    Reason("one name is the initials of the other", 0.4),
    Reason("one name holds the other and has words of its own", 0.4),
    Reason("the names share words and each has words of its own", -0.4),
    Reason("different names", -1.0),
    Reason("a word in one name alone tells companies of one family apart", 0.3, veto=True),
    Reason("a number in one name alone", 0.25, veto=True),
    Reason("a place in one name alone", 0.3, veto=True),
    Reason("different legal forms", 0.6, veto=True),
)
SHOWN = ("name",)
SHARING = Sharing("name", by="id", free=10, most=200)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """The level of each pair of names; words that name the town both stand in tell nothing apart."""
    name, city = rows["name"], rows["city"]
    found = np.where(rows.equal("name", a, b), Overlap.SAME, 0).astype(np.int8)
    known = PLACES.union(city.values[1:].tolist())
    ask = np.flatnonzero((found == 0) & (name.codes[a] > 0) & (name.codes[b] > 0))
    words, places = name.text(), city.text()
    for at in ask.tolist():
        left, right = int(a[at]), int(b[at])
        found[at] = overlap((words[left], words[right]), (places[left], places[right]), known)
    forms = rows.differ("legal", a, b) & (found >= Overlap.SAME) & (found <= Overlap.GENERAL)
    found[forms] = Overlap.LEGAL
    return found
