"""The whole job on the first rows of real company lists: what it merges is right, and a second plan is empty."""

import os
from pathlib import Path

import pytest

from bench.real_listings import CRMS, LISTS, Listing, run

DATA = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "bench"
pytestmark = [pytest.mark.reference, pytest.mark.skipif(not DATA.is_dir(), reason="no reference data")]

RECALL = {"early_childhood": 0.6, "restaurants": 1.0}


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize("name", LISTS)
def test_the_first_rows_of_a_list_are_deduplicated_to_a_verified_end(name: str, crm: str) -> None:
    result = run(Listing(DATA / name, LISTS[name], crm, rows=200))
    assert result.records == 200 and result.pairs.true > 0
    assert result.pairs.precision == 1.0 and result.pairs.recall >= RECALL[name]
    assert result.whole.applied.report.states == {"done": len(result.whole.first.plan.groups)}
    assert result.whole.journal_valid and not result.whole.second.plan.groups
