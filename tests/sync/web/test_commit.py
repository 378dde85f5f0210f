"""Group commit: nobody hears "kept" before it is, and many share one trip to the disk."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from sync.web.commit import Full, GroupCommit


class Disk:
    """Takes its time, or breaks."""

    def __init__(self, seconds: float = 0.0, breaks: bool = False) -> None:
        self.seconds, self.breaks = seconds, breaks
        self.written: list[list[int]] = []

    def write(self, items: Sequence[int]) -> int:
        time.sleep(self.seconds)
        if self.breaks:
            raise OSError("no space left")
        self.written.append(list(items))
        return len(items)


@contextmanager
def committing(disk: Disk, most: int = 1000) -> Iterator[GroupCommit[int]]:
    made: GroupCommit[int] = GroupCommit(disk.write, most)
    made.start()
    yield made
    made.close()


def test_what_comes_while_the_disk_is_busy_shares_the_next_write() -> None:
    async def all_at_once(commit: GroupCommit[int]) -> None:
        await asyncio.gather(*(commit.keep([number]) for number in range(50)))

    disk = Disk(0.02)
    with committing(disk) as commit:
        asyncio.run(all_at_once(commit))
    assert sorted(item for group in disk.written for item in group) == list(range(50))
    assert commit.commits == len(disk.written) < 25


def test_nobody_is_told_before_it_is_written() -> None:
    async def ask(commit: GroupCommit[int], disk: Disk) -> None:
        waiting = asyncio.create_task(commit.keep([1]))
        await asyncio.sleep(0)
        assert not waiting.done()
        await waiting
        assert disk.written == [[1]]

    disk = Disk(0.02)
    with committing(disk) as commit:
        asyncio.run(ask(commit, disk))


def test_a_failure_reaches_all_who_wait_and_the_next_may_succeed() -> None:
    async def ask(commit: GroupCommit[int], disk: Disk) -> None:
        found = await asyncio.gather(commit.keep([1]), commit.keep([2]), return_exceptions=True)
        assert [type(item) for item in found] == [OSError, OSError]
        disk.breaks = False
        await commit.keep([3])

    disk = Disk(breaks=True)
    with committing(disk) as commit:
        asyncio.run(ask(commit, disk))
    assert disk.written == [[3]]


def test_more_than_may_wait_is_turned_away_at_once() -> None:
    async def ask(commit: GroupCommit[int]) -> None:
        with pytest.raises(Full):
            await commit.keep([1, 2, 3])
        await commit.keep([1, 2])

    with committing(Disk(), most=2) as commit:
        asyncio.run(ask(commit))


def test_closing_writes_what_waits_and_takes_nothing_more() -> None:
    async def ask(commit: GroupCommit[int]) -> None:
        waiting = asyncio.create_task(commit.keep([1]))
        await asyncio.sleep(0)
        threading.Thread(target=commit.close).start()
        await waiting
        with pytest.raises(Full):
            await commit.keep([2])

    disk, commit = Disk(0.02), None
    commit = GroupCommit(disk.write)
    commit.start()
    asyncio.run(ask(commit))
    assert disk.written == [[1]]
