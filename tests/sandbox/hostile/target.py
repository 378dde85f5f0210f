"""What hostile requests are sent to: a sandbox in this process, or one behind a socket."""

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.app import Sandbox
from sandbox.wire import Request, Response

HUBSPOT_TOKEN = "pat-na1-sandbox-writer"
LOGIN = {
    "grant_type": "client_credentials",
    "client_id": "sandbox-writer",
    "client_secret": "sandbox-writer-secret",
}
NO_LIMITS = {
    "hubspot": {"rate_ten_seconds": 10**9, "rate_search_second": 10**9, "rate_day": 10**9},
    "salesforce": {"daily_limit": 10**9, "bulk_seconds": 0.0, "session_seconds": 10**6},
}
FORM = {"content-type": "application/x-www-form-urlencoded"}
Send = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a caller with good manners would know: a session, and ids by kind (HubSpot's plural or sObject)."""

    session: str
    ids: dict[str, list[str]]


def within(sandbox: Sandbox) -> Send:
    """Sends to a sandbox in this process; its clock goes on a little with each call."""

    def send(request: Request) -> Response:
        sandbox.clock.advance(0.01)
        return sandbox.handle(request, wait=lambda _: None)

    return send


def behind(port: int, timeout: float = 30.0) -> Send:
    """Sends to a server on loopback, each request on a connection of its own."""

    def send(request: Request) -> Response:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            line.request(request.method, address(request), request.body, headers(request))
            answer = line.getresponse()
            return Response(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            line.close()

    return send


def address(request: Request) -> str:
    """The request's target as bytes may travel: everything odd is percent-encoded."""
    query = urlencode(request.query, errors="surrogatepass")
    path = quote(request.path, safe="/", errors="surrogatepass")
    return f"{path}?{query}" if query else path


def headers(request: Request) -> dict[str, str]:
    """The request's headers without what cannot travel in one."""
    return {name: "".join(c for c in text if " " <= c < "\x7f") for name, text in request.headers.items()}


def learned(send: Send) -> Facts:
    """Takes the limits away, and looks the session and the ids up."""
    send(Request("POST", "/_sandbox/settings", body=json.dumps(NO_LIMITS).encode()))
    login = send(Request("POST", "/services/oauth2/token", (), FORM, urlencode(LOGIN).encode()))
    session = str(_json(login)["access_token"])
    ids: dict[str, list[str]] = {}
    for kind in ("contacts", "companies", "deals"):
        found = send(Request("GET", f"/crm/v3/objects/{kind}", (), {"authorization": f"Bearer {HUBSPOT_TOKEN}"}))
        ids[kind] = [item["id"] for item in _json(found)["results"]]
    for name in ("Account", "Contact", "Lead", "Opportunity", "User"):
        query = (("q", f"SELECT Id FROM {name} LIMIT 10"),)
        found = send(Request("GET", "/services/data/v66.0/query", query, {"authorization": f"Bearer {session}"}))
        ids[name] = [item["Id"] for item in _json(found)["records"]]
    return Facts(session, ids)


def _json(response: Response) -> Any:
    assert response.status == 200, response.body[:300]
    return json.loads(response.body)


def timed(send: Send, request: Request) -> tuple[Response, float]:
    """The answer, and how many seconds this thread worked for it: waiting is not counted."""
    before = time.thread_time()
    answer = send(request)
    return answer, time.thread_time() - before
