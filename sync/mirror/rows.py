"""Between rows and values: what reading and writing the mirror share."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from connectors.records import Link, Ref
from connectors.values import Json, load
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


def these(table: Table) -> tuple[Any, ...]:
    """The same for a statement that is built once, its ids given as `given` says: SQLAlchemy builds and compiles a
    statement at three times the cost of carrying it out."""
    ids = table.c.id.in_(bindparam("_ids", expanding=True))
    return table.c.workspace == bindparam("_workspace"), table.c.kind == bindparam("_kind"), ids


def given(workspace: str, kind: str, ids: Sequence[str]) -> dict[str, Any]:
    """What a statement with `these` is carried out for."""
    return {"_workspace": workspace, "_kind": kind, "_ids": ids}


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


TIES = select(LINK).where(*these(LINK))


def ties_of(connection: Connection, refs: Sequence[Ref]) -> dict[Ref, tuple[Link, ...]]:
    """The ties kept at each of these records."""
    found: dict[Ref, list[Link]] = {}
    for group in grouped(refs):
        for row in connection.execute(TIES, given(*group)):
            found.setdefault(row_ref(row), []).append(link_of(row))
    return {ref: tuple(links) for ref, links in found.items()}


def text_of(cell: Json) -> str:
    """A JSON cell, or the text of one, as columns show it: a tagged number, date or moment shows its value, a list its
    parts, yes and no what SQLite makes of them, 1 and 0."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, dict | list):
        cell = json.dumps(cell)
    if not cell or not isinstance(cell, str) or cell[0] not in '{["':
        return str(cell or "").strip()
    try:
        value = load(json.loads(cell))
    except ValueError:
        return cell.strip()
    return " ".join(value) if isinstance(value, tuple) else str(value or "").strip()
