"""Compares personal mobile numbers, also with the number in the other record's phone field."""

import numpy as np

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same mobile", 1.0),
    Reason("the mobile of one is the phone of the other", 0.8),
    Reason("different mobiles", -1.0),
    Reason("different mobiles and different e-mail addresses", -1.0, veto=True),
)
SHOWN = ("mobile",)
SHARING = Sharing("mobile", by="identity", free=2, most=10)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A person may have two mobiles or two addresses; both at once may be two persons."""
    mobile, phone = rows["mobile"], rows["phone"]
    crossed = np.zeros(len(a), dtype=bool)
    for one, other in ((a, b), (b, a)):
        at = np.flatnonzero((mobile.codes[one] > 0) & (phone.codes[other] > 0))
        crossed[at] |= mobile.values[mobile.codes[one[at]]] == phone.values[phone.codes[other[at]]]
    apart = filled(mobile, a, b)
    conditions = [rows.equal("mobile", a, b), crossed, apart & rows.differ("email", a, b), apart]
    return levels(conditions, [1, 2, 4, 3])
