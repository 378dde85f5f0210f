"""Puts parts of the bench to the code beside it (`python -m tests.rel.hunt PART`), up to the first broken promise."""

import argparse
import re
import sys
from collections.abc import Sequence
from itertools import product

from tests.rel.part import Share, Tier, part

ROUNDS = 3
PROMISE = re.compile(r"\bV\d .*")


def main(argv: Sequence[str] | None = None) -> int:
    """1 and the promise where one was broken, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.rel.hunt", description=__doc__)
    parser.add_argument("parts", nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    for name, seed in product(options.parts, range(options.seed, options.seed + ROUNDS)):
        for result in part(name).trials(Tier.SMALL, seed, Share()):
            if result.faults:
                told = PROMISE.search(result.faults[0])
                sys.stdout.write(f"{told[0] if told else result.faults[0]} ({name})\n")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
