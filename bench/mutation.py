"""Changes the write path a little at a time and counts which changes no test notices."""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from tests.sandbox.outsiders.client import Client
from tests.sandbox.outsiders.environment import Environment, made

ROOT = Path(__file__).parent.parent
REASONS = ROOT / "tests" / "survivors.yaml"
TOOL = "mutmut==3.8.1"
PINNED = re.compile(r"^([A-Za-z0-9_.\[\]-]+==[^\\\n]+?)\s*\\?$", re.MULTILINE)
MUTANT = re.compile(r"^(?P<module>.+)\.x(?:_|ǁ)(?P<function>.+)__mutmut_\d+$")
LEFT_OUT = shutil.ignore_patterns(".*_cache", ".venv", ".git", "__pycache__", ".hypothesis", "mutants", "*.db")
TABLE, PATIENCE = "[tool.mutmut]", "timeout_multiplier = 60.0"
"""mutmut gives a mutant so many times what its tests took, on the clock of a machine that others may load meanwhile."""
SURVIVED, UNTESTED = (0,), (5, 33)
ENOUGH = 0.9
"""The share of mutants that the tests must notice; from the requirement on the write path."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change: where it is made, and what the tests said to it (mutmut's exit code)."""

    name: str
    code: int

    @property
    def module(self) -> str:
        return self._parts("module")

    @property
    def function(self) -> str:
        """The changed function, after its class where it has one."""
        return f"{self.module}.{self._parts('function').replace('ǁ', '.')}"

    @property
    def alive(self) -> bool:
        return self.code in (*SURVIVED, *UNTESTED)

    def _parts(self, part: str) -> str:
        found = MUTANT.match(self.name)
        return found[part] if found else self.name


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the mutants of one module; `bare` survived without a reason on file."""

    module: str
    mutants: int
    survived: int
    bare: int

    @property
    def score(self) -> float:
        return 1 - self.survived / self.mutants if self.mutants else 1.0


class Workshop:
    """A copy of the project and the environment that mutmut runs in."""

    def __init__(self, folder: Path, children: int) -> None:
        self.folder, self.children = folder, children
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
        settings = folder / "pyproject.toml"
        settings.write_text(settings.read_text("utf-8").replace(TABLE, f"{TABLE}\n{PATIENCE}", 1), "utf-8")
        self.environment = _environment(folder)

    def run(self, patterns: Sequence[str] = ()) -> None:
        """Try the mutants of these names or patterns, all where none is given."""
        self._call("run", "--max-children", str(self.children), *patterns)

    def mutants(self) -> list[Mutant]:
        """Every mutant that was tried."""
        files = sorted((self.folder / "mutants").rglob("*.py.meta"))
        codes = [json.loads(file.read_text("utf-8"))["exit_code_by_key"] for file in files]
        return [Mutant(name, code) for found in codes for name, code in found.items() if code is not None]

    def names(self) -> list[str]:
        """Every mutant that there is, tried or not."""
        files = sorted((self.folder / "mutants").rglob("*.py.meta"))
        return [name for file in files for name in json.loads(file.read_text("utf-8"))["exit_code_by_key"]]

    def change(self, mutant: Mutant) -> str:
        """The lines that the mutant puts in place of others."""
        lines = self._call("show", mutant.name).splitlines()
        return "\n".join(line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++"))

    def _call(self, *arguments: str) -> str:
        program = [str(self.environment.bin / "mutmut"), *arguments]
        return subprocess.run(program, cwd=self.folder, capture_output=True, text=True, check=False).stdout


def _environment(folder: Path) -> Environment:
    """mutmut with everything that the tests need, and the copy itself: the tests ask for its version."""
    locked = tuple(PINNED.findall((ROOT / "requirements.lock").read_text("utf-8")))
    client = Client(Path("bench-mutmut"), "python", "mutmut", (TOOL, *locked), "", "mutation testing")
    found = made(client)
    uv = shutil.which("uv")
    pip = [uv, "pip", "install", "-p"] if uv else [sys.executable, "-m", "pip", "--python"]
    rest = [] if uv else ["install"]
    subprocess.run([*pip, str(found.interpreter), *rest, "-q", "--no-deps", "-e", str(folder)], check=True)
    return found


def reasons(file: Path = REASONS) -> set[tuple[str, str]]:
    """The function and the changed lines of every survivor that has a reason on file."""
    rows = YAML(typ="safe").load(file.read_text("utf-8")) or []
    return {(row["function"], "\n".join(row["becomes"])) for row in rows if row["reason"]}


def tallies(mutants: Iterable[Mutant], bare: Iterable[Mutant]) -> list[Tally]:
    """The mutants counted by module."""
    found = list(mutants)
    every = Counter(item.module for item in found)
    alive = Counter(item.module for item in found if item.alive)
    naked = Counter(item.module for item in bare)
    return [Tally(module, every[module], alive[module], naked[module]) for module in sorted(every)]


def table(rows: Sequence[Tally]) -> str:
    """The tallies and their sum, a line each."""
    total = Tally("total", *(sum(getattr(row, name) for row in rows) for name in ("mutants", "survived", "bare")))
    head = f"{'module':28} {'mutants':>8} {'killed':>8} {'reason':>8} {'none':>8} {'score':>8}"
    told = [
        f"{row.module:28} {row.mutants:8} {row.mutants - row.survived:8} {row.survived - row.bare:8} {row.bare:8} "
        f"{row.score:8.1%}"
        for row in (*rows, total)
    ]
    return "\n".join((head, *told))


def measured(shop: Workshop, only: Sequence[str], sample: int, seed: int) -> list[Mutant]:
    """Run all mutants, those of some modules, or some of each drawn by a seed; what became of those that were run."""
    patterns = [f"{module}.*" for module in only]
    if sample:
        shop.run(["no.such.mutant"])  # writes the mutants down and tries none
        wanted = tuple(f"{module}." for module in only) or ("",)
        patterns = drawn((name for name in shop.names() if name.startswith(wanted)), sample, seed)
    shop.run(patterns)
    return shop.mutants()


def drawn(names: Iterable[str], count: int, seed: int) -> list[str]:
    """So many mutants of each module, all where it has no more; the same for the same seed."""
    by_module: dict[str, list[str]] = {}
    for name in sorted(names):
        by_module.setdefault(Mutant(name, 0).module, []).append(name)
    chance = random.Random(seed)
    return [name for some in by_module.values() for name in chance.sample(some, min(count, len(some)))]


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where a survivor has no reason on file, or too few mutants were noticed."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutation", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="MODULE", help="such as sync.apply.stop")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="so many of each module, drawn by the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--children", type=int, default=2)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="revops-mutation-") as folder:
        shop = Workshop(Path(folder), asked.children)
        mutants, known = measured(shop, asked.only, asked.sample, asked.seed), reasons()
        told = [(item, shop.change(item)) for item in mutants if item.alive]
    bare = [(item, change) for item, change in told if (item.function, change) not in known]
    rows = tallies(mutants, (item for item, _ in bare))
    print(table(rows))
    for item, change in bare:
        print(f"  {item.function}: {change}")
    killed = sum(row.mutants - row.survived for row in rows)
    return 0 if mutants and not bare and killed >= ENOUGH * len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
