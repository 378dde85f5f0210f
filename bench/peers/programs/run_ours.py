"""Matches a case with the default tables: one configuration, no labels, thresholds fixed beforehand."""

import numpy as np
from exchange import answer, asked, columns, given

from hygiene.match.block import candidates
from hygiene.match.cluster import Group, Judged, groups
from hygiene.match.features import features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.table import TABLES
from hygiene.view import Columns

TIE = 1e-7
"""Between pairs of one probability the points decide; below the steps of a probability."""


def main() -> None:
    """Read, match, answer."""
    to = asked()
    data, table = columns(to.file), TABLES[to.kind]
    rows = len(next(iter(data.values())))
    ids = np.array([str(row) for row in range(rows)], dtype=object)
    view = Columns(to.kind, ("bench:1",), np.zeros(rows, dtype=np.int16), ids, data)
    scorer = Scorer(features(view, table, region="US"), table)
    pairs = scorer.score(*(given(to) or candidates(scorer.rows, table)))
    label = labels(rows, groups(pairs, scorer, Judged()))
    score = pairs.probability.astype(np.float64) + TIE * pairs.points
    answer(to, pairs.a, pairs.b, score, verdict=pairs.verdict, group=label, points=pairs.points, veto=pairs.veto)


def labels(rows: int, found: list[Group]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The first row of its group for every row that is merged unasked, itself for every other."""
    label = np.arange(rows, dtype=np.int64)
    for group in found:
        if group.verdict is Verdict.AUTO:
            label[list(group.rows)] = group.rows[0]
    return label


if __name__ == "__main__":
    main()
