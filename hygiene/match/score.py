"""Weighs the evidence of each pair, for and against, and names its band."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from hygiene.check import Evidence
from hygiene.match.compare import Comparator, Levels, Sharing, comparator
from hygiene.match.features import Features, Rows
from hygiene.match.table import Table

Points = NDArray[np.float32]
CHUNK = 250_000
"""Pairs scored at once; bounds the memory, never the result."""


class Verdict(IntEnum):
    """What becomes of a pair."""

    NO = 0
    REVIEW = 1
    AUTO = 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scored pairs, row by row: `points` is what speaks for less what speaks against."""

    a: Rows
    b: Rows
    points: Points
    veto: NDArray[np.bool_]
    verdict: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.a)

    def take(self, chosen: NDArray[np.bool_]) -> "Pairs":
        """Those pairs alone."""
        return Pairs(self.a[chosen], self.b[chosen], self.points[chosen], self.veto[chosen], self.verdict[chosen])


class Scorer:
    """Scores pairs of one table's rows; what the rows share is counted once."""

    def __init__(self, rows: Features, table: Table) -> None:
        self.rows, self.table = rows, table
        self._parts: list[tuple[Comparator, Points | None]] = []
        for item in table.comparisons:
            found = comparator(item.compare)
            self._parts.append((found, None if found.SHARING is None else _worth(rows, found.SHARING)))

    def score(self, a: Rows, b: Rows) -> Pairs:
        """The pairs with their points, vetoes and bands.

        A pair is for auto where the points suffice and nothing vetoes it; for review where they do for that, or where
        the evidence for it alone would have sufficed for auto.
        """
        chunks = [self._chunk(a[at : at + CHUNK], b[at : at + CHUNK]) for at in range(0, max(len(a), 1), CHUNK)]
        gain, points, veto = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
        verdict = np.where((points >= self.table.review) | (gain >= self.table.auto), Verdict.REVIEW, Verdict.NO)
        verdict[(points >= self.table.auto) & ~veto] = Verdict.AUTO
        return Pairs(a, b, points, veto, verdict.astype(np.int8))

    def explain(self, a: Rows, b: Rows) -> list[tuple[Evidence, ...]]:
        """The reasons of each pair, the weightiest first; without values."""
        found: list[list[Evidence]] = [[] for _ in range(len(a))]
        for item, (part, worth) in zip(self.table.comparisons, self._parts, strict=True):
            level = part.compare(self.rows, a, b)
            value = self._points(part, worth, level, (a, b))
            weights = (value * np.where(value > 0, item.weight, item.against)).tolist()
            for at, (which, weight) in enumerate(zip(level.tolist(), weights, strict=True)):
                reason = part.REASONS[which]
                if reason.text and (weight or reason.veto):
                    text = reason.text + (" (veto)" if reason.veto else "")
                    found[at].append(Evidence(item.compare, text, round(weight, 2)))
        return [tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.about))) for reasons in found]

    def _chunk(self, a: Rows, b: Rows) -> tuple[Points, Points, NDArray[np.bool_]]:
        groups: dict[str, Points] = {}
        loss, veto = np.zeros(len(a), dtype=np.float32), np.zeros(len(a), dtype=bool)
        for item, (part, worth) in zip(self.table.comparisons, self._parts, strict=True):
            level = part.compare(self.rows, a, b)
            veto |= np.array([reason.veto for reason in part.REASONS])[level]
            value = self._points(part, worth, level, (a, b))
            group = item.group or item.compare
            best = groups.get(group, np.zeros(len(a), dtype=np.float32))
            groups[group] = np.maximum(best, value * np.float32(item.weight))
            loss += np.minimum(value, 0) * np.float32(item.against)
        gain = np.zeros(len(a), dtype=np.float32)
        for points in groups.values():
            gain += points
        return gain, gain + loss, veto

    def _points(self, part: Comparator, worth: Points | None, level: Levels, pair: tuple[Rows, Rows]) -> Points:
        value = np.array([reason.value for reason in part.REASONS], dtype=np.float32)[level]
        if worth is None or part.SHARING is None:
            return value
        codes = self.rows[part.SHARING.feature].codes
        faded = np.minimum(worth[codes[pair[0]]], worth[codes[pair[1]]])
        return np.asarray(np.where(value > 0, value * faded, value), dtype=np.float32)


def _worth(rows: Features, sharing: Sharing) -> Points:
    """For each value of a feature, how much agreement on it is worth: 1 where few share it, 0 where many do."""
    column = rows[sharing.feature]
    shared = column.counts() if sharing.by == "id" else column.shared_by(rows[sharing.by])
    ratio = np.log(np.maximum(shared, 1) / sharing.free) / np.log(sharing.most / sharing.free)
    return np.asarray(1 - np.clip(ratio, 0, 1), dtype=np.float32)
