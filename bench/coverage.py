"""Runs the write path's tests under branch coverage and names every line and branch that none of them takes."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LEDGER = ("journal", "anchor", "backup", "store", "twins", "contact", "halts")
TESTS = ("tests/sync/apply", "tests/sync/ledger", "tests/sync/plan", "tests/sync/jobs")


@dataclass(frozen=True, slots=True)
class Covered:
    """One module: its lines and branches, those that were taken, and the others as coverage.py names them."""

    path: str
    places: int
    taken: int
    lines: tuple[int, ...]
    branches: tuple[tuple[int, int], ...]

    @property
    def whole(self) -> bool:
        return self.places == self.taken

    def __str__(self) -> str:
        """One line of the table; a branch reads `from>to`, where a negative end leaves the function."""
        named = [*map(str, self.lines), *(f"{start}>{end}" for start, end in self.branches if start not in self.lines)]
        share = self.taken / self.places if self.places else 1.0
        return f"{self.path:28} {self.places:6} {self.taken:6} {share:8.1%}  {' '.join(named)}".rstrip()


def write_path(root: Path = ROOT) -> list[str]:
    """The modules between a finding and a record that was written: plan, apply, and what they keep in the ledger."""
    folders = [*root.glob("sync/plan/*.py"), *root.glob("sync/apply/*.py")]
    ledger = [root / "sync" / "ledger" / f"{name}.py" for name in LEDGER]
    return sorted(str(path.relative_to(root)) for path in (*folders, *ledger, root / "sync" / "jobs" / "apply.py"))


def measured(tests: Sequence[str]) -> dict[str, Any]:
    """coverage.py's own report by file; `CalledProcessError` where a test fails."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "coverage.json"
        environ = os.environ | {"COVERAGE_FILE": str(Path(folder) / "data")}
        run = ["run", "--branch", "--source=sync", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        for arguments in (run, ["json", "-q", "-o", str(told)]):
            subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, env=environ, check=True)
        found: dict[str, Any] = json.loads(told.read_text("utf-8"))["files"]
    return found


def covered(files: Mapping[str, Any], paths: Iterable[str]) -> Iterator[Covered]:
    """These modules as the report has them; one that no test imports has every place open."""
    for path in paths:
        file = files[path]
        told = file["summary"]
        places = told["num_statements"] + told["num_branches"]
        taken = told["covered_lines"] + told["covered_branches"]
        branches = tuple((start, end) for start, end in file["missing_branches"])
        yield Covered(path, places, taken, tuple(file["missing_lines"]), branches)


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where any line or branch of the write path is taken by no test."""
    parser = argparse.ArgumentParser(prog="python -m bench.coverage", description=__doc__)
    parser.add_argument("tests", nargs="*", default=TESTS, help="other tests than the write path's own")
    asked = parser.parse_args(arguments)
    rows = list(covered(measured(asked.tests), write_path()))
    total = Covered("total", sum(row.places for row in rows), sum(row.taken for row in rows), (), ())
    print(f"{'module':28} {'places':>6} {'taken':>6} {'share':>8}  none takes", *rows, total, sep="\n")
    return 0 if total.whole else 1


if __name__ == "__main__":
    sys.exit(main())
