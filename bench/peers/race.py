"""Runs a contestant in a process of its own and takes its time, its processors and its memory."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.peers.cases import ROOT, Case
from bench.peers.judge import Bands, Rows, Swept, Truth, bands, once, swept
from tests.sandbox.outsiders.client import Client
from tests.sandbox.outsiders.environment import Unavailable, made

PROGRAMS = Path(__file__).parent / "programs"
PULSE = 0.2
"""Seconds between two looks at the memory of all processes of a contestant."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program and the exact versions it is installed with, none where our own interpreter has what it needs.

    `cleaned`: it takes our cleaned columns; `learns`: it wants labels; `scores`: it can score pairs that are given.
    """

    name: str
    program: str
    about: str
    requires: tuple[str, ...] = ()
    cleaned: bool = False
    learns: bool = False
    scores: bool = False


NUMPY, FUZZ, LEARN = "numpy==2.4.6", "rapidfuzz==3.14.6", "scikit-learn==1.9.1"
SPLINK = ("splink==5.0.0", "duckdb==2.0.0", NUMPY)
EVERYONE = (
    Contestant("ours", "run_ours.py", "default tables, no labels", scores=True),
    Contestant("splink", "run_splink.py", "EM on DuckDB, prepared in SQL", SPLINK),
    Contestant("splink-cleaned", "run_splink.py", "EM on DuckDB, our cleaned columns", SPLINK, cleaned=True),
    Contestant(
        *("recordlinkage", "run_recordlinkage.py", "logistic regression on labels"),
        requires=("recordlinkage==0.16", "pandas==2.3.3", LEARN, NUMPY),
        cleaned=True,
        learns=True,
    ),
    Contestant(
        *("dedupe", "run_dedupe.py", "300 + 550 labels"),
        requires=("dedupe==3.0.3", "btrees==6.5", LEARN, NUMPY),
        cleaned=True,
        learns=True,
    ),
    Contestant("rapidfuzz", "run_rapidfuzz.py", "blocks and points, a script", scores=True),
    Contestant(
        *("supervised", "run_supervised.py", "upper anchor: gradient boosting on labels"),
        requires=(LEARN, FUZZ, NUMPY),
        cleaned=True,
        learns=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and processor (children included) and the peak of memory in MiB, over all processes at once."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Result:
    """What a contestant did on a case; `why` says why it did nothing."""

    case: Case
    contestant: Contestant
    cost: Cost | None = None
    pairs: int = 0
    reached: float = 0.0
    swept: Swept | None = None
    bands: Bands | None = None
    why: str = ""


def run(contestant: Contestant, case: Case, limit: float) -> Result:
    """One contestant on one case, judged; `limit` is in seconds of wall."""
    if (case.folder / "given.npy").exists() and not contestant.scores:
        return Result(case, contestant, why="scores no given pairs")
    if contestant.learns and case.labels is None:
        return Result(case, contestant, why="nothing to learn from")
    try:
        cost, answer = scored(contestant, case, limit)
    except (Unavailable, Failed) as error:
        return Result(case, contestant, why=str(error))
    return judged(case, contestant, cost, answer)


def scored(contestant: Contestant, case: Case, limit: float) -> tuple[Cost, dict[str, Rows]]:
    """What it costs and what it says; `Failed` or `Unavailable` where it does not."""
    python = interpreter(contestant)
    with tempfile.TemporaryDirectory(prefix="revops-bench-") as scratch:
        cost = _raced(contestant, case, Path(scratch), (python, limit))
        return cost, once(case.rows, {file.stem: np.load(file) for file in Path(scratch).glob("*.npy")})


def judged(case: Case, contestant: Contestant, cost: Cost, answer: Mapping[str, Rows]) -> Result:
    """The result of an answer."""
    truth = Truth(np.load(case.folder / "truth.npy"))
    right = int(truth.holds(answer["a"], answer["b"]).sum())
    cut = swept(truth, answer["a"], answer["b"], np.asarray(answer["score"], dtype=np.float64))
    fixed = bands(truth, answer, list(case.traps)) if {"verdict", "group"} <= answer.keys() else None
    return Result(case, contestant, cost, len(answer["a"]), right / max(truth.pairs, 1), cut, fixed)


def interpreter(contestant: Contestant) -> Path:
    """The interpreter of the contestant's environment, made where it is missing; our own where it needs nothing."""
    if not contestant.requires:
        return Path(sys.executable)
    package = contestant.requires[0].partition("==")[0]
    folder = Path(f"bench-{contestant.name.partition('-')[0]}")
    return made(
        Client(folder, "python", package, contestant.requires, contestant.program, contestant.about)
    ).interpreter


class Failed(Exception):
    """A program did not end well; the message is its last word."""


def _raced(contestant: Contestant, case: Case, scratch: Path, how: tuple[Path, float]) -> Cost:
    python, limit = how
    arguments = [case.folder / ("cleaned.csv" if contestant.cleaned else "raw.csv"), scratch, case.listing.kind]
    extra = _clean(case.folder, case.listing.kind, limit) if contestant.cleaned else Cost(0, 0, 0)
    if contestant.learns and case.labels:
        _clean(case.labels, case.listing.kind, limit)
        arguments.append(case.labels / "cleaned.csv")
    cost = _timed([python, PROGRAMS / contestant.program, *arguments], limit)
    return Cost(cost.wall + extra.wall, cost.cpu + extra.cpu, max(cost.memory, extra.memory))


def _clean(folder: Path, kind: str, limit: float) -> Cost:
    """Our cleaned columns of a case, made once; their making is counted to everyone who takes them."""
    file = folder / "cleaned.json"
    if not file.exists():
        _timed([Path(sys.executable), PROGRAMS / "run_clean.py", folder / "raw.csv", folder, kind], limit)
    cost = json.loads(file.read_text("utf-8"))
    return Cost(cost["wall"], cost["cpu"], 0)


def _timed(command: list[Path | str], limit: float) -> Cost:
    """A program's cost from the start of its process to its end; `Failed` with its last word where it fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile("w+") as said, tempfile.NamedTemporaryFile("w+") as used:
        launched = [sys.executable, "-E", PROGRAMS / "launch.py", used.name, *command]
        child = subprocess.Popen(launched, env=environment, stdout=said, stderr=said, start_new_session=True)
        watch = _Watch(child.pid, time.perf_counter() + limit)
        watch.start()
        try:
            code = child.wait()
        finally:
            watch.done.set()
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            watch.join()
        if code:
            said.seek(0)
            words = [line.strip() for line in said.read().splitlines() if line.strip()] or [f"ended with {code}"]
            named = [word for word in words if "Error" in word] or words
            raise Failed(f"more than {limit:g} s" if watch.late else named[-1][:160])
        cost = json.load(used)
    return Cost(cost["wall"], cost["cpu"], max(watch.peak, cost["memory"] / 1024))


class _Watch(threading.Thread):
    """Sums the memory of all that a launcher started (shared pages by their share), and ends it when time is up."""

    def __init__(self, pid: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.pid, self.deadline = pid, deadline
        self.done, self.peak, self.late = threading.Event(), 0.0, False

    def run(self) -> None:
        while not self.done.wait(PULSE):
            family = _family(self.pid)[1:]
            if len(family) > 1:
                self.peak = max(self.peak, sum(map(_share, family)) / 1024)
            if time.perf_counter() > self.deadline and not self.late:
                self.late = True
                os.killpg(self.pid, signal.SIGKILL)


def _family(pid: int) -> list[int]:
    """A process and all that it started; on systems without /proc itself alone."""
    found = [pid]
    for one in found:
        for file in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, file.read_text("ascii").split())
            except OSError:
                continue
    return found


def _share(pid: int) -> int:
    """KiB of one process."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
