"""The mirror as the View that checks see, and as the planner's source of ties."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Select, func, select

from connectors.records import Link, ObjectSpec, Past, Pipeline, Record, Ref
from connectors.values import load_fields
from hygiene.match.features import features
from hygiene.match.matching import Matching, Whole
from hygiene.match.table import Table
from hygiene.view import Columns, Memory, NoMemory
from sync.database import millis, moment
from sync.mirror import definitions
from sync.mirror.asked import AWAY, BACK, LIVE, NEXT, PRESENT, THERE, TIES_TO, Cells
from sync.mirror.columns import LEAST, Beside, Say, silent
from sync.mirror.lives import Lives, workspaces
from sync.mirror.past import Then, unheard
from sync.mirror.rows import RECORD, TIES, given, grouped, link_of, row_ref, ties_of
from sync.mirror.told import histories

Ties = dict[tuple[str, str], tuple[Link, ...]]


class Mirror:
    """Reads the mirror; `as_of` is now as far as the caller says. Satisfies `hygiene.view.View`.

    From `least` records of a kind on, its matching goes through an index that is kept beside the store.
    """

    def __init__(
        self, engine: Engine, as_of: datetime, memory: Memory | None = None, say: Say = silent, least: int = LEAST
    ) -> None:
        self.engine = engine
        self.as_of = as_of
        self.memory: Memory = memory or NoMemory()
        self._say, self._least = say, least
        self._near: dict[Ref, set[Ref]] = {}
        self._told: dict[str, dict[Ref, tuple[Past, ...]]] = {}
        self._definitions: dict[tuple[str, str], list[definitions.Said]] = {}

    def at(self, when: datetime, hear: Callable[[Ref, str], None] = unheard) -> Then:
        """The view of what was true at a moment, as far as is known now: fields by the CRM's history, else by what
        pulls saw; before the first pull that saw a record whatever has no history is unknown (`hygiene.sight`).

        The memory is today's. `hear` is told of each record and field (or "ties") that is asked for and unknown.
        """
        return Then(Lives(self.engine), when, self.memory, hear=hear)

    def seen_at(self, when: datetime, memory: Memory | None = None) -> Then:
        """The view as it stood at a moment between pulls, byte for byte: what was learned since does not count.

        The mirror knows no decisions: without a `memory` of that moment there are none.
        """
        return Then(Lives(self.engine), when, memory or NoMemory(), sighted=True)

    def records(self, kind: str, *fields: str) -> Iterator[Record]:
        """The live records of a kind in the order of their refs; ties are fetched a page at a time."""
        for rows, links, near in self._pages(kind):
            self._near, self._told = near, {}
            for row in rows:
                yield _record(row, links.get((row.workspace, row.id), ()), fields)

    def get(self, ref: Ref) -> Record | None:
        """One live record in full."""
        with self.engine.connect() as connection:
            row = connection.execute(LIVE, given(ref.workspace, ref.kind, [ref.id])).first()
            if row is None:
                return None
            return _record(row, _links_of(connection, ref.kind, [row]).get((ref.workspace, ref.id), ()))

    def some(self, refs: Iterable[Ref]) -> Iterator[Record]:
        """Those of these records that live, with their fields and without their ties."""
        for group in grouped(refs):
            with self.engine.connect() as connection:
                rows = connection.execute(LIVE, given(*group)).all()
            yield from (_record(row, ()) for row in rows)

    def linked(self, ref: Ref, kind: str) -> tuple[Ref, ...]:
        """The live records of a kind that a record is tied to, whichever of the two holds the tie.

        While `records` is read, the ties of its page are at hand: a check costs no query for each record.
        """
        near = self._near
        if ref not in near:
            with self.engine.connect() as connection:
                near = _near(connection, ref.workspace, ref.kind, [ref.id])
        return tuple(sorted(other for other in near.get(ref, ()) if other.kind == kind))

    def ties(self, ref: Ref) -> tuple[tuple[Ref, Link], ...]:
        """Every tie that a record takes part in, as (holder, link): its own first, then those of others to it.

        A tie to a record that is known to be gone went with it, whatever was last seen at the other end.
        """
        asked = given(ref.workspace, ref.kind, [ref.id])
        with self.engine.connect() as connection:
            own = connection.execute(TIES, asked).all()
            others = connection.execute(TIES_TO, asked).all()
            found = [(row_ref(row), link_of(row)) for row in (*own, *others)]
            gone = _gone(connection, {other for holder, link in found for other in (holder, link.to)} - {ref})
        found = [(holder, link) for holder, link in found if holder not in gone and link.to not in gone]
        mirrored = {(holder, link.to) for holder, link in found}
        # An association is reported for both ends; what the other end repeats is the same tie.
        return tuple(
            (holder, link)
            for holder, link in sorted(found)
            if holder == ref or link.direction != "both" or (ref, holder) not in mirrored
        )

    def history(self, ref: Ref, field: str) -> tuple[Past, ...]:
        """The CRM's own history of a field, oldest first; where it keeps none, our sightings of its changes.

        While `records` is read, a history is read for all of its page at once.
        """
        if ref not in self._near:
            return histories(self.engine, [ref], field)[ref]
        if field not in self._told:
            self._told[field] = histories(self.engine, self._near.keys(), field)
        return self._told[field][ref]

    def columns(self, kind: str, fields: Sequence[str]) -> Columns:
        """The named fields of every live record as text columns."""
        table = RECORD.c
        cells = Cells(self.engine, fields)
        query = select(table.workspace, table.id, *cells.columns).where(table.kind == kind, table.gone == "")
        with self.engine.connect() as connection:
            found = connection.execute(query.order_by(table.workspace, table.id))
            rows = [(row[0], row[1], *cells.texts(row[2:])) for row in found]
        workspaces = tuple(sorted({row[0] for row in rows}))
        place = {name: index for index, name in enumerate(workspaces)}
        where = np.array([place[row[0]] for row in rows], dtype=np.int16)
        ids = np.array([row[1] for row in rows], dtype=object)
        data = {name: np.array([row[at] for row in rows], dtype=object) for at, name in enumerate(fields, 2)}
        return Columns(kind, workspaces, where, ids, data)

    def matching(self, kind: str, table: Table, region: str) -> Matching:
        """Matches the columns of a kind; beside a file store what was cleaned and found is kept for the next run."""
        beside = self._beside(kind)
        if beside is None:
            return Whole(table, partial(features, table=table, region=region))
        if sum(kinds.get(kind, 0) for kinds in self.counts().values()) < self._least:
            return Whole(table, beside.cleaner(table, region))
        return beside.matching(table, region)

    def recount(self, kind: str) -> None:
        """The next matching of a kind counts anew what is common, and compares everything."""
        if beside := self._beside(kind):
            beside.recount()

    def naming(self, kind: str, field: str) -> Iterator[tuple[Ref, str]]:
        """The live records of a kind that hold something in a field, with its text, read a page at a time."""
        cells = Cells(self.engine, [field])
        query = NEXT.with_only_columns(RECORD.c.id, *cells.columns).where(cells.filled)
        for workspace in workspaces(self.engine):
            last = ""
            while rows := self._next(query, workspace, kind, last):
                for id_, *held in rows:
                    if text := cells.texts(held)[0]:
                        yield Ref(workspace, kind, id_), text
                last = rows[-1][0]

    def present(self, refs: Iterable[Ref]) -> frozenset[Ref]:
        """Those of these records that live."""
        found: set[Ref] = set()
        for workspace, kind, ids in grouped(refs):
            with self.engine.connect() as connection:
                there = connection.scalars(PRESENT, given(workspace, kind, ids))
                found.update(Ref(workspace, kind, id_) for id_ in there)
        return frozenset(found)

    def changed(self, kind: str, since: datetime) -> Iterator[Ref]:
        """The live records whose row changed at or after a moment."""
        table = RECORD.c
        query = select(table.workspace, table.id).where(
            table.kind == kind, table.gone == "", table.changed_at >= millis(since)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(table.workspace, table.id)).all()
        return (Ref(row.workspace, kind, row.id) for row in rows)

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """The newest pipeline definitions of every workspace."""
        return definitions.pipelines(kind, self._specs(kind, "pipelines"))

    def known(self, workspace: str, kind: str) -> frozenset[str]:
        """The fields that the pull's credential could see."""
        return definitions.known(workspace, self._specs(kind, "object"))

    def spec(self, workspace: str, kind: str) -> ObjectSpec | None:
        """The newest description of a kind, None before its first pull."""
        return definitions.spec(workspace, kind, self._specs(kind, "object"))

    def merged(self) -> Iterator[tuple[Ref, Ref]]:
        """Records that the CRM merged away, each with what it became."""
        table = RECORD.c
        query = select(table.workspace, table.kind, table.id, table.merged_into).where(table.gone == "merged")
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return ((Ref(row[0], row[1], row[2]), Ref(row[0], row[1], row[3])) for row in rows)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many live records stand in the mirror, by workspace and kind."""
        table = RECORD.c
        query = select(table.workspace, table.kind, func.count()).where(table.gone == "")
        found: dict[str, dict[str, int]] = {}
        with self.engine.connect() as connection:
            for workspace, kind, count in connection.execute(query.group_by(table.workspace, table.kind)):
                found.setdefault(workspace, {})[kind] = count
        return found

    def _beside(self, kind: str) -> Beside | None:
        place = self.engine.url.database
        if self.engine.dialect.name != "sqlite" or not place or place == ":memory:":
            return None
        return Beside(Path(place).with_suffix(".match"), kind, self._say)

    def _pages(self, kind: str) -> Iterator[tuple[Sequence[Any], Ties, dict[Ref, set[Ref]]]]:
        """The live rows of a kind, with the ties that each holds and the live records that it is tied to."""
        for workspace in workspaces(self.engine):
            last = ""
            while rows := self._next(NEXT, workspace, kind, last):
                with self.engine.connect() as connection:
                    links = _links_of(connection, kind, rows)
                    near = _near(connection, workspace, kind, [row.id for row in rows])
                yield rows, links, near
                last = rows[-1].id

    def _next(self, query: Select[Any], workspace: str, kind: str, last: str) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.execute(query, {"_workspace": workspace, "_kind": kind, "_last": last}).all()

    def _specs(self, kind: str, what: str) -> list[definitions.Said]:
        """The newest definition of each workspace; a view shows one moment, so it is read once."""
        if (kind, what) not in self._definitions:
            self._definitions[kind, what] = definitions.newest(definitions.versions(self.engine, kind, what))
        return self._definitions[kind, what]


def _gone(connection: Connection, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Which of these records the mirror knows to be gone."""
    found: set[Ref] = set()
    for workspace, kind, ids in grouped(refs):
        gone = connection.scalars(AWAY, given(workspace, kind, ids))
        found.update(Ref(workspace, kind, id_) for id_ in gone)
    return frozenset(found)


def _links_of(connection: Connection, kind: str, rows: Sequence[Any]) -> Ties:
    found = ties_of(connection, [Ref(row.workspace, kind, row.id) for row in rows])
    return {(ref.workspace, ref.id): tuple(sorted(links)) for ref, links in found.items()}


def _near(connection: Connection, workspace: str, kind: str, ids: Sequence[str]) -> dict[Ref, set[Ref]]:
    """The live records that each of these is tied to; every one of them has an entry."""
    found: dict[Ref, set[Ref]] = {Ref(workspace, kind, id_): set() for id_ in ids}
    asked = given(workspace, kind, ids)
    for mine, other_kind, other in (*connection.execute(THERE, asked), *connection.execute(BACK, asked)):
        found[Ref(workspace, kind, mine)].add(Ref(workspace, other_kind, other))
    return found


def _record(row: Any, links: Sequence[Link], only: Sequence[str] = ()) -> Record:
    data = {name: row.data[name] for name in only if name in row.data} if only else row.data
    modified = None if row.modified_at is None else moment(row.modified_at)
    return Record(row_ref(row), load_fields(data), tuple(links), modified, moment(row.changed_at))
