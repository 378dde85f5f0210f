"""Rows of the record store by id, never from the search index; what a row says as a record, its past and who merged."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from connectors.base import Gone
from connectors.errors import Garbled, Rejected
from connectors.hubspot.fields import moment, value
from connectors.hubspot.portal import Portal, Row, chunks
from connectors.hubspot.version import OBJECTS
from connectors.records import FieldSpec, Link, Past, Record
from connectors.values import frozen

READ_ROWS = 100
READ_PAST = 50
MERGED = "hs_merged_object_ids"
TRACKED = {"deal": ("dealstage", "pipeline", "amount", "closedate")}


def live(portal: Portal, kind: str, ids: Iterable[str], properties: Sequence[str]) -> dict[str, Row | Gone]:
    """Each id's row, or what became of it: whatever a batch does not answer is asked for alone."""
    found: dict[str, Row | Gone] = {}
    path = f"{OBJECTS}/{portal.type(kind)}/batch/read"
    for chunk in chunks(dict.fromkeys(ids), READ_ROWS):
        body = {"inputs": [{"id": key} for key in chunk], "properties": list(properties)}
        rows = {identifier(row): row for row in portal.post(path, body)["results"] if not row.get("archived")}
        for key in chunk:
            found[key] = rows[key] if key in rows else _alone(portal, kind, key, properties)
    return found


def _alone(portal: Portal, kind: str, key: str, properties: Sequence[str]) -> Row | Gone:
    """One row by GET, which follows the ids of merged records as no batch does."""
    try:
        params = (("properties", ",".join(properties)),) if properties else ()
        row = portal.get(f"{OBJECTS}/{portal.type(kind)}/{key}", params, "id")
    except Rejected as refusal:
        if refusal.status != 404:
            raise
        return Gone(portal.ref(kind, key))
    if row.get("archived"):
        return Gone(portal.ref(kind, key))
    return row if identifier(row) == key else Gone(portal.ref(kind, key), portal.ref(kind, identifier(row)))


def past(portal: Portal, kind: str, ids: Iterable[str]) -> Iterator[Past]:
    """What the tracked fields of a kind once held, oldest first for each record and field."""
    tracked = [item for item in portal.spec(kind).fields if item.native in TRACKED.get(kind, ())]
    if not tracked:
        return
    path = f"{OBJECTS}/{portal.type(kind)}/batch/read"
    names = [item.native for item in tracked]
    for chunk in chunks(ids, READ_PAST):
        body = {"inputs": [{"id": key} for key in chunk], "properties": [], "propertiesWithHistory": names}
        for row in portal.post(path, body)["results"]:
            for item in tracked:
                yield from _past(portal, kind, row, item)


def _past(portal: Portal, kind: str, row: Row, item: FieldSpec) -> Iterator[Past]:
    """HubSpot lists the newest first; equal stamps keep that order, since bulk moves share a second."""
    ref = portal.ref(kind, identifier(row))
    for entry in reversed((row.get("propertiesWithHistory") or {}).get(item.native) or ()):
        source = " ".join(str(entry[name]) for name in ("sourceType", "sourceId") if entry.get(name))
        if (at := stamped(entry.get("timestamp"))) is None:
            raise Garbled("an entry of a property's history has no time")
        yield Past(ref, item.name, at, value(entry.get("value"), item.type), source)


def record(portal: Portal, kind: str, row: Row, fields: Collection[FieldSpec], links: Iterable[Link] = ()) -> Record:
    """The record of a row; a property that was asked for and is not answered stays unknown."""
    answered = row.get("properties") or {}
    values = {item.name: value(answered[item.native], item.type) for item in fields if item.native in answered}
    ref = portal.ref(kind, identifier(row))
    return Record(ref, frozen(values), tuple(sorted(links)), stamped(row.get("updatedAt")))


def merged(portal: Portal, kind: str, row: Mapping[str, object]) -> Iterator[Gone]:
    """The ids that were merged into this row, as the row itself remembers them."""
    answered = row.get("properties")
    ids = answered.get(MERGED) if isinstance(answered, dict) else None
    for old in str(ids or "").replace(" ", "").split(";"):
        if old and old != identifier(row):
            yield Gone(portal.ref(kind, old), portal.ref(kind, identifier(row)))


def stamped(raw: object) -> datetime | None:
    """A time of the answer, None where it states none; `Garbled` for one that is not a time."""
    try:
        return moment(str(raw)) if raw else None
    except (ValueError, OverflowError):
        raise Garbled("a time of the answer is not a time") from None


def identifier(row: Row) -> str:
    """The id of a row; `Garbled` where it has none."""
    if not row.get("id"):
        raise Garbled("a row of the answer has no id")
    return str(row["id"])
