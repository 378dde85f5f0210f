"""One trial: a process is killed at one point of an apply, others go on, and the effects are compared with the plan."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.server import serve
from sync.files import write
from sync.ledger.journal import State
from tests.rel.scheme import CONFIG, scheme
from tests.sync.stage import Stage, seeded

KILLED = -9
RESTARTS = 6
TREE = Path(__file__).parents[2]
Effects = Counter[str]


class Children:
    """Starts processes; each line of jobs is answered with their exit statuses."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.rel.child"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TREE, bufsize=1
        )

    def run(self, *jobs: Mapping[str, object]) -> list[int]:
        """The exit statuses of jobs that were started together."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(jobs) + "\n")
        statuses: list[int] = json.loads(self.process.stdout.readline())
        return statuses

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@dataclass
class Ground:
    """A seeded stage, an approved plan for it, and what the plan does to the CRMs when nothing goes wrong."""

    stage: Stage
    plan: Path
    folder: Path
    children: Children
    effects: Effects = field(default_factory=Counter)
    points: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def served(self) -> Iterator[tuple[Stage, dict[str, object]]]:
        """A fresh copy of the stage, served on loopback, and the job that applies the plan to it."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            stage = self.stage.copy(Path(folder) / "state")
            with serve(stage.sandbox) as url:
                places = {"HUBSPOT_BASE_URL": url, "SALESFORCE_INSTANCE_URL": url}
                yield stage, {"environ": stage.environ | places, "plan": str(self.plan)}

    def differences(self, stage: Stage) -> list[str]:
        """How what the CRMs of a stage saw differs from the plan."""
        seen = effects(stage)
        often = (f"happened {seen[item]} times, not {self.effects[item]}: {item[:200]}" for item in seen - self.effects)
        return [*often, *(f"did not happen: {item[:200]}" for item in self.effects - seen)]


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Seed, pull, plan and approve; then one clean run tells what is to happen, and how often each point is passed."""
    stage, tally = seeded(folder, CONFIG), folder / "tally.json"
    with stage.opened() as session:
        made = scheme(session)
        session.ledger.approve(made.hash, "test", {})
    write(folder / "plan.json", made.content)
    children = Children()
    try:
        found = Ground(stage, folder / "plan.json", folder, children)
        with found.served() as (clean, job):
            assert children.run(job | {"tally": str(tally)}) == [0]
            found.effects = effects(clean)
        found.points = json.loads(tally.read_text("utf-8"))
        yield found
    finally:
        children.close()


def trial(ground: Ground, point: str, nth: int) -> list[str]:
    """What went wrong when a process was killed at the n-th pass of a point and others went on; empty for nothing."""
    with ground.served() as (stage, job):
        statuses = ground.children.run(job | {"point": point, "nth": nth})
        while statuses[-1] in (KILLED, 5) and len(statuses) <= RESTARTS:
            statuses += ground.children.run(job)
        wrong = [*faults(stage, statuses), *ground.differences(stage)]
        return [f"{point} {nth} {statuses}: {fault}" for fault in wrong]


def spread(count: int, number: int) -> list[int]:
    """So many numbers from 1 to a count, evenly apart, both ends among them."""
    return sorted({1 + round(place * (count - 1) / (number - 1)) for place in range(number)})


def faults(stage: Stage, statuses: list[int]) -> Iterator[str]:
    """Every way in which what a series of processes said of itself is not true."""
    if statuses[0] != KILLED:
        yield "it was not killed"
    if statuses[-1] != 0:
        yield "it did not get through"
    with stage.opened() as session:
        yield from session.journal.verify()[1]
        (run,) = session.ledger.runs()
        last = {entry.key: entry.state for entry in session.journal.entries(run.id)}
        if run.status != "done" or set(last.values()) != {State.VERIFIED}:
            yield f"the ledger says {run.status}, {sorted(set(last.values()))}"


def effects(stage: Stage) -> Effects:
    """The mutations that the CRMs saw, as text: without when, and with ids that merges made told by their origin."""
    rows, names = stage.effects(), dict[str, str]()
    for row in rows:
        detail = row["detail"]
        if row["crm"] == "hubspot" and row["verb"] == "merge" and detail["result"] != detail["primary"]:
            origin = "+".join(names.get(detail[part], detail[part]) for part in ("primary", "merged"))
            names[detail["result"]] = f"({origin})"
    return Counter(_told(row, names) for row in rows)


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    detail = {name: value for name, value in row["detail"].items() if name != "before"}
    text = json.dumps([row["crm"], row["verb"], row["kind"], row["id"], detail], sort_keys=True)
    for made, origin in names.items():
        text = text.replace(f'"{made}"', f'"{origin}"')
    return text
