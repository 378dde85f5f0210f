"""Rows that a CRM refuses among rows that it takes: each is told for itself, and nothing of a refused group follows."""

import random
from collections.abc import Iterator

from sync.ledger.journal import State
from tests.rel.bench import Bench, Trial, bench
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.ambiguous import LOST, WRITES

SMALL, RELEASE = 10, 200
SHUFFLES = ("reorder", "repeat", "omit")


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Plans with bad rows; answers in another order, in part, or lost."""
    with bench() as made:
        for number in range(SMALL if tier is Tier.SMALL else RELEASE):
            if mine(share, number):
                yield Result(refused(made, seed * 100_003 + number, number == 0))


def refused(made: Bench, seed: int, plain: bool) -> list[str]:
    """What went wrong with the plan whose rows are not all good; `plain` without any further fault."""
    dice = random.Random(seed)
    with made.trial("mixed") as trial:
        action = dice.choice(({"garble": dice.choice(SHUFFLES)}, dice.choice(LOST)))
        rule = {"on": {"path": WRITES, "method": "POST|PATCH", "nth": dice.randint(1, 4)}, "do": [action]}
        if not plain:
            trial.watched.faults.add([rule])
        trial.attempt()
        trial.resumed()
        return [f"seed {seed} {action}: {fault}" for fault in (*trial.faults(whole=False), *_apart(trial))]


def _apart(trial: Trial) -> Iterator[str]:
    """The bad rows refused, the good ones through, and the steps behind a refused one never sent."""
    history = trial.history()
    for key, op in history.ops.items():
        bad = op.group.id.startswith("g-bad-")
        wanted = (State.REJECTED if op.step.id == "1" else None) if bad else State.VERIFIED
        if history.last(key) is not wanted:
            yield f"V6 {op.group.id} step {op.step.id} is {history.last(key)}, not {wanted}"
    if trial.attempts[-1].exit != 3:
        yield f"V9 it ended with {trial.attempts[-1].exit}"


PART = Part("reject", "plans with rows that a CRM refuses", trials)
