"""Where each record stands in the blocks, once their sizes are frozen: whether two meet hangs on those two alone.

A block that was above the cap when it was counted is crowded ever after. The records of then left marks in it, sorted
by name and id; a record's rank is its place along those marks, and two meet where their ranks are near. No record
that comes or goes moves the rank of another.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hygiene.match.features import Features, Rows
from hygiene.match.table import Table
from hygiene.match.texts import LOSSLESS, Hashes, Strings, hashed, mixed

Ranks = NDArray[np.int32]
WHOLE = -1
"""The rank in a block that is compared as a whole. A mark has an odd rank, the gap before it the even one below."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The crowded groups of one key, ascending; the marks of group i stand from `starts[i]` to `starts[i + 1]`."""

    groups: Hashes
    starts: NDArray[np.int64]
    marks: Strings

    def ranks(self, groups: Hashes, mark: Callable[[int], bytes]) -> Ranks:
        """The rank of each row in its group, where `mark` tells what a row would leave."""
        found = np.full(len(groups), WHOLE, dtype=np.int32)
        if not len(self.groups):
            return found
        place = np.minimum(np.searchsorted(self.groups, groups), len(self.groups) - 1)
        inside = np.flatnonzero(self.groups[place] == groups)
        for row, at in zip(inside.tolist(), place[inside].tolist(), strict=True):
            found[row] = self._rank(mark(row), int(self.starts[at]), int(self.starts[at + 1]))
        return found

    def _rank(self, mark: bytes, start: int, end: int) -> int:
        at = bisect_left(range(end), mark, lo=start, key=self.marks.raw)
        return 2 * (at - start) + (at < end and self.marks.raw(at) == mark)


@dataclass(frozen=True, slots=True)
class Posts:
    """Row by row the group that a record belongs to, 0 for none, and its rank there: two columns a block, for its
    keys and for its tighter ones."""

    groups: Hashes
    ranks: Ranks

    def __len__(self) -> int:
        return len(self.groups)


@dataclass(frozen=True, slots=True)
class Postings:
    """Which rows stand at each key, keys ascending: a group, or one stretch of a crowded one."""

    keys: Hashes
    rows: NDArray[np.int32]
    ranks: Ranks

    def find(self, keys: Hashes) -> tuple[Rows, Rows]:
        """Every place where one of these keys stands: which key it is, and the place."""
        left, right = np.searchsorted(self.keys, keys, "left"), np.searchsorted(self.keys, keys, "right")
        sizes = right - left
        at = np.arange(sizes.sum()) + np.repeat(left - np.cumsum(sizes) + sizes, sizes)
        return np.repeat(np.arange(len(keys)), sizes), at


def frozen(rows: Features, table: Table) -> tuple[tuple[Crowd, ...], Posts]:
    """Counts the blocks of these rows; they need not be in any order."""
    crowds: list[Crowd] = []
    names = rows["identity"]
    ids, order = rows["id"], np.argsort(np.argsort(names.values.astype(str), kind="stable"), kind="stable")
    place = np.lexsort((np.argsort(np.argsort(ids.values.astype(str)))[ids.codes], order[names.codes]))
    mark = _marks(rows)

    def rank(column: int, groups: Hashes) -> Ranks:
        crowd, ranks = _counted(groups, place, mark, table.cap)
        crowds.append(crowd)
        return ranks

    posts = _posts(rows, table, rank)
    return tuple(crowds), posts


def posted(rows: Features, table: Table, crowds: Sequence[Crowd]) -> Posts:
    """Where these rows stand in blocks that were counted before."""
    mark = _marks(rows)
    return _posts(rows, table, lambda column, groups: crowds[column].ranks(groups, mark))


def postings(posts: Posts, window: int) -> Postings:
    """The rows by what they may meet at."""
    row, column = np.nonzero(posts.groups)
    groups, ranks = posts.groups[row, column], posts.ranks[row, column]
    keys = _keys(groups, ranks, window, 0)
    order = np.argsort(keys, kind="stable")
    return Postings(keys[order], row[order].astype(np.int32), ranks[order])


def meetings(posts: Posts, others: Postings, window: int) -> Iterator[tuple[Rows, Rows]]:
    """Rows of the one side with rows of the other that they meet; a pair comes once for every block it meets in."""
    row, column = np.nonzero(posts.groups)
    groups, ranks = posts.groups[row, column], posts.ranks[row, column]
    ranked = np.flatnonzero(ranks != WHOLE)
    for step, asked in ((0, np.arange(len(row))), (-1, ranked), (1, ranked)):
        keys = _keys(groups[asked], ranks[asked], window, step)
        place, at = others.find(keys)
        own = asked[place]
        near = np.abs(ranks[own] - others.ranks[at]) <= 2 * window
        near |= ranks[own] == WHOLE
        yield row[own[near]].astype(np.int64), others.rows[at[near]].astype(np.int64)


def first(posts: Posts, a: Rows, b: Rows, window: int) -> Hashes:
    """The group in which each pair meets first, 0 where the two never meet."""
    left, right = posts.groups[a], posts.groups[b]
    ranks, others = posts.ranks[a], posts.ranks[b]
    meet = (left == right) & (left > 0) & ((ranks == WHOLE) | (np.abs(ranks - others) <= 2 * window))
    column = np.argmax(meet, axis=1)
    return np.where(meet.any(axis=1), left[np.arange(len(a)), column], np.uint64(0))


def _posts(rows: Features, table: Table, rank: Callable[[int, Hashes], Ranks]) -> Posts:
    groups = np.zeros((len(rows), 2 * len(table.blocks)), dtype=np.uint64)
    ranks = np.full(groups.shape, WHOLE, dtype=np.int32)
    known = {name: hashed(rows[name].values.tolist()) for name in _features(table)}
    for at, block in enumerate(table.blocks):
        groups[:, 2 * at] = _grouped(rows, known, block.keys, 2 * at)
        ranks[:, 2 * at] = rank(2 * at, groups[:, 2 * at])
        crowded = ranks[:, 2 * at] != WHOLE
        if block.tighter and crowded.any():
            tight = _grouped(rows, known, (*block.keys, *block.tighter), 2 * at + 1)
            groups[:, 2 * at + 1] = np.where(crowded, tight, np.uint64(0))
        ranks[:, 2 * at + 1] = rank(2 * at + 1, groups[:, 2 * at + 1])
    return Posts(groups, ranks)


def _features(table: Table) -> set[str]:
    return {"workspace", *(name for block in table.blocks for name in (*block.keys, *block.tighter))}


def _grouped(rows: Features, known: dict[str, Hashes], keys: tuple[str, ...], column: int) -> Hashes:
    """The group of each row, 0 where a key is empty. A collision costs one comparison more, never a match."""
    parts = [known[name][rows[name].codes] for name in ("workspace", *keys)]
    found = mixed([np.full(len(rows), column, dtype=np.uint64), *parts])
    return np.where(np.logical_and.reduce([part > 0 for part in parts]), found, np.uint64(0))


def _counted(groups: Hashes, place: Rows, mark: Callable[[int], bytes], cap: int) -> tuple[Crowd, Ranks]:
    """The crowd of one column, and the rank of each row in it; `place` lists the rows by name and id."""
    distinct, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    large = (sizes > cap) & (distinct > 0)
    members = place[large[inverse[place]]]
    members = members[np.argsort(inverse[members], kind="stable")]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[large], dtype=np.int64)])
    ranks = np.full(len(groups), WHOLE, dtype=np.int32)
    ranks[members] = 2 * (np.arange(len(members)) - np.repeat(starts[:-1], sizes[large])) + 1
    return Crowd(distinct[large], starts, Strings.packed([mark(row) for row in members.tolist()])), ranks


def _marks(rows: Features) -> Callable[[int], bytes]:
    names, ids = rows["identity"], rows["id"]

    def mark(row: int) -> bytes:
        text = f"{names.values[names.codes[row]]}\x00{ids.values[ids.codes[row]]}"
        return text.encode("utf-8", LOSSLESS)

    return mark


def _keys(groups: Hashes, ranks: Ranks, window: int, step: int) -> Hashes:
    """A crowded group is cut into stretches so long that two that meet stand in one or in neighbors."""
    stretch = (ranks // (2 * window) + step + 1).astype(np.uint64)
    return np.where(ranks == WHOLE, groups, mixed([groups, stretch])) if len(groups) else groups
