"""The switches of the Salesforce organization with their defaults."""

from typing import Any

from sandbox.store import Store

DEFAULTS: dict[str, Any] = {
    "organization_id": "00DSB0000000001EAA",
    # Each client runs as one user; `public_key` (PEM) makes JWT bearer assertions be verified.
    "clients": {
        "sandbox-reader": {"secret": "sandbox-reader-secret", "write": False},
        "sandbox-writer": {"secret": "sandbox-writer-secret", "write": True},
    },
    "user_id": "005SB0000000001YAA",
    "session_seconds": 7200,
    "daily_limit": 115_000,
    "batch_size": 2000,
    "scheme": "http",
    "custom_fields": {},
    "hidden_fields": {},
    "recycle_days": 15,
}


def switch(store: Store, name: str) -> Any:
    """A switch as set, else its default."""
    return store.setting("salesforce", name, DEFAULTS[name])
