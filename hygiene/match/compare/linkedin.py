"""Compares LinkedIn pages: one page is one company or person."""

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same LinkedIn page", 1.0),
    Reason("different LinkedIn pages", -1.0, veto=True),
)
SHOWN = ("linkedin",)
SHARING: Sharing | None = Sharing("linkedin", by="identity", free=4, most=30)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Pages are compared by their last part: `acme` of `linkedin.com/company/acme/`."""
    return levels([rows.equal("linkedin", a, b), filled(rows["linkedin"], a, b)], [1, 2])
