"""Floors on the labeled sets: what the default tables merge unasked is right."""

import os
from pathlib import Path

import pytest

from bench.peers.cases import public, ready
from bench.peers.judge import Bands
from bench.peers.race import EVERYONE, run

DATA = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "bench"
pytestmark = [pytest.mark.reference, pytest.mark.skipif(not DATA.is_dir(), reason="no reference data")]
LIMIT = 120
"""Seconds: far more than any of these sets needs."""


def matched(name: str, folder: Path) -> Bands:
    listing = next(one for one in public() if one.name == name)
    result = run(EVERYONE[0], ready(listing, folder), LIMIT)
    assert result.bands, result.why
    return result.bands


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("restaurants", 0.99, 0.8), ("early_childhood", 0.99, 0.35), ("febrl1", 0.99, 0.7)],
)
def test_the_auto_band_holds_on_real_data(tmp_path: Path, name: str, precision: float, recall: float) -> None:
    auto = matched(name, tmp_path).auto
    assert auto.precision >= precision and auto.recall >= recall


@pytest.mark.parametrize("name", ["senzing people", "senzing companies"])
def test_no_group_joins_parent_and_subsidiary_or_father_and_son(tmp_path: Path, name: str) -> None:
    merged = matched(name, tmp_path).merged
    assert merged.rates.pairs and merged.rates.precision == 1
