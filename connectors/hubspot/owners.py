"""HubSpot's owners as records of the kind `owner`: an endpoint of their own, read-only and without properties."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from connectors.base import Gone, Page, Reading
from connectors.errors import Garbled
from connectors.hubspot.portal import Portal, Row, after
from connectors.hubspot.rows import identifier, stamped
from connectors.hubspot.version import OWNERS
from connectors.records import FieldSpec, ObjectSpec, Record, Ref
from connectors.values import frozen

KIND = "owner"
NAMES = MappingProxyType({"first_name": "firstName", "last_name": "lastName", "email": "email", "active": "archived"})
_TYPES = {"active": "bool"}
SPEC = ObjectSpec(
    KIND,
    "owners",
    tuple(
        FieldSpec(ours, theirs, "bool" if ours == "active" else "string", writable=False)
        for ours, theirs in NAMES.items()
    ),
)


def pull(portal: Portal) -> Iterator[Page]:
    """Every owner, those who have left too: old records still name them."""
    seen: set[str] = set()
    for archived in ("false", "true"):
        for rows in _pages(portal, archived):
            fresh = [row for row in rows if identifier(row) not in seen]
            seen.update(map(identifier, fresh))
            yield Page(tuple(_record(portal, row) for row in fresh))


def read(portal: Portal, refs: Sequence[Ref]) -> dict[Ref, Reading]:
    """These owners out of the whole list, which is short; there is no read of several by id."""
    known = {record.ref: record for page in pull(portal) for record in page.records}
    return {ref: known.get(ref) or Gone(ref) for ref in refs}


def _pages(portal: Portal, archived: str) -> Iterator[list[Row]]:
    cursor, cursors = "", set[str]()
    while True:
        params = [("limit", "100"), ("archived", archived), *([("after", cursor)] if cursor else [])]
        answer = portal.get(OWNERS, params, "results")
        yield answer["results"]
        cursor = after(answer)
        if not cursor:
            return
        if cursor in cursors:
            raise Garbled("the paging of the owners does not move on")
        cursors.add(cursor)


def _record(portal: Portal, row: Row) -> Record:
    fields = {name: str(row[native]) if row.get(native) else None for name, native in NAMES.items() if name != "active"}
    values = frozen({**fields, "active": not row.get("archived")})
    return Record(portal.ref(KIND, identifier(row)), values, (), stamped(row.get("updatedAt")))
