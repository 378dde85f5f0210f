"""The line goes dead right after a write was carried out, before anybody could look: the next run finds it out."""

import random
from collections.abc import Callable, Iterator

from sandbox.wire import Request
from tests.rel.bench import SCENES, Bench, Trial, bench
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.ambiguous import WRITES
from tests.rel.parts.nth import calls

DEAD = {"on": {"probability": 1}, "do": [{"drop_before": True}]}
SMALL = (("create", 1), ("update", 1), ("native", 1))


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every write of every scene; a few in the small tier, one of them by chance."""
    with bench() as made:
        for number, (scene, nth) in enumerate(_few(seed) if tier is Tier.SMALL else _all(made)):
            if mine(share, number):
                yield Result(blacked_out(made, scene, nth))


def blacked_out(made: Bench, scene: str, nth: int) -> list[str]:
    """What went wrong when nothing got through from the answer to the n-th write on, until another process came."""
    with made.trial(scene) as trial:
        rule = {"on": {"path": WRITES, "method": "POST|PATCH|DELETE", "nth": nth}, "do": [{"apply_then": "drop"}]}
        trial.watched.faults.add([rule])
        trial.watched.before = _dead_after(trial, nth)
        trial.attempt()
        trial.watched.before = lambda request: None
        trial.watched.faults.clear()
        trial.resumed()
        exits = [item.exit for item in trial.attempts]
        return [f"{scene}, write {nth} {exits}: {fault}" for fault in trial.faults()]


def _dead_after(trial: Trial, nth: int) -> Callable[[Request], None]:
    """Hears every call before it is answered: those that follow the n-th write find no line."""
    watched = trial.watched

    def heard(request: Request) -> None:
        if sum(wire.writes for wire in watched.wires) >= nth:
            watched.before = lambda request: None
            watched.faults.add([DEAD])

    return heard


def _few(seed: int) -> Iterator[tuple[str, int]]:
    yield from SMALL
    yield random.Random(seed).choice(SCENES), 1


def _all(made: Bench) -> Iterator[tuple[str, int]]:
    return ((scene, nth) for scene in SCENES for nth in range(1, sum(calls(made, scene)) + 1))


PART = Part("blackout", "writes after which nothing got through until the next run", trials)
