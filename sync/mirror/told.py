"""The histories of a field, for many records at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, Engine, bindparam, select

from connectors.records import Past, Ref
from connectors.values import Json, load
from sync.database import moment
from sync.mirror.asked import LIVE
from sync.mirror.life import sightings
from sync.mirror.rows import DELTA, PAST, given, grouped, row_ref, these

TOLD = select(PAST).where(*these(PAST), PAST.c.field == bindparam("_field")).order_by(PAST.c.at, PAST.c.place)
CHANGES = select(DELTA).where(*these(DELTA)).order_by(DELTA.c.seq)


def histories(engine: Engine, refs: Collection[Ref], field: str) -> dict[Ref, tuple[Past, ...]]:
    """The CRM's own history of a field, oldest first; where it keeps none, our sightings of its changes.

    Every one of these records has an entry.
    """
    found: dict[Ref, tuple[Past, ...]] = dict.fromkeys(refs, ())
    with engine.connect() as connection:
        for workspace, kind, ids in grouped(refs):
            told: dict[Ref, list[Past]] = defaultdict(list)
            for row in connection.execute(TOLD, given(workspace, kind, ids) | {"_field": field}):
                told[row_ref(row)].append(Past(row_ref(row), field, moment(row.at), load(row.value), row.source))
            found |= {ref: tuple(items) for ref, items in told.items()}
            silent = [id_ for id_ in ids if Ref(workspace, kind, id_) not in told]
            found |= dict(_sighted(connection, (workspace, kind, silent), field))
    return found


def _sighted(
    connection: Connection, group: tuple[str, str, list[str]], field: str
) -> Iterator[tuple[Ref, tuple[Past, ...]]]:
    """What our pulls saw change in records that live."""
    seen: dict[str, list[tuple[int, dict[str, Json]]]] = defaultdict(list)
    for row in connection.execute(CHANGES, given(*group)):
        if field in row.before["fields"]:
            seen[row.id].append((row.at, row.before["fields"]))
    if seen:
        for row in connection.execute(LIVE, given(*group[:2], list(seen))):
            yield row_ref(row), sightings(row_ref(row), field, seen[row.id], row.data.get(field))
