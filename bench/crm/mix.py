"""Reads the mix and draws from it."""

import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML


@cache
def mix() -> Mapping[str, Any]:
    """The shares of `mix.yaml`."""
    text = Path(__file__).with_name("mix.yaml").read_text("utf-8")
    return cast("Mapping[str, Any]", YAML(typ="safe").load(text))


class Dice:
    """Draws by the shares of one section; `hard` scales how many related entities there are."""

    def __init__(self, seed: str, unseen: bool, hard: float) -> None:
        self.pick = random.Random(seed)
        self.unseen, self.hard = unseen, hard

    def chance(self, percent: float) -> bool:
        """True in so many of a hundred cases."""
        return self.pick.random() * 100 < percent

    def befalls(self, section: str) -> set[str]:
        """The kinds of dirt of a section that befall one record."""
        kinds = dict(mix()[f"{section}_dirt"]) | (dict(mix()["unseen"][section]) if self.unseen else {})
        return {kind for kind, percent in kinds.items() if self.chance(percent)}

    def one(self, section: str) -> Any:
        """One key of a section, by its share."""
        return self.pick.choices(*zip(*mix()[section].items(), strict=True))[0]

    def trap(self, section: str) -> str:
        """The kind of related entity that comes with this one, "" for none."""
        roll = self.pick.random() * 100
        for kind, percent in mix()[section].items():
            roll -= percent * self.hard
            if roll < 0:
                return str(kind)
        return ""

    def filled(self, kind: str, field: str) -> bool:
        """Whether a record fills this field."""
        return self.chance(mix()["filled"][kind][field])
