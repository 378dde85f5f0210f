"""Holds the match rules against labels: decisions of a review, pairs in a file, a CSV with its truth."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from connectors.errors import UsageError
from connectors.listing import mistake, rows
from connectors.records import Ref
from hygiene.checks.duplicate import Duplicate
from hygiene.match.block import candidates
from hygiene.match.labels import APART, Case, Labeled, Measure, judge, measure, sweep, tell
from hygiene.match.score import Verdict
from hygiene.view import Columns, Judgement, View
from sync import labels
from sync.jobs.preflight import Preflight, targets, told

BANDS = {"auto": Verdict.AUTO, "auto_and_review": Verdict.REVIEW}
SLACK = 1e-9
NEAR = 2000
"""How many pairs that are not found a report on a file looks at, for the fit of weights to learn from."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the rules make of the labels; `absent` counts labels of records that are not in the mirror (any more)."""

    cases: tuple[Case, ...]
    absent: int = 0

    @property
    def measures(self) -> dict[str, Measure]:
        """What each band, with those above it, finds."""
        return {name: measure(self.cases, least) for name, least in BANDS.items()}

    def facts(self) -> dict[str, object]:
        """The figures as JSON has them, and as a later run takes them for its baseline: no values."""
        same = sum(case.same for case in self.cases)
        names = sorted(f"{case.kind} {case.where} {case.same}" for case in self.cases)
        return {
            "labels": {"same": same, "different": len(self.cases) - same, "absent": self.absent},
            "digest": hashlib.sha256("\n".join(names).encode()).hexdigest()[:16],
            "measures": {name: figures(item) for name, item in self.measures.items()},
            "sweep": {str(least): figures(item) for least, item in sweep(self.cases).items()},
        }

    def errors(self) -> list[Case]:
        """Wrong pairs (found, yet not one), then those that are one and not in auto, by band and evidence."""
        wrong = [case for case in self.cases if not case.same and case.verdict > Verdict.NO]
        missed = [case for case in self.cases if case.same and case.verdict < Verdict.AUTO]
        return sorted(wrong + missed, key=lambda case: (case.same, -case.verdict, told(case.reasons), case.where))


def figures(item: Measure) -> dict[str, float]:
    """A measure's numbers."""
    return {"precision": round(item.precision, 4), "recall": round(item.recall, 4), "f1": round(item.f1, 4)} | {
        "found": item.found,
        "right": item.right,
        "true": item.true,
    }


def of_pairs(pairs: Sequence[labels.Pair], check: Mapping[str, Duplicate], view: View | None) -> Report:
    """The labels of a file: fields are compared as two records alone, refs as they stand in the mirror.

    `UsageError` names a kind without a match table and a field that the table does not know.
    """
    cases = [_alone(pair, _known(pair, check)) for pair in pairs if isinstance(pair.a, dict)]
    absent = 0
    for kind in sorted({pair.kind for pair in pairs if isinstance(pair.a, Ref)}):
        tied = [(pair.a, pair.b, pair) for pair in pairs if isinstance(pair.a, Ref) and isinstance(pair.b, Ref)]
        mine = {(a, b): (pair.same, pair.where) for a, b, pair in tied if a.kind == kind}
        found, missing = _mirrored(mine, check[kind], view)
        cases, absent = cases + found, absent + missing
    return Report(tuple(cases), absent)


def of_judgements(view: View, checks: Mapping[str, Duplicate]) -> Report:
    """The decisions of `revops-sync review`, of every kind that has rules."""
    cases, absent = list[Case](), 0
    for kind, check in checks.items():
        said = {pair: word for pair, word in view.memory.judgements(kind).items() if pair[0].kind == pair[1].kind}
        mine = {pair: (word is Judgement.DUPLICATE, f"{pair[0]} {pair[1]}") for pair, word in said.items()}
        found, missing = _mirrored(mine, check, view)
        cases, absent = cases + found, absent + missing
    return Report(tuple(cases), absent)


def of_listing(listing: Columns, found: Preflight, truth: Mapping[str, str]) -> Report:
    """Every pair of a file that is one by its truth or was found, and the likeliest `NEAR` of the others.

    A pair of one cluster counts as auto, and one that no block of the table holds as never compared.
    """
    size, scorer = len(listing), found.scorer
    a, b = candidates(scorer.rows, scorer.table)
    met = a * size + b
    nearest = met[np.argsort(-scorer.score(a, b).probability, kind="stable")[:NEAR]]
    true = _true(listing, truth)
    auto = dict(zip((found.a * size + found.b).tolist(), found.auto.tolist(), strict=True))
    keys = np.array(sorted(true.union(auto, nearest.tolist())), dtype=np.int64)
    verdicts = [(Verdict.AUTO if auto[key] else Verdict.REVIEW) if key in auto else Verdict.NO for key in keys.tolist()]
    likely = np.where(np.isin(keys, met), scorer.score(keys // size, keys % size).probability, 0).tolist()
    cases, why = [], scorer.explain(keys // size, keys % size)
    for at, key in enumerate(keys.tolist()):
        low, high = divmod(key, size)
        where, values = f"{listing.ids[low]} {listing.ids[high]}", (tell(listing, low), tell(listing, high))
        reasons = why[at] if likely[at] or verdicts[at] else (APART,)
        cases.append(Case(listing.kind, where, key in true, verdicts[at], likely[at], reasons, values))
    return Report(tuple(cases))


def _true(listing: Columns, truth: Mapping[str, str]) -> set[int]:
    """The pairs of rows that are one, as `low * rows + high`."""
    clusters: dict[str, list[int]] = {}
    for row, key in enumerate(listing.ids.tolist()):
        clusters.setdefault(truth[key], []).append(row)
    return {low * len(listing) + high for rows_ in clusters.values() for low, high in combinations(rows_, 2)}


def truth_of(path: Path, listing: Columns) -> dict[str, str]:
    """The cluster of each row, from a CSV with the columns `id` and `cluster_id`.

    `UsageError` names the line of an id that the listing lacks, and rows of the listing without a cluster.
    """
    known, found = set(listing.ids.tolist()), dict[str, str]()
    for line, row in rows(path, {"id": "id", "cluster_id": "cluster_id"}):
        if (key := row["id"].strip()) not in known:
            raise mistake(path, line, f"no row has the id {key[:40]!r}", "Map the same ids: --map id=COLUMN")
        if key in found:
            raise mistake(path, line, f"the id {key[:40]!r} stands there twice", "Leave one of the lines")
        found[key] = row["cluster_id"].strip()
    if missing := sorted(known - found.keys()):
        raise UsageError(f"{path}: no cluster for {len(missing)} rows, the first {missing[0][:40]!r}", "Name each row")
    return found


def losses(report: Report, least: Mapping[str, float], baseline: Path | None) -> Iterator[str]:
    """Where the auto band is below a minimum, and where any figure is below the one of the baseline file."""
    now = report.measures["auto"]
    for name, bound in least.items():
        if (value := getattr(now, name)) < bound - SLACK:
            yield f"auto {name} is {value:.4f}, less than {bound:g}"
    for place, before in (_figures(baseline) if baseline else {}).items():
        value = figures(report.measures[place[0]])[place[1]]
        if value < before - SLACK:
            yield f"{place[0].replace('_', ' ')} {place[1]} fell from {before:.4f} to {value:.4f}"


def _figures(path: Path) -> dict[tuple[str, str], float]:
    try:
        data = json.loads(path.read_text("utf-8"))["measures"]
        return {(band, name): float(data[band][name]) for band in BANDS for name in ("precision", "recall")}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "Make one: revops-sync test --format json > FILE") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: not a baseline", "Make one: revops-sync test --format json > FILE") from None


def _known(pair: labels.Pair, checks: Mapping[str, Duplicate]) -> Duplicate:
    if pair.kind not in checks:
        raise UsageError(f"{pair.where}: no match table for {pair.kind!r}", f"There are {', '.join(sorted(checks))}")
    known = targets(checks[pair.kind])
    for side in (pair.a, pair.b):
        if unknown := sorted(side.keys() - set(known)) if isinstance(side, dict) else []:
            raise UsageError(f"{pair.where}: no field {unknown[0]!r} is compared", f"There are {', '.join(known)}")
    return checks[pair.kind]


def _alone(pair: labels.Pair, check: Duplicate) -> Case:
    sides = [side for side in (pair.a, pair.b) if isinstance(side, dict)]
    names = sorted({name for side in sides for name in side})
    data = {name: np.array([side.get(name, "").strip() for side in sides], dtype=object) for name in names}
    ids = np.array(["a", "b"], dtype=object)
    columns = Columns(pair.kind, ("labels",), np.zeros(2, dtype=np.int16), ids, data)
    (case,) = judge(columns, [Labeled(0, 1, pair.same, pair.where)], check.matched, check.default_region or "")
    return case


def _mirrored(
    said: Mapping[tuple[Ref, Ref], tuple[bool, str]], check: Duplicate, view: View | None
) -> tuple[list[Case], int]:
    """The labeled pairs whose records stand in the mirror, and how many do not."""
    if not said or view is None:
        return [], len(said)
    names = [name for fields in check.matched.fields.values() for name in fields]
    columns = view.columns(check.kind, list(dict.fromkeys(names)))
    place = {columns.ref(row): row for row in range(len(columns))}
    kept = [
        Labeled(place[a], place[b], same, where) for (a, b), (same, where) in said.items() if a in place and b in place
    ]
    return judge(columns, kept, check.matched, check.default_region or "") if kept else [], len(said) - len(kept)
