"""A HubSpot account in process with a frozen clock, and the calls that tests make of it."""

from typing import Any

import requests

from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.store import Row
from tests.adapter import session

BASE = "https://api.hubapi.com"
START = 1_790_000_000_123
WRITER, READER = "pat-na1-sandbox-writer", "pat-na1-sandbox-reader"


class Desk:
    """One sandbox and one client session; the search index has no lag unless a test sets one."""

    def __init__(self, **settings: Any) -> None:
        self.sandbox = Sandbox(clock=Clock(START))
        self.http = session(self.sandbox)
        self.http.headers["Authorization"] = f"Bearer {WRITER}"
        for name, value in {"search_lag_seconds": 0, **settings}.items():
            self.sandbox.store.set("hubspot", name, value)

    def call(self, method: str, path: str, body: Any = None, token: str = WRITER) -> requests.Response:
        """Any call; paths without a leading slash are v3 objects."""
        full = path if path.startswith("/") else f"/crm/v3/objects/{path}"
        return self.http.request(method, BASE + full, json=body, headers={"Authorization": f"Bearer {token}"})

    def make(self, kind: str, **properties: str) -> str:
        """The id of a new record."""
        answer = self.call("POST", kind, {"properties": properties})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def set(self, kind: str, record: str, **properties: str) -> requests.Response:
        """Update one record."""
        return self.call("PATCH", f"{kind}/{record}", {"properties": properties})

    def get(self, kind: str, record: str, *names: str) -> dict[str, Any]:
        """The properties of one record."""
        answer = self.call("GET", f"{kind}/{record}?properties={','.join(names)}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["properties"]
        return found

    def find(self, kind: str, *filters: dict[str, Any], **more: Any) -> list[str]:
        """The ids that one group of filters finds, on the first page."""
        answer = self.call(
            "POST", f"{kind}/search", {"filterGroups": [{"filters": list(filters)}], "limit": 200, **more}
        )
        assert answer.status_code == 200, answer.text
        self.sandbox.clock.advance(1)
        return [item["id"] for item in answer.json()["results"]]

    def merge(self, kind: str, primary: str, other: str) -> requests.Response:
        """Merge the second into the first."""
        return self.call("POST", f"{kind}/merge", {"primaryObjectId": primary, "objectIdToMerge": other})

    def link(self, kind: str, record: str, to_kind: str, to: str, *types: int) -> requests.Response:
        """Associate with labels, or without."""
        path = f"/crm/v4/objects/{kind}/{record}/associations"
        if not types:
            return self.call("PUT", f"{path}/default/{to_kind}/{to}")
        spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number} for number in types]
        return self.call("PUT", f"{path}/{to_kind}/{to}", spec)

    def linked(self, kind: str, record: str, to_kind: str) -> dict[str, list[int]]:
        """The type ids by linked id."""
        found = self.call("GET", f"/crm/v4/objects/{kind}/{record}/associations/{to_kind}").json()["results"]
        return {str(item["toObjectId"]): [part["typeId"] for part in item["associationTypes"]] for item in found}

    def fill(self, kind: str, *rows: dict[str, str]) -> list[str]:
        """Put records into the store at once, as a seed does; their ids."""
        put = [
            Row("hubspot", kind, str(501 + n), n + 1, START, START + n, START, False, None, row)
            for n, row in enumerate(rows)
        ]
        self.sandbox.store.put_all(put)
        return [row.id for row in put]

    def verbs(self) -> list[str]:
        """What the ledger says has happened."""
        return [entry["verb"] for entry in self.sandbox.store.ledger()]
