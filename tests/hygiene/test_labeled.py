"""Floors on the labeled sets: what the default tables merge unasked is right."""

import importlib.util
import os
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pytest

from hygiene.match.block import candidates
from hygiene.match.cluster import Judged, groups
from hygiene.match.features import features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.table import TABLES

DATA = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "bench"
pytestmark = [pytest.mark.reference, pytest.mark.skipif(not DATA.is_dir(), reason="no reference data")]


@pytest.fixture
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "matching_small", Path(__file__).parents[2] / "bench/matching_small.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("restaurants", 0.99, 0.8), ("early_childhood", 0.99, 0.35), ("febrl1", 0.99, 0.7)],
)
def test_the_auto_band_holds_on_real_data(bench: ModuleType, name: str, precision: float, recall: float) -> None:
    kind, fields = bench.MAPS[name]
    rows = bench.load(name, lambda row: True)
    scorer = Scorer(features(bench.columns(kind, rows, fields), TABLES[kind], "US"), TABLES[kind])
    pairs = scorer.score(*candidates(scorer.rows, TABLES[kind]))
    auto, true = pairs.take(pairs.verdict == Verdict.AUTO), bench.truth(rows)
    found = set(zip(auto.a.tolist(), auto.b.tolist(), strict=True))
    assert len(found & true) >= precision * len(found) and len(found & true) >= recall * len(true)


def test_no_group_joins_parent_and_subsidiary_or_father_and_son(bench: ModuleType) -> None:
    rows = bench.load("senzing_demo", lambda row: row["record_type"] == "PERSON")
    scorer = Scorer(features(bench.columns("contact", rows, bench.PERSON), TABLES["contact"], "US"), TABLES["contact"])
    pairs = scorer.score(*candidates(scorer.rows, TABLES["contact"]))
    made = [group.rows for group in groups(pairs, scorer, Judged()) if group.verdict is Verdict.AUTO]
    assert made and {edge for rows_ in made for edge in combinations(rows_, 2)} <= bench.truth(rows)
