"""A sandbox with both halves of the HubSpot connector on it, in virtual time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors import hubspot
from connectors.changes import Batch, Change, Create, Outcome, Row, Status, verb
from connectors.hubspot.allowed import BUDGETS
from connectors.pace import Pace
from connectors.records import Ref
from sandbox import store
from sandbox.app import Sandbox
from tests.adapter import SandboxAdapter

Extra = Mapping[str, tuple[str, ...]]
READER, WRITER = "pat-na1-sandbox-reader", "pat-na1-sandbox-writer"
SPACE = "hubspot:12345678"


@dataclass
class Desk:
    """A sandbox with both halves of the connector on it."""

    sandbox: Sandbox
    reader: hubspot.Reader
    writer: hubspot.Writer

    def fill(self, kind: str, number: int, modified: int = 1000, **fields: str) -> list[Ref]:
        """So many stored records, all modified in the same millisecond."""
        ids = [str(20_000_000_000 + seq) for seq in range(1, number + 1)]
        stamp = "1970-01-01T00:00:01.000Z"
        values = {"hs_lastmodifieddate": stamp, "lastmodifieddate": stamp, "name": "x", **fields}
        self.sandbox.store.put_all(
            store.Row("hubspot", kind, key, seq, 1, modified, modified, False, None, {"hs_object_id": key, **values})
            for seq, key in enumerate(ids, 1)
        )
        return [Ref(SPACE, kind, key) for key in ids]

    def fault(self, path: str, *do: Any, method: str = "POST", **on: Any) -> None:
        self.sandbox.faults.add([{"on": {"crm": "hubspot", "method": method, "path": path, **on}, "do": list(do)}])

    def push(self, *changes: Change) -> list[Outcome]:
        kind = changes[0].kind if isinstance(changes[0], Create) else str(getattr(_on(changes[0]), "kind", ""))
        rows = tuple(Row(f"r{number}", change) for number, change in enumerate(changes))
        return list(self.writer.push(Batch(SPACE, kind, verb(changes[0]), rows)))

    def statuses(self, *changes: Change) -> list[Status]:
        return [outcome.status for outcome in self.push(*changes)]


def _on(change: Change) -> object:
    return getattr(change, "ref", None) or getattr(change, "survivor", None)


def opened(sandbox: Sandbox, token: str = READER, extra: Extra | None = None, **settings: Any) -> Desk:
    """Both halves on this sandbox, the reader with this token; the settings are the sandbox's."""
    for name, item in settings.items():
        sandbox.store.set("hubspot", name, item)
    adapter = SandboxAdapter(sandbox)
    reader = hubspot.connect(hubspot.Account(token, extra=extra or {}), adapter, paced(sandbox))
    return Desk(sandbox, reader, hubspot.writer(hubspot.Account(WRITER), adapter, paced(sandbox)))


def paced(sandbox: Sandbox) -> Pace:
    """A pace in the sandbox's own time."""
    return Pace(BUDGETS, lambda: sandbox.clock.now_ms() / 1000, sandbox.clock.advance)
