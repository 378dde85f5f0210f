"""Says where the CRM itself holds one company to be the parent of the other."""

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same parent", 0.0),
    Reason("one is the parent of the other", -1.0, veto=True),
    Reason("different parents", -0.5, veto=True),
)
SHOWN = ("parent",)
SHARING: Sharing | None = None


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """`parent` holds a plain id of the same CRM."""
    parents, ids = rows["parent"].text(), rows["id"].text()
    above = (parents[a] == ids[b]) | (parents[b] == ids[a])
    apart = filled(rows["parent"], a, b)
    return levels([above.astype(bool), rows.equal("parent", a, b), apart], [2, 1, 3])
