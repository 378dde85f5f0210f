"""Compares the ids that two records bear of the other CRM."""

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("tied to the same record of the other CRM", 1.0),
    Reason("tied to different records of the other CRM", 0.0, veto=True),
)
SHOWN = ("twin",)
SHARING: Sharing | None = None


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """Merging two records with different twins would leave one twin alone, hence never unasked."""
    return levels([rows.equal("twin", a, b), rows.differ("twin", a, b)], [1, 2])
