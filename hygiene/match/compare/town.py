"""Compares postcode and town."""

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels, similarity
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same postcode", 1.0),
    Reason("same town", 0.75),
    Reason("towns alike", 0.6),
    Reason("different postcodes in one town", -0.2),
    Reason("different towns", -1.0),
    Reason("different towns, yet the same house and road", -0.2),
)
SHOWN = ("city", "postcode")
SHARING = Sharing("postcode", by="id", free=20, most=100_000)
ALIKE = 80.0
"""rapidfuzz `token_set_ratio`: `new york` and `new york city` are 100."""


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Towns that differ in name yet share a postcode are one."""
    towns, alike = filled(rows["city"], a, b), near(rows, a, b)
    codes = rows.differ("postcode", a, b)
    door = rows.equal("house", a, b) & rows.equal("road", a, b)
    conditions = [rows.equal("postcode", a, b), codes & alike, rows.equal("city", a, b), alike, towns & door, towns]
    return levels(conditions, [1, 4, 2, 3, 6, 5])


def near(rows: Features, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where both towns are named and may be one."""
    return filled(rows["city"], a, b) & (similarity(rows["city"], a, b, fuzz.token_set_ratio) >= ALIKE)
