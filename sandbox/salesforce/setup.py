"""The records of what administrators set up: lead statuses and record types, kept in step with the switches."""

import json
from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.salesforce.rows import CRM, save, transaction
from sandbox.salesforce.switches import switch
from sandbox.store import Row, Store

SINCE = 1_577_836_800_000


def prepare(store: Store) -> None:
    """Write the records where they are missing or out of step; cheap when they are not."""
    wanted = json.dumps([switch(store, "lead_statuses"), switch(store, "record_types")], sort_keys=True)
    if store.setting(CRM, "prepared") == wanted:
        return
    with transaction(store):
        store.db.execute("DELETE FROM record WHERE crm='salesforce' AND kind IN ('lead_status', 'record_type')")
        for row in (*_statuses(store), *_types(store)):
            save(store, row)
        store.set(CRM, "prepared", wanted)


def _statuses(store: Store) -> list[Row]:
    return [
        _row("lead_status", make_id("01J", 1000 + number), number, {"ApiName": status["MasterLabel"], **status})
        for number, status in enumerate(switch(store, "lead_statuses"), 1)
    ]


def record_types(store: Store, name: str) -> list[dict[str, Any]]:
    """The record types of a type, as `recordTypeInfos` names their facts.

    The switch `record_types` lists by type name `{id, developerName, name?, active?, available?, default?}`.
    """
    return [
        {
            "active": spec.get("active", True),
            "available": spec.get("available", spec.get("active", True)),
            "defaultRecordTypeMapping": spec.get("default", False),
            "developerName": spec["developerName"],
            "master": False,
            "name": spec.get("name") or spec["developerName"].replace("_", " "),
            "recordTypeId": spec["id"],
        }
        for spec in switch(store, "record_types").get(name, [])
    ]


def _types(store: Store) -> list[Row]:
    found = [(name, facts) for name in switch(store, "record_types") for facts in record_types(store, name)]
    return [
        _row("record_type", facts["recordTypeId"], number, _fields(name, facts))
        for number, (name, facts) in enumerate(found, 1)
    ]


def _fields(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    shown = {"Name": facts["name"], "DeveloperName": facts["developerName"]}
    return {**shown, "SobjectType": name, "IsActive": facts["active"]}


def _row(kind: str, id18: str, seq: int, fields: dict[str, Any]) -> Row:
    return Row(CRM, kind, id18, seq, SINCE, SINCE, SINCE, False, None, {"SortOrder": seq, **fields})
