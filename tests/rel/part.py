"""What a part of the reliability bench is: numbered trials of one kind, each told by a seed, each judged."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tests.rel import parts


class Tier(StrEnum):
    """How much is tried: SMALL on every change, RELEASE before one goes out."""

    SMALL = "small"
    RELEASE = "release"


class Share(NamedTuple):
    """Which of the trials one worker takes: every `of`-th from `first` on."""

    first: int = 0
    of: int = 1


class Result(NamedTuple):
    """One trial: how much it counts for, and what was wrong; or nothing of either, and why it could not be made."""

    faults: list[str]
    runs: int = 1
    missing: str = ""


Trials = Callable[[Tier, int, Share], Iterator[Result]]


@dataclass(frozen=True)
class Part:
    """`metric` is what its runs count; `trials` makes them, the same for the same seed."""

    name: str
    metric: str
    trials: Trials


@dataclass
class Tally:
    """What a part came to; `missing` are reasons why some of it could not be tried on this machine."""

    runs: int = 0
    faults: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)

    def add(self, result: Result) -> None:
        """Count one more."""
        self.runs += result.runs
        self.faults += result.faults
        self.missing |= {result.missing} - {""}


def part(name: str) -> Part:
    """The part of this name."""
    found: Part = importlib.import_module(f"{parts.__name__}.{name}").PART
    return found


def every_part() -> dict[str, Part]:
    """The parts by name: each module in the folder holds one."""
    return {item.name: part(item.name) for item in pkgutil.iter_modules(parts.__path__)}


def untried(reason: str) -> Iterator[Result]:
    """Says that trials cannot be made here; nothing where there is no reason."""
    if reason:
        yield Result([], 0, reason)


def mine(share: Share, number: int) -> bool:
    """Whether a trial is one of a worker's."""
    return number % share.of == share.first
