"""Two CRMs whose twins people edit between runs end as an oracle says; the long proof is `python -m bench.twins`."""

from pathlib import Path

import pytest

from bench.twins import bench


@pytest.mark.parametrize(("seed", "storm"), [(11, 0.0), (12, 0.04)])
def test_both_sides_end_as_the_oracle_says(tmp_path: Path, seed: int, storm: float) -> None:
    wrong, told = bench(tmp_path, seed, 60, 4, storm)
    assert wrong == [] and told["edits by people"] > 8 and told["groups applied"] > 8
    assert bool(told["requests or answers lost"]) == bool(storm)
