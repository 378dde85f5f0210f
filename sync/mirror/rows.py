"""Between rows and values: what reading and writing the mirror share."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from connectors.records import Link, Ref
from sync.mirror.tables import DeltaRow, LinkRow, PastRow, RecordRow, SpecRow

RECORD: Table = RecordRow.__table__  # type: ignore[attr-defined]
LINK: Table = LinkRow.__table__  # type: ignore[attr-defined]
DELTA: Table = DeltaRow.__table__  # type: ignore[attr-defined]
PAST: Table = PastRow.__table__  # type: ignore[attr-defined]
SPEC: Table = SpecRow.__table__  # type: ignore[attr-defined]
PAGE = 500


def row_ref(row: Any) -> Ref:
    """The record that a row of any table of the mirror belongs to."""
    return Ref(row.workspace, row.kind, row.id)


def key_of(ref: Ref) -> dict[str, str]:
    """The key columns of a record."""
    return {"workspace": ref.workspace, "kind": ref.kind, "id": ref.id}


def is_row(table: Table, ref: Ref) -> tuple[Any, ...]:
    """The conditions that pick the rows of one record."""
    return table.c.workspace == ref.workspace, table.c.kind == ref.kind, table.c.id == ref.id


def grouped(refs: Iterable[Ref]) -> Iterator[tuple[str, str, list[str]]]:
    """Ids by workspace and kind, at most 500 at a time (a statement's parameters are bounded)."""
    groups: dict[tuple[str, str], list[str]] = {}
    for ref in refs:
        groups.setdefault((ref.workspace, ref.kind), []).append(ref.id)
    for (workspace, kind), ids in sorted(groups.items()):
        for start in range(0, len(ids), PAGE):
            yield workspace, kind, ids[start : start + PAGE]


def link_of(row: Any) -> Link:
    """The tie that a row keeps."""
    return Link(Ref(row.workspace, row.to_kind, row.to_id), row.label, row.direction)


def ties_of(connection: Connection, refs: Sequence[Ref]) -> dict[Ref, tuple[Link, ...]]:
    """The ties kept at each of these records."""
    found: dict[Ref, list[Link]] = {}
    for workspace, kind, ids in grouped(refs):
        table = LINK.c
        query = select(LINK).where(table.workspace == workspace, table.kind == kind, table.id.in_(ids))
        for row in connection.execute(query):
            found.setdefault(row_ref(row), []).append(link_of(row))
    return {ref: tuple(links) for ref, links in found.items()}
