"""Prints what a kept index costs: to build, to open, for one record, for a pull of a thousand.

`--prove` compares with a full run, `--peer` with Splink's `predict_between` on the same rows. Takes a folder made by
`python -m bench.crm`.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.peers.race import EVERYONE, PROGRAMS, interpreter
from hygiene.match.features import Features, features
from hygiene.match.index import Index
from hygiene.match.kept import taken
from hygiene.match.score import Pairs, Verdict
from hygiene.match.statistics import paired
from hygiene.match.table import TABLES, Table
from hygiene.view import Column, Columns
from sync.mirror.columns import Beside

T = TypeVar("T")


def main() -> None:
    """A line a step: seconds on the wall and of the processor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds records.csv")
    parser.add_argument("--kind", choices=sorted(TABLES), default="company")
    parser.add_argument("--fresh", type=int, default=1000, help="records that come after the index was built")
    parser.add_argument("--peer", action="store_true", help="let Splink match the same new records")
    parser.add_argument("--prove", action="store_true", help="compare with a full run under the same statistics")
    given = parser.parse_args()
    table, every = TABLES[given.kind], loaded(given.folder / "records.csv", given.kind)
    order = np.random.default_rng(0).permutation(len(every))
    base, fresh = taken(every, np.sort(order[given.fresh :])), taken(every, np.sort(order[: given.fresh]))
    print(f"{given.kind}: {len(base):,} kept, {len(fresh):,} new")
    with tempfile.TemporaryDirectory(prefix="revops-incremental-") as folder:
        beside = Beside(Path(folder), given.kind, print)
        timed("build the index and keep it", lambda: beside.index(base, table, ""))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        print(f"  on the disk: {size / 1e6:,.0f} MB")
        again(beside, base, every, table)
        index = timed("open the index (every checksum)", lambda: beside.opened(table, ""))
        assert index is not None
        singly(index, fresh, table)
        ours = measured(lambda: matched(index, fresh, table))
        shown(f"match {len(fresh):,} new records, cleaning included", ours)
        print(f"  {ours[2]:,} pairs for auto or review")
        if given.peer:
            against(ours, base, fresh, Path(folder))
        grown, _ = timed("a daily run: compare all rows, match, keep", lambda: beside.index(every, table, ""))
        if given.prove:
            prove(grown, every, table)
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def loaded(path: Path, kind: str) -> Columns:
    """The records of a file as columns in the order of their ids."""
    with path.open(encoding="utf-8") as file:
        names = next(csv.reader(file))
        rows = sorted(csv.reader(file))
    data = {name: np.array([row[at] for row in rows], dtype=object) for at, name in enumerate(names)}
    ids = data.pop("id")
    return Columns(kind, ("bench:1",), np.zeros(len(ids), dtype=np.int16), ids, data)


def timed(what: str, act: Callable[[], T]) -> T:
    """Does it and says how long it took."""
    cost = measured(act)
    shown(what, cost)
    return cost[2]


def measured(act: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds on the wall and of the processor, and what came of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = act()
    return time.perf_counter() - wall, time.process_time() - cpu, made


def shown(what: str, cost: tuple[float, float, object]) -> None:
    """Prints a cost."""
    print(f"  {what:<55}{cost[0]:>9.3f} s {cost[1]:>9.3f} CPU s", flush=True)


def against(ours: tuple[float, float, int], base: Columns, fresh: Columns, folder: Path) -> None:
    """What Splink takes for the same new records, trained and its term frequencies counted before."""
    file = folder / "raw.csv"
    with file.open("w", encoding="utf-8", newline="") as to:
        lines = csv.writer(to)
        lines.writerow(["id", *base.data])
        rows = zip(*(np.concatenate([base.data[name], fresh.data[name]]) for name in base.data), strict=True)
        lines.writerows([at, *row] for at, row in enumerate(rows))
    (splink,) = (one for one in EVERYONE if one.name == "splink")
    command = [interpreter(splink), PROGRAMS / "run_splink_between.py", file, str(len(base)), base.kind]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    for when, cost in told.items():
        shown(f"Splink's predict_between and predict_within, {when}", cost)
    best = [min(one[side] for one in told.values()) for side in (0, 1)]
    print(f"  ours / Splink's better: {ours[0] / best[0]:.3f} wall, {ours[1] / best[1]:.3f} CPU", flush=True)


def again(beside: Beside, base: Columns, every: Columns, table: Table) -> None:
    """What a check pays for its columns: cleaned from raw texts, kept as they were, and kept but for the new ones."""
    timed("clean every row", lambda: spelled(features(base, table)))
    timed("take every row from what was kept", lambda: spelled(beside.cleaner(table, "")(base)))
    timed("take them and clean the new ones", lambda: spelled(beside.cleaner(table, "")(every)))


def spelled(rows: Features) -> int:
    """Asks for every column: those of kept rows are made when they are asked for."""
    return sum(len(rows[name].values) for name in rows.columns)


def matched(index: Index, fresh: Columns, table: Table) -> int:
    """How many pairs the new records make that are for auto or review."""
    return int((index.match(features(fresh, table)).verdict > Verdict.NO).sum())


def singly(index: Index, fresh: Columns, table: Table) -> None:
    """One record after the other, as a gate or a form would ask."""
    took = []
    for row in range(min(300, len(fresh))):
        started = time.perf_counter()
        matched(index, taken(fresh, np.array([row])), table)
        took.append(1000 * (time.perf_counter() - started))
    middle, high = np.percentile(took, (50, 95))
    print(
        f"  one record, {len(took)} times: median {middle:.1f} ms, p95 {high:.1f} ms, first {took[0]:.1f} ms",
        flush=True,
    )


def prove(index: Index, every: Columns, table: Table) -> None:
    """Exits with 1 unless a full run under the same statistics finds the same pairs with the same probabilities."""
    full = timed(
        "a full run under the same statistics", lambda: paired(features(every, table), table, index.statistics)
    )
    sides = full.take(full.verdict > Verdict.NO), index.pairs
    ids = every.ids, np.array([name for _, name in index.names(np.arange(len(index)))], dtype=object)
    first, second = (told(pairs, names) for pairs, names in zip(sides, ids, strict=True))
    print(f"  {len(first):,} pairs in the full run, {len(second):,} in the index, {len(first ^ second):,} differ")
    if first != second:
        sys.exit(1)


def told(pairs: Pairs, ids: Column) -> set[tuple[str, str, float, int]]:
    """The pairs by their ids."""
    facts = zip(pairs.a.tolist(), pairs.b.tolist(), pairs.probability.tolist(), pairs.verdict.tolist(), strict=True)
    return {(min(ids[a], ids[b]), max(ids[a], ids[b]), share, verdict) for a, b, share, verdict in facts}


if __name__ == "__main__":
    main()
