"""View, Memory, Columns: all that a check may see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from connectors.records import Past, Pipeline, Record, Ref
from connectors.values import Value

Column = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Columns:
    """One kind as arrays of equal length: all that matching ever sees.

    `workspaces[workspace[i]]` and `ids[i]` name row i; each column of `data` holds stripped text, "" where the
    field is empty or unknown.
    """

    kind: str
    workspaces: tuple[str, ...]
    workspace: NDArray[np.int16]
    ids: Column
    data: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.ids)

    def ref(self, row: int) -> Ref:
        """The record of a row."""
        return Ref(self.workspaces[int(self.workspace[row])], self.kind, str(self.ids[row]))


class Judgement(StrEnum):
    """What a person said of a pair."""

    DUPLICATE = "duplicate"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the two sides of a twin last held of a field when they agreed, each in its own terms, and since when.

    `turns` are HubSpot's agreed values with the time that each began, the newest (this one) first.
    """

    hubspot: Value
    salesforce: Value
    at: datetime
    turns: tuple[tuple[datetime, Value], ...] = ()


NONE_AGREED: Mapping[str, Agreed] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Twin:
    """Two records of two CRMs that are one thing; `how` says what told us, `agreed` is by field of the mapping."""

    hubspot: Ref
    salesforce: Ref
    how: str = ""
    agreed: Mapping[str, Agreed] = field(default_factory=lambda: NONE_AGREED)


class Memory(Protocol):
    """Our own past, read-only. A pair is given in either order."""

    def judgements(self, kind: str) -> Mapping[tuple[Ref, Ref], Judgement]:
        """What people said, by the pair in ascending order."""

    def doubts(self, kind: str) -> frozenset[tuple[Ref, Ref]]:
        """Pairs (ascending) that wait for a person's word: our own merges never make them sure by themselves."""

    def twin(self, ref: Ref) -> Ref | None:
        """The same thing in the other CRM, as far as known."""

    def paired(self, hubspot: str, salesforce: str) -> Iterator[Twin]:
        """Every twin of these kinds, in the order of HubSpot's refs, with what its two sides last agreed on."""


class View(Protocol):
    """A read-only look at the mirror at one moment, `as_of`."""

    @property
    def as_of(self) -> datetime: ...

    @property
    def memory(self) -> Memory: ...

    def records(self, kind: str, *fields: str) -> Iterator[Record]:
        """The live records of a kind in the order of their refs, with these fields only (all when none is named)."""

    def get(self, ref: Ref) -> Record | None:
        """One live record in full."""

    def linked(self, ref: Ref, kind: str) -> tuple[Ref, ...]:
        """The records of a kind that a record is tied to, in the order of their refs."""

    def history(self, ref: Ref, field: str) -> tuple[Past, ...]:
        """The values of a field, oldest first; `source` says whether the CRM or our own sighting speaks."""

    def columns(self, kind: str, fields: Sequence[str]) -> Columns: ...

    def changed(self, kind: str, since: datetime) -> Iterator[Ref]:
        """The live records whose mirror row changed at or after a moment."""

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]: ...

    def known(self, workspace: str, kind: str) -> frozenset[str]:
        """The fields that the pull's credential could see; any other one is unknown, never empty."""


class NoMemory:
    """The memory of a tool that has none yet."""

    def judgements(self, kind: str) -> Mapping[tuple[Ref, Ref], Judgement]:
        """Nobody has said anything."""
        return {}

    def doubts(self, kind: str) -> frozenset[tuple[Ref, Ref]]:
        """Nothing waits for anybody."""
        return frozenset()

    def twin(self, ref: Ref) -> Ref | None:
        """No twin is known."""
        return None

    def paired(self, hubspot: str, salesforce: str) -> Iterator[Twin]:
        """Nothing is."""
        return iter(())


def columns_of(kind: str, records: Iterable[Record], fields: Sequence[str]) -> Columns:
    """Columns made from records: for a view that has no faster way."""
    rows = list(records)
    workspaces = tuple(sorted({row.ref.workspace for row in rows}))
    place = {name: index for index, name in enumerate(workspaces)}
    data = {name: np.array([row.text(name) for row in rows], dtype=object) for name in fields}
    ids = np.array([row.ref.id for row in rows], dtype=object)
    return Columns(kind, workspaces, np.array([place[row.ref.workspace] for row in rows], dtype=np.int16), ids, data)
