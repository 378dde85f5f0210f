"""The sandbox as one function from request to response: limits, faults, the call log and dispatch by path."""

import re
import traceback
from collections.abc import Callable
from typing import Any

from sandbox import control, hubspot, salesforce
from sandbox.clock import Clock
from sandbox.delivery import deliver
from sandbox.edits import edit
from sandbox.faults import Dropped, Fault, Faults
from sandbox.hubspot.rates import Rates
from sandbox.settings import setting
from sandbox.store import Store
from sandbox.wire import Request, Response

PREFIXES = (
    ("/crm", "hubspot"),
    ("/oauth", "hubspot"),
    ("/account-info", "hubspot"),
    ("/integrations", "hubspot"),
    ("/webhooks", "hubspot"),
    ("/services", "salesforce"),
    ("/id", "salesforce"),
)
LISTING = re.compile(r"/objects/([\w-]+/)?[\w-]+$|/owners(/[\d-]+)?/?$|/query(All)?(/|$)")
NO_SESSION = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
CRASH: dict[str, Any] = {
    "hubspot": {
        "status": "error",
        "message": "internal error",
        "correlationId": "00000000-0000-0000-0000-000000000000",
    },
    "salesforce": [{"message": "An unexpected error occurred.", "errorCode": "UNKNOWN_EXCEPTION"}],
}


class Sandbox:
    """Both CRMs over one store; every state is in the store, the clock and the fault script."""

    def __init__(self, store: Store | None = None, clock: Clock | None = None, faults: Faults | None = None) -> None:
        self.store = store or Store()
        self.clock = clock or Clock()
        self.faults = faults or Faults()
        self.rates = Rates()
        self.expired: set[str] = set()
        self.errors: list[dict[str, Any]] = []

    def handle(
        self, request: Request, wait: Callable[[float], None] | None = None, origin: str | None = None
    ) -> Response:
        """Answer one call; raises `Dropped` where the script ends the connection without an answer.

        `wait` lets scripted delays pass (seconds); without it they move the sandbox's clock at once. `origin` is the
        CRM whose host was called: it alone answers, whatever the path; None where one host serves both.
        """
        crm = origin or next((name for prefix, name in PREFIXES if request.path.startswith(prefix)), None)
        if (request.method, request.path) == ("POST", "/_sandbox/webhooks"):
            # Without the lock, so that a receiver may call back while it is called.
            return self._guarded("hubspot", request, lambda: Response.of_json(200, deliver(self)))
        if request.path.startswith("/_sandbox"):
            with self.store.lock:
                return self._guarded("hubspot", request, lambda: control.handle(self, request))
        if crm is None:
            return Response.of_json(404, {"message": f"no CRM of this sandbox serves {request.path}"})
        with self.store.lock:
            fault = self.faults.take(crm, request, self.clock.now_ms())
            answer = self._answer(crm, request, fault)
            self._log(crm, request, answer.status if isinstance(answer, Response) else 0)
        for seconds in fault.all("delay"):
            (wait or self.clock.advance)(float(seconds))
        if isinstance(answer, Dropped):
            raise answer
        return answer

    def _answer(self, crm: str, request: Request, fault: Fault) -> Response | Dropped:
        """The call's answer; delays are the caller's, since nobody waits while holding the lock."""
        for seconds in fault.all("clock"):
            self.clock.advance(float(seconds))
        if fault.first("drop_before"):
            return Dropped(applied=False, reset=fault.first("drop_before") == "reset")
        self._expire(request, fault)
        self._change(fault, "before")
        answer = fault.instead() or self._guarded(crm, request, lambda: self._admitted(crm, request, fault))
        self._change(fault, "after")
        if fault.first("drop_after") or fault.first("apply_then") == "drop":
            return Dropped(applied=True, reset=fault.first("drop_after") == "reset")
        listing = request.method == "GET" and LISTING.search(request.path) is not None
        spoiled = fault.spoil(answer, listing)
        self.faults.remember(crm, answer)
        return spoiled

    def _admitted(self, crm: str, request: Request, fault: Fault) -> Response:
        """The CRM's own answer, after the checks that stand before its handlers."""
        if crm == "salesforce":
            return self._unauthorized(crm, request) or self._served(crm, request, fault)
        refused, headers = self.rates.admit(request, self.store, self.clock.now_ms())
        answer = refused or self._unauthorized(crm, request) or self._served(crm, request, fault)
        return Response(answer.status, answer.body, {**headers, **answer.headers})

    def _served(self, crm: str, request: Request, fault: Fault) -> Response:
        """The handler's answer; under `stale_index` what it writes is indexed that many seconds late."""
        served = hubspot.handle if crm == "hubspot" else salesforce.handle
        stale = fault.first("stale_index")
        usual = setting(self.store, crm, "search_lag_seconds")
        if stale is not None:
            self.store.set(crm, "search_lag_seconds", stale)
        try:
            return self._renewed(served(request, self.store, self.clock.now_ms()))
        finally:
            if stale is not None:
                self.store.set(crm, "search_lag_seconds", usual)

    def _guarded(self, crm: str, request: Request, call: Callable[[], Response]) -> Response:
        """A handler's exception is a bug: answered as the vendor's outage and kept for `/_sandbox/errors`."""
        try:
            return call()
        except Exception as bug:  # noqa: BLE001 - the one place that must survive whatever a handler does
            seen = {"at": self.clock.now_ms(), "method": request.method, "path": request.path, "error": repr(bug)}
            self.errors.append({**seen, "trace": traceback.format_exc()})
            return Response.of_json(500, CRASH[crm])

    def _change(self, fault: Fault, when: str) -> None:
        """What people, workflows and administrators do around the call."""
        for wanted in (*fault.all("edit", when), *fault.all("actor", when)):
            for spec in wanted if isinstance(wanted, list) else [wanted]:
                edit(self.store, self.clock.now_ms(), spec)
        for switches in fault.all("switch", when):
            for crm, values in switches.items():
                for name, value in values.items():
                    self.store.set(crm, name, value)

    def _expire(self, request: Request, fault: Fault) -> None:
        token = bearer(request)
        if token and fault.first("expire_token"):
            self.expired.add(token)

    def _unauthorized(self, crm: str, request: Request) -> Response | None:
        """The vendor's 401 for a token that the script let expire."""
        if bearer(request) not in self.expired:
            return None
        if crm == "salesforce":
            return Response.of_json(401, NO_SESSION)
        return hubspot.expired(request, self.store, self.clock.now_ms())

    def _renewed(self, answer: Response) -> Response:
        """A token given out again is good again: Salesforce may hand out the same session twice."""
        if self.expired and b'"access_token"' in answer.body:
            self.expired = {token for token in self.expired if token.encode() not in answer.body}
        return answer

    def _log(self, crm: str, request: Request, status: int) -> None:
        sql = "INSERT INTO call (at, crm, method, path, status) VALUES (?,?,?,?,?)"
        self.store.db.execute(sql, (self.clock.now_ms(), crm, request.method, request.path, status))


def bearer(request: Request) -> str | None:
    """The access token a request carries, or None."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in ("bearer", "oauth") and token.strip() else None
