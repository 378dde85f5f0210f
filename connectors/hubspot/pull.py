"""Every live record of a kind, or those that changed: lists for the whole, search for the ids of changes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Gone, Page
from connectors.errors import Garbled
from connectors.hubspot.fields import MODIFIED
from connectors.hubspot.portal import Portal, Row, after, chunks
from connectors.hubspot.rows import MERGED, identifier, live, merged, past, record, stamped
from connectors.hubspot.ties import PULLED, READ_TIES, Ties, ties
from connectors.hubspot.version import OBJECTS
from connectors.records import FieldSpec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LISTED = 100
FOUND = 200
LONGEST_LIST = 6000
"""Characters of property names that still go into the address of a list; wider rows are read by id."""


def full(portal: Portal, kind: str, fields: Sequence[FieldSpec]) -> Iterator[Page]:
    """Every live record once, in pages of up to 1,000; `total` is what search counts, a few seconds late."""
    total = _search(portal, kind, [], 1)["total"]
    names = _asked(fields)
    wide = sum(len(name) + 1 for name in names) > LONGEST_LIST
    for chunk in chunks(_listed(portal, kind, [] if wide else names), READ_TIES):
        rows: Iterable[Row | Gone] = chunk
        if wide:
            rows = live(portal, kind, map(identifier, chunk), names).values()
        yield _page(portal, kind, rows, fields, int(total))


def changed(portal: Portal, kind: str, since: datetime, fields: Sequence[FieldSpec]) -> Iterator[Page]:
    """Records modified at or after `since`, read by id; then those archived since.

    The search goes by ascending id and starts anew after every page, so that neither the cap of 10,000 results nor
    equal stamps nor edits in between can hide a record that had changed when it began.
    """
    for total, ids in _found(portal, kind, since):
        yield _page(portal, kind, live(portal, kind, ids, _asked(fields)).values(), fields, total)
    for rows in chunks(_listed(portal, kind, [], archived=True), READ_TIES):
        gone = tuple(Gone(portal.ref(kind, identifier(row))) for row in rows if _archived_since(row, since))
        if gone:
            yield Page((), gone=gone)


def _page(
    portal: Portal, kind: str, rows: Iterable[Row | Gone], fields: Sequence[FieldSpec], total: int | None
) -> Page:
    """The rows with their ties and their past."""
    rows = list(rows)
    standing = [row for row in rows if not isinstance(row, Gone)]
    gone = [row for row in rows if isinstance(row, Gone)]
    gone += [item for row in standing for item in merged(portal, kind, row)]
    ids = [identifier(row) for row in standing]
    tied = [ties(portal, kind, ids, to) for to in PULLED.get(kind, ()) if ids]
    return Page(
        tuple(record(portal, kind, row, fields, _all(tied, identifier(row))) for row in standing),
        tuple(past(portal, kind, ids)),
        tuple(gone),
        total,
    )


def _all(tied: Iterable[Ties], key: str) -> list[Any]:
    return [link for found in tied for link in found[key]]


def _asked(fields: Sequence[FieldSpec]) -> list[str]:
    """The property names to ask for, the memory of merges among them."""
    return list(dict.fromkeys((*(item.native for item in fields), MERGED)))


def _listed(portal: Portal, kind: str, names: Sequence[str], archived: bool = False) -> Iterator[Row]:
    """Every row of the list, in HubSpot's order (by id); `Garbled` when a cursor or a row comes round again."""
    path = f"{OBJECTS}/{portal.type(kind)}"
    params = [("limit", str(LISTED)), ("archived", "true" if archived else "false")]
    params += [("properties", ",".join(names))] if names else []
    cursor, before = "", set[str]()
    cursors: set[str] = set()
    while True:
        answer = portal.get(path, [*params, *([("after", cursor)] if cursor else [])], "results")
        rows = [row for row in answer["results"] if bool(row.get("archived")) == archived]
        ids = {identifier(row) for row in rows}
        if len(ids) < len(rows) or ids & before:
            raise Garbled("the list names a record twice")
        yield from rows
        cursor, before = after(answer), ids
        if not cursor:
            return
        if cursor in cursors:
            raise Garbled("the paging of the list does not move on")
        cursors.add(cursor)


def _found(portal: Portal, kind: str, since: datetime) -> Iterator[tuple[int, list[str]]]:
    """How many changed in all, and their ids page by page in ascending order."""
    stamp = str((since - EPOCH) // timedelta(milliseconds=1))
    changes = {"propertyName": MODIFIED.get(kind, "hs_lastmodifieddate"), "operator": "GTE", "value": stamp}
    total, last = None, 0
    while True:
        beyond = {"propertyName": "hs_object_id", "operator": "GT", "value": str(last)}
        answer = _search(portal, kind, [changes, beyond], FOUND)
        ids = [identifier(row) for row in answer["results"]]
        if not ids:
            return
        if any(int(key) <= last for key in ids):
            raise Garbled("the search goes back instead of on")
        total, last = total or int(answer["total"]), max(map(int, ids))
        yield total, ids


def _search(portal: Portal, kind: str, filters: Sequence[dict[str, str]], limit: int) -> dict[str, Any]:
    """One page of a search by ascending id; an empty one that counts more than none is asked for again."""
    body: dict[str, Any] = {"limit": limit, "properties": ["hs_object_id"]}
    body["sorts"] = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    if filters:
        body["filterGroups"] = [{"filters": list(filters)}]
    for _ in range(3):
        answer = portal.post(f"{OBJECTS}/{portal.type(kind)}/search", body, "total")
        if answer.get("results") or not int(answer["total"]):
            return answer
    raise Garbled(f"the search counts {answer['total']} records and shows none")


def _archived_since(row: Row, since: datetime) -> bool:
    at = stamped(row.get("archivedAt"))
    return at is None or at >= since
