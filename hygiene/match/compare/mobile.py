"""Compares personal mobile numbers, also with the number in the other record's phone field."""

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.column import Coded
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
    apart = filled(rows["mobile"], a, b)
    conditions = [rows.equal("mobile", a, b), rows.shared(one_line, a, b), apart & rows.differ("email", a, b), apart]
    return levels(conditions, [1, 2, 4, 3])


def one_line(rows: Features, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where the mobile of one is the mobile or the phone of the other."""
    mobile, phone = rows["mobile"], rows["phone"]
    hashes, others = rows.once(_mobiles), rows.once(_phones)
    found = rows.equal("mobile", a, b)
    for one, other in ((a, b), (b, a)):
        # Numbers lie side by side, texts all over the memory: only those of one hash are read.
        at = np.flatnonzero(hashes[mobile.codes[one]] == others[phone.codes[other]])
        found[at] |= mobile.values[mobile.codes[one[at]]] == phone.values[phone.codes[other[at]]]
    return found


def _mobiles(rows: Features) -> NDArray[np.int64]:
    return _hashes(rows["mobile"], blank=0)


def _phones(rows: Features) -> NDArray[np.int64]:
    return _hashes(rows["phone"], blank=1)


def _hashes(column: Coded, blank: int) -> NDArray[np.int64]:
    """One number a value; what is blank has another in each of the two columns."""
    found = np.fromiter(map(hash, column.values), dtype=np.int64, count=column.size)
    found[0] = blank
    return found
