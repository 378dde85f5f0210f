"""Joins pairs into groups whose members all bear each other; a person's "no" is never overridden.

Pairs are taken by falling probability. Two groups become one only where every pair across them is scored, consistent
and without veto, so that no chain of likenesses joins two strangers.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import combinations, repeat
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from hygiene.garbage import kept
from hygiene.match.features import Rows
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

    def heads(self, size: int) -> Rows:
        """The first row of the group of each row below a size."""
        found = np.arange(size, dtype=np.int64)
        found[[*self.home.keys()]] = [*self.home.values()]
        return found

    def apart(self, edge: Edge) -> bool:
        return self.home.get(edge[0], edge[0]) != self.home.get(edge[1], edge[1])

    def across(self, edge: Edge) -> list[Edge]:
        return [(min(a, b), max(a, b)) for a in self.of(edge[0]) for b in self.of(edge[1])]


@kept()
def groups(pairs: Pairs, scorer: Scoring, judged: Judged) -> list[Group]:
    """The groups to merge unasked, and those for review: pairs of what is left, groups above the cap.

    A group joined by a person's word is auto. In a review a group that is merged anyway stands as its first row.
    """
    table, made = scorer.table, _Groups()
    for edge in sorted(judged.duplicate - judged.distinct):
        if not judged.distinct.intersection(made.across(edge)):
            made.join(edge, 1.0)
    auto = pairs.take(pairs.verdict >= Verdict.AUTO)
    lone = _lone(auto, judged)
    couples = auto.take(lone & (auto.probability >= table.consistent))
    webbed = _edges(auto.take(~lone))
    scores, barred = _scores(scorer, webbed, judged.duplicate), judged.distinct | (judged.doubted - judged.duplicate)
    for probability, edge in webbed:
        if made.apart(edge) and _consistent(made.across(edge), scores, barred, judged.duplicate, table.consistent):
            made.join(edge, probability)
    found = [*_coupled(couples), *(_group(made, root, table.max_cluster) for root in made.members)]
    found.sort(key=attrgetter("rows"))
    asked = pairs.take(pairs.verdict >= Verdict.REVIEW)
    home = made.heads(1 + max(asked.b.max(initial=0), *(edge[1] for edge in judged.duplicate | judged.distinct), 0))
    home[couples.b] = couples.a
    return [*found, *_reviews(asked, home, judged.distinct)]


def _lone(pairs: Pairs, judged: Judged) -> NDArray[np.bool_]:
    """The pairs whose two rows stand in no other pair and of which nobody said anything: nothing can contradict."""
    said = np.array(sorted(judged.duplicate | judged.distinct | judged.doubted), dtype=np.int64).ravel()
    times = np.bincount(np.concatenate([pairs.a, pairs.b, said, said]))
    return np.asarray((times[pairs.a] == 1) & (times[pairs.b] == 1))


def _coupled(pairs: Pairs) -> Iterator[Group]:
    """A group of each pair."""
    edges = list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True))
    return map(Group, edges, repeat(Verdict.AUTO), pairs.probability.tolist(), edges)


def _ranked(pairs: Pairs) -> Pairs:
    """The pairs, best first, then by row."""
    return pairs.take(np.lexsort((pairs.b, pairs.a, -pairs.points, -pairs.probability)))


def _edges(pairs: Pairs) -> list[tuple[float, Edge]]:
    """The pairs, best first, then by row."""
    ranked = _ranked(pairs)
    edges = zip(ranked.a.tolist(), ranked.b.tolist(), strict=True)
    return list(zip(ranked.probability.tolist(), edges, strict=True))


def _scores(scorer: Scoring, auto: list[tuple[float, Edge]], duplicate: Set[Edge]) -> Mapping[Edge, float]:
    """How probable every pair is that may come to stand in one group, by likeness or by a person's word; 0 where it is
    vetoed."""
    found = {edge: probability for probability, edge in auto}
    webs = [rows for rows in _webs([*found, *duplicate]) if 2 < len(rows) <= BOUND]
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


def _consistent(
    across: Iterable[Edge], scores: Mapping[Edge, float], barred: Set[Edge], duplicate: Set[Edge], least: float
) -> bool:
    return all(edge not in barred and (edge in duplicate or scores.get(edge, 0.0) >= least) for edge in across)


def _group(made: _Groups, root: int, cap: int) -> Group:
    rows, (probability, edge) = tuple(made.members[root]), made.weakest[root]
    large = len(rows) > cap
    return Group(rows, Verdict.REVIEW if large else Verdict.AUTO, probability, edge, large)


def _reviews(pairs: Pairs, home: Rows, distinct: Set[Edge]) -> Iterator[Group]:
    """One review for each two groups that a pair ties, by its best pair, unless a person said no to one of them.

    `home` is the first row of each row's group.
    """
    no = np.array([*distinct], dtype=np.int64).reshape(-1, 2)
    apart = home[pairs.a] != home[pairs.b]
    apart[apart] = ~np.isin(_tie(home, pairs.a[apart], pairs.b[apart]), _tie(home, no[:, 0], no[:, 1]))
    ranked = _ranked(pairs.take(apart))
    ties = _tie(home, ranked.a, ranked.b)
    order = np.argsort(ties, kind="stable")
    best = ranked.take(np.sort(order[np.diff(ties[order], prepend=-1) > 0]))
    edges = list(zip(best.a.tolist(), best.b.tolist(), strict=True))
    heads = (np.sort([home[best.a], home[best.b]], axis=0)).tolist()
    # Most rows stand alone: their pair and their heads are one tuple, not two.
    ends = (edge if edge == both else both for edge, both in zip(edges, zip(*heads, strict=True), strict=True))
    return map(Group, ends, repeat(Verdict.REVIEW), best.probability.tolist(), edges)


def _tie(home: Rows, a: Rows, b: Rows) -> Rows:
    """One number for the two groups in which two rows stand, in either order."""
    return np.asarray(np.minimum(home[a], home[b]) * len(home) + np.maximum(home[a], home[b]))
