"""Spark finds the pairs of the embedded run, with the same probabilities."""

import csv
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra `spark` is not installed")
def test_spark_and_the_embedded_run_agree_on_a_thousand_records(tmp_path: Path) -> None:
    with (tmp_path / "records.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["id", "name", "domain", "phone", "city"])
        for at in range(1000):
            name, site = f"Firm{at // 2} Works", "one.com" if at % 5 == 0 else f"firm{at // 2}.com"
            lines.writerow([at, name, site, f"+49 30 90{at // 3:04d}", "Berlin" if at % 3 else "Bonn"])
    command = [sys.executable, "-m", "bench.spark", str(tmp_path), "--slots", "8"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and ", 0 differ" in done.stdout and "\n0 pairs" not in done.stdout, done.stdout
