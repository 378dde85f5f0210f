"""Joins pairs into groups whose members all bear each other; a person's "no" is never overridden.

Pairs are taken by falling probability. Two groups become one only where every pair across them is scored, consistent
and without veto, so that no chain of likenesses joins two strangers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hygiene.match.score import Pairs, Verdict
from hygiene.match.scoring import Scoring

Edge = tuple[int, int]
BOUND = 400
"""In a larger web of likenesses only the pairs that met in a block are looked at: all others keep groups apart."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that stand for one thing; `weakest` is the pair that joined them last, with its
    probability: 1 where a person said so."""

    rows: tuple[int, ...]
    verdict: Verdict
    probability: float
    weakest: Edge
    oversize: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What people said, as pairs of rows (lower first). `doubted` pairs wait for a person's word: they may not be
    merged unasked, whatever speaks for them by now."""

    duplicate: frozenset[Edge] = frozenset()
    distinct: frozenset[Edge] = frozenset()
    doubted: frozenset[Edge] = frozenset()


class _Groups:
    """Disjoint groups of rows, and the pair that joined each last."""

    def __init__(self) -> None:
        self.members: dict[int, list[int]] = {}
        self.home: dict[int, int] = {}
        self.weakest: dict[int, tuple[float, Edge]] = {}

    def of(self, row: int) -> list[int]:
        return self.members.get(self.home.get(row, row), [row])

    def join(self, edge: Edge, probability: float) -> None:
        a, b = (self.home.get(row, row) for row in edge)
        if a == b:
            return
        keep, gone = min(a, b), max(a, b)
        rows = sorted(self.of(edge[0]) + self.of(edge[1]))
        last = [self.weakest.pop(root) for root in (keep, gone) if root in self.weakest]
        self.members.pop(gone, None)
        self.members[keep] = rows
        self.home.update(dict.fromkeys(rows, keep))
        self.weakest[keep] = min([*last, (probability, edge)])

    def apart(self, edge: Edge) -> bool:
        return self.home.get(edge[0], edge[0]) != self.home.get(edge[1], edge[1])

    def across(self, edge: Edge) -> list[Edge]:
        return [(min(a, b), max(a, b)) for a in self.of(edge[0]) for b in self.of(edge[1])]


def groups(pairs: Pairs, scorer: Scoring, judged: Judged) -> list[Group]:
    """The groups to merge unasked, and those for review: pairs of what is left, groups above the cap.

    A group joined by a person's word is auto. In a review a group that is merged anyway stands as its first row.
    """
    table = scorer.table
    made = _Groups()
    for edge in sorted(judged.duplicate - judged.distinct):
        if not judged.distinct.intersection(made.across(edge)):
            made.join(edge, 1.0)
    auto = _edges(pairs, Verdict.AUTO)
    scores = _scores(scorer, auto)
    for probability, edge in auto:
        if made.apart(edge) and _consistent(made.across(edge), scores, judged, table.consistent):
            made.join(edge, probability)
    found = [_group(made, root, table.max_cluster) for root in sorted(made.members)]
    return [*found, *_reviews(pairs, made, judged)]


def _edges(pairs: Pairs, least: Verdict) -> list[tuple[float, Edge]]:
    """The pairs of a band or better, best first, then by row."""
    chosen = pairs.take(pairs.verdict >= least)
    order = np.lexsort((chosen.b, chosen.a, -chosen.points, -chosen.probability))
    probability, a, b = (part[order].tolist() for part in (chosen.probability, chosen.a, chosen.b))
    return list(zip(probability, zip(a, b, strict=True), strict=True))


def _scores(scorer: Scoring, auto: list[tuple[float, Edge]]) -> Mapping[Edge, float]:
    """How probable every pair is that may come to stand in one group; 0 where it is vetoed."""
    found = {edge: probability for probability, edge in auto}
    webs = [rows for rows in _webs(found) if 2 < len(rows) <= BOUND]
    apart = [edge for rows in webs for edge in combinations(rows, 2) if edge not in found]
    if apart:
        a, b = (np.array(side, dtype=np.int64) for side in zip(*apart, strict=True))
        scored = scorer.score(a, b)
        found |= zip(apart, np.where(scored.veto, 0.0, scored.probability).tolist(), strict=True)
    return found


def _webs(edges: Iterable[Edge]) -> list[list[int]]:
    """The rows that a chain of edges ties, each web in ascending order."""
    above: dict[int, int] = {}

    def top(row: int) -> int:
        while (up := above.setdefault(row, row)) != row:
            above[row] = row = above[up]
        return row

    for edge in edges:
        a, b = top(edge[0]), top(edge[1])
        above[max(a, b)] = min(a, b)
    webs: dict[int, list[int]] = {}
    for row in sorted(above):
        webs.setdefault(top(row), []).append(row)
    return list(webs.values())


def _consistent(across: Iterable[Edge], scores: Mapping[Edge, float], judged: Judged, least: float) -> bool:
    apart = judged.distinct | (judged.doubted - judged.duplicate)
    return all(edge not in apart and (edge in judged.duplicate or scores.get(edge, 0.0) >= least) for edge in across)


def _group(made: _Groups, root: int, cap: int) -> Group:
    rows, (probability, edge) = tuple(made.members[root]), made.weakest[root]
    large = len(rows) > cap
    return Group(rows, Verdict.REVIEW if large else Verdict.AUTO, probability, edge, large)


def _reviews(pairs: Pairs, made: _Groups, judged: Judged) -> list[Group]:
    """One review for each two groups that a pair ties, by its best pair, unless a person said no to one of them."""
    seen: dict[Edge, Group] = {}
    for probability, edge in _edges(pairs, Verdict.REVIEW):
        if not made.apart(edge) or judged.distinct.intersection(made.across(edge)):
            continue
        ends = sorted((made.of(edge[0])[0], made.of(edge[1])[0]))
        seen.setdefault((ends[0], ends[1]), Group(tuple(ends), Verdict.REVIEW, probability, edge))
    return list(seen.values())
