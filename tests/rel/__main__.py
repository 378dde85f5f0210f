"""The reliability bench: `python -m tests.rel --tier small|release` prints how many trials broke a promise.

`--only NAME` runs one part, `--seed N` other trials, `--page` keeps each part's row on a page once it is done; the
exit code is 1 on any violation.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.rel.part import Tier, every_part
from tests.rel.running import Line, put, run, say, show, table


def main(argv: Sequence[str] | None = None) -> int:
    """1 on any violation."""
    parts = every_part()
    parser = argparse.ArgumentParser(prog="python -m tests.rel", description=__doc__)
    parser.add_argument("--tier", type=Tier, choices=list(Tier), default=Tier.SMALL)
    parser.add_argument("--only", choices=sorted(parts), action="append", help="one part; may be given again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="a page whose table is to be replaced: docs/reliability.md")
    options = parser.parse_args(argv)
    lines = []
    for name in options.only or sorted(parts):
        command = f"python -m tests.rel --tier {options.tier} --only {name} --seed {options.seed}"
        lines.append(Line(parts[name], run(parts[name], options.tier, options.seed), command))
        if options.page:
            put(options.page, table(lines, options.seed))
    show(table(lines, options.seed))
    violations = sum(len(line.tally.faults) for line in lines)
    say(f"{sum(line.tally.runs for line in lines)} runs, {violations} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
