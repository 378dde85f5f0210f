"""The larger runs: `python -m tests.rel kill --runs N --seed S` prints how many trials broke a promise."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.rel.child import POINTS
from tests.rel.trial import ground, trial


def kill(runs: int, seed: int) -> int:
    """Kill at random points; the number of violations, each of them printed."""
    dice = random.Random(seed)
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as prepared:
        for _ in range(runs):
            point = dice.choice(POINTS)
            faults = trial(prepared, point, dice.randint(1, prepared.points[point]))
            found += faults
            for fault in faults:
                say(fault)
    say(f"{runs} runs, {len(found)} violations")
    return len(found)


def say(text: str) -> None:
    """A line at once, however long the run."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Exit 1 on any violation."""
    parser = argparse.ArgumentParser(prog="python -m tests.rel", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("kill", help="kill an apply at random points and let others go on")
    command.add_argument("--runs", type=int, default=240)
    command.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(1 if kill(options.runs, options.seed) else 0)


if __name__ == "__main__":
    main()
