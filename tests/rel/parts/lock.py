"""Starts many processes on one plan at once: one writes, the others are refused, whoever dies in between."""

from collections.abc import Iterator

from tests.rel.bench import Bench, bench
from tests.rel.children import Children, children
from tests.rel.history import KILLED
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.kill import attempt

TOGETHER = {Tier.SMALL: (10,), Tier.RELEASE: (2, 20, 50, 200)}
SCENES = {Tier.SMALL: ("update",), Tier.RELEASE: ("update", "native", "soft")}


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Crowds of several sizes, with and without a holder of the lock that dies first."""
    crowds = [(scene, size, dies) for scene in SCENES[tier] for size in TOGETHER[tier] for dies in (False, True)]
    with bench(*SCENES[tier]) as made, children() as starter:
        for number, (scene, size, dies) in enumerate(crowds):
            if mine(share, number):
                yield crowd(made, starter, (scene, size), dies)


def crowd(made: Bench, starter: Children, what: tuple[str, int], dies: bool) -> Result:
    """What went wrong when so many started together; it counts for every start."""
    scene, size = what
    with made.served(scene) as (trial, job):
        if dies:
            attempt(trial, starter, job | {"point": "after append", "nth": 1})
        begun = trial.place()
        exits = starter.run(*[job] * size)
        trial.ended(begun, 0 if exits.count(0) else 5)
        told = f"{scene}, {size} at once{', one died before' if dies else ''}: {sorted(exits)}"
        first = [KILLED] * dies == [item.exit for item in trial.attempts][:-1]
        alone = sorted(exits) == [0] + [4] * (size - 1)
        faults = [] if alone and first else [told]
        return Result([*faults, *(f"{told}: {fault}" for fault in trial.faults())], size + dies)


PART = Part("lock", "simultaneous starts, of which one may write", trials)
