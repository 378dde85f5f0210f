"""Writes whose answers get lost, cut or mixed up, carried out or not: none done twice, none called done falsely."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from sync.ledger.journal import State
from tests.rel.bench import Bench, bench
from tests.rel.history import History
from tests.rel.part import Part, Result, Share, Tier, mine

WRITES = r"batch/(create|update|archive|labels)|/merge$|composite(/sobjects)?$|/Soap/|jobs/ingest"
LOST: tuple[Mapping[str, Any], ...] = (
    {"apply_then": "drop"},
    {"apply_then": 502, "body": "<html>502</html>"},
    {"apply_then": 504, "body": "<html>504</html>"},
    {"apply_then": 500, "body": {"status": "error", "message": "internal error"}},
    {"drop_after": "reset"},
    {"status": 502, "body": "<html>502</html>"},
    {"delay": 400},
    {"truncate": 40},
    *({"garble": word} for word in ("empty", "omit", "reorder", "repeat", "wrong_id", "html", "noise", "not_utf8")),
)
SCENES = ("crowd_update", "crowd_create", "crowd_link", "crowd_archive", "crowd_merge", "whole")
ROUNDS, TARGET, MANY = {Tier.SMALL: 1, Tier.RELEASE: 12}, {Tier.SMALL: 200, Tier.RELEASE: 5000}, 80


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every scene with faults by chance, in rounds, until so many rows had no sure answer."""
    counted, number = 0, 0
    target = TARGET[tier] / share.of
    with bench(many=MANY) as made:
        while number < ROUNDS[tier] * len(SCENES) * share.of or counted < target:
            if mine(share, number):
                result = lost(made, SCENES[number // share.of % len(SCENES)], seed * 100_003 + number)
                counted += result.runs
                yield result
            number += 1


def lost(made: Bench, scene: str, seed: int) -> Result:
    """What went wrong when half of the writes' answers were spoilt, in two attempts, and others went on."""
    dice = random.Random(seed)
    with made.trial(scene) as trial:
        for action in dice.sample(LOST, 4):
            rule = {"on": {"path": WRITES, "method": "POST|PATCH|DELETE", "probability": 0.15}, "do": [action]}
            trial.watched.faults.add([rule], seed=dice.randrange(10**6))
        trial.attempt()
        trial.resumed(tries=1)
        trial.watched.faults.clear()
        trial.resumed()
        history = trial.history()
        exits = [item.exit for item in trial.attempts]
        return Result([f"{scene}, seed {seed} {exits}: {fault}" for fault in trial.faults()], unsure(history))


def unsure(history: History) -> int:
    """How many rows were answered in a way that decides nothing."""
    return sum(line.state is State.UNKNOWN for line in history.lines)


PART = Part("ambiguous", "rows whose answer was lost", trials)
