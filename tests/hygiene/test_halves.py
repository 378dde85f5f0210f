"""Two processes answer as one, and the second never outlives the first."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from hygiene.halves import Elsewhere, halves, possible
from hygiene.match.features import features
from hygiene.match.table import TABLES
from hygiene.view import columns_of
from tests.book import record
from tests.tree import ROOT

WAITING = """
import os, time
from hygiene.halves import halves
halves(lambda: os._exit(3), lambda: time.sleep(600))
"""
ROWS = [
    {"first_name": "Ann", "last_name": "Lee", "email": "ann.lee@acme.test", "phone": "(415) 555-2671"},
    {"first_name": "Bob", "email": "bob@gmail.com", "company": "Acme Inc.", "country": "DE", "mobile": "0171 5555555"},
    {"name": "Acme Holdings GmbH", "domain": "https://www.acme.de/", "street": "Lange Str. 5", "city": "Bonn"},
    {"name": "Lee, Ann", "email": "no address", "website": "acme.test"},
]


def refused() -> Iterator[int]:
    yield 1
    raise ValueError("no such thing")


def test_two_processes_answer_in_order() -> None:
    mine, (theirs, number) = halves(os.getpid, lambda: [os.getpid(), 7])
    assert mine == os.getpid() != theirs and number == 7


def test_an_error_there_is_raised_here_with_its_place() -> None:
    with pytest.raises(ValueError, match="no such thing") as caught:
        halves(int, refused)
    assert isinstance(caught.value.__cause__, Elsewhere) and "in refused" in str(caught.value.__cause__)


def test_an_error_here_leaves_no_child() -> None:
    with pytest.raises(ZeroDivisionError):
        halves(lambda: 1 // 0, lambda: iter(signal.pause, 0))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_killed_child_is_told_of() -> None:
    with pytest.raises(ChildProcessError, match="killed"):
        halves(int, lambda: iter(lambda: os.kill(os.getpid(), signal.SIGKILL), None))


def test_a_child_ends_with_its_parent() -> None:
    # Both hold the pipe of the output: it ends when they have.
    done = subprocess.run([sys.executable, "-c", WAITING], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (3, b"")


def test_beside_another_thread_nothing_is_forked() -> None:
    event = threading.Event()
    other = threading.Thread(target=event.wait)
    other.start()
    assert not possible()
    event.set()
    other.join()


def same(kind: str) -> None:
    names = [name for fields in TABLES[kind].fields.values() for name in fields]
    columns = columns_of(kind, [record(kind, str(at), **row) for at, row in enumerate(ROWS)], names)
    alone, together = features(columns, TABLES[kind], "US"), features(columns, TABLES[kind], "US", least=0)
    assert list(alone.columns) == list(together.columns)
    for name, column in alone.columns.items():
        assert np.array_equal(column.codes, together[name].codes) and column.size == together[name].size
        assert np.array_equal(column.values, together[name].values)


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_packed_values_are_the_same(kind: str) -> None:
    same(kind)


def test_two_processes_clean_as_one() -> None:
    # In a process of its own: where tests run side by side, each has a thread that listens to the others.
    program = f"from {__name__} import same; same('contact'); same('company')"
    assert subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, check=False).returncode == 0
