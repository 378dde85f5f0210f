"""The switches of the sandbox with their defaults: account facts, limits, readings of disputed behavior."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.switches import DEFAULTS as SALESFORCE
from sandbox.store import Store

OBJECTS = ("companies", "contacts", "custom", "deals", "leads", "line_items", "products", "quotes")
SCHEMAS = ("companies", "contacts", "custom", "deals", "line_items", "quotes")
READ = [
    "oauth",
    "crm.objects.owners.read",
    "tickets.read",
    *(f"crm.objects.{name}.read" for name in OBJECTS),
    *(f"crm.schemas.{name}.read" for name in SCHEMAS),
]
WRITE = [
    "tickets",
    *(f"crm.objects.{name}.write" for name in OBJECTS),
    *(f"crm.schemas.{name}.write" for name in SCHEMAS),
]

# The first reading named in each comment is the better-sourced one and the default.
DEFAULTS: dict[str, dict[str, Any]] = {
    "hubspot": {
        "portal_id": 12345678,
        "account_type": "STANDARD",  # STANDARD | DEVELOPER_TEST | SANDBOX
        "time_zone": "US/Eastern",
        "currency": "USD",
        "tokens": {"pat-na1-sandbox-reader": READ, "pat-na1-sandbox-writer": [*READ, *WRITE]},
        "oauth_client": {"client_id": "sandbox-client", "client_secret": "sandbox-client-secret"},
        "oauth_refresh_tokens": {"sandbox-refresh-reader": READ, "sandbox-refresh-writer": [*READ, *WRITE]},
        "search_lag_seconds": 2,
        "merge_id": "new",  # new | primary ("Primary ID Preservation for Merged Records")
        "merge_values": "primary",  # primary (since January 2025) | recent (before)
        "batch_read_merged": "missing",  # missing | follow: undocumented; single reads always follow
        "batch_results_traced": False,  # recorded: errors alone carry objectWriteTraceId; specified: results too
        "salesforce_integration": False,
        "property_validations": {},  # {kind: {property: code of the refusal}}: rules that all versions hold writes to
        "create_form": {},  # {kind: [property]} required on creates by 2026-09
        "conditional_required": {},  # {kind: [{property, values, required: [property]}]} held to by 2026-09
        "user_edits_associations": True,  # whether OAuth users may associate records, asked by 2026-09
        "upsert_by_email": "whole",  # whole | rows: what "no partial upserts by email" means
        "v3_associations_status": 200,  # 200 (since August 2025) | 201 (before): of a v3 associations batch create
        "custom_types": 10,  # custom object types that the subscription allows
        "developer_key": "sandbox-developer-key",  # opens the webhooks endpoints, as an app's tokens do
        "webhook_settings": {},
        "webhook_subscriptions": [],
        "webhook_seed": 1,  # decides the order of deliveries and what comes twice
        "webhook_repeats": 0.05,  # share of events that are delivered twice at once
        "webhook_delay_ms": 0,
        "rate_ten_seconds": 190,
        "rate_ten_seconds_oauth": 110,
        "rate_search_second": 5,
        "rate_day": 1_000_000,
    },
    "salesforce": SALESFORCE,
}


def setting(store: Store, crm: str, name: str) -> Any:
    """A switch as set, else its default; None for one that has neither."""
    return store.setting(crm, name, DEFAULTS[crm].get(name))


def all_settings(store: Store) -> dict[str, dict[str, Any]]:
    """Every switch with a default, and its present value, by CRM."""
    return {crm: {name: setting(store, crm, name) for name in names} for crm, names in DEFAULTS.items()}


def change(store: Store, orders: Mapping[str, Any]) -> None:
    """Set switches as {crm: {name: value}}; `ValueError` for one that is not known, or of another type."""
    for crm, values in orders.items():
        if crm not in DEFAULTS or not isinstance(values, dict):
            raise ValueError(f"{crm}: give {{crm: {{name: value}}}} for one of {', '.join(DEFAULTS)}")
        for name, value in values.items():
            _check(crm, name, value)
    for crm, values in orders.items():
        for name, value in values.items():
            store.set(crm, name, value)


def _check(crm: str, name: str, value: Any) -> None:
    if name not in DEFAULTS[crm]:
        raise ValueError(f"{crm} has no switch {name}; there are {', '.join(sorted(DEFAULTS[crm]))}")
    default = DEFAULTS[crm][name]
    if _form(value) != _form(default):
        raise ValueError(f"{name} is {_form(default)}, as {str(default)[:60]}")


def _form(value: Any) -> str:
    """What kind of JSON value it is, as an error names it."""
    forms = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return forms.get(type(value), "nothing")
