"""Precision and recall of merges against a known truth, counted in pairs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from connectors.records import Ref


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs merged, pairs that were right to merge, and pairs that a perfect merger would have merged."""

    merged: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """The share of merged pairs that are truly the same; 1 where none was merged."""
        return self.right / self.merged if self.merged else 1.0

    @property
    def recall(self) -> float:
        """The share of truly equal pairs that were merged; 1 where there are none."""
        return self.right / self.true if self.true else 1.0


def score(clusters: Iterable[Sequence[Ref]], truth: Mapping[Ref, str]) -> Score:
    """Score groups of merged records. `truth` names the real thing behind each record; equal names in one workspace
    and kind are duplicates."""
    merged = right = 0
    for cluster in clusters:
        for a, b in combinations(cluster, 2):
            merged += 1
            right += a in truth and truth.get(a) == truth.get(b)
    sizes = Counter((ref.workspace, ref.kind, entity) for ref, entity in truth.items())
    return Score(merged, right, sum(comb(size, 2) for size in sizes.values()))
