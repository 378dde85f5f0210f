"""What scored pairs and groups are worth against the truth, computed alike for every contestant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Numbers = NDArray[np.float64]
PAIRWISE = ("score", "verdict", "points", "veto")
LEVELS = (0.99, 0.995, 0.999)
"""Precisions at which the recall is read off."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The entity of every row, as a number."""

    entity: Rows

    @property
    def pairs(self) -> int:
        """How many pairs of rows stand for one thing."""
        return _pairs(np.bincount(self.entity))

    def holds(self, a: Rows, b: Rows) -> NDArray[np.bool_]:
        """Which of these pairs do."""
        return np.asarray(self.entity[a] == self.entity[b])


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision and recall of a set of pairs; of none the precision is 1, as nothing is wrong in it."""

    pairs: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """The share of these pairs that are true."""
        return self.right / self.pairs if self.pairs else 1.0

    @property
    def recall(self) -> float:
        """The share of the true pairs that are among these."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.right / (self.pairs + self.true) if self.pairs + self.true else 1.0


@dataclass(frozen=True, slots=True)
class Clusters:
    """A partition of the rows: its pairs, B-cubed F1 (Bagga and Baldwin 1998) and its largest cluster."""

    rates: Rates
    b_cubed: float
    largest: int


@dataclass(frozen=True, slots=True)
class Swept:
    """A ranking, cut where the truth likes it best; `recalls` belong to `LEVELS`, `closed` is what that cut joins."""

    threshold: float
    best: Rates
    recalls: tuple[float, ...]
    closed: Clusters


@dataclass(frozen=True, slots=True)
class Bands:
    """What a contestant does by the threshold it was given beforehand; `merged` is what it puts into one group."""

    auto: Rates
    review: int
    both: Rates
    merged: Clusters
    traps: Mapping[str, tuple[int, int]]


def swept(truth: Truth, a: Rows, b: Rows, score: Numbers) -> Swept:
    """The best F1 of any threshold and the recall at each precision; pairs of one score are taken or left together."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    right = np.cumsum(truth.holds(a[order], b[order]))
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(ranked) else np.zeros(0, dtype=np.int64)
    hits, found, true = right[last], last + 1, truth.pairs
    if not len(last):
        return Swept(1.0, Rates(0, 0, true), (0.0,) * len(LEVELS), clusters(truth, np.arange(len(truth.entity))))
    best = int(np.argmax(2 * hits / (found + true)))
    recalls = tuple(float(np.max(hits[hits >= level * found], initial=0) / max(true, 1)) for level in LEVELS)
    chosen = order[: found[best]]
    closed = clusters(truth, joined(len(truth.entity), a[chosen], b[chosen]))
    return Swept(float(ranked[last[best]]), Rates(int(found[best]), int(hits[best]), true), recalls, closed)


def rates(truth: Truth, a: Rows, b: Rows) -> Rates:
    """Of these pairs, each named once."""
    return Rates(len(a), int(truth.holds(a, b).sum()), truth.pairs)


def clusters(truth: Truth, label: Rows) -> Clusters:
    """Of a partition, a label a row."""
    _, mine, size = np.unique(label, return_inverse=True, return_counts=True)
    cells, shared = np.unique(mine.astype(np.int64) * (truth.entity.max() + 1) + truth.entity, return_counts=True)
    own, real = size[cells // (truth.entity.max() + 1)], np.bincount(truth.entity)[cells % (truth.entity.max() + 1)]
    precision, recall = (float((shared * shared / part).sum() / len(label)) for part in (own, real))
    found = Rates(_pairs(size), _pairs(shared), truth.pairs)
    return Clusters(found, 2 * precision * recall / (precision + recall), int(size.max()))


def joined(rows: int, a: Rows, b: Rows) -> Rows:
    """The transitive closure of pairs: every row bears the lowest row that it is tied to."""
    label = np.arange(rows, dtype=np.int64)
    while True:
        low = np.minimum(label[a], label[b])
        if np.array_equal(label[a], label[b]):
            return label
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        while not np.array_equal(label, label[label]):
            label = label[label]


def bands(truth: Truth, answer: Mapping[str, Rows], traps: list[tuple[int, int, str]]) -> Bands:
    """What the verdicts and groups of an answer come to."""
    a, b, verdict, group = (answer[name] for name in ("a", "b", "verdict", "group"))
    auto, both = (rates(truth, a[verdict >= band], b[verdict >= band]) for band in (2, 1))
    fallen: dict[str, tuple[int, int]] = {}
    for left, right, name in traps:
        sprung, total = fallen.get(name, (0, 0))
        fallen[name] = (sprung + int(group[left] == group[right]), total + 1)
    return Bands(auto, int((verdict == 1).sum()), both, clusters(truth, group), dict(sorted(fallen.items())))


def once(rows: int, answer: Mapping[str, Rows]) -> dict[str, Rows]:
    """The answer with each pair of two rows once, under its first score."""
    low, high = np.minimum(answer["a"], answer["b"]), np.maximum(answer["a"], answer["b"])
    _, first = np.unique(low * np.int64(rows) + high, return_index=True)
    first = first[low[first] != high[first]]
    kept = {name: cast("Rows", answer[name][first]) for name in PAIRWISE if name in answer}
    return {**answer, **kept, "a": low[first], "b": high[first]}


def _pairs(sizes: NDArray[np.int64]) -> int:
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())
