"""Blocks and labels for the contestants that learn, in NumPy alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from exchange import Columns
from numpy.typing import NDArray

Pairs = tuple[NDArray[Any], NDArray[Any]]
LARGEST = 60
"""In a larger block only neighbors in the order of the file are compared, so that the cost stays linear."""

WINDOW = 8
KEYS = {
    "company": (
        *(("name",), ("domain",), ("label",), ("phone",), ("tax_id",), ("tokens",), ("head", "city")),
        *(("head", "postcode"), ("road", "house", "postcode"), ("road", "house"), ("squashed",)),
    ),
    "contact": (
        *(("email",), ("mobile",), ("phone",), ("first", "last"), ("last", "employer"), ("last", "company")),
        *(("first", "employer"), ("first", "company"), ("first_root", "last"), ("tax_id",), ("birth_date",)),
        *(("last", "postcode"), ("first", "postcode"), ("initial", "last", "city"), ("mailbox", "label")),
    ),
}


def enriched(data: Columns, kind: str) -> Columns:
    """The cleaned columns, and those that only blocks need."""
    texts = data.get("name" if kind == "company" else "first", np.array([], dtype=object)).tolist()
    if kind == "contact":
        return data | {"initial": _array(text[:1] for text in texts)}
    squashed = [text.replace(" ", "") for text in texts]
    tokens = _array(" ".join(sorted(text.split())) for text in texts)
    return data | {"squashed": _array(squashed), "head": _array(text[:6] for text in squashed), "tokens": tokens}


def blocked(data: Columns, kind: str) -> Pairs:
    """Pairs of rows that agree on all of some keys, once."""
    rows = len(next(iter(data.values())))
    found = [_block(data, keys) for keys in KEYS[kind] if set(keys) <= data.keys()]
    coded = np.unique(np.concatenate([np.minimum(a, b) * rows + np.maximum(a, b) for a, b in found]))
    return coded // rows, coded % rows


def truth(file: Path) -> NDArray[np.int64]:
    """The entity of every row of a lesson."""
    return np.asarray(np.load(file.with_name("truth.npy")))


def _block(data: Columns, keys: Sequence[str]) -> Pairs:
    codes = [np.unique(data[key], return_inverse=True) for key in keys]
    filled = np.flatnonzero(np.logical_and.reduce([data[key] != "" for key in keys]))
    mixed = np.zeros(len(filled), dtype=np.int64)
    for values, code in codes:
        _, mixed = np.unique(mixed * len(values) + code[filled], return_inverse=True)
    order = np.argsort(mixed, kind="stable")
    block, rows = mixed[order], filled[order]
    size = np.bincount(mixed)[block] if len(mixed) else mixed
    pairs = [(rows[:0], rows[:0])]
    for step in range(1, min(LARGEST, len(rows))):
        same = (block[:-step] == block[step:]) & ((size[:-step] <= LARGEST) | (step <= WINDOW))
        pairs.append((rows[:-step][same], rows[step:][same]))
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


def _array(texts: Any) -> NDArray[Any]:
    return np.array(list(texts), dtype=object)
