"""Races our matching against its peers: `python -m bench.matching`, each in a process and an environment of its own.

The same rows in the same run for everyone: every labeled set of the reference data, then our generator; or the sets of
`--data` alone. Ours runs with the default tables, without labels, at thresholds fixed beforehand.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.peers.cases import Case, Listing, Order, given, half, made, public, ready
from bench.peers.errors import errors
from bench.peers.race import EVERYONE, Contestant, Result, run, scored
from bench.peers.show import save, tables

KINDS = {"companies": "company", "contacts": "contact"}
LESSON, ELSEWHERE = 10_000, 1_000
"""Rows of the seed that is learned from, and how far from the tested seed it is."""

ROWS_PER_TRAP = 8
"""Rows of the generator that hold one named trap at `--hard 1`: 5.3 of companies, 7.6 of contacts were counted."""


def main(argv: Sequence[str]) -> int:
    """Run, print, and answer 2 where nothing could be run."""
    options = _options(argv)
    with tempfile.TemporaryDirectory(prefix="revops-bench-") as scratch:
        results = [result for result in _results(options, Path(scratch)) if _told(result)]
    if not results:
        print("nothing to run: no reference data and no --data")
        return 2
    print(f"\n{tables(results)}")
    if not any(result.case.listing.origin == "public" for result in results):
        print("no public set beside these: they are not to be quoted alone")
    if options.json:
        save(options.json, results)
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, help="a folder with records.csv and truth.csv, or a folder of such folders; nothing else")
    add("--seed", type=int, default=101, help="of the generator")
    add(
        "--sizes",
        type=_numbers,
        default=(10_000,),
        help="of what is generated: 1000,10000; 0 for the public sets alone",
    )
    add("--peers", type=_words, default=tuple(one.name for one in EVERYONE), help="whom to run, ours included")
    add("--kinds", type=_words, default=tuple(KINDS))
    add("--hard", type=float, default=1.0, help="how many related entities the generator makes, 1 as in its mix")
    add("--unseen", action="store_true", help="with dirt that nobody looked at while tuning")
    add("--traps", type=int, default=0, help="also a set of ours with at least so many named traps a kind")
    add("--limit", type=float, default=900, help="seconds that a contestant may take")
    add(
        "--errors", type=int, default=0, metavar="N", help="show so many errors of ours of each kind, with the evidence"
    )
    add("--no-public", action="store_true", help="leave the public sets out")
    add("--json", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    for chosen, known in ((options.peers, [one.name for one in EVERYONE]), (options.kinds, list(KINDS))):
        if missing := set(chosen) - set(known):
            parser.error(f"unknown {', '.join(sorted(missing))}; there are {', '.join(known)}")
    return options


def _results(options: argparse.Namespace, scratch: Path) -> Iterator[Result]:
    """One case after another, each dropped once everybody had it."""
    runners = [one for one in EVERYONE if one.name in options.peers]
    learning = any(one.learns for one in runners)
    for at, listing in enumerate(_listings(options)):
        case = ready(listing, scratch / str(at))
        yield from _race(case, _taught(case, scratch, learning, options), runners, options.limit)
        for text in errors(case, scored(EVERYONE[0], case, options.limit)[1], options.errors) if options.errors else ():
            print(text)
    for order in _trapped(options):
        case = ready(made(order), scratch / f"traps-{order.kind}")
        yield from _race(case, None, [one for one in runners if not one.requires], options.limit)


def _listings(options: argparse.Namespace) -> Iterator[Listing]:
    kinds = {KINDS[kind] for kind in options.kinds}
    sets = given(options.data) if options.data else [] if options.no_public else public()
    if not (sets or options.no_public):
        print("no reference data: the public sets are skipped")
    yield from (listing for listing in sets if listing.kind in kinds)
    sizes = () if options.data else filter(None, options.sizes)
    yield from (made(_order(options, kind, rows)) for rows in sizes for kind in options.kinds)


def _order(options: argparse.Namespace, kind: str, rows: int) -> Order:
    return Order(kind, rows, options.seed, options.hard, options.unseen)


def _trapped(options: argparse.Namespace) -> Iterator[Order]:
    for kind in options.kinds if options.traps else ():
        rows = int(options.traps * ROWS_PER_TRAP / min(max(options.hard, 0.1), 1.0))
        yield Order(kind, rows, options.seed + 1, options.hard, options.unseen)


def _taught(case: Case, scratch: Path, learning: bool, options: argparse.Namespace) -> Path | None:
    """What those who learn may learn from: of a made set another seed, of any other every second of its entities."""
    listing = case.listing
    if not learning:
        return None
    if listing.origin != "made":
        return half(case, scratch / f"half-{case.folder.name}")
    kind = next(name for name, own in KINDS.items() if own == listing.kind)
    lesson = made(Order(kind, LESSON, options.seed + ELSEWHERE, options.hard, options.unseen))
    folder = scratch / f"lesson-{kind}"
    return folder if folder.exists() else ready(lesson, folder).folder


def _race(case: Case, labels: Path | None, runners: Sequence[Contestant], limit: float) -> Iterator[Result]:
    taught = Case(case.listing, case.folder, case.rows, case.traps, labels)
    yield from (run(one, taught, limit) for one in runners)


def _told(result: Result) -> bool:
    cost = f"{result.cost.wall:.1f} s" if result.cost else result.why
    print(f"{result.case.listing.name}: {result.contestant.name}: {cost}", file=sys.stderr, flush=True)
    return True


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part.replace("_", "")) for part in text.split(","))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # a contestant ends with us
    sys.exit(main(sys.argv[1:]))
