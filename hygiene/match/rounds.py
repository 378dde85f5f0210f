"""Matches until nothing changes: what a merge would make of its records is matched again.

A merge joins what its records knew and thins out how often a value occurs, and either may tie two records that were
too far apart before. Without this, each applied plan would call for another. Whatever later rounds join must still be
consistent record by record, as they stand today.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hygiene.check import Evidence
from hygiene.match.cluster import Edge, Group, Judged, groups
from hygiene.match.features import Rows
from hygiene.match.matching import Matching
from hygiene.match.score import Verdict
from hygiene.match.scoring import Scoring
from hygiene.view import Columns

MOST = 6


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge of some rows leaves: the row that survives and its values by field."""

    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A group with the round that found it. `rows` are rows of the first columns, a survivor standing for what is
    merged into it; `group` speaks of the round's own."""

    rows: tuple[int, ...]
    group: Group
    scorer: Scoring
    columns: Columns


Settle = Callable[[tuple[int, ...]], Merged | None]
"""What a merge of these rows would leave, None where it has to wait for a person."""


def rounds(columns: Columns, matching: Matching, judged: Judged, settle: Settle) -> Iterator[Found]:
    """The groups to merge unasked, then all that is for a person as it stands after those merges."""
    state = _State(columns, judged)
    now = matching.first(columns)
    first = now.scorer
    for turn in range(MOST):
        made, merged = groups(now.pairs, now.scorer, state.judged()), False
        for group in made if turn < MOST - 1 else ():
            if group.verdict is not Verdict.AUTO:
                continue
            rows = state.members(group)
            if turn and not _bears(first, rows, judged, first.table.consistent):
                state.doubt(group)
                merged = True
            elif (left := settle(rows)) is not None:
                state.join(left, rows, Found(rows, group, now.scorer, state.columns))
                merged = True
        if not merged:
            break
        kept, changed = state.collapse()
        now = matching.then(state.columns, kept, changed)
    yield from state.found.values()
    for group in made:
        yield Found(tuple(state.rows[row] for row in group.rows), group, now.scorer, state.columns)


def reasons(found: Sequence[Found]) -> list[tuple[Evidence, ...]]:
    """Why each group's weakest pair was joined, or is asked about; the pairs of one round are explained at once."""
    made: dict[int, tuple[Evidence, ...]] = {}
    for scorer in {id(item.scorer): item.scorer for item in found}.values():
        places = [place for place, item in enumerate(found) if item.scorer is scorer]
        weakest = np.array([found[place].group.weakest for place in places], dtype=np.int64)
        made |= dict(zip(places, scorer.explain(weakest[:, 0], weakest[:, 1]), strict=True))
    return [made[place] for place in range(len(found))]


class _State:
    """The columns as the merges so far leave them; `rows` says which first row each of theirs is."""

    def __init__(self, columns: Columns, judged: Judged) -> None:
        self.columns = columns
        self.rows = list(range(len(columns)))
        self.within: dict[int, tuple[int, ...]] = {}
        self.found: dict[int, Found] = {}
        self._judged = judged
        self._doubted: set[Edge] = set()
        self._left: dict[int, Merged] = {}
        self._gone: set[int] = set()

    def members(self, group: Group) -> tuple[int, ...]:
        """Every first row that stands behind the group."""
        return tuple(sorted(one for row in group.rows for one in self._behind(self.rows[row])))

    def join(self, left: Merged, rows: tuple[int, ...], found: Found) -> None:
        """A merge is decided: its survivor stands for all."""
        for row in rows:
            self.found.pop(row, None)
            self.within.pop(row, None)
        self.within[left.row] = rows
        self.found[left.row] = replace(found, rows=(left.row, *(row for row in rows if row != left.row)))
        self._left[left.row] = left
        self._gone.update(row for row in rows if row != left.row)
        self._gone.discard(left.row)

    def doubt(self, group: Group) -> None:
        """These would be one only because of merges: a person decides."""
        heads = [self.rows[row] for row in group.rows]
        self._doubted |= {(min(a, b), max(a, b)) for i, a in enumerate(heads) for b in heads[i + 1 :]}

    def collapse(self) -> tuple[Rows, Rows]:
        """Columns in which merged rows are gone and survivors hold what the merge leaves them.

        Returns which rows of the columns before are left, and which rows of the new ones hold another value.
        """
        kept = [place for place, row in enumerate(self.rows) if row not in self._gone]
        order = np.array(kept, dtype=np.int64)
        data = {name: column[order] for name, column in self.columns.data.items()}
        self.rows = [self.rows[place] for place in kept]
        changed = []
        for place, row in enumerate(self.rows):
            new = self._left[row].values if row in self._left else {}
            altered = {name: value for name, value in new.items() if name in data and data[name][place] != value}
            for name, value in altered.items():
                data[name][place] = value
            changed += [place] if altered else []
        workspace, ids = self.columns.workspace[order], self.columns.ids[order]
        self.columns = replace(self.columns, workspace=workspace, ids=ids, data=data)
        return order, np.array(changed, dtype=np.int64)

    def judged(self) -> Judged:
        """What people said, and what is in doubt, as pairs of the present rows."""
        place = {one: at for at, row in enumerate(self.rows) for one in self._behind(row)}

        def now(edges: frozenset[Edge]) -> frozenset[Edge]:
            pairs = ((place[a], place[b]) for a, b in edges if a in place and b in place)
            return frozenset((min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])

        said = self._judged
        return Judged(now(said.duplicate), now(said.distinct), now(said.doubted | frozenset(self._doubted)))

    def _behind(self, row: int) -> tuple[int, ...]:
        return self.within.get(row, (row,))


def _bears(first: Scoring, rows: tuple[int, ...], judged: Judged, least: float) -> bool:
    """Whether every two of the records as they stand today are consistent."""
    edges = [(a, b) for i, a in enumerate(rows) for b in rows[i + 1 :]]
    if judged.distinct.intersection(edges) or judged.doubted.intersection(edges):
        return False
    a, b = (np.array(side, dtype=np.int64) for side in zip(*edges, strict=True))
    scored = first.score(a, b)
    fine = (scored.probability >= least) & ~scored.veto
    return all(good or edge in judged.duplicate for good, edge in zip(fine.tolist(), edges, strict=True))
