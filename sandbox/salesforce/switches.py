"""The switches of the Salesforce organization with their defaults."""

from typing import Any

from sandbox.store import Store

DEFAULTS: dict[str, Any] = {
    "organization_id": "00DSB0000000001EAA",
    # Each client runs as one user; `public_key` (PEM) makes JWT bearer assertions be verified.
    "clients": {
        "sandbox-reader": {"secret": "sandbox-reader-secret", "write": False},
        "sandbox-writer": {"secret": "sandbox-writer-secret", "write": True},
        "sandbox-limited": {"secret": "sandbox-limited-secret", "write": True, "profile": "limited"},
    },
    "user_id": "005SB0000000001YAA",
    # The flows that newer organizations block: passwords by username, usernames by refresh token.
    "passwords": {},
    "refresh_tokens": {},
    "session_seconds": 7200,
    "daily_limit": 115_000,
    "batch_size": 2000,
    "short_pages": 0,  # 0: pages are as large as asked for; n: the server answers at most n rows a page
    "bulk_seconds": 0.5,  # how long a Bulk API 2.0 job takes
    "bulk_rows": 5000,  # rows that one call waits for; a larger job goes on with the next call
    "bulk_page": 50_000,
    "bulk_query_jobs": 10_000,
    "bulk_batches": 15_000,
    "bulk_bytes": 150_000_000,
    "bulk_hard_delete": True,  # the users hold the permission "Bulk API Hard Delete"
    "scheme": "http",
    "custom_fields": {},
    "custom_objects": {},
    "hidden_fields": {},
    "record_types": {},
    # Profiles limit the clients that name one; see `access`.
    "profiles": {
        "limited": {
            "objects": {"Lead": "r", "Event": ""},
            "hidden": {"Account": ["AnnualRevenue"], "Contact": ["Birthdate"], "Opportunity": ["NextStep"]},
            "read_only": {"Account": ["Rating"], "Opportunity": ["Amount"]},
        },
    },
    # Rules as data: see `rules.duplicates`, `rules.validation`, `rules.locks`, `rules.assignment`.
    "duplicate_rules": [],
    "validation_rules": [],
    "assignment_rules": {},
    "locked_rows": {},
    "approval_locked": [],
    "lock_seconds": 0,
    # Field history tracking is off until fields are chosen; at most 20 of a type.
    "tracked_fields": {},
    # Accounts that are persons; once on, it cannot be turned off live.
    "person_accounts": False,
    "lead_statuses": [
        {"MasterLabel": "Open - Not Contacted", "IsDefault": True, "IsConverted": False},
        {"MasterLabel": "Working - Contacted", "IsDefault": False, "IsConverted": False},
        {"MasterLabel": "Closed - Converted", "IsDefault": False, "IsConverted": True},
        {"MasterLabel": "Closed - Not Converted", "IsDefault": False, "IsConverted": False},
    ],
    # "Require Validation for Converted Leads": off, neither validation nor duplicate rules run on conversion.
    "validate_converted_leads": True,
    "lead_field_mapping": {},
    # SOAP login of API versions up to 64; live it needs the permission "Use Any API Auth" (newer organizations).
    "soap_login": True,
    "soap_logins": {"writer@sandbox.example": {"password": "sandbox-password", "client": "sandbox-writer"}},
    "recycle_days": 15,
    "search_lag_seconds": 0,  # live, the search index follows by seconds to minutes
}


def switch(store: Store, name: str) -> Any:
    """A switch as set, else its default."""
    return store.setting("salesforce", name, DEFAULTS[name])
