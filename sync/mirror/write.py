"""Writes the mirror: an equal row writes nothing, a changed one leaves a reverse delta."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from connectors.base import Gone, Reading
from connectors.records import Link, Past, Record, Ref
from connectors.values import dump, dump_fields, frozen, load_fields
from sync.database import millis, upsert
from sync.mirror.rows import DELTA, LINK, PAST, RECORD, given, grouped, key_of, row_ref, these, ties_of

SEEN_BEFORE = select(RECORD).where(*these(RECORD))
GONE = update(RECORD).where(*these(RECORD))
UNTIE = delete(LINK).where(*these(LINK))
TIE, CHANGED = insert(LINK), insert(DELTA)


def row_hash(record: Record) -> str:
    """Equal for two sightings that show the same fields and ties."""
    links = [[link.to.kind, link.to.id, link.label, link.direction] for link in sorted(record.links)]
    text = json.dumps([dump_fields(record.fields), links], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def store_records(connection: Connection, records: Iterable[Record], now: datetime) -> int:
    """Insert or update rows and their ties, leaving a reverse delta of what a changed one held; the changed count."""
    latest = {record.ref: record for record in records}
    old = {row_ref(row): row for row in _rows(connection, latest)}
    fresh = [record for ref, record in latest.items() if ref not in old or _differs(old[ref], record)]
    if not fresh:
        return 0
    changed = [record for record in fresh if record.ref in old]
    ties = ties_of(connection, [record.ref for record in changed])
    deltas = [_delta(old[record.ref], record, ties.get(record.ref, ()), now) for record in changed]
    if deltas:
        connection.execute(CHANGED, deltas)
    upsert(connection, RECORD, [_cells(record, now, old.get(record.ref)) for record in fresh])
    _store_links(connection, fresh)
    return len(fresh)


def store_past(connection: Connection, items: Iterable[Past], now: datetime) -> None:
    """Keep the CRM's own history and when it was first shown; several values of one moment keep the CRM's order."""
    rows: list[dict[str, Any]] = []
    places: dict[tuple[Ref, str, int], int] = {}
    seen = millis(now)
    for item in items:
        key = (item.ref, item.field, millis(item.at))
        places[key] = place = places.get(key, -1) + 1
        cells = {"field": item.field, "at": key[2], "place": place, "value": dump(item.value), "source": item.source}
        rows.append({**key_of(item.ref), **cells, "seen_at": seen})
    if rows:
        upsert(connection, PAST, rows, ("seen_at",))


class Absent(NamedTuple):
    """A record that is no longer there: `why` is archived, merged or missing."""

    ref: Ref
    why: str
    merged_into: str = ""


def store_gone(connection: Connection, ref: Ref, why: str, merged_into: str, now: datetime) -> bool:
    """Mark a record as archived, merged or missing; False where it was so already or was never seen."""
    return store_absent(connection, [Absent(ref, why, merged_into)], now) == 1


def store_absent(connection: Connection, items: Iterable[Absent], now: datetime) -> int:
    """Mark records as gone; how many were not so already, among those that were ever seen."""
    wanted = {item.ref: item for item in items}
    count = 0
    for row in (row for group in grouped(wanted) for row in connection.execute(SEEN_BEFORE, given(*group)).all()):
        item = wanted[row_ref(row)]
        if (row.gone, row.merged_into) == (item.why, item.merged_into):
            continue
        before = {"fields": {}, "gone": row.gone, "merged_into": row.merged_into}
        connection.execute(CHANGED, {**key_of(item.ref), "at": millis(now), "before": before})
        cells = {"gone": item.why, "merged_into": item.merged_into, "changed_at": millis(now)}
        connection.execute(GONE, given(row.workspace, row.kind, [row.id]) | cells)
        count += 1
    return count


def _rows(connection: Connection, refs: Iterable[Ref]) -> Iterator[Any]:
    for group in grouped(refs):
        yield from connection.execute(SEEN_BEFORE, given(*group))


def _differs(row: Any, record: Record) -> bool:
    return bool(row.gone) or row.hash != row_hash(record)


def _delta(row: Any, record: Record, ties: Sequence[Link], now: datetime) -> dict[str, Any]:
    """What the record held before, for what changed; a field that appears anew is among those that were `absent`."""
    old, new = row.data, dump_fields(record.fields)
    both = old.keys() & new.keys()
    names = (old.keys() ^ new.keys()) | {name for name in both if old[name] != new[name]}
    before: dict[str, Any] = {"fields": {name: old.get(name) for name in sorted(names)}}
    if absent := sorted(names - old.keys()):
        before["absent"] = absent
    if row.gone:
        before |= {"gone": row.gone, "merged_into": row.merged_into}
    if set(ties) != set(record.links):
        before["links"] = [[link.to.kind, link.to.id, link.label, link.direction] for link in sorted(ties)]
    if row.modified_at != (record.modified_at and millis(record.modified_at)):
        before["modified"] = row.modified_at
    return {**key_of(record.ref), "at": millis(now), "before": before}


def _cells(record: Record, now: datetime, old: Any) -> dict[str, Any]:
    return {
        **key_of(record.ref),
        "modified_at": record.modified_at and millis(record.modified_at),
        "changed_at": millis(now),
        "hash": row_hash(record),
        "gone": "",
        "merged_into": "",
        "data": dump_fields(record.fields),
        "first_at": millis(now) if old is None else old.first_at,
    }


def _store_links(connection: Connection, records: Sequence[Record]) -> None:
    for group in grouped(record.ref for record in records):
        connection.execute(UNTIE, given(*group))
    rows = [
        {
            **key_of(record.ref),
            "to_kind": link.to.kind,
            "to_id": link.to.id,
            "label": link.label,
            "direction": link.direction,
        }
        for record in records
        for link in sorted(set(record.links))
    ]
    if rows:
        connection.execute(TIE, rows)


def store_readings(connection: Connection, readings: Mapping[Ref, Reading], now: datetime) -> None:
    """Bring the mirror up to what apply read back: the fields that were read, over those the mirror holds.

    A merge may have left its survivor under an id the mirror never saw: the record then starts from what was read,
    and the next pull completes it.
    """
    records = []
    rows = {row_ref(row): row for row in _rows(connection, readings)}
    ties = ties_of(connection, list(rows))
    for ref, reading in readings.items():
        if isinstance(reading, Gone):
            into = reading.merged_into.id if reading.merged_into else ""
            store_gone(connection, ref, "merged" if into else "archived", into, now)
            continue
        row = rows.get(ref)
        old = load_fields(row.data) if row is not None else {}
        fields = frozen({**old, **reading.fields})
        records.append(replace(reading, fields=fields, links=tuple({*ties.get(ref, ()), *reading.links})))
    store_records(connection, records, now)
