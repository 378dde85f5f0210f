"""Two halves of a long computation at once: one here, the other in a process forked from this one."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from typing import TypeVar

Mine = TypeVar("Mine")
Other = TypeVar("Other")


class Elsewhere(Exception):
    """Where in the second process an error arose: its traceback, which cannot travel with it."""


def possible() -> bool:
    """Whether a second process can be forked safely and has a core of its own: another thread might hold a lock."""
    alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon
    return sys.platform == "linux" and alone and len(os.sched_getaffinity(0)) > 1


def halves(here: Callable[[], Mine], there: Callable[[], Iterable[Other]]) -> tuple[Mine, list[Other]]:
    """What both answer. `there` runs in a child that ends with this call, whatever happens.

    An error there is raised here with the child's traceback as its cause; `ChildProcessError` where it was killed.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_answer, args=(ours, theirs, there), daemon=True)
    child.start()
    theirs.close()
    try:
        return here(), list(_told(ours))
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()


def _told(ours: Connection) -> Iterator[Other]:
    """The child's answers one by one, so that no two of them are underway at once."""
    try:
        while (said := ours.recv()) is not None:
            answer, error, where = said
            if error is not None:
                raise error from Elsewhere(where)
            yield answer
    except EOFError:
        raise ChildProcessError("the second process was killed, perhaps for want of memory") from None


def _answer(parents: Connection, own: Connection, there: Callable[[], Iterable[Other]]) -> None:
    """The life of the child. All is made before any of it is sent: the parent listens when its own half is done."""
    parents.close()
    gc.freeze()  # What is the parent's is never garbage here: looking for it would copy every page that they share.
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both: the parent decides.
    threading.Thread(target=_end_with_the_parent, args=(own,), daemon=True).start()
    try:
        for answer in list(there()):
            own.send((answer, None, ""))
    except Exception as error:  # noqa: BLE001 - it is raised where it is understood
        own.send((None, error, traceback.format_exc()))
    own.send(None)


def _end_with_the_parent(own: Connection) -> None:
    """Nothing is ever sent to the child, so that there is nothing to read until the parent is gone."""
    try:
        own.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
