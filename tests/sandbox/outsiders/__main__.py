"""Runs the clients that are named, or all of them, and prints what each could do."""

import argparse
import sys
from collections.abc import Sequence

from tests.sandbox.outsiders.client import Client, everyone
from tests.sandbox.outsiders.suite import Result, run

COLUMNS = ("client", "version", "tried", "passed", "not tried", "seconds", "")


def main(argv: Sequence[str]) -> int:
    """Run, print, and answer 1 where an operation failed or a client that was named could not run."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.outsiders", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a client's folder name; none: all")
    parser.add_argument("--light", action="store_true", help="the clients that need no installation")
    parser.add_argument("--list", action="store_true", help="only list them")
    parser.add_argument("-v", "--verbose", action="store_true", help="every operation, not only those that failed")
    options = parser.parse_args(argv)
    clients = everyone()
    if missing := set(options.names) - {item.name for item in clients}:
        parser.error(f"no client {', '.join(sorted(missing))}; there are {', '.join(item.name for item in clients)}")
    chosen = [item for item in clients if _chosen(item, options.names, options.light)]
    if options.list:
        _say(*(f"{item.name:28} {item.about}" for item in chosen))
        return 0
    results = [_run(item, options.light, options.verbose) for item in chosen]
    _say("", *_table(results), *_verdict(results))
    named_but_absent = any(item.reason for item in results if item.client.name in options.names)
    return int(named_but_absent or any(item.failed for item in results))


def _chosen(client: Client, names: Sequence[str], light: bool) -> bool:
    return (not names or client.name in names) and (client.light or not light)


def _run(client: Client, light: bool, verbose: bool) -> Result:
    result = run(client, own=light)
    marks = {True: "ok", False: "FAILED", None: "not tried"}
    shown = [item for item in result.operations if verbose or item.ok is not True]
    _say(*(f"{client.name}: {marks[item.ok]}: {item.name}{item.why and f': {item.why}'}" for item in shown))
    return result


def _table(results: Sequence[Result]) -> list[str]:
    rows = [COLUMNS, *(_row(item) for item in results)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(result: Result) -> tuple[str, ...]:
    tried = [item for item in result.operations if item.ok is not None]
    passed = [item for item in tried if item.ok]
    skipped = len(result.operations) - len(tried)
    counts = (str(len(tried)), str(len(passed)), str(skipped), f"{result.seconds:.1f}")
    return (result.client.name, result.version or "-", *counts, f"not run: {result.reason}" if result.reason else "")


def _verdict(results: Sequence[Result]) -> list[str]:
    failed = sum(len(item.failed) for item in results)
    passed = sum(item.ok is True for result in results for item in result.operations)
    absent = sum(bool(item.reason) for item in results)
    return [
        "",
        f"{len(results) - absent} clients: {passed} operations passed, {failed} failed; {absent} clients not run",
    ]


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
