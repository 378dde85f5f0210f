"""A gate that really listens on loopback, and the callers who know its secrets or do not."""

import base64
import hashlib
import hmac
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import insert

from bench.gate_calls import SECRET
from sync.database import millis, writing
from sync.jobs.serve import Address, gate_of
from sync.mirror.pull import CERTIFICATE
from sync.session import Session
from sync.web.app import app

FLOW = "a-secret-of-the-flow-call-outs"
PATH = "an-unguessable-path-of-outbound"
TOKEN = "a-token-for-plain-questions"
ORG = "salesforce:00D000000000001EAA"
SECRETS = {
    "REVOPS_HUBSPOT_WEBHOOK_SECRETS": f"{SECRET},the-secret-before-the-rotation",
    "REVOPS_SALESFORCE_WEBHOOK_SECRETS": FLOW,
    "REVOPS_SALESFORCE_OUTBOUND_PATHS": PATH,
    "REVOPS_GATE_TOKEN": TOKEN,
}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Caller:
    """Speaks to one address; signs as the vendors do, with code of its own."""

    url: str
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        host, port = self.url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        try:
            connection.request(method, path, body, dict(headers or {}))
            found = connection.getresponse()
            return Answer(found.status, found.read(), {name.lower(): value for name, value in found.getheaders()})
        finally:
            connection.close()

    def hubspot(self, events: Any, path: str = "/gate/hubspot", secret: str = SECRET, late: int = 0) -> Answer:
        """A webhook as HubSpot sends it, its timestamp so many milliseconds old."""
        body = events if isinstance(events, bytes) else json.dumps(events).encode()
        return self.send("POST", path, body, self.signed(body, path, secret, late))

    def signed(self, body: bytes, path: str = "/gate/hubspot", secret: str = SECRET, late: int = 0) -> dict[str, str]:
        stamp = str(self.now_ms() - late)
        source = f"POST{self.url}{path}".encode() + body + stamp.encode()
        mark = base64.b64encode(hmac.new(secret.encode(), source, hashlib.sha256).digest()).decode()
        return {"X-HubSpot-Signature-v3": mark, "X-HubSpot-Request-Timestamp": stamp}

    def flow(self, body: Any, secret: str = FLOW) -> Answer:
        raw, stamp = json.dumps(body).encode(), str(self.now_ms())
        mark = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        headers = {"X-Revops-Signature": f"sha256={mark}", "X-Revops-Timestamp": stamp}
        return self.send("POST", "/gate/salesforce", raw, headers)

    def ask(self, body: Any, token: str = TOKEN) -> Answer:
        return self.send("POST", "/gate", json.dumps(body).encode(), {"Authorization": f"Bearer {token}"})


def event(number: int = 1, deal: int = 11, **more: Any) -> dict[str, Any]:
    """One event as HubSpot's documentation shows it."""
    told = {"eventId": number, "subscriptionId": 7, "portalId": 12345678, "appId": 1, "occurredAt": 1_760_000_000_000}
    what = {"subscriptionType": "deal.propertyChange", "attemptNumber": 0, "objectId": deal}
    return {**told, **what, "propertyName": "dealstage", "propertyValue": "contractsent", **more}


def free() -> socket.socket:
    """A socket on a free port of loopback."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    return made


@contextmanager
def listening(app: FastAPI, on: socket.socket) -> Iterator[str]:
    """The application, served by a thread until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [on]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{on.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def gatehouse(session: Session) -> Iterator[str]:
    """The gate of a session, on a free port."""
    with (
        free() as on,
        gate_of(session, Address("127.0.0.1", on.getsockname()[1])) as gate,
        listening(app(gate), on) as url,
    ):
        yield url


def pulled(session: Session, workspace: str, ago: float = 60.0) -> None:
    """Let the mirror say that this account's deals were pulled."""
    at = millis(session.now() - timedelta(seconds=ago))
    facts = {"workspace": workspace, "kind": "deal", "mode": "full", "started_at": at, "finished_at": at}
    with writing(session.mirror_store) as connection:
        connection.execute(
            insert(CERTIFICATE), {**facts, "pages": 1, "seen": 0, "fingerprint": "", "doubts": [], "total": 0}
        )
