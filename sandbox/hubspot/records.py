"""Records as the API shows them: found by id, old id or unique value, and drawn with the properties asked for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.hubspot import definitions, stages
from sandbox.hubspot.catalog import stage_of
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import iso, parse
from sandbox.store import Row, Store

LIFECYCLE_DATE = re.compile(r"hs_lifecyclestage_\w+_date")
# Values that an update tells though they were not written: what others are calculated from.
TOLD: Mapping[str, tuple[str, ...]] = {"company": ("domain",), "deal": ("amount", "closedate")}


def current(store: Store, kind: str, record_id: str) -> Row | None:
    """The record of an id, following merges to what the record has become; None where there never was one."""
    row = store.get("hubspot", kind, record_id)
    while row is not None and row.merged_into is not None:
        row = store.get("hubspot", kind, row.merged_into)
    return row


def by_value(store: Store, kind: str, name: str, value: str) -> Row | None:
    """The live record that holds a value in a unique property; contacts are found by secondary e-mails too."""
    cell = f"lower(json_extract(data, '$.{name}'))"
    where = f"crm='hubspot' AND kind='{kind}' AND archived=0 AND merged_into IS NULL"
    # Unique properties are looked up at every create; the index is made when the first look-up needs it.
    live = f"CREATE INDEX IF NOT EXISTS [unique_{kind}_{name}] ON record ({cell}) WHERE {where}"
    store.db.execute(live)
    # The plus keeps the planner from walking all records in the order of seq instead.
    found = store.rows(f"{where} AND {cell}=?", (value.strip().lower(),), order="+seq", limit=1)
    if not found and (kind, name) == ("contact", "email"):
        return _by_secondary(store, value.strip().lower())
    return found[0] if found else None


def _by_secondary(store: Store, email: str) -> Row | None:
    merged = "crm='hubspot' AND kind='contact' AND json_extract(data, '$.hs_additional_emails') IS NOT NULL"
    store.db.execute(f"CREATE INDEX IF NOT EXISTS secondary_email ON record (seq) WHERE {merged}")
    # The planner would walk every contact: it does not know how few have been merged.
    here = f"{merged} AND archived=0 AND merged_into IS NULL AND instr(lower(data), ?)"
    ids = store.db.execute(f"SELECT id FROM record INDEXED BY secondary_email WHERE {here}", (email,))  # noqa: S608
    rows = store.get_many("hubspot", "contact", [found for (found,) in ids]).values()
    return next((row for row in rows if email in row.fields["hs_additional_emails"].lower().split(";")), None)


def lookup(store: Store, item: ObjectType, key: str, id_property: str | None) -> Row | None:
    """The record that a path or an input names; 400 for an `idProperty` that is not unique."""
    if id_property is None or id_property == "hs_object_id":
        return current(store, item.kind, key)
    spec = definitions.properties(store, item.kind).get(str(id_property))
    if spec is None or not spec.unique:
        raise invalid(f"Property {id_property} is not a unique identifier property for object type {item.type_id}")
    return by_value(store, item.kind, id_property, key)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a read asks for; no names at all means the defaults of the type."""

    names: Sequence[str] = ()
    history: Sequence[str] = ()


class Drawing:
    """Draws the records of one type."""

    def __init__(self, store: Store, item: ObjectType, portal: int, now: int) -> None:
        self.store, self.item, self.portal, self.now = store, item, portal, now
        self.known = definitions.properties(store, item.kind)

    def full(self, row: Row) -> dict[str, Any]:
        """A record as a create answers it: every property that has a value."""
        shown = {name: value for name, value in {**self._values(row), **self._stayed(row)}.items() if value is not None}
        # Recorded: a create tells this calculated moment as a number, reads tell it as a time.
        late = {name: str(parse(value)) for name, value in shown.items() if LIFECYCLE_DATE.fullmatch(name)}
        return self._object(row, {**shown, **late})

    def changed(self, row: Row, written: Iterable[str]) -> dict[str, Any]:
        """A record as an update answers it (recorded): what was written, cleared values too, and what HubSpot keeps
        itself; other values that people enter are not told."""
        values, steps = {**self._values(row), **self._stayed(row)}, stage_of(row.kind) or ()
        shown = {name: values.get(name) or "" for name in written}
        own = {*self.item.always, *steps, *TOLD.get(row.kind, ()), "lifecyclestage"}
        for name, value in values.items():
            spec = self.known.get(name)
            if value is not None and (name in own or (spec is not None and (spec.read_only or spec.calculated))):
                shown[name] = value
        return self._object(row, shown)

    def asked(self, row: Row, shape: Shape) -> dict[str, Any]:
        """A record as a read answers it: names asked for, `null` where empty; unknown names are left out."""
        wanted = {*(shape.names or self.item.defaults), *self.item.always}
        values = self._values(row)
        shown = {name: values.get(name) for name in wanted if name in self.known}
        shown |= {
            name: value
            for name, value in stages.stamps(self.store, row, self.now, wanted).items()
            if name in self.known
        }
        found = self._object(row, shown)
        if shape.history:
            past = {name: self.history(row, name) for name in shape.history if name in self.known}
            found = {"id": found["id"], "properties": found["properties"], "propertiesWithHistory": past, **found}
        return found

    def history(self, row: Row, name: str) -> list[dict[str, Any]]:
        """The versions of one property, newest first; a value without a past has been there since the creation."""
        past = self.store.past("hubspot", row.kind, row.id, name)
        if not past and row.fields.get(name) is not None:
            label = row.fields.get("hs_object_source_label") or "CRM_UI"
            past = [(row.created, row.fields[name], {"sourceType": label})]
        return [{"value": value or "", "timestamp": iso(at), **source} for at, value, source in reversed(past)]

    def _values(self, row: Row) -> dict[str, str | None]:
        item = self.item
        own = {item.created: iso(row.created), item.modified: iso(row.modified), "hs_object_id": row.id}
        twice = {"hs_createdate": iso(row.created)} if item.kind == "deal" else {}
        return {**row.fields, **twice, **own}

    def _stayed(self, row: Row) -> dict[str, str | None]:
        """When it entered its present stage, which writes tell unasked."""
        return stages.stamps(self.store, row, self.now, stages.CURRENT)

    def _place(self, row: Row) -> str:
        """Where the interface shows the record (recorded); tasks have a page of their own."""
        if row.kind == "task":
            return f"tasks/{self.portal}/view/all/task/{row.id}"
        return f"contacts/{self.portal}/record/{self.item.type_id}/{row.id}"

    def _object(self, row: Row, properties: dict[str, Any]) -> dict[str, Any]:
        archived = {"archivedAt": iso(row.modified)} if row.archived else {}
        return {
            "id": row.id,
            "properties": dict(sorted(properties.items())),
            "createdAt": iso(row.created),
            "updatedAt": iso(row.modified),
            "archived": row.archived,
            **archived,
            "url": f"https://app.hubspot.com/{self._place(row)}",
        }
