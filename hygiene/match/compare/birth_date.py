"""Compares dates of birth."""

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels, slips
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same date of birth", 1.0),
    Reason("dates of birth one slip apart", 0.6),
    Reason("different dates of birth", -1.0, veto=True),
)
SHOWN = ("birth_date",)
SHARING: Sharing | None = None


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A slip is one wrong digit or two swapped neighbors."""
    both = filled(rows["birth_date"], a, b)
    near = both.copy()
    near[near] = slips(rows["birth_date"], a[near], b[near], 1)
    return levels([rows.equal("birth_date", a, b), near, both], [1, 2, 3])
