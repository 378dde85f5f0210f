"""Compares where two persons work: the domain of their mail or the company's name."""

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels, sharing
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same employer", 1.0),
    Reason("employers alike", 0.7),
    Reason("different employers: a change of job, or a namesake", -1.0, veto=True),
)
SHOWN = ("company", "email")
SHARING = Sharing("employer", by="identity", free=30, most=3000)
ALIKE = 85.0
"""rapidfuzz `token_set_ratio` of cleaned company names."""


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Free mail says nothing of the employer, and one mailbox is one person wherever it is said to work."""
    named, mailed = filled(rows["company"], a, b), filled(rows["employer"], a, b)
    same = rows.equal("employer", a, b) | rows.equal("company", a, b)
    near = named & ~same
    near[near] = sharing(rows["company"], a[near], b[near], ALIKE)
    return levels([same, near | rows.equal("label", a, b), (named | mailed) & ~rows.equal("email", a, b)], [1, 2, 3])
