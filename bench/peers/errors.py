"""Shows where our matching is wrong: what it merged and should not have, what it left and should not have."""

from collections.abc import Iterator, Mapping

import numpy as np

from bench.peers.cases import Case
from bench.peers.judge import Rows, Truth
from bench.peers.programs.exchange import columns
from hygiene.match.features import features
from hygiene.match.score import Scorer
from hygiene.match.table import TABLES
from hygiene.view import Columns


def errors(case: Case, answer: Mapping[str, Rows], most: int) -> Iterator[str]:
    """At most so many of each kind, with both rows and the evidence, of an answer of ours."""
    data, kind = columns(case.folder / "raw.csv"), case.listing.kind
    ids = np.array([str(row) for row in range(case.rows)], dtype=object)
    view = Columns(kind, ("bench:1",), np.zeros(case.rows, dtype=np.int16), ids, data)
    scorer = Scorer(features(view, TABLES[kind], region="US"), TABLES[kind])
    a, b = answer["a"], answer["b"]
    right = Truth(np.load(case.folder / "truth.npy")).holds(a, b)
    together = (answer["group"][a] == answer["group"][b]) | (answer["verdict"] == 2)
    for title, chosen in (("WRONG", together & ~right), ("MISSED", ~together & right)):
        shown = np.flatnonzero(chosen)[:most]
        for at, why in zip(shown.tolist(), scorer.explain(a[shown], b[shown]), strict=True):
            texts = (" | ".join(str(column[side[at]]) for column in data.values()) for side in (a, b))
            reasons = "; ".join(f"{item.text} {item.weight:+}" for item in why)
            yield "\n".join((f"  {title} {next(texts)}", f"        {next(texts)}", f"        {reasons}"))
