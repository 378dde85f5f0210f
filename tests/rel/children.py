"""Starts processes that carry out plans, and reads how they ended."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TREE = Path(__file__).parents[2]


class Children:
    """Each line of jobs is answered with their exit statuses; see `tests.rel.child`."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.rel.child"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TREE, bufsize=1
        )

    def run(self, *jobs: Mapping[str, object]) -> list[int]:
        """The exit statuses of jobs that were started together."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(jobs) + "\n")
        statuses: list[int] = json.loads(self.process.stdout.readline())
        return statuses

    def close(self) -> None:
        """Let them go."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def children() -> Iterator[Children]:
    """A starter of processes, closed at the end."""
    found = Children()
    try:
        yield found
    finally:
        found.close()
