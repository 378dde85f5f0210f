"""A sandbox that keeps a witness's account of every call: what it changed, and what the journal held when it came."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.app import Sandbox
from sandbox.faults import Fault
from sandbox.store import Store
from sandbox.wire import Request, Response

ENDLESS = 5000
"""Calls after which a trial is taken for one that never ends."""
READS = ("batch/read", "/search", "/query", "/queryAll", "/token", "/describe")


@dataclass(frozen=True, slots=True)
class Wire:
    """One call: mutations `first + 1` to `last` are its doing or happened during it, those up to `seen` before the CRM
    turned to it; `head` is the last journal entry on the disk when it came; `done` is the status that the CRM itself
    gave (0: it never got there)."""

    crm: str
    method: str
    path: str
    text: str
    first: int
    seen: int
    last: int
    head: int
    done: int

    @property
    def writes(self) -> bool:
        """Whether the call is one that may change records."""
        if self.method == "GET" or any(part in self.path for part in READS):
            return False
        return not ("/composite/sobjects/" in self.path and self.method == "POST")

    @property
    def reads(self) -> bool:
        """Whether the call shows records."""
        return not self.writes and "/token" not in self.path and "/describe" not in self.path

    @property
    def looks(self) -> bool:
        """Whether the call shows fields of records by id, and not ties alone."""
        return self.reads and ("/objects/" in self.path or "/composite/sobjects/" in self.path)


class Watched(Sandbox):
    """Serves as any sandbox does. `journal` is the file whose entries are counted; `before` is told of every call."""

    def __init__(self, store: Store, journal: Path) -> None:
        super().__init__(store)
        self.journal = journal
        self.wires: list[Wire] = []
        self.before: Callable[[Request], None] = lambda request: None
        self._done = self._seen = 0
        self._entries: sqlite3.Connection | None = None

    def handle(
        self, request: Request, wait: Callable[[float], None] | None = None, origin: str | None = None
    ) -> Response:
        """As the sandbox does, and keeps the account."""
        if len(self.wires) > ENDLESS:
            raise RuntimeError("the run does not end")
        with self.store.lock:
            self.before(request)
            first, head, self._done, self._seen = self.last(), self.head(), 0, 0
            try:
                return super().handle(request, wait, origin)
            finally:
                crm = "hubspot" if request.path.startswith(("/crm", "/account-info", "/oauth")) else "salesforce"
                query = " ".join(f"{name}={value}" for name, value in request.query)
                text = f"{request.path} {query} {request.body.decode('utf-8', 'replace')}"
                self.wires.append(
                    Wire(
                        crm,
                        request.method,
                        request.path,
                        text,
                        first,
                        self._seen or first,
                        self.last(),
                        head,
                        self._done,
                    )
                )

    def _served(self, crm: str, request: Request, fault: Fault) -> Response:
        self._seen = self.last()
        answer = super()._served(crm, request, fault)
        self._done = answer.status
        return answer

    def last(self) -> int:
        """The number of the last mutation."""
        return int(self.store.db.execute("SELECT coalesce(max(seq), 0) FROM ledger").fetchone()[0])

    def head(self) -> int:
        """The number of the last journal entry on the disk."""
        if self._entries is None and self.journal.exists():
            self._entries = sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True, check_same_thread=False)
        if self._entries is None:
            return 0
        return int(self._entries.execute("SELECT coalesce(max(seq), 0) FROM entry").fetchone()[0])

    def close(self) -> None:
        """Let go of both stores."""
        if self._entries is not None:
            self._entries.close()
        self.store.db.close()
