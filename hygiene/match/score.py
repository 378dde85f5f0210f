"""Weighs the evidence of each pair, for and against, and names its band."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from hygiene.check import Evidence
from hygiene.halves import halves, possible
from hygiene.match.compare import Comparator, Levels, Sharing, comparator
from hygiene.match.features import Features, Rows
from hygiene.match.table import Comparison, Knot, Table

Points = NDArray[np.float32]
Weighed = tuple[Comparison, Comparator, Levels, Points]
Flags = NDArray[np.bool_]
Summed = tuple[Points, Points, Flags, Flags]
"""What speaks for each pair, that less what speaks against it, whether anything vetoes it, whether anything asks."""
CHUNK = 250_000
"""Pairs scored at once; bounds the memory, never the result."""
FEW = 1000
MANY = 4
"""So many chunks are worth a second process."""


class Verdict(IntEnum):
    """What becomes of a pair."""

    NO = 0
    REVIEW = 1
    AUTO = 2


@dataclass(frozen=True, slots=True)
class _Part:
    """One comparison, its arrays indexed by level: what agreement is worth, and what that adds or takes here.

    `worth` says for each value of the feature that it shares how far agreement on it counts, None where all counts.
    """

    compare: Comparator
    value: Points
    weight: Points
    veto: NDArray[np.bool_]
    asks: NDArray[np.bool_]
    worth: Points | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scored pairs, row by row: `points` is what speaks for less what speaks against, `probability` what it means."""

    a: Rows
    b: Rows
    points: Points
    probability: Points
    veto: NDArray[np.bool_]
    verdict: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.a)

    def take(self, chosen: NDArray[np.bool_] | Rows) -> "Pairs":
        """Those pairs alone, by a mask or in the order of their places."""
        a, b, verdict = self.a[chosen], self.b[chosen], self.verdict[chosen]
        return Pairs(a, b, self.points[chosen], self.probability[chosen], self.veto[chosen], verdict)


class Scorer:
    """Scores pairs of one table's rows; what the rows share is counted once."""

    def __init__(self, rows: Features, table: Table) -> None:
        self.rows, self.table = rows, table
        self._parts = [_part(rows, item) for item in table.comparisons]

    def score(self, a: Rows, b: Rows) -> Pairs:
        """The pairs with their points, vetoes and bands.

        A pair is for auto where it is probable enough, nothing vetoes it and nothing asks for a person; for review
        where it is probable enough for that, or where the evidence for it alone would have sufficed for auto.
        """
        gain, points, veto, asks = (np.concatenate(parts) for parts in zip(*self._chunks(a, b), strict=True))
        known = self.table.calibration
        likely = probability(points, known.clean)
        probable = np.where(veto, probability(points, known.contradicted), likely)
        alone = probability(gain, known.clean) >= self.table.auto
        verdict = np.where((probable >= self.table.review) | alone, Verdict.REVIEW, Verdict.NO)
        verdict[(likely >= self.table.auto) & ~veto & ~asks] = Verdict.AUTO
        return Pairs(a, b, points, probable.astype(np.float32), veto, verdict.astype(np.int8))

    def _chunks(self, a: Rows, b: Rows) -> list[Summed]:
        """All pairs chunk by chunk; a second process takes every other chunk where there are many."""
        starts = range(0, max(len(a), 1), CHUNK)

        def summed(at: int) -> Summed:
            return self._chunk(a[at : at + CHUNK], b[at : at + CHUNK])

        if len(starts) < MANY or not possible():
            return [*map(summed, starts)]
        self._chunk(a[:FEW], b[:FEW])  # What is made once of all rows is made before there are two to make it.
        here, there = halves(lambda: [*map(summed, starts[::2])], lambda: map(summed, starts[1::2]))
        found = [*here, *there]
        found[::2], found[1::2] = here, there
        return found

    def explain(self, a: Rows, b: Rows) -> list[tuple[Evidence, ...]]:
        """The reasons of each pair, the weightiest first; without values.

        The weights of a pair add up to its points: of what says the same as another reason, only the better counts.
        """
        found: list[list[Evidence]] = [[] for _ in range(len(a))]
        weighed = list(self._weighed(a, b))
        gains, losses = _best(weighed, np.maximum), _best(weighed, np.minimum)
        for item, part, level, weight in weighed:
            group = item.group or item.compare
            counted = np.where(weight > 0, weight == gains[group], weight == losses[group]) & (weight != 0)
            gains[group] = np.where(counted & (weight > 0), np.inf, gains[group])
            losses[group] = np.where(counted & (weight < 0), -np.inf, losses[group])
            for at, (which, own) in enumerate(zip(level.tolist(), np.where(counted, weight, 0).tolist(), strict=True)):
                reason = part.REASONS[which]
                veto, asks = reason.veto and item.vetoes, reason.asks and item.vetoes
                if reason.text and (own or veto or asks):
                    text = reason.text + (" (veto)" if veto else " (ask)" if asks else "")
                    found[at].append(Evidence(item.compare, text, round(own, 2)))
        return [tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.about))) for reasons in found]

    def _weighed(self, a: Rows, b: Rows) -> Iterator[Weighed]:
        """Each comparison with the level of every pair and what it adds or takes."""
        for item, part in zip(self.table.comparisons, self._parts, strict=True):
            level = part.compare.compare(self.rows, a, b)
            yield item, part.compare, level, self._points(item, part, level, (a, b))

    def _chunk(self, a: Rows, b: Rows) -> Summed:
        weighed, veto, asks = [], np.zeros(len(a), dtype=bool), np.zeros(len(a), dtype=bool)
        for part, one in zip(self._parts, self._weighed(a, b), strict=True):
            if part.veto.any():
                veto |= part.veto[one[2]]
            if part.asks.any():
                asks |= part.asks[one[2]]
            weighed.append(one)
        none = np.zeros(len(a), dtype=np.float32)
        gain = np.asarray(sum(_best(weighed, np.maximum).values(), none), dtype=np.float32)
        return gain, np.asarray(sum(_best(weighed, np.minimum).values(), gain), dtype=np.float32), veto, asks

    def _points(self, item: Comparison, part: _Part, level: Levels, pair: tuple[Rows, Rows]) -> Points:
        """What each level adds or takes; agreement on what many share fades."""
        points = part.weight[level]
        if part.worth is not None and part.compare.SHARING is not None:
            codes = self.rows[part.compare.SHARING.feature].codes
            at = np.flatnonzero((part.value > 0)[level])
            faded = np.minimum(part.worth[codes[pair[0][at]]], part.worth[codes[pair[1][at]]])
            points[at] = part.value[level[at]] * faded * np.float32(item.weight)
        return points


def _part(rows: Features, item: Comparison) -> _Part:
    found = comparator(item.compare)
    value = np.array([reason.value for reason in found.REASONS], dtype=np.float32)
    weight = np.where(value > 0, value * np.float32(item.weight), value * np.float32(item.against))
    veto = np.array([reason.veto and item.vetoes for reason in found.REASONS])
    asks = np.array([reason.asks and item.vetoes for reason in found.REASONS])
    return _Part(found, value, weight, veto, asks, None if found.SHARING is None else _worth(rows, found.SHARING))


def _best(weighed: list[Weighed], pick: np.ufunc) -> dict[str, Points]:
    """The most that each group of comparisons adds (`np.maximum`) or takes (`np.minimum`): one fact counts once."""
    best: dict[str, Points] = {}
    for item, _, _, weight in weighed:
        group = item.group or item.compare
        best[group] = pick(best.get(group, np.float32(0)), weight)
    return best


def probability(points: Points, knots: tuple[Knot, ...]) -> NDArray[np.float64]:
    """The calibrated probability of so many points."""
    at, share = np.array(knots).T
    return np.asarray(1 / (1 + np.exp(-np.interp(points, at, np.log(share / (1 - share))))))


def _worth(rows: Features, sharing: Sharing) -> Points:
    """For each value of a feature, how much agreement on it is worth: 1 where few share it, 0 where many do."""
    column = rows[sharing.feature]
    if rows.terms is not None:
        shared = rows.terms.counts(sharing.feature, sharing.by, column)
    else:
        shared = column.counts() if sharing.by == "id" else column.shared_by(rows[sharing.by])
    ratio = np.log(np.maximum(shared, 1) / sharing.free) / np.log(sharing.most / sharing.free)
    return np.asarray(1 - np.clip(ratio, 0, 1), dtype=np.float32)
