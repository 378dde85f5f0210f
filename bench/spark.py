"""Proves that Spark finds the same pairs with the same probabilities as the embedded run, and prints what each took.

Takes a folder made by `python -m bench.crm` and runs in an environment of its own (see `REQUIRES`), with Java 17.
"""

import argparse
import csv
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from hygiene.match.block import candidates
from hygiene.match.features import features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.spark import cleaned, gathered, pairs
from hygiene.match.statistics import counted
from hygiene.match.table import TABLES
from hygiene.view import Columns

REQUIRES = ("pyspark==4.3.0", "pandas==2.3.3", "pyarrow==26.0.1")
"""Beside the project itself: `uv pip install -p PYTHON -e . pyspark==4.3.0 pandas==2.3.3 pyarrow==26.0.1`."""
Told = set[tuple[str, str, float, bool, int]]


def main() -> None:
    """Exits with 1 where a single pair differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds records.csv")
    parser.add_argument("--kind", choices=sorted(TABLES), default="company")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--slots", type=int, default=64)
    given = parser.parse_args()
    names, rows = loaded(given.folder / "records.csv", given.rows)
    started = time.perf_counter()
    alone = embedded(given.kind, names, rows)
    between = time.perf_counter()
    spread = on_spark(given, names, rows)
    took = between - started, time.perf_counter() - between
    print(f"{given.kind}, {len(rows):,} records: embedded {took[0]:.1f} s, Spark {given.master} {took[1]:.1f} s")
    print(f"{len(alone):,} pairs embedded, {len(spread):,} on Spark, {len(alone ^ spread):,} differ")
    sys.exit(alone != spread)


def loaded(path: Path, most: int) -> tuple[list[str], list[list[str]]]:
    """The header and the first records, by id."""
    with path.open(encoding="utf-8") as file:
        lines = csv.reader(file)
        names = next(lines)
        return names, sorted(row for row, _ in zip(lines, range(most), strict=False))


def embedded(kind: str, names: list[str], rows: list[list[str]]) -> Told:
    """The pairs for auto or review of a run in this process."""
    data = {name: np.array([row[at] for row in rows], dtype=object) for at, name in enumerate(names)}
    ids = data.pop("id")
    columns = Columns(kind, ("bench:1",), np.zeros(len(ids), dtype=np.int16), ids, data)
    made = features(columns, TABLES[kind])
    found = Scorer(made, TABLES[kind]).score(*candidates(made, TABLES[kind]))
    found = found.take(found.verdict > Verdict.NO)
    facts = (found.probability.tolist(), found.veto.tolist(), found.verdict.tolist())
    return set(zip(ids[found.a].tolist(), ids[found.b].tolist(), *facts, strict=True))


def on_spark(given: argparse.Namespace, names: list[str], rows: list[list[str]]) -> Told:
    """The same pairs, found on Spark."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else the workers take whatever `python3` is
    building: Any = SparkSession.builder
    session = building.master(given.master).config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    schema = ", ".join(f"`{name}` string" for name in ("workspace", *names))
    raw = session.createDataFrame([("bench:1", *row) for row in rows], schema).repartition(8)
    table = TABLES[given.kind]
    clean = cleaned(raw, given.kind, table, "").cache()
    statistics, _ = counted(gathered(clean), table, "bench")
    found = pairs(clean, table, statistics, given.slots).toPandas()
    session.stop()
    return set(zip(*(found[name].tolist() for name in ("a", "b", "probability", "veto", "verdict")), strict=True))


if __name__ == "__main__":
    main()
