"""A person or a workflow changes a record behind the API's back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.hubspot import people
from sandbox.store import Store


def edit(store: Store, now_ms: int, spec: Mapping[str, Any]) -> None:
    """Make the change {crm, kind, id, and one of fields | archive | merge (the id that is merged into it)}.

    `KeyError` for a record that is not there; `ValueError` for anything else that cannot be done.
    """
    if spec.get("crm", "hubspot") == "hubspot":
        people.edit(store, now_ms, spec)
    else:
        _salesforce(store, now_ms, spec)


def _salesforce(store: Store, now_ms: int, spec: Mapping[str, Any]) -> None:
    """Write the fields as they are, or delete; merges of two records go through SOAP like everyone's."""
    row = store.get("salesforce", spec["kind"], spec["id"])
    if row is None:
        raise KeyError(f"no salesforce {spec['kind']} {spec['id']}")
    fields = dict(spec.get("fields", {}))
    stamp = datetime.fromtimestamp(now_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    before = {name: row.fields.get(name) for name in fields}
    row.fields.update(fields, SystemModstamp=stamp, LastModifiedDate=stamp)
    row.modified = row.visible = now_ms
    row.archived = bool(spec.get("archive", row.archived))
    store.put(row)
    detail = {"actor": spec.get("actor", "person"), "fields": fields, "before": before}
    store.note(now_ms, "salesforce", "delete" if spec.get("archive") else "update", row.kind, row.id, detail)
