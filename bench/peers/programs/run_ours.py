"""Matches a case with the default tables: one configuration, no labels, thresholds fixed beforehand."""

from pathlib import Path

import numpy as np
from exchange import answer, asked, given

from connectors.listing import header
from hygiene.match.block import candidates
from hygiene.match.cluster import Group, Judged, groups
from hygiene.match.features import features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.table import TABLES, Table
from hygiene.view import Columns
from sync.jobs.preflight import read

TIE = 1e-7
"""Between pairs of one probability the points decide; below the steps of a probability."""


def main() -> None:
    """Read, match, answer."""
    to = asked()
    table = TABLES[to.kind]
    scorer = Scorer(features(listed(to.file, to.kind, table), table, region="US"), table)
    rows = len(scorer.rows)
    pairs = scorer.score(*(given(to) or candidates(scorer.rows, table)))
    label = labels(rows, groups(pairs, scorer, Judged()))
    score = pairs.probability.astype(np.float64) + TIE * pairs.points
    answer(to, pairs.a, pairs.b, score, verdict=pairs.verdict, group=label, points=pairs.points, veto=pairs.veto)


def listed(file: Path, kind: str, table: Table) -> Columns:
    """What the table compares of a file, as `dedupe --csv` reads it."""
    compared = {name for fields in table.fields.values() for name in fields}
    return read(file, kind, {name: name for name in header(file) if name in compared})


def labels(rows: int, found: list[Group]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The first row of its group for every row that is merged unasked, itself for every other."""
    label = np.arange(rows, dtype=np.int64)
    for group in found:
        if group.verdict is Verdict.AUTO:
            label[list(group.rows)] = group.rows[0]
    return label


if __name__ == "__main__":
    main()
