"""Changes that a person or a workflow makes in HubSpot's own interface, beside the API."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot import records
from sandbox.hubspot.merge import Merging
from sandbox.hubspot.writing import Writer
from sandbox.store import Row, Store

SOURCES = {"person": "CRM_UI", "workflow": "AUTOMATION_PLATFORM"}


def edit(store: Store, now: int, spec: Mapping[str, Any]) -> None:
    """Write fields, archive, restore, or merge another record into this one; values are taken as they are.

    `KeyError` for a record that is not there.
    """
    actor = spec.get("actor", "person")
    writer = Writer(store, now, {"sourceType": SOURCES[actor], "sourceId": f"{actor}:sandbox", "actor": actor})
    row = _row(store, spec["kind"], str(spec["id"]))
    if spec.get("restore"):
        if row.archived:
            writer.restore(row)
    elif "merge" in spec:
        Merging(writer, row, _row(store, spec["kind"], str(spec["merge"]))).run()
    elif spec.get("archive"):
        writer.archive(row)
    else:
        writer.change(row, {name: "" if value is None else str(value) for name, value in spec["fields"].items()})


def _row(store: Store, kind: str, record_id: str) -> Row:
    row = records.current(store, kind, record_id)
    if row is None:
        raise KeyError(f"no hubspot {kind} {record_id}")
    return row
