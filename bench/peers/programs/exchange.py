"""Reads a case and writes an answer, with NumPy alone, for programs in any environment."""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 50_000
"""Rows read at once: what a file holds is never in memory twice."""

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program is called with: a file of columns; for those that learn, `labels` is one with its truth beside."""

    file: Path
    out: Path
    kind: str
    labels: Path | None


def asked() -> Asked:
    """The arguments of this process."""
    file, out, kind, *labels = sys.argv[1:]
    return Asked(Path(file), Path(out), kind, Path(labels[0]) if labels else None)


def columns(file: Path) -> Columns:
    """The columns of a CSV file as object arrays of text, without its id, which is the number of the row."""
    with file.open(newline="", encoding="utf-8") as source:
        reader = csv.reader(source)
        head = next(reader)
        parts = list(_chunks(reader, len(head)))
    return {name: np.concatenate([part[at] for part in parts]) for at, name in enumerate(head) if name != "id"}


def filled(data: Columns, least: float = 0.02) -> list[str]:
    """The columns that hold something in at least this share of the rows."""
    return [name for name, texts in data.items() if np.count_nonzero(texts != "") >= least * len(texts)]


def answer(to: Asked, a: NDArray[Any], b: NDArray[Any], score: NDArray[Any], **more: NDArray[Any]) -> None:
    """Leaves the pairs with their scores, and whatever else was decided."""
    for name, values in {"a": a, "b": b, "score": score, **more}.items():
        np.save(to.out / f"{name}.npy", values)


def given(to: Asked) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """The pairs that are to be scored, where the case names them."""
    file = to.file.with_name("given.npy")
    if not file.exists():
        return None
    pairs = np.load(file)
    return pairs[:, 0], pairs[:, 1]


def closure(rows: int, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """A label a row, equal for rows that pairs tie together, as a user who merges every pair would get it."""
    home = list(range(rows))
    for pair in zip(a.tolist(), b.tolist(), strict=True):
        left, right = (_root(home, row) for row in pair)
        home[max(left, right)] = min(left, right)
    return np.array([_root(home, row) for row in range(rows)], dtype=np.int64)


def _root(home: list[int], row: int) -> int:
    while home[row] != row:
        home[row] = home[home[row]]
        row = home[row]
    return row


def _chunks(reader: Iterator[list[str]], width: int) -> Iterator[list[NDArray[Any]]]:
    """Column by column, at least one chunk; equal texts of a chunk are one object."""
    chunk = list(islice(reader, CHUNK))
    while True:
        seen: dict[str, str] = {}
        yield [_texts((row[at] for row in chunk), len(chunk), seen) for at in range(width)]
        chunk = list(islice(reader, CHUNK))
        if not chunk:
            return


def _texts(texts: Iterator[str], count: int, seen: dict[str, str]) -> NDArray[Any]:
    return np.fromiter((seen.setdefault(text, text) for text in texts), dtype=object, count=count)
