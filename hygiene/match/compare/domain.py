"""Compares registrable domains; one on which strangers have pages was dropped before."""

import numpy as np
from numpy.typing import NDArray

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels, slips
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same domain", 1.0),
    Reason("same domain but for the ending", 0.3),
    Reason("same domain but for one letter", 0.4),
    Reason("different domains", -1.0),
)
SHOWN = ("domain",)
SHARING = Sharing("domain", by="identity", free=4, most=40)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A domain that differs by one letter must have six letters or more."""
    both = filled(rows["domain"], a, b)
    near = both & rows.once(_long)[a]
    near[near] = slips(rows["label"], a[near], b[near], 1)
    conditions = [rows.equal("domain", a, b), rows.equal("label", a, b), near, both]
    return levels(conditions, [1, 2, 3, 4])


def _long(rows: Features) -> NDArray[np.bool_]:
    return rows["label"].holds(lambda text: len(text) >= 6)
