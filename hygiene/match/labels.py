"""How a match table does on pairs of which people said whether they are one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hygiene.check import Evidence
from hygiene.match.block import candidates
from hygiene.match.features import features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.table import Table
from hygiene.view import Columns

SWEEP = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
"""Probabilities at which a report says what would be found if no veto held a pair back."""
APART = Evidence("blocks", "never compared: no block of the table holds both", 0.0)


@dataclass(frozen=True, slots=True)
class Labeled:
    """Two rows of some columns, what people said of them, and where that is written."""

    a: int
    b: int
    same: bool
    where: str


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules made of one labeled pair. `verdict` and `probability` are NO and 0 where it never met in a block;
    `values` is what the two say, for those who may see it."""

    kind: str
    where: str
    same: bool
    verdict: Verdict
    probability: float
    reasons: tuple[Evidence, ...]
    values: tuple[str, str] = ("", "")

    @property
    def compared(self) -> bool:
        """Whether any block of the table holds both."""
        return self.reasons != (APART,)


@dataclass(frozen=True, slots=True)
class Measure:
    """Pairs that were found, those of them that are one, and all that are one."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """The share of the found pairs that are one; 1 where none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the pairs that are one that were found; 1 where there are none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def judge(columns: Columns, labels: Sequence[Labeled], table: Table, region: str = "") -> list[Case]:
    """What the table makes of each label, among all the rows of the columns: how rare a value is counts here too."""
    scorer = Scorer(features(columns, table, region), table)
    a, b = candidates(scorer.rows, table)
    low = np.array([min(label.a, label.b) for label in labels], dtype=np.int64)
    high = np.array([max(label.a, label.b) for label in labels], dtype=np.int64)
    met = np.isin(low * len(columns) + high, a * len(columns) + b)
    scored, why = scorer.score(low, high), scorer.explain(low, high)
    found = []
    for at, label in enumerate(labels):
        values = tell(columns, label.a), tell(columns, label.b)
        verdict = Verdict(int(scored.verdict[at])) if met[at] else Verdict.NO
        likely, reasons = (float(scored.probability[at]), why[at]) if met[at] else (0.0, (APART,))
        found.append(Case(columns.kind, label.where, label.same, verdict, likely, reasons, values))
    return found


def tell(columns: Columns, row: int) -> str:
    """All that a row says: personal data."""
    return ", ".join(str(cells[row]) for cells in columns.data.values() if cells[row])


def measure(cases: Iterable[Case], least: Verdict) -> Measure:
    """What a band and those above it find."""
    return _counted((case, case.verdict >= least) for case in cases)


def sweep(cases: Sequence[Case]) -> dict[float, Measure]:
    """What each probability of `SWEEP` would find, as a threshold on its own."""
    return {least: _counted((case, case.probability >= least) for case in cases) for least in SWEEP}


def _counted(chosen: Iterable[tuple[Case, bool]]) -> Measure:
    found = right = true = 0
    for case, is_found in chosen:
        found, right, true = found + is_found, right + (is_found and case.same), true + case.same
    return Measure(found, right, true)
