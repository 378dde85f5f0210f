"""The tables of the sandbox's page: control calls, the words of fault scripts, and every switch with its meaning."""

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.control import CALLS
from sandbox.faults.language import ACTIONS, ARGUMENTS, ON
from sandbox.settings import DEFAULTS

LONG = 80
"""A default that takes more characters than this is told by its size."""

# The better-sourced reading, where sources disagree, is the default.
HUBSPOT = {
    "portal_id": "the account's id",
    "account_type": "`STANDARD`, `DEVELOPER_TEST` or `SANDBOX` (`revops-sync sandbox` sets `SANDBOX`)",
    "time_zone": "the account's time zone, by which days are counted",
    "currency": "the account's currency",
    "tokens": "private-app tokens and the scopes of each",
    "oauth_client": "the client that may ask for OAuth tokens",
    "oauth_refresh_tokens": "refresh tokens and the scopes of each",
    "search_lag_seconds": "how long a write takes to be found by search",
    "merge_id": "`new`: a merge makes a record with a new id; `primary`: the primary keeps its id (an account setting)",
    "merge_values": "`primary`: the primary's values win (since January 2025); `recent`: the most recent ones (before)",
    "batch_read_merged": "`missing`: batch reads do not know merged-away ids; `follow`: they follow. Undocumented",
    "batch_results_traced": "`false`: errors alone carry the trace id (recorded); `true`: results, too (specified)",
    "salesforce_integration": "whether HubSpot's Salesforce integration is on, which refuses company merges",
    "property_validations": "`{kind: {property: code}}`: properties whose every new value is refused with that code",
    "create_form": "`{kind: [property]}`: what 2026-09 requires on creates",
    "conditional_required": "`{kind: [{property, values, required}]}`: what 2026-09 requires beside certain values",
    "user_edits_associations": "whether OAuth users may associate records, which 2026-09 asks",
    "upsert_by_email": "`whole`: one bad row fails an upsert by e-mail; `rows`: only that row. Sources leave it open",
    "v3_associations_status": "`200`: status of a v3 associations batch create since August 2025; `201`: before",
    "custom_types": "how many custom object types the subscription allows",
    "developer_key": "the key that opens the webhooks endpoints",
    "webhook_settings": "target and throttling of webhooks, as the API sets them",
    "webhook_subscriptions": "webhook subscriptions, as the API sets them",
    "webhook_seed": "decides the order of deliveries and which come twice",
    "webhook_repeats": "share of events that are delivered twice",
    "webhook_delay_ms": "how late events become due",
    "rate_ten_seconds": "calls in ten seconds of a private app",
    "rate_ten_seconds_oauth": "calls in ten seconds of an OAuth app",
    "rate_search_second": "searches in a second",
    "rate_day": "calls in a day",
}
SALESFORCE = {
    "organization_id": "the organization's id",
    "clients": "connected apps: secret, whether it may write, profile, `public_key` (PEM) for JWT bearer",
    "user_id": "the user that every client runs as",
    "passwords": "passwords by username, for the OAuth password flow (off: newer organizations block it)",
    "refresh_tokens": "usernames by refresh token",
    "session_seconds": "how long a session lives",
    "daily_limit": "API calls in 24 hours",
    "batch_size": "records on a page of query results",
    "short_pages": "`0`: pages are as large as asked for; n: at most n records, as live with wide rows",
    "bulk_seconds": "how long a Bulk API 2.0 job takes",
    "bulk_rows": "rows of a job that one call waits for; a larger job goes on with the next call",
    "bulk_page": "most lines on a page of a query job's results",
    "bulk_query_jobs": "query jobs in 24 hours",
    "bulk_batches": "batches in 24 hours",
    "bulk_bytes": "most bytes of an upload",
    "bulk_hard_delete": "whether the users hold the permission `Bulk API Hard Delete`",
    "scheme": "the scheme of addresses in answers where the caller's is not known",
    "custom_fields": "`{type: [field]}`: fields added to types",
    "custom_objects": "types added to the organization",
    "hidden_fields": "`{type: [field]}`: fields that nobody sees",
    "record_types": "record types by type",
    "profiles": "by name: object permissions, hidden and read-only fields of the clients that name it",
    "duplicate_rules": "rules that refuse or warn of duplicates",
    "validation_rules": "rules that refuse records",
    "assignment_rules": "rules that choose owners",
    "locked_rows": "records that others hold locked: UNABLE_TO_LOCK_ROW",
    "approval_locked": "records locked by an approval process: ENTITY_IS_LOCKED",
    "lock_seconds": "how long a write keeps the parent locked",
    "tracked_fields": "`{type: [field]}`: fields with history",
    "person_accounts": "whether accounts may be persons",
    "lead_statuses": "the values of Lead.Status",
    "validate_converted_leads": "whether validation and duplicate rules run on conversion",
    "lead_field_mapping": "fields that conversion carries over besides the standard ones",
    "soap_login": "whether SOAP `login` is open (API versions up to 64)",
    "soap_logins": "usernames and passwords for it",
    "recycle_days": "how long deleted records can be restored",
    "search_lag_seconds": "how long a write takes to be found by SOSL",
}
MEANINGS: Mapping[str, Mapping[str, str]] = {"hubspot": HUBSPOT, "salesforce": SALESFORCE}


def tables_page(note: str) -> str:
    """The page; `KeyError` names a switch whose meaning is not told here."""
    lines = [
        "# The sandbox: control calls, fault scripts, switches",
        "",
        note,
        "",
        "See [the sandbox](sandbox.md).",
        "",
    ]
    parts = (_calls(), _faults(), *(_switches(crm, MEANINGS[crm]) for crm in DEFAULTS))
    return "\n".join([*lines, *(line for part in parts for line in part)])


def _calls() -> Iterator[str]:
    yield from ("## Control calls", "", "| call | what |", "|---|---|")
    for (method, name), call in CALLS.items():
        yield f"| `{method} /_sandbox/{name}` | {_cell(' '.join((inspect.getdoc(call) or '').split()))} |"
    yield from ("| `POST /_sandbox/webhooks` | Send the events that are due. |", "")


def _faults() -> Iterator[str]:
    yield from ("## Fault scripts", "", "A rule is `{on: {…}, do: [action, …]}`. Conditions, under `on`:", "")
    yield from ("| condition | value |", "|---|---|")
    yield from (f"| `{name}` | {_cell(word.wants)} |" for name, word in ON.items())
    yield from ("", "Actions, in `do`:", "", "| action | value | beside it |", "|---|---|---|")
    for name, action in ACTIONS.items():
        beside = ", ".join(f"`{item}` ({ARGUMENTS[item].wants})" for item in sorted(action.arguments))
        yield f"| `{name}` | {_cell(action.word.wants)} | {_cell(beside)} |"
    yield ""


def _switches(crm: str, meanings: Mapping[str, str]) -> Iterator[str]:
    yield from (f"## Switches: {crm}", "", "| switch | default | meaning |", "|---|---|---|")
    for name, default in DEFAULTS[crm].items():
        yield f"| `{name}` | {_shown(default)} | {_cell(meanings[name])} |"
    yield ""


def _shown(default: Any) -> str:
    text = json.dumps(default)
    return f"`{_cell(text)}`" if len(text) <= LONG else f"{len(default)} entries"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
