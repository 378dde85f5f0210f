"""Compares postcode and town."""

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.column import Coded
from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, alike, filled, levels, sharing
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same postcode", 1.0),
    Reason("same town", 0.75),
    Reason("towns alike", 0.6),
    Reason("different postcodes in one town", -0.2),
    Reason("different towns", -1.0, veto=True),
    Reason("different towns, yet the same house and road", -0.2),
    Reason("different postcodes, and not both name a town", -0.6, veto=True),
)
SHOWN = ("city", "postcode")
SHARING = Sharing("postcode", by="id", free=20, most=100_000)
ALIKE = 80.0
"""rapidfuzz `token_set_ratio`: `new york` and `new york city` are 100."""

ROAD = 84.0
"""rapidfuzz `ratio` from which two spellings of a road are one, as in `street`."""


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Towns that differ in name yet share a postcode are one; Springfield of two states are two.

    Of two postcodes with the same digits in another order nothing is said.
    """
    towns, one = filled(rows["city"], a, b), rows.shared(near, a, b)
    states = rows.differ("state", a, b) & rows.once(_letters)[a] & rows.once(_letters)[b]
    codes = rows.differ("postcode", a, b)
    door = towns & ~one & rows.equal("house", a, b)
    door[door] = alike(rows["road"], a[door], b[door], ROAD)
    digits = rows.once(_digits).codes
    far = codes & (digits[a] != digits[b])
    conditions = [rows.equal("postcode", a, b), states & ~door, far & one, rows.equal("city", a, b), one]
    return levels([*conditions, towns & door, towns, far], [1, 5, 4, 2, 3, 6, 5, 7])


def _digits(rows: Features) -> Coded:
    return rows["postcode"].map(lambda text: "".join(sorted(text)))


def _letters(rows: Features) -> NDArray[np.bool_]:
    """Where a state is in its usual two or three letters: a name may be in any language."""
    return rows["state"].holds(lambda text: text.isalpha() and len(text) <= 3)


def near(rows: Features, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where both towns are named and may be one."""
    both = filled(rows["city"], a, b)
    both[both] = sharing(rows["city"], a[both], b[both], ALIKE)
    return both
