"""Compares phone numbers; one that many share, such as a switchboard, fades to nothing."""

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.phone import LOCAL
from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same phone", 1.0),
    Reason("same phone without area code", 0.85),
    Reason("same phone, different extensions", 0.2),
    Reason("different phones", -1.0),
    Reason("same toll-free number, a chain's or a head office's", 0.4),
)
SHOWN = ("phone",)
FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888", "+800", "+44800", "+44808", "+49800", "+33800")
"""Numbers whose calls the called one pays: a desk for all branches."""
SHARING = Sharing("phone", by="identity", free=4, most=30)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Numbers with and without area code are not compared."""
    same = rows.equal("phone", a, b)
    local = rows.once(_local)
    conditions = [
        same & rows.differ("extension", a, b),
        same & rows.once(_free)[a],
        same & local[a],
        same,
        filled(rows["phone"], a, b) & (local[a] == local[b]),
    ]
    return levels(conditions, [3, 5, 2, 1, 4])


def _free(rows: Features) -> NDArray[np.bool_]:
    return rows["phone"].holds(lambda text: text.startswith(FREE))


def _local(rows: Features) -> NDArray[np.bool_]:
    return rows["phone"].holds(lambda text: text.startswith(LOCAL))
