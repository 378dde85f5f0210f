"""Compares registrable domains; one on which strangers have pages was dropped before."""

from rapidfuzz.distance import OSA

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels, similarity
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same domain", 1.0),
    Reason("same domain but for the ending", 0.3),
    Reason("same domain but for one letter", 0.4),
    Reason("different domains", -1.0),
)
SHOWN = ("domain",)
SHARING = Sharing("domain", by="identity", free=4, most=40)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A domain that differs by one letter must have six letters or more."""
    both = filled(rows["domain"], a, b)
    label = rows["label"]
    near = similarity(label, a, b, OSA.distance) <= 1
    long = (label.map(lambda text: "y" * (len(text) >= 6)).codes[a] > 0) & both
    conditions = [rows.equal("domain", a, b), rows.equal("label", a, b), near & long & both, both]
    return levels(conditions, [1, 2, 3, 4])
