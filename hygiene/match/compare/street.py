"""Compares house and road, and says how far the town bears it out."""

import numpy as np

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, alike, filled, levels, sharing
from hygiene.match.compare.town import near
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same house and road", 1.0),
    Reason("same house and road in another town or postcode", 0.7),
    Reason("same road, one without house number", 0.3),
    Reason("same road, different house", -0.4, veto=True),
    Reason("different roads", -0.8, veto=True),
    Reason("different roads in different towns", -1.0, veto=True),
)
SHOWN = ("street", "city", "postcode")
SHARING = Sharing("street", by="identity", free=5, most=40)
ALIKE = 84.0
"""rapidfuzz `ratio` from which two spellings of a road are one; 84 lets one letter of seven differ."""
WHOLE = 100.0
"""rapidfuzz `token_set_ratio` where one holds every word of the other."""


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Sides that differ (100 West, 100 East) make two roads; words added to one road (a mall) do not."""
    both = filled(rows["road"], a, b)
    if not both.any():
        return both.astype(np.int8)
    side, door = rows.differ("side", a, b), both & rows.equal("house", a, b)
    side[side] = ~sharing(rows["side"], a[side], b[side], WHOLE)
    door[door] = sharing(rows["road"], a[door], b[door], WHOLE)
    road = both & ~side & ~door
    road[road] = alike(rows["road"], a[road], b[road], ALIKE)
    road |= door & ~side
    house = rows["house"]
    towns = rows.differ("city", a, b) & ~rows.shared(near, a, b)
    moved = (towns | rows.differ("postcode", a, b)) & ~rows.equal("postcode", a, b)
    lone = (house.codes[a] > 0) != (house.codes[b] > 0)
    one = rows.equal("house", a, b)
    conditions = [road & one & ~moved, road & one, road & lone, road & rows.differ("house", a, b), both & ~road & towns]
    return np.asarray(levels([*conditions, both & ~road], [1, 2, 3, 4, 6, 5]))
