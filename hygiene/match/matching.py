"""How the pairs of a table are found round by round: counted anew each time, or through a kept index."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np

from hygiene.check import Evidence
from hygiene.match.block import candidates
from hygiene.match.features import Rows, features
from hygiene.match.index import Index
from hygiene.match.kept import Clean, taken
from hygiene.match.score import Pairs, Scorer
from hygiene.match.scoring import Scoring
from hygiene.match.table import Table
from hygiene.view import Columns, View

Opened = tuple[Index, Rows]
"""An index and which of its rows each row of some columns is."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The pairs of a round, a < b and ascending, and what scores any others of its rows."""

    scorer: Scoring
    pairs: Pairs


class Matching(Protocol):
    """Matches columns, and then what merges make of them."""

    def first(self, columns: Columns) -> Matched:
        """The pairs of these columns."""

    def then(self, columns: Columns, kept: Rows, changed: Rows) -> Matched:
        """The pairs of what is left of the columns before: row i was row `kept[i]`; rows `changed` hold new values."""


@runtime_checkable
class Keeper(Protocol):
    """A view that keeps something of a kind from run to run."""

    def matching(self, kind: str, table: Table, region: str) -> Matching:
        """What matches the columns of a kind; the first ones that it sees are the view's own."""


def matching(view: View, kind: str, table: Table, region: str) -> Matching:
    """What matches the columns of a kind: with what the view kept, where it keeps anything."""
    if isinstance(view, Keeper):
        return view.matching(kind, table, region)
    return Whole(table, partial(features, table=table, region=region))


class Whole:
    """Counts and compares everything in each round: what is common is as the round has it."""

    def __init__(self, table: Table, clean: Clean) -> None:
        self._table, self._clean = table, clean

    def first(self, columns: Columns) -> Matched:
        """The pairs of these columns."""
        scorer = Scorer(self._clean(columns), self._table)
        return Matched(scorer, scorer.score(*candidates(scorer.rows, self._table)))

    def then(self, columns: Columns, kept: Rows, changed: Rows) -> Matched:
        """The same as of columns never seen before."""
        return self.first(columns)


class Through:
    """Goes through a kept index: what it knows stands, and a round compares only what the merges before it changed.

    Every round is under the index's statistics, and its pairs are those of a full run under the same.
    """

    def __init__(self, reach: Callable[[Columns], Opened], clean: Clean) -> None:
        self._reach, self._clean = reach, clean

    def first(self, columns: Columns) -> Matched:
        """The pairs that the index holds once it knows these columns."""
        self._index, self._rows = self._reach(columns)
        return self._matched()

    def then(self, columns: Columns, kept: Rows, changed: Rows) -> Matched:
        """The pairs of an index that nobody keeps: it knows the merges as if they were done."""
        rows, start = self._rows[kept], len(self._index)
        gone = np.setdiff1d(self._rows, rows)
        fresh = self._clean(taken(columns, changed))
        self._index = self._index.update(fresh, np.zeros(len(fresh), dtype=np.uint64), gone)
        rows[changed] = np.arange(start, start + len(fresh))
        self._rows = rows
        return self._matched()

    def _matched(self) -> Matched:
        pairs, place = self._index.pairs, np.full(len(self._index), -1, dtype=np.int64)
        place[self._rows] = np.arange(len(self._rows))
        ends = place[pairs.a], place[pairs.b]
        low, high = np.minimum(*ends), np.maximum(*ends)
        return Matched(Drawn(self._index, self._rows), _ordered(replace(pairs, a=low, b=high)))


class Drawn:
    """Scores rows of an index, and reads only those that are asked for."""

    def __init__(self, index: Index, rows: Rows) -> None:
        self.table, self._index, self._rows = index.table, index, rows

    def score(self, a: Rows, b: Rows) -> Pairs:
        """The pairs with their points, vetoes and bands."""
        scorer, near, far = self._near(a, b)
        return replace(scorer.score(near, far), a=a, b=b)

    def explain(self, a: Rows, b: Rows) -> list[tuple[Evidence, ...]]:
        """The reasons of each pair, the weightiest first; without values."""
        scorer, near, far = self._near(a, b)
        return scorer.explain(near, far)

    def _near(self, a: Rows, b: Rows) -> tuple[Scorer, Rows, Rows]:
        """A scorer of these rows alone, and the pairs as rows of it."""
        left, right = self._rows[a], self._rows[b]
        rows = np.union1d(left, right)
        return self._index.scorer(rows), np.searchsorted(rows, left), np.searchsorted(rows, right)


def _ordered(pairs: Pairs) -> Pairs:
    """The pairs by their rows."""
    order = np.lexsort((pairs.b, pairs.a))
    points, probability, veto = pairs.points[order], pairs.probability[order], pairs.veto[order]
    return Pairs(pairs.a[order], pairs.b[order], points, probability, veto, pairs.verdict[order])
