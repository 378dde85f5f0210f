"""Reads what the mirror kept of records through time, many at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select

from connectors.records import Link, Ref
from sync.mirror.asked import BEYOND, TIES_TO
from sync.mirror.definitions import versions
from sync.mirror.life import Change, Life, Told
from sync.mirror.rows import DELTA, PAGE, PAST, RECORD, given, grouped, row_ref, these, ties_of

KEPT = 3_000
"""Lives that are held at a time, beside those of the page under way: some 10 KB each."""

ROWS = select(RECORD).where(*these(RECORD))
CHANGES = select(DELTA).where(*these(DELTA)).order_by(DELTA.c.seq)
HISTORY = select(PAST).where(*these(PAST)).order_by(PAST.c.at, PAST.c.place)
LINKED = select(DELTA).where(DELTA.c.before["links"].as_string().is_not(None))
FIELDS = select(PAST.c.workspace, PAST.c.kind, PAST.c.field).distinct()
EVERY = (
    select(RECORD)
    .where(RECORD.c.workspace == bindparam("_workspace"), RECORD.c.kind == bindparam("_kind"))
    .where(RECORD.c.id > bindparam("_last"))
    .order_by(RECORD.c.id)
    .limit(PAGE)
)
"""The next page of a workspace's records of a kind, those that are gone among them."""


class Lives:
    """The lives of records, read a page at a time and kept while they are likely to be asked for again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kept: dict[Ref, Life] = {}
        self._near: dict[Ref, frozenset[Ref]] = {}
        self._page: tuple[Ref, ...] = ()
        self._definitions: dict[tuple[str, str], Sequence[Any]] = {}

    def pages(self, kind: str) -> Iterator[Sequence[Life]]:
        """Every record of a kind that the mirror ever saw, in the order of their refs."""
        for workspace in workspaces(self.engine):
            last = ""
            while rows := self._rows(workspace, kind, last):
                self._let_go()
                with self.engine.connect() as connection:
                    page = _lives(connection, rows)
                self._kept.update((life.ref, life) for life in page)
                self._page = tuple(life.ref for life in page)
                yield page
                last = rows[-1].id

    def of(self, ref: Ref) -> Life | None:
        """One life, None where the mirror never saw the record."""
        self.load([ref])
        return self._kept.get(ref)

    def load(self, refs: Iterable[Ref]) -> None:
        """Have these at hand."""
        wanted = {ref for ref in refs if ref not in self._kept}
        for group in grouped(sorted(wanted)):
            with self.engine.connect() as connection:
                rows = connection.execute(ROWS, given(*group)).all()
                self._kept.update((life.ref, life) for life in _lives(connection, rows))

    def near(self, ref: Ref) -> frozenset[Ref]:
        """Every record that was ever tied to this one, whichever of the two held the tie; their lives are at hand.

        For a record of the page under way those of the whole page are read at once.
        """
        if ref not in self._near:
            self._approach(self._page if ref in self._page else (ref,))
        return self._near[ref]

    def definitions(self, kind: str, what: str) -> Sequence[Any]:
        """Every version of a definition, as `definitions.versions` has them."""
        if (kind, what) not in self._definitions:
            self._definitions[kind, what] = versions(self.engine, kind, what)
        return self._definitions[kind, what]

    def tracked(self, ref: Ref) -> frozenset[str]:
        """The fields that the CRM keeps a history of, as far as it showed any for a record of the kind."""
        return self._tracked.get((ref.workspace, ref.kind), frozenset())

    @cached_property
    def _tracked(self) -> Mapping[tuple[str, str], frozenset[str]]:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        with self.engine.connect() as connection:
            for workspace, kind, field in connection.execute(FIELDS):
                found[workspace, kind].add(field)
        return {place: frozenset(fields) for place, fields in found.items()}

    @cached_property
    def _former(self) -> Mapping[Ref, frozenset[Ref]]:
        """The records that once held a tie to another one, by that other one."""
        found: dict[Ref, set[Ref]] = defaultdict(set)
        with self.engine.connect() as connection:
            for row in connection.execute(LINKED):
                for link in _links(row.workspace, row.before["links"]):
                    found[link.to].add(row_ref(row))
        return {ref: frozenset(holders) for ref, holders in found.items()}

    def _approach(self, refs: Sequence[Ref]) -> None:
        self.load(refs)
        found = {ref: set(self._former.get(ref, ())) for ref in refs}
        for ref in refs:
            life = self._kept.get(ref)
            for links in (life.links, *(change.links or () for change in life.changes)) if life else ():
                found[ref].update(link.to for link in links)
        with self.engine.connect() as connection:
            for group in grouped(refs):
                for row in connection.execute(TIES_TO, given(*group)):
                    found[Ref(row.workspace, row.to_kind, row.to_id)].add(row_ref(row))
        self._near.update((ref, frozenset(others)) for ref, others in found.items())
        self.load(set().union(*found.values()))

    def _let_go(self) -> None:
        if len(self._kept) > KEPT:
            self._kept.clear()
            self._near.clear()

    def _rows(self, workspace: str, kind: str, last: str) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.execute(EVERY, {"_workspace": workspace, "_kind": kind, "_last": last}).all()


def workspaces(engine: Engine) -> Iterator[str]:
    """Every workspace that has records, in order."""
    last: str | None = ""
    while last is not None:
        with engine.connect() as connection:
            last = connection.scalar(BEYOND, {"_workspace": last})
        if last is not None:
            yield last


def _lives(connection: Connection, rows: Sequence[Any]) -> list[Life]:
    refs = [row_ref(row) for row in rows]
    changes: dict[Ref, list[Change]] = defaultdict(list)
    told: dict[Ref, dict[str, list[Told]]] = defaultdict(lambda: defaultdict(list))
    for group in grouped(refs):
        for item in connection.execute(CHANGES, given(*group)):
            changes[row_ref(item)].append(_change(item))
        for item in connection.execute(HISTORY, given(*group)):
            told[row_ref(item)][item.field].append(Told(item.at, item.value, item.source, item.seen_at))
    ties = ties_of(connection, refs)
    return [
        Life(
            ref,
            row.first_at,
            row.data,
            ties.get(ref, ()),
            row.modified_at,
            row.gone,
            tuple(changes.get(ref, ())),
            {field: tuple(items) for field, items in told.get(ref, {}).items()},
        )
        for ref, row in zip(refs, rows, strict=True)
    ]


def _change(row: Any) -> Change:
    before = row.before
    return Change(
        row.at,
        before["fields"],
        frozenset(before.get("absent", ())),
        _links(row.workspace, before["links"]) if "links" in before else None,
        before.get("gone"),
        (before["modified"],) if "modified" in before else None,
    )


def _links(workspace: str, told: Iterable[Sequence[str]]) -> tuple[Link, ...]:
    return tuple(Link(Ref(workspace, kind, id_), label, direction) for kind, id_, label, direction in told)
