"""Compares countries: two companies of one name in two countries are two."""

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, levels
from hygiene.match.features import Features, Rows

REASONS = (UNKNOWN, Reason("same country", 1.0), Reason("different countries", -1.0, veto=True))
SHOWN = ("country",)
SHARING: Sharing | None = None


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Only countries that were recognized are compared."""
    return levels([rows.equal("country", a, b), rows.differ("country", a, b)], [1, 2])
