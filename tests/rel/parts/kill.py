"""Kills a process at every call of journal and transport, over every kind of write, and at random system calls."""

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.rel.bench import RESTARTS, SCENES, Bench, Trial, bench
from tests.rel.child import POINTS
from tests.rel.children import Children, children
from tests.rel.history import KILLED
from tests.rel.part import Part, Result, Share, Tier, mine, untried
from tests.rel.syscalls import injection, missing

SYSCALLS = ("pwrite64", "fdatasync", "sendto", "recvfrom")
DEPTH = {"pwrite64": 150, "fdatasync": 40, "sendto": 40, "recvfrom": 60}
SMALL, RELEASE, RANDOM = 30, 2000, 400
Job = Mapping[str, object]


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every call of every scene once, then random ones with a second death, and deaths at system calls."""
    with bench() as made, children() as starter:
        jobs = _few(made, starter, seed) if tier is Tier.SMALL else _all(made, starter, seed)
        for number, (scene, deaths) in enumerate(jobs):
            if mine(share, number):
                yield killed(made, starter, scene, deaths)
    yield from untried(missing())


def killed(made: Bench, starter: Children, scene: str, deaths: list[dict[str, object]]) -> Result:
    """What went wrong when processes died so, one after the other, and others went on; it counts for every death."""
    with made.served(scene) as (trial, job):
        for death in deaths:
            attempt(trial, starter, job | death)
            if trial.attempts[-1].exit != KILLED:
                break  # it got through before it came to that point
        while trial.attempts[-1].exit in (KILLED, 5) and len(trial.attempts) <= RESTARTS:
            attempt(trial, starter, job)
        exits = [item.exit for item in trial.attempts]
        faults = [f"{scene} {deaths} {exits}: {fault}" for fault in trial.faults()]
        return Result(faults, exits.count(KILLED))


def attempt(trial: Trial, starter: Children, job: Job) -> None:
    """One process."""
    begun = trial.place()
    trial.ended(begun, starter.run(job)[0])


def passed(made: Bench, starter: Children, scene: str) -> dict[str, int]:
    """How often a clean run of a scene comes to each point."""
    tally = Path(made.folder) / f"tally-{scene}.json"
    if tally.exists():
        return dict(json.loads(tally.read_text("utf-8")))
    with made.served(scene) as (_, job):
        if starter.run(job | {"tally": str(tally)}) != [0]:
            raise ValueError(f"{scene} does not get through by itself")
    found: dict[str, int] = json.loads(tally.read_text("utf-8"))
    return found


def _few(made: Bench, starter: Children, seed: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Calls by chance, every kind of write among them, and a few system calls."""
    dice = random.Random(seed)
    for number in range(SMALL):
        scene, point = SCENES[number % len(SCENES)], dice.choice(POINTS)
        chance, traced = dice.random(), _traced(dice)
        if number >= SMALL - 4 and not missing():
            yield scene, [traced]
        else:
            count = passed(made, starter, scene)[point]
            yield scene, [{"point": point, "nth": 1 + int(chance * count)}]


def _all(made: Bench, starter: Children, seed: int) -> list[tuple[str, list[dict[str, object]]]]:
    dice = random.Random(seed)
    calls = [(scene, [{"point": point, "nth": nth}])
             for scene in SCENES for point in POINTS
             for nth in range(1, passed(made, starter, scene)[point] + 1)]  # fmt: skip
    traced = [] if missing() else [(dice.choice(SCENES), [_traced(dice)]) for _ in range(RANDOM)]
    again = [(scene, [death[0], dice.choice(calls)[1][0]]) for scene, death in dice.choices(calls, k=RELEASE)]
    return [*calls, *traced, *again[: max(0, RELEASE - len(calls) - len(traced))]]


def _traced(dice: random.Random) -> dict[str, object]:
    call = dice.choice(SYSCALLS)
    return {"trace": injection(call, "signal=KILL", dice.randint(1, DEPTH[call]))}


PART = Part("kill", "kills and what they did twice, lost or told falsely", trials)
