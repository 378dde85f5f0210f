"""The same cleaning, blocking and scoring on Spark: pairs and probabilities are those of the embedded run.

Needs the extra `spark`. Records go to slots by the groups they belong to; a pair is scored in the slot of the first
group in which the two meet, and in no other.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from hygiene.clean.column import coded
from hygiene.match.features import Features, features
from hygiene.match.posting import first, posted
from hygiene.match.score import Scorer, Verdict
from hygiene.match.statistics import Statistics, met
from hygiene.match.table import Table
from hygiene.view import Columns

PAIR = "workspace string, a string, b string, points float, probability float, veto boolean, verdict byte"
Pandas = Any
"""A pandas DataFrame; pandas comes with the extra and has no types of its own."""
Mapped = Callable[[Iterable[Pandas]], Iterator[Pandas]]


class Frame(Protocol):
    """What is asked of a Spark DataFrame."""

    columns: list[str]

    def mapInPandas(self, func: Mapped, schema: str) -> "Frame": ...  # noqa: N802

    def groupBy(self, *names: str) -> Any: ...  # noqa: N802

    def toPandas(self) -> Pandas: ...  # noqa: N802


def cleaned(raw: Frame, kind: str, table: Table, region: str) -> Frame:
    """The cleaned columns of records given as text columns `workspace`, `id` and the table's fields."""

    def act(batches: Iterable[Pandas]) -> Iterator[Pandas]:
        for batch in batches:
            yield _spread(features(_columns(batch, kind), table, region))

    return raw.mapInPandas(act, _schema(_names(raw.columns, kind, table)))


def gathered(rows: Frame) -> Features:
    """Cleaned columns in this process, by workspace and id: what the statistics are counted over, once."""
    return _features(rows.toPandas().sort_values(["workspace", "id"]), rows.columns)


def pairs(rows: Frame, table: Table, statistics: Statistics, slots: int = 64) -> Frame:
    """The pairs for auto or review of cleaned records, as `PAIR` says; `a` is the lower id.

    The statistics travel to each worker with the function: they are counted before and not once more.
    """
    names = list(rows.columns)

    def send(batches: Iterable[Pandas]) -> Iterator[Pandas]:
        for batch in batches:
            yield _slotted(batch, _features(batch, names), table, statistics, slots)

    def score(slot: tuple[int, ...], batch: Pandas) -> Pandas:
        batch = batch.sort_values(["workspace", "id"])
        return _scored(_features(batch, names), table, statistics, (int(slot[0]), slots))

    sent = rows.mapInPandas(send, f"slot int, {_schema(names)}")
    found: Frame = sent.groupBy("slot").applyInPandas(score, PAIR)
    return found


def _slotted(batch: Pandas, rows: Features, table: Table, statistics: Statistics, slots: int) -> Pandas:
    """Each row once for every slot that one of its groups belongs to."""
    groups = posted(rows, table, statistics.crowds).groups
    row, column = np.nonzero(groups)
    places = np.unique(row * slots + (groups[row, column] % np.uint64(slots)).astype(np.int64))
    sent = batch.iloc[places // slots]
    return sent.assign(slot=(places % slots).astype(np.int32))[["slot", *batch.columns]]


def _scored(rows: Features, table: Table, statistics: Statistics, slot: tuple[int, int]) -> Pandas:
    posts = posted(rows, table, statistics.crowds)
    a, b = met(posts, table.window)
    home = first(posts, a, b, table.window) % np.uint64(slot[1]) == np.uint64(slot[0])
    found = Scorer(Features(rows.columns, statistics.terms), table).score(a[home], b[home])
    found = found.take(found.verdict > Verdict.NO)
    spaces, ids = rows["workspace"].text(), rows["id"].text()
    facts = {"points": found.points, "probability": found.probability, "veto": found.veto, "verdict": found.verdict}
    ends = {"workspace": spaces[found.a], "a": ids[found.a], "b": ids[found.b]}
    return import_module("pandas").DataFrame(ends | facts)


def _columns(batch: Pandas, kind: str) -> Columns:
    spaces = coded(batch["workspace"].tolist())
    data = {name: np.array(batch[name].tolist(), dtype=object) for name in batch.columns if name not in _KEY}
    ids = np.array(batch["id"].tolist(), dtype=object)
    return Columns(kind, tuple(spaces.values.tolist()), spaces.codes.astype(np.int16), ids, data)


_KEY = ("workspace", "id")


def _names(given: list[str], kind: str, table: Table) -> list[str]:
    """The features that cleaning makes of such columns."""
    none = np.zeros(0, dtype=object)
    data = {name: none for name in given if name not in _KEY}
    return list(features(Columns(kind, (), none.astype(np.int16), none, data), table).columns)


def _schema(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}` string" for name in names)


def _features(batch: Pandas, names: Iterable[str]) -> Features:
    return Features({name: coded(batch[name].tolist()) for name in names})


def _spread(rows: Features) -> Pandas:
    return import_module("pandas").DataFrame({name: column.text() for name, column in rows.columns.items()})
