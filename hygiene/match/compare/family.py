"""Says where the CRM itself holds one company to be the parent of the other."""

import numpy as np

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same parent", 0.0),
    Reason("one is the parent of the other", -1.0, veto=True),
    Reason("different parents", -0.5, veto=True),
)
SHOWN = ("parent",)
SHARING: Sharing | None = None


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """`parent` holds a plain id of the same CRM."""
    parent, number = rows["parent"], rows["id"]
    above, named = np.zeros(len(a), dtype=bool), parent.codes > 0
    for child, other in ((a, b), (b, a)):
        at = np.flatnonzero(named[child])
        above[at] |= parent.values[parent.codes[child[at]]] == number.values[number.codes[other[at]]]
    return levels([above, rows.equal("parent", a, b), filled(parent, a, b)], [2, 1, 3])
