"""Compares numbers that an authority gives to one company or person: VAT, register, tax or social security number."""

import numpy as np
from numpy.typing import NDArray

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels, slips
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same registration or tax number", 1.0),
    Reason("registration or tax numbers one slip apart", 0.5),
    Reason("different registration or tax numbers", -1.0, veto=True),
)
SHOWN = ("tax_id",)
SHARING: Sharing | None = Sharing("tax_id", by="id", free=8, most=40)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A slip is one wrong digit or two swapped neighbors, in a number of six characters or more."""
    number = rows["tax_id"]
    both = filled(number, a, b)
    long = rows.once(_long)
    near = both & long[a] & long[b]
    near[near] = slips(number, a[near], b[near], 1)
    return levels([rows.equal("tax_id", a, b), near, both], [1, 2, 3])


def _long(rows: Features) -> NDArray[np.bool_]:
    return rows["tax_id"].holds(lambda text: len(text) >= 6)
