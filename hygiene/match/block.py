"""Which pairs are worth comparing: integer keys, sorted; linear in the number of records."""

from collections.abc import Generator, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hygiene.grouped import grouped
from hygiene.halves import halves, possible
from hygiene.match.features import Features, Rows
from hygiene.match.table import Block, Table

Keys = NDArray[np.int64]
MANY = 300_000
"""So many rows are worth a second process."""

SLOTS = 22
"""Bits of a hash by which those that stand alone are told at a glance; changes the speed, never the pairs."""


def candidates(rows: Features, table: Table) -> tuple[Rows, Rows]:
    """Each pair of rows (a < b) that agrees on the keys of a block, once, in ascending order; one workspace each.

    A block above `table.cap` is split by its tighter key; what is still above it is compared within a window of
    neighbors, sorted by name and id, so that the cost stays linear.
    """
    some = partial(_met, rows, table)
    if len(rows) < MANY or not possible():
        unique = some(table.blocks)
    else:
        rows.once(_rank)  # Both processes would make it.
        one, (other,) = halves(lambda: some(table.blocks[::2]), lambda: [some(table.blocks[1::2])])
        unique = _distinct([one, other])
    return unique // max(len(rows), 1), unique % max(len(rows), 1)


def _met(rows: Features, table: Table, blocks: Sequence[Block]) -> Keys:
    """The pairs of these blocks, each as one number, ascending."""
    return _distinct([pairs for block in blocks for pairs in _block(rows, block, table)])


def _distinct(found: list[Keys]) -> Keys:
    """Each of the numbers once; the list is emptied, for it is long."""
    keys = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    found.clear()
    keys.sort()
    return keys[np.diff(keys, prepend=-1) > 0]


def _block(rows: Features, block: Block, table: Table) -> Iterator[Keys]:
    every = np.arange(len(rows), dtype=np.int64)
    large = yield from _emit(rows, every, block.keys, table.cap)
    if len(large) and block.tighter:
        keys = (*block.keys, *block.tighter)
        yield from _windows(rows, large, block.keys, table.window)
        large = yield from _emit(rows, large, keys, table.cap)
        yield from _windows(rows, large, keys, table.window)
    elif len(large):
        yield from _windows(rows, large, block.keys, table.window)


def _emit(rows: Features, chosen: Rows, keys: tuple[str, ...], cap: int) -> Generator[Keys, None, Rows]:
    """All pairs of the blocks up to the cap; returns the rows of the larger ones."""
    members, starts, sizes = _runs(rows, chosen, keys)
    for size in np.flatnonzero(np.bincount(sizes[(sizes > 1) & (sizes <= cap)])).tolist():
        block = members[starts[sizes == size][:, None] + np.arange(size)]
        left, right = np.triu_indices(size, 1)
        yield _coded(block[:, left].ravel(), block[:, right].ravel(), len(rows))
    return np.sort(members[np.repeat(sizes > cap, sizes)])


def _windows(rows: Features, chosen: Rows, keys: tuple[str, ...], window: int) -> Iterator[Keys]:
    """Pairs of near neighbors by name within each block."""
    chosen = chosen[np.argsort(rows.once(_rank)[chosen], kind="stable")]
    members, starts, sizes = _runs(rows, chosen, keys)
    block = np.repeat(starts, sizes)
    for step in range(1, window + 1):
        same = block[:-step] == block[step:]
        yield _coded(members[:-step][same], members[step:][same], len(rows))


def _rank(rows: Features) -> NDArray[np.int32]:
    """Where each row's name stands in the alphabet."""
    names = rows["identity"]
    rank = np.empty(len(names.values), dtype=np.int32)
    rank[sorted(range(len(rank)), key=names.values.tolist().__getitem__)] = np.arange(len(rank))
    return np.asarray(rank[names.codes])


def _runs(rows: Features, chosen: Rows, keys: tuple[str, ...]) -> tuple[Rows, Rows, Rows]:
    """The chosen rows with every key filled, block by block; where each block starts, and its size."""
    columns = [rows[key].codes for key in keys]
    chosen = chosen[np.logical_and.reduce([codes[chosen] > 0 for codes in columns])]
    hashed = _hash([rows["workspace"].codes[chosen], *(codes[chosen] for codes in columns)])
    shared = _shared(hashed)
    chosen, hashed = chosen[shared], hashed[shared]
    order, new = grouped(hashed)
    members, starts = chosen[order], np.flatnonzero(new)
    return members, starts, np.diff(np.append(starts, len(members)))


def _shared(hashed: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """All whose hash another has, and a few that stand alone: most do, and need not be sorted."""
    slot = (hashed >> np.uint64(64 - SLOTS)).astype(np.int64)
    return np.asarray(np.bincount(slot, minlength=1 << SLOTS)[slot] > 1)


def _hash(columns: list[NDArray[np.int32]]) -> NDArray[np.uint64]:
    """One number a row (FNV-1a over the codes). A collision costs one comparison more, never a match."""
    found = np.full(len(columns[0]), 14695981039346656037, dtype=np.uint64)
    for codes in columns:
        found = (found ^ codes.astype(np.uint64)) * np.uint64(1099511628211)
    return found


def _coded(a: Rows, b: Rows, size: int) -> Keys:
    return np.minimum(a, b) * size + np.maximum(a, b)
