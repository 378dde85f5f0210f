"""Plays the calls that a fault script shows, over a socket and in process, and notes what the client sees."""

import http.client
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.faults import Dropped
from sandbox.seed import seed
from sandbox.store import Store
from sandbox.wire import Request, Response

NOW = 1_795_000_000_123
LOGIN = b"grant_type=client_credentials&client_id=sandbox-writer&client_secret=sandbox-writer-secret"
OF_THE_SHELL = frozenset({"date", "server", "content-length", "connection"})
Show = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """One answer as the client has it. `end` says how it was cut off: closed, reset or cut; `moved` and `changes` are
    how far the clock went (milliseconds) and how many mutations the ledger gained."""

    status: int = 0
    body: bytes = b""
    end: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)
    moved: int = 0
    changes: int = 0


class World:
    """Two small CRMs at a frozen moment, copied from one that was seeded once."""

    def __init__(self, template: Store) -> None:
        self.sandbox = Sandbox(clock=Clock(NOW))
        template.db.backup(self.sandbox.store.db)
        self.sandbox.store.set("hubspot", "search_lag_seconds", 0)
        self.next_page = ""
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = self.sandbox.handle(Request("POST", "/services/oauth2/token", headers=form, body=LOGIN))
        self.tokens = {"hubspot": "pat-na1-sandbox-writer", "salesforce": json.loads(answer.body)["access_token"]}

    def play(self, shows: tuple[Show, ...], send: Callable[[Request], Seen]) -> list[Seen]:
        """What the client sees of each call, repeated ones one by one."""
        return [self.watched(request, send) for request in self.requests(shows)]

    def watched(self, request: Request, send: Callable[[Request], Seen]) -> Seen:
        """One call, and what it changed in the sandbox; a control call that moves the clock is not counted."""
        now, store = self.sandbox.clock.now_ms(), self.sandbox.store
        before = store.db.execute("SELECT count(*) FROM ledger").fetchone()[0]
        seen = send(request)
        self.next_page = next_page(seen.body)
        moved = 0 if request.path.startswith("/_sandbox") else self.sandbox.clock.now_ms() - now
        changes = store.db.execute("SELECT count(*) FROM ledger").fetchone()[0] - before
        return Seen(seen.status, seen.body, seen.end, seen.headers, moved, changes)

    def requests(self, shows: tuple[Show, ...]) -> Iterator[Request]:
        """The calls as requests, each with the token of its CRM."""
        for show in shows:
            method, _, target = show["call"].replace("{next}", self.next_page).partition(" ")
            parts = urlsplit(target)
            crm = "salesforce" if parts.path.startswith("/services") else "hubspot"
            headers = {"host": "crm.example", "x-forwarded-proto": "http", "content-type": "application/json"}
            headers["authorization"] = f"Bearer {self.tokens[crm]}"
            body = json.dumps(show["json"]).encode() if "json" in show else show.get("text", "").encode()
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            for _ in range(show.get("repeat", 1)):
                yield Request(method, unquote(parts.path), query, headers, body)

    def in_process(self, request: Request) -> Seen:
        """The call without a socket."""
        try:
            answer = self.sandbox.handle(request)
        except Dropped as dropped:
            return Seen(end="reset" if dropped.reset else "closed")
        if answer.drip:
            size, pause = answer.drip
            self.sandbox.clock.advance(-(-len(answer.body) // size) * pause / 1000)
        return Seen(answer.status, answer.body, "cut" if cut(answer) else "", answer.headers)


def next_page(body: bytes) -> str:
    """The path of the page after this one, as Salesforce names it; empty where there is none."""
    found = re.search(rb'"nextRecordsUrl": ?"([^"]+)"', body)
    return found[1].decode() if found else ""


def cut(answer: Response) -> bool:
    """Whether the body is shorter than its length says."""
    return int(answer.headers.get("Content-Length", len(answer.body))) != len(answer.body)


def over_wire(url: str) -> Callable[[Request], Seen]:
    """Sends calls to a server with the standard library alone, on a new connection each."""
    place = urlsplit(url)

    def send(request: Request) -> Seen:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        target = request.path + ("?" + "&".join(f"{k}={v.replace(' ', '+')}" for k, v in request.query))
        try:
            connection.request(request.method, target, request.body, dict(request.headers))
            answer = connection.getresponse()
            return Seen(answer.status, answer.read(), "", dict(answer.headers))
        except http.client.IncompleteRead as short:
            return Seen(answer.status, short.partial, "cut", dict(answer.headers))
        except http.client.RemoteDisconnected:
            return Seen(end="closed")
        except (ConnectionResetError, BrokenPipeError):
            return Seen(end="reset")
        finally:
            connection.close()

    return send


def template() -> Store:
    """The records of every world, at their moment."""
    store = Store()
    seed(store, seed=1, companies=6, contacts=12, leads=0, deals=2, now_ms=NOW)
    return store


def own_headers(seen: Seen) -> dict[str, str]:
    """The headers that the CRM sends, without counters and numbers of calls."""
    lowered = {name.lower(): text for name, text in seen.headers.items()}
    counted = ("x-hubspot-ratelimit", "x-hubspot-correlation-id", "sforce-limit-info")
    return {name: text for name, text in lowered.items() if name not in OF_THE_SHELL and not name.startswith(counted)}
