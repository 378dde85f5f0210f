"""Calls that are made before the replay, for what only exists once somebody asked for it: jobs and query locators."""

from dataclasses import dataclass
from typing import Any

from sandbox.app import Sandbox
from sandbox.settings import setting
from sandbox.wire import Request
from tests.sandbox.recorded.replay import decoded

SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class Driver:
    """A session of a settled sandbox."""

    sandbox: Sandbox
    token: str
    version: int

    def send(
        self,
        method: str,
        path: str,
        body: str = "",
        content: str = "application/json",
        query: dict[str, str] | None = None,
    ) -> Any:
        """The decoded body of the answer to a call below the version."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": content}
        pairs = tuple((query or {}).items())
        whole = path if path.startswith("/services") else f"/services/data/v{self.version}.0{path}"
        answer = self.sandbox.handle(Request(method, whole, pairs, headers, body.encode()))
        return decoded(answer.body)

    def wait(self, share: float) -> None:
        """Let pass that share of the time that a bulk job takes."""
        seconds = float(setting(self.sandbox.store, "salesforce", "bulk_seconds"))
        self.sandbox.clock.change({"advance_seconds": seconds * share})
