"""A person or a workflow changes a record behind the API's back."""

from collections.abc import Mapping
from typing import Any

from sandbox import salesforce
from sandbox.hubspot import people
from sandbox.hubspot.errors import Refusal
from sandbox.salesforce.errors import ApiError
from sandbox.store import Store


def edit(store: Store, now_ms: int, spec: Mapping[str, Any]) -> None:
    """Make the change {crm, kind, id, and one of fields | archive | restore | merge (the id that is merged into it)}.

    `KeyError` for a record that is not there; `ValueError` for what is no such change, or not allowed even
    to a person.
    """
    if not isinstance(spec["kind"], str) or not isinstance(spec["id"], str | int):
        raise ValueError("kind and id are texts")
    if not isinstance(spec.get("fields", {}), Mapping) or not isinstance(spec.get("merge", ""), str | int):
        raise ValueError("fields is an object, merge an id")
    change = people.edit if spec.get("crm", "hubspot") == "hubspot" else salesforce.edit
    try:
        change(store, now_ms, spec)
    except (Refusal, ApiError) as refused:
        raise ValueError(str(refused)) from refused
