"""Group commit: one thread writes all that waits in one transaction, and only then does anybody get an answer."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
MOST = 20_000
"""Items that may wait for the disk; beyond it a caller is turned away and asked to come again."""


class Full(Exception):
    """More is waiting for the disk than may wait."""


class GroupCommit(Generic[Item]):
    """`write` is called from one thread with everything that came while it was busy, and returns once that is durable.

    The cost of reaching the disk is shared by all who wait: at 200 requests a second one write each would not do.
    """

    def __init__(self, write: Callable[[Sequence[Item]], int], most: int = MOST) -> None:
        self.write = write
        self.most = most
        self.commits = 0
        self._waiting: list[tuple[Sequence[Item], asyncio.Future[None]]] = []
        self._size = 0
        self._closed = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join()

    async def keep(self, items: Sequence[Item]) -> None:
        """Return once the items are on the disk; `Full` where too many wait, else what `write` raised."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._change:
            if self._closed or self._size + len(items) > self.most:
                raise Full
            self._size += len(items)
            self._waiting.append((items, future))
            self._change.notify()
        await future

    def _run(self) -> None:
        while (taken := self._taken()) is not None:
            failure: Exception | None = None
            try:
                self.write([item for items, _ in taken for item in items])
                self.commits += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                failure = error
            _tell([future for _, future in taken], failure)

    def _taken(self) -> list[tuple[Sequence[Item], asyncio.Future[None]]] | None:
        """Everything that waits, once something does; None when closed and empty."""
        with self._change:
            while not self._waiting and not self._closed:
                self._change.wait()
            taken, self._waiting, self._size = self._waiting, [], 0
            return taken or None


def _tell(futures: Sequence[asyncio.Future[None]], failure: Exception | None) -> None:
    """Wake all who wait on a loop with one call; a loop that was closed meanwhile has nobody left to tell."""
    for loop in {future.get_loop() for future in futures}:
        mine = [future for future in futures if future.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, mine, failure)


def _settle(futures: Sequence[asyncio.Future[None]], failure: Exception | None) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)
