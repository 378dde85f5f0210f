"""Every answer to a write has its rows in another order, twice or in part, or speaks of other records."""

from collections.abc import Iterator

from tests.rel.bench import SCENES, Bench, bench
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.ambiguous import WRITES

WORDS = ("reorder", "repeat", "omit", "wrong_id")
SMALL = ("create", "update")


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every scene with every kind of disorder; the same for every seed."""
    scenes = SMALL if tier is Tier.SMALL else SCENES
    with bench() as made:
        for number, (scene, word) in enumerate((scene, word) for scene in scenes for word in WORDS):
            if mine(share, number):
                yield Result(shuffled(made, scene, word))


def shuffled(made: Bench, scene: str, word: str) -> list[str]:
    """What went wrong when the answers of a first attempt were in disorder."""
    with made.trial(scene) as trial:
        every = {"path": WRITES, "method": "POST|PATCH|DELETE", "probability": 1}
        trial.watched.faults.add([{"on": every, "do": [{"garble": word}]}])
        trial.attempt()
        trial.watched.faults.clear()
        trial.resumed()
        exits = [item.exit for item in trial.attempts]
        return [f"{scene}, {word} {exits}: {fault}" for fault in trial.faults()]


PART = Part("shuffled", "plans whose every answer has its rows in disorder, or speaks of other records", trials)
