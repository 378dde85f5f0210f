"""Erases records from the mirror for good: rows, past values, ties and what matching kept of their kinds."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Engine, String, cast, delete, select

from connectors.records import Ref
from sync.database import writing
from sync.mirror.rows import DELTA, LINK, PAST, RECORD, is_row, row_ref
from sync.mirror.tables import SeenRow

SEEN = SeenRow.__table__  # type: ignore[attr-defined]


def erase(engine: Engine, refs: Iterable[Ref]) -> int:
    """Take every trace of these records out; how many rows that were.

    What matching keeps beside the store goes as a whole: it holds values of all records, and is made anew. Other
    records' ties to these stay, they are ids.
    """
    count = 0
    with writing(engine) as connection:
        for ref in refs:
            for table in (RECORD, LINK, DELTA, PAST, SEEN):
                count += connection.execute(delete(table).where(*is_row(table, ref))).rowcount
    if engine.dialect.name == "sqlite" and engine.url.database:
        shutil.rmtree(Path(engine.url.database).with_suffix(".match"), ignore_errors=True)
    return count


def expired(engine: Engine, before: int) -> list[Ref]:
    """The records that are gone from their CRM since before a moment (milliseconds since 1970)."""
    query = select(RECORD).where(RECORD.c.gone != "", RECORD.c.changed_at < before)
    with engine.connect() as connection:
        return [row_ref(row) for row in connection.execute(query)]


def holders(engine: Engine, text: str) -> frozenset[Ref]:
    """The people whose record holds a text in any field."""
    held = cast(RECORD.c.data, String).icontains(text, autoescape=True)
    with engine.connect() as connection:
        rows = connection.execute(select(RECORD).where(RECORD.c.kind.in_(("contact", "lead")), held))
        return frozenset(map(row_ref, rows))


def mentions(engine: Engine, texts: Iterable[str]) -> Iterator[Ref]:
    """The records that hold one of these texts in any field, or held it: what only their own CRM can erase."""
    found: set[Ref] = set()
    cells = ((RECORD, RECORD.c.data), (DELTA, DELTA.c.before), (PAST, PAST.c.value))
    with engine.connect() as connection:
        for text in texts:
            for table, cell in cells:
                query = select(table).where(cast(cell, String).icontains(text, autoescape=True))
                found.update(map(row_ref, connection.execute(query)))
    return iter(sorted(found))
