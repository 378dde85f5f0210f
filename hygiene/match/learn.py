"""Offers weights that fit a team's labels better: a logistic fit that is held near the weights in force."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hygiene.match.labels import Case
from hygiene.match.table import Comparison, Table

Matrix = NDArray[np.float64]
LEAST = 20
"""Fewer pairs of either sort say too little to move a weight by."""
FOLDS = 5
HOLD = 2.0
"""How strongly a weight is held: the penalty of moving it by its own size, in nats."""
STEPS = 300


@dataclass(frozen=True, slots=True)
class Offer:
    """Comparisons with other weights, and the mean log loss on labels kept out of the fit, before and after."""

    comparisons: tuple[Comparison, ...]
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class _Labels:
    """Row by row the parts of each weight that a pair earned, and whether the two are one."""

    parts: Matrix
    same: Matrix

    def take(self, rows: NDArray[np.bool_]) -> "_Labels":
        return _Labels(self.parts[rows], self.same[rows])


def enough(cases: Sequence[Case]) -> bool:
    """Whether there are labels to learn from: compared pairs, `LEAST` that are one and as many that are not."""
    compared = [case.same for case in cases if case.compared]
    return min(sum(compared), len(compared) - sum(compared)) >= LEAST


def fit(cases: Sequence[Case], table: Table) -> Offer | None:
    """Weights for the table's comparisons; None where they do no better on labels kept out of the fit.

    Log odds are taken as linear in the points, along the table's own calibration; ridge regression (Hoerl and Kennard
    1970) toward the weights in force. A weight of 0 stays: it says that a comparator has no say.
    """
    labels, now = _labels([case for case in cases if case.compared], table), _weights(table)
    line = _line(table)
    before = after = 0.0
    folds = np.arange(len(labels.same)) % FOLDS
    for fold in range(FOLDS):
        kept = labels.take(folds == fold)
        before += _loss(kept, now, line)
        after += _loss(kept, _fitted(labels.take(folds != fold), now, line), line)
    if after >= before:
        return None
    weights = np.round(_fitted(labels, now, line), 1).tolist()
    count = len(table.comparisons)
    made = tuple(
        item.model_copy(update={"weight": weights[at], "against": weights[count + at]})
        for at, item in enumerate(table.comparisons)
    )
    return Offer(made, before / len(labels.same), after / len(labels.same))


def _weights(table: Table) -> Matrix:
    return np.array([item.weight for item in table.comparisons] + [item.against for item in table.comparisons])


def _labels(cases: Sequence[Case], table: Table) -> _Labels:
    """What each pair's evidence says of each weight: the part of it that counted, 1 for all, below 0 against."""
    place = {item.compare: at for at, item in enumerate(table.comparisons)}
    now, parts = _weights(table), np.zeros((len(cases), 2 * len(table.comparisons)))
    for row, case in enumerate(cases):
        for reason in case.reasons:
            at = place[reason.about] + (len(place) if reason.weight < 0 else 0)
            if now[at]:
                parts[row, at] = reason.weight / now[at]
    return _Labels(parts, np.array([case.same for case in cases], dtype=float))


def _line(table: Table) -> tuple[float, float]:
    """Slope and height of the straight line nearest to the calibration's log odds; its last knot is a mere end."""
    at, share = np.array(table.calibration.clean[:-1] or table.calibration.clean).T
    slope, height = np.polyfit(at, np.log(share / (1 - share)), 1)
    return float(slope), float(height)


def _odds(labels: _Labels, weights: Matrix, line: tuple[float, float]) -> Matrix:
    return np.asarray(line[1] + line[0] * (labels.parts @ weights))


def _loss(labels: _Labels, weights: Matrix, line: tuple[float, float]) -> float:
    odds = _odds(labels, weights, line)
    return float(np.sum(np.logaddexp(0, odds) - labels.same * odds))


def _fitted(labels: _Labels, now: Matrix, line: tuple[float, float]) -> Matrix:
    """The weights of the least penalized loss, which is convex; those below 0 are 0.

    A logistic curve bends by 1/4 at most (Böhning 1992): steps measured by that bound never overshoot.
    """
    held = 2 * HOLD / np.maximum(now, 1) ** 2
    weights, slopes = now.copy(), line[0] * labels.parts
    stride = np.linalg.inv(slopes.T @ slopes / 4 + np.diag(held))
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-_odds(labels, weights, line)))
        weights = weights - stride @ (slopes.T @ (share - labels.same) + held * (weights - now))
    return np.asarray(np.where(now > 0, np.maximum(weights, 0), now))
