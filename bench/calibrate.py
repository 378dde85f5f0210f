"""Measures what points are worth: `python -m bench.calibrate`, the knots of the match tables and how far they hold.

Prints, for pairs without and with a veto, the share of duplicates by points over the given seeds and sets, in the form
of `config/match.yaml`, and the expected calibration error of the present knots on seeds that were held out. Each source
weighs alike, however many pairs it has, so that no generator outvotes a real list.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.matching import KINDS
from bench.peers.cases import Case, Listing, Order, given, made, public, ready
from bench.peers.judge import Truth
from bench.peers.race import EVERYONE, scored
from hygiene.match.score import probability
from hygiene.match.table import TABLES, Knot

EACH, LEAST = 1000.0, 5.0
"""What the pairs of one source weigh together, and what a bin must weigh before its share is believed."""

STEP, LIMIT = 2.0, 0.99999
"""Points in one bin, and the probability that no bin exceeds."""

BINS = 10
"""Of the expected calibration error (Naeini et al. 2015), equally wide."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Scored candidate pairs of one or more sources; `weight` makes the sources equal."""

    points: NDArray[np.float64]
    veto: NDArray[np.bool_]
    right: NDArray[np.bool_]
    weight: NDArray[np.float64]

    def side(self, veto: bool) -> "Sample":
        """The pairs with a veto, or those without."""
        chosen = self.veto == veto
        return Sample(self.points[chosen], self.veto[chosen], self.right[chosen], self.weight[chosen])


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.calibrate", description=__doc__)
    parser.add_argument("--seeds", type=_numbers, default=(11, 12), help="of the generator, to measure on")
    parser.add_argument("--held-out", type=_numbers, default=(21, 22), help="of the generator, to judge on")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--kinds", type=lambda text: tuple(text.split(",")), default=tuple(KINDS))
    parser.add_argument("--data", type=Path, help="sets instead of the public ones, as bench.matching takes them")
    parser.add_argument("--unseen", action="store_true", help="hold out seeds with dirt that nobody looked at")
    options = parser.parse_args(argv)
    sets = given(options.data) if options.data else public()
    for kind in options.kinds:
        own = [one for one in sets if one.kind == KINDS[kind] and not (one.folder / "pairs.csv").exists()]
        learned = [*own, *(made(Order(kind, options.rows, seed)) for seed in options.seeds)]
        held = [made(Order(kind, options.rows, seed, unseen=options.unseen)) for seed in options.held_out]
        print("\n".join(_report(KINDS[kind], learned, (held, own))))
    return 0


def _report(
    kind: str, learned: Sequence[Listing], judged: tuple[Sequence[Listing], Sequence[Listing]]
) -> Iterator[str]:
    known = TABLES[kind].calibration
    sample = together([one for listing in learned if (one := measured(listing))])
    yield f"{kind}:  # measured on {', '.join(one.name for one in learned)}"
    yield "  calibration:"
    for veto, name in ((False, "clean"), (True, "contradicted")):
        yield f"    {name}: [{', '.join(f'[{at:g}, {share:g}]' for at, share in knots(sample.side(veto)))}]"
    for listing in (*judged[0], *judged[1]):
        if one := measured(listing):
            shown = (error(one.side(veto), part) for veto, part in ((False, known.clean), (True, known.contradicted)))
            clean, contradicted = shown
            yield f"  # {listing.name}: calibration error {clean:.3f} clean, {contradicted:.3f} contradicted"


def measured(listing: Listing) -> Sample | None:
    """The candidates of a set as our matching scores them; nothing where it finds none."""
    with tempfile.TemporaryDirectory(prefix="revops-bench-") as scratch:
        case: Case = ready(listing, Path(scratch))
        _, answer = scored(EVERYONE[0], case, limit=3600)
        truth = Truth(np.load(case.folder / "truth.npy"))
    count = len(answer["a"])
    if not count:
        return None
    weight = np.full(count, EACH / count)
    return Sample(
        answer["points"].astype(float), answer["veto"].astype(bool), truth.holds(answer["a"], answer["b"]), weight
    )


def together(samples: Sequence[Sample]) -> Sample:
    """All pairs of all sources."""
    parts = zip(*((one.points, one.veto, one.right, one.weight) for one in samples), strict=True)
    return Sample(*(np.concatenate(part) for part in parts))


def knots(sample: Sample) -> tuple[Knot, ...]:
    """Points and share of duplicates, a bin each, rising: bins that fall are pooled with their neighbors.

    The pool-adjacent-violators algorithm (Ayer et al. 1955); a twentieth of a unit of weight is added to the right and
    to the wrong pairs of every bin, so that no share is 0 or 1.
    """
    edges = np.arange(np.floor(sample.points.min()), sample.points.max() + STEP, STEP)
    place = np.digitize(sample.points, edges)
    bins: list[tuple[float, float, float]] = []
    for at in np.unique(place):
        inside = place == at
        weight = sample.weight[inside]
        bins.append((float(weight.sum()), float(weight @ sample.points[inside]), float(weight @ sample.right[inside])))
        while len(bins) > 1 and (bins[-2][0] < LEAST or _share(bins[-2]) >= _share(bins[-1])):
            last, before = bins.pop(), bins.pop()
            bins.append((last[0] + before[0], last[1] + before[1], last[2] + before[2]))
    found = [(round(total / weight, 1), _share((weight, total, right))) for weight, total, right in bins]
    return tuple(one for one, after in pairwise([*found, (np.inf, 1.0)]) if one[0] < after[0])


def error(sample: Sample, known: tuple[Knot, ...]) -> float:
    """The expected calibration error of present knots: how far said and seen shares lie apart, over all pairs."""
    said = probability(sample.points.astype(np.float32), known)
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = [abs(float((said[place == at] - sample.right[place == at]).sum())) for at in range(BINS)]
    return sum(gaps) / max(len(said), 1)


def _share(one: tuple[float, float, float]) -> float:
    return round(min((one[2] + 0.05) / (one[0] + 0.1), LIMIT), 5)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
