"""Sends a sandbox what no honest client sends, and prints how many requests broke a rule."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.sandbox.hostile import inside, outside
from tests.sandbox.hostile.inside import Report

OPERATIONS = 260
"""About so many operations are documented; each takes its share of Schemathesis' examples."""


def main(argv: Sequence[str]) -> int:
    """Run, print, and answer 1 where a rule was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.hostile", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000, metavar="N", help="about so many (default 10,000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same requests")
    options = parser.parse_args(argv)
    share, seed = max(1, options.requests // 20), options.seed
    total = Report()
    with tempfile.TemporaryDirectory() as folder, outside.server(Path(folder)) as where:
        _part(total, "in process", lambda: inside.calls(share * 8, seed))
        _part(total, "control calls", lambda: inside.control_calls(share, seed))
        _part(total, "over HTTP", lambda: outside.over_http(where, share * 4, seed + 1))
        _part(total, "bytes on a socket", lambda: outside.over_sockets(where, share * 2, seed))
        _part(total, "Schemathesis", lambda: outside.from_schema(where, max(1, share * 5 // OPERATIONS), seed))
        _part(total, "the server afterwards", lambda: outside.afterwards(where))
    _say(f"{total.requests} requests, {len(total.violations)} violations")
    return int(bool(total.violations))


def _part(total: Report, name: str, send: Callable[[], Report]) -> None:
    """Send one part and say what came of it."""
    start = time.perf_counter()
    try:
        report = send()
    except outside.Unavailable as why:
        return _say(f"{name:24} not run: {why}")
    total.add(report)
    _say(*(f"  {item}" for item in report.violations))
    took = time.perf_counter() - start
    return _say(f"{name:24} {report.requests:6} requests, {len(report.violations)} violations, {took:.1f} s")


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
