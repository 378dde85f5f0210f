"""Fails the n-th call to a CRM, and the n-th call to the file system, for every n until a run passes clean."""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.rel.bench import SCENES, Bench, bench
from tests.rel.children import Children, children
from tests.rel.part import Part, Result, Share, Tier, mine, untried
from tests.rel.parts.kill import attempt
from tests.rel.syscalls import injection, missing, unsynced

SWAPPED = "the answer to the call before"
"""A read that is answered so may halt a group whose records seem to have changed: safe, yet not through."""
REFUSED = "the whole call refused"
"""A batch is split and sent again; a row that is refused alone ends its group."""
BROKEN: Mapping[str, Any] = {
    "bad gateway after the effect": {"apply_then": 502, "body": "<html>502</html>"},
    "bad gateway": {"status": 502, "body": "<html>502</html>"},
    "connection reset after the effect": {"drop_after": "reset"},
    "connection refused": {"drop_before": True},
    "no answer in time": {"delay": 400},
    "a cut body": {"truncate": 12},
    "a page of a proxy": {"garble": "html"},
    "noise": {"garble": "noise"},
    "an empty answer": {"garble": "empty"},
    "rows in another order": {"garble": "reorder"},
    "a row left out": {"garble": "omit"},
    SWAPPED: {"garble": "swap"},
    REFUSED: {"status": 400, "body": {"status": "error", "category": "VALIDATION_ERROR", "message": "no"}},
}
DISK = (("pwrite64", "error=EIO"), ("pwrite64", "error=ENOSPC"), ("fdatasync", "error=EIO"))
ON_DISK = ("update", "create", "native", "soft")
SMALL, SMALL_DISK = 66, 6


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every call of every scene with every fault; a few by chance in the small tier."""
    dice = random.Random(seed)
    with bench() as made, children() as starter:
        for number, (scene, nth, fault) in enumerate(_few(made, dice) if tier is Tier.SMALL else _all(made)):
            if mine(share, number):
                yield Result(failed(made, scene, nth, fault))
        if not missing():
            yield from _on_disk(made, starter, dice if tier is Tier.SMALL else None, share)
    yield from untried(missing())


def _few(made: Bench, dice: random.Random) -> Iterator[tuple[str, int, str]]:
    """By chance, two of three among the calls that write."""
    for number in range(SMALL):
        scene, fault = SCENES[number % len(SCENES)], dice.choice(list(BROKEN))
        every = calls(made, scene)
        writing = [nth for nth, writes in enumerate(every, 1) if writes]
        yield scene, dice.choice(writing or [1]) if dice.random() < 0.67 else dice.randint(1, len(every)), fault


def _all(made: Bench) -> Iterator[tuple[str, int, str]]:
    return (
        (scene, nth, fault) for scene in SCENES for nth in range(1, len(calls(made, scene)) + 1) for fault in BROKEN
    )


def calls(made: Bench, scene: str) -> list[bool]:
    """The calls that a clean run makes: whether each is one that writes."""
    if scene not in made.calls:
        with made.trial(scene) as trial:
            trial.attempt()
            made.calls[scene] = [wire.writes for wire in trial.watched.wires]
    return made.calls[scene]


def failed(made: Bench, scene: str, nth: int, fault: str) -> list[str]:
    """What went wrong when the n-th call met this fault and others went on."""
    with made.trial(scene) as trial:
        trial.watched.faults.add([{"on": {"nth": nth}, "do": [BROKEN[fault]]}])
        trial.attempt()
        trial.resumed()
        exits = [item.exit for item in trial.attempts]
        return [
            f"{scene}, call {nth}, {fault} {exits}: {item}"
            for item in trial.faults(whole=fault not in (SWAPPED, REFUSED))
        ]


def _on_disk(made: Bench, starter: Children, dice: random.Random | None, share: Share) -> Iterator[Result]:
    """First that nothing is sent before its intent is on the disk, then every call that a clean run makes."""
    for number, scene in enumerate(ON_DISK[: 1 if dice else None]):
        counts, early = traced_clean(made, starter, scene)
        if mine(share, number):
            yield Result([f"{scene}: V6 {fault}" for fault in early])
        chosen = [(call, fault, nth) for call, fault in DISK for nth in range(1, counts[call] + 1)]
        picked = dice.sample(chosen, SMALL_DISK) if dice else chosen
        for place, (call, fault, nth) in enumerate(picked):
            if mine(share, place):
                yield Result(unwritten(made, starter, scene, injection(call, fault, nth)))


def traced_clean(made: Bench, starter: Children, scene: str) -> tuple[dict[str, int], list[str]]:
    """How often a clean run calls the file system, and each write that was sent over a journal not synced."""
    log = Path(made.folder) / f"trace-{scene}-{id(starter)}"
    with made.served(scene) as (trial, job):
        attempt(trial, starter, job | {"trace": "trace=pwrite64,fdatasync,sendto", "log": str(log)})
    lines = log.read_text("utf-8", "replace").splitlines()
    return {call: sum(f"{call}(" in line for line in lines) for call, _ in DISK}, unsynced(lines)


def unwritten(made: Bench, starter: Children, scene: str, option: str) -> list[str]:
    """What went wrong when one call to the file system failed and other processes went on."""
    with made.served(scene) as (trial, job):
        attempt(trial, starter, job | {"trace": option})
        while trial.attempts[-1].exit == 5 and len(trial.attempts) < 4:
            attempt(trial, starter, job)
        exits = [item.exit for item in trial.attempts]
        return [f"{scene}, {option} {exits}: {fault}" for fault in trial.faults()]


PART = Part("nth", "n-th calls to CRM and disk that failed", trials)
