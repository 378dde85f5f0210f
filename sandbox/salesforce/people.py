"""A person or a workflow changes a record behind the API's back."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce import writes
from sandbox.salesforce.merge import merge
from sandbox.salesforce.rows import CRM, transaction
from sandbox.salesforce.rules.locks import lock
from sandbox.salesforce.schema import schema_of
from sandbox.salesforce.session import Call, Session
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import SECOND
from sandbox.store import Store


def edit(store: Store, now_ms: int, spec: Mapping[str, Any]) -> None:
    """Make the change {kind, id, and one of fields | archive | merge (the id merged into it) | lock}, unchecked.

    `lock` holds the row for somebody else's transaction against that many calls (-1: all, 0: no longer).

    `KeyError` for a record that is not there; `ApiError` for a delete or merge that the vendor would refuse.
    """
    session = Session(spec.get("user", switch(store, "user_id")), str(spec.get("actor", "person")), write=True)
    call = Call(store, schema_of(store), session, now_ms // SECOND * SECOND, "66.0")
    row = store.get(CRM, spec["kind"], spec["id"])
    if row is None:
        raise KeyError(f"no salesforce {spec['kind']} {spec['id']}")
    sobject = call.schema.by_kind[row.kind]
    if "lock" in spec:
        lock(store, row.id, int(spec["lock"]))
    elif spec.get("archive"):
        writes.delete(call, sobject, row.id)
    elif "merge" in spec:
        merge(call, sobject, row.id, {}, [spec["merge"]])
    else:
        with transaction(store):
            writes.apply(call, row, dict(spec["fields"]))
