"""What an account's subscriptions hear of: every change becomes an event in the queue of those that asked for it."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sandbox.hubspot import definitions, kinds
from sandbox.hubspot.call import APP_ID, USER_ID
from sandbox.settings import setting
from sandbox.store import Row

if TYPE_CHECKING:
    from sandbox.hubspot.links import LinkType
    from sandbox.hubspot.writing import Writer

QUEUE = """
CREATE TABLE IF NOT EXISTS hubspot_event (
  seq INTEGER PRIMARY KEY, due INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
  taken INTEGER NOT NULL DEFAULT 0, data TEXT NOT NULL)
"""
# Kinds with event types of their own; everything else goes by object.* alone (documented).
CLASSIC = ("contact", "company", "deal", "ticket", "product", "line_item")
SILENT = frozenset({"hs_lastmodifieddate", "lastmodifieddate", "num_unique_conversion_events"})  # documented
GENERIC_ONLY = frozenset({"associationTypeId", "associationCategory", "fromObjectTypeId", "toObjectTypeId"})
Event = dict[str, Any]


def happened(author: "Writer", row: Row, what: str, **more: Any) -> None:
    """A creation, deletion, restore or privacyDeletion."""
    for subscription in _asking(author, row.kind, what):
        _queue(author, subscription, {"objectId": int(row.id), **more, **_source(author)})


def changed(author: "Writer", row: Row, values: Mapping[str, Any]) -> None:
    """New values: an event for each property that was asked for; sensitive ones are told of without their value."""
    for subscription in _asking(author, row.kind, "propertyChange"):
        name = str(subscription.get("propertyName"))
        if name not in values or name in SILENT:
            continue
        hidden = definitions.properties(author.store, row.kind)[name].sensitivity != "non_sensitive"
        value = "REDACTED" if hidden else str(values[name] or "")
        generic = {"isSensitive": hidden} if subscription["eventType"].startswith("object.") else {}
        told = {"propertyName": name, "propertyValue": value, **_source(author), **generic}
        _queue(author, subscription, {"objectId": int(row.id), **told})


def merged(author: "Writer", primary: Row, other: Row, result: Row, moved: int) -> None:
    """A merge, and the deletion of every id that led to it."""
    for subscription in _asking(author, result.kind, "merge"):
        ids = {"primaryObjectId": int(primary.id), "mergedObjectIds": [int(other.id)], "newObjectId": int(result.id)}
        told = {**ids, "numberOfPropertiesMoved": moved, **_source(author)}
        _queue(author, subscription, {"objectId": int(primary.id), **told})
    for row in (primary, other):
        if row.id != result.id:
            happened(author, row, "deletion", changeFlag="DELETED")


def joined(author: "Writer", ends: tuple[str, str, str, str], types: "Iterable[LinkType]", removed: bool) -> None:
    """An association made or taken away: one event for each type and each side that was asked for."""
    from_kind, from_id, to_kind, to_id = ends
    for item in types:
        there = (from_kind, from_id, to_kind, to_id), item.type_id
        back = (to_kind, to_id, from_kind, from_id), item.inverse
        for side, number in (there, back):
            for subscription in _asking(author, side[0], "associationChange"):
                _queue(author, subscription, _link(author, side, (number, item), removed))


def _link(author: "Writer", ends: tuple[str, str, str, str], item: "tuple[int, LinkType]", removed: bool) -> Event:
    from_kind, from_id, to_kind, to_id = ends
    number, link = item
    one, other = kinds.of_kind(author.store, from_kind), kinds.of_kind(author.store, to_kind)
    return {
        **_source(author),
        "fromObjectId": int(from_id),
        "toObjectId": int(to_id),
        "associationType": f"{one.name}_to_{other.name}".upper(),
        "associationRemoved": removed,
        "isPrimaryAssociation": link.label == "Primary",
        "associationTypeId": number,
        "associationCategory": link.category,
        "fromObjectTypeId": one.type_id,
        "toObjectTypeId": other.type_id,
    }


def _asking(author: "Writer", kind: str, what: str) -> list[Event]:
    """The active subscriptions to such an event of such a kind."""
    every: list[Event] = [] if author.quiet else author.store.setting("hubspot", "webhook_subscriptions", [])
    if not every or not author.store.setting("hubspot", "webhook_settings", {}).get("targetUrl"):
        return []
    own = f"{kind}.{what}" if kind in CLASSIC else None
    number = kinds.of_kind(author.store, kind).type_id
    generic = {"eventType": f"object.{what}", "objectTypeId": number}
    return [
        item
        for item in every
        if item["active"]
        and (item["eventType"] == own or all(item.get(name) == value for name, value in generic.items()))
    ]


def _source(author: "Writer") -> Event:
    """An app's changes name the app, a person's the user (both recorded); others what made them."""
    kind = str(author.source.get("sourceType", ""))
    source = f"userId:{USER_ID}" if kind == "CRM_UI" else str(author.source.get("sourceId", ""))
    return {"changeSource": kind, "sourceId": source}


def _queue(author: "Writer", subscription: Event, told: Event) -> None:
    store = author.store
    store.db.execute(QUEUE)
    seq = store.db.execute("SELECT coalesce(max(seq), 0) + 1 FROM hubspot_event").fetchone()[0]
    generic = subscription["eventType"].startswith("object.")
    if not generic:
        told = {name: value for name, value in told.items() if name not in GENERIC_ONLY}
    head = {
        # Numbers that look like HubSpot's, the same in every run; not unique by any promise.
        "eventId": (seq * 2_654_435_761) % 4_294_967_291,
        "subscriptionId": int(subscription["id"]),
        "portalId": setting(store, "hubspot", "portal_id"),
        "appId": int(APP_ID),
        "occurredAt": author.now,
        "subscriptionType": subscription["eventType"],
        "attemptNumber": 0,
        **({"objectTypeId": subscription["objectTypeId"]} if generic else {}),
    }
    due = author.now + int(setting(store, "hubspot", "webhook_delay_ms"))
    sql = "INSERT INTO hubspot_event (seq, due, data) VALUES (?,?,?)"
    store.db.execute(sql, (seq, due, json.dumps({**head, **told})))
