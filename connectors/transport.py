"""One way onto the wire: deadlines, allow-list of (method, path), redaction, error map."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from connectors.errors import (
    Ambiguous,
    Busy,
    Expired,
    Garbled,
    Rejected,
    RemoteError,
    UsageError,
)
from connectors.lost import lost
from connectors.retry import PATIENCE, retrying
from connectors.values import SURROGATE, whole

MAX_BODY = 64 * 1024 * 1024
PLAIN = {"User-Agent": "revops-sync", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
REDIRECTS = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, slots=True)
class Deadline:
    """Seconds for connecting, for a silence while reading, and for the whole call."""

    connect: float = 10.0
    silence: float = 60.0
    total: float = 300.0


@dataclass(frozen=True, slots=True)
class Allowed:
    """One permitted call: a method, the pattern its whole path must match, and the budget it is paid from."""

    method: str
    path: re.Pattern[str]
    budget: str

    @classmethod
    def of(cls, method: str, path: str, budget: str) -> "Allowed":
        """The permission for a path pattern, matched whole."""
        return cls(method, re.compile(path), budget)


@dataclass(frozen=True, slots=True)
class Call:
    """One request; a write is sent once, a read may be sent again. Its `repr` shows no value.

    `form` is what a read must be answered with: `json`, or blank for anything (XML, CSV).
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    json: Any = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    form: str = "json"


@dataclass(frozen=True)
class Answer:
    """One response: header names in lower case, the body as bytes. Its `repr` shows neither."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON, fractions as `Decimal`; `Garbled` when it is not JSON (a proxy's page, a cut answer)."""
        found, value = self._parsed
        if not found:
            raise Garbled("the answer is not JSON", status=self.status)
        return value

    @cached_property
    def _parsed(self) -> tuple[bool, Any]:
        try:
            value = json.loads(self.body, parse_float=Decimal, parse_constant=_no_number)
            return True, whole(value) if SURROGATE.search(self.body) else value
        except (ValueError, RecursionError):
            return False, None


class Auth(Protocol):
    """Where the headers that sign a request come from."""

    def headers(self, transport: "Transport") -> Mapping[str, str]: ...

    def renew(self) -> bool:
        """Forget the current token; False where there is no way to get another."""


class Pacer(Protocol):
    """What the transport asks of `pace.Pace`."""

    @property
    def sleep(self) -> Callable[[float], None]: ...

    @property
    def daily_left(self) -> int | None: ...

    def take(self, name: str) -> None: ...

    def hold(self, name: str, seconds: float) -> None: ...


ErrorMap = Callable[[Answer], RemoteError | UsageError | None]
Accept = Callable[[Answer], object]


class Transport:
    """Every byte to a CRM goes through `once`: nothing else in the program opens a socket to one.

    A call that is not on the allow-list raises `UsageError` before any socket is touched; redirects are never
    followed; the host is the base URL's own, whatever a link in an answer says. `calls` counts what was sent.
    """

    def __init__(self, base_url: str, allowed: Iterable[Allowed], auth: Auth, pace: Pacer, error_map: ErrorMap) -> None:
        self.base_url = origin(base_url)
        self.allowed = tuple(allowed)
        self.auth = auth
        self.pace = pace
        self.error_map = error_map
        self.deadline = Deadline()
        self.clock: Callable[[], float] = time.monotonic
        self.calls = 0
        self._counting = threading.Lock()
        self.verify: bool | str = True
        self.fence: Callable[[], None] = lambda: None
        # An adapter and no session: that would follow redirects, keep cookies and take .netrc for a credential.
        self.adapter: BaseAdapter = HTTPAdapter(max_retries=0, pool_maxsize=8)

    def use(self, adapter: BaseAdapter) -> None:
        """Send through this adapter: the network's by default, the sandbox in process in tests."""
        self.adapter = adapter

    def trust(self, ca_bundle: str) -> None:
        """Check certificates against this file of authorities (PEM) instead of the built-in ones."""
        if not Path(ca_bundle).is_file():
            raise UsageError(f"no such file of certificate authorities: {ca_bundle}", "Give the path of a PEM file")
        self.verify = ca_bundle

    def read(self, call: Call, accept: Accept | None = None) -> Answer:
        """The answer to a call that changes nothing; sent again where that may help, within the budget.

        `accept` raises `Garbled` for an answer of the wrong shape, which is then thrown away and asked for again.
        """
        return retrying(self.pace.sleep)(self._fresh, call, accept)

    def write(self, call: Call) -> Answer:
        """The answer to a call that changes something: sent once, whatever happens.

        `Expired` means that nothing was processed: the writer renews the token and may send once more.
        """
        return self._checked(call, self.fence)

    def _fresh(self, call: Call, accept: Accept | None) -> Answer:
        """One try of a read; an expired token is renewed once."""
        try:
            answer = self._checked(call)
        except Expired:
            if not self.auth.renew():
                raise
            answer = self._checked(call)
        if call.form == "json":
            _json_only(answer)
        if accept is not None:
            accept(answer)
        return answer

    def _checked(self, call: Call, last: Callable[[], None] = lambda: None) -> Answer:
        """Send, and raise what the CRM's error map makes of the answer."""
        answer = self.once(call, last=last)
        error = self.error_map(answer)
        if isinstance(error, Busy):
            self.pace.hold(self._permit(call).budget, min(error.wait, PATIENCE))
        if error is not None:
            raise error
        return answer

    def once(self, call: Call, signed: bool = True, last: Callable[[], None] = lambda: None) -> Answer:
        """Send one request and return any answer but a redirect. `last` is asked right before it goes out: signing in
        and keeping to the pace take time, in which another process may become the writer.

        `Unreachable` when nothing was sent, `Rejected` for a redirect, else `Ambiguous`.
        """
        permit = self._permit(call)
        headers = dict(call.headers)
        if signed:
            headers |= self.auth.headers(self)
            self.pace.take(permit.budget)
            last()
            with self._counting:
                self.calls += 1
        if call.json is not None:
            headers["Content-Type"] = "application/json"
        body = call.data if call.json is None else json.dumps(call.json, ensure_ascii=False).encode("utf-8")
        query = f"?{urlencode(call.params)}" if call.params else ""
        return _not_redirected(self._send(call.method, f"{self.base_url}{call.path}{query}", headers, body))

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """The one place where a request meets the network. No exception from here shows a URL, body or token.

        The foreign exception is let go before ours is raised: it holds the request, and the request the token.
        """
        loss: RemoteError
        started = self.clock()
        try:
            request = requests.Request(method, url, headers={**PLAIN, **headers}, data=body).prepare()
            timeout = (self.deadline.connect, self.deadline.silence)
            response = self.adapter.send(request, stream=True, timeout=timeout, verify=self.verify, proxies={})
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            loss = lost(error, urlsplit(url).hostname or "")
        else:
            return self._received(response, started)
        raise loss

    def _received(self, response: requests.Response, started: float) -> Answer:
        """The answer with its body whole, within the size and the time that are allowed; else `Ambiguous`."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        parts: list[bytes] = []
        size, fault = 0, ""
        try:
            for part in _parts(response):
                size += len(part)
                if size > MAX_BODY or self.clock() - started > self.deadline.total:
                    fault = "the answer is too large or too slow"
                    break
                parts.append(part)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            fault = f"the answer was cut off: {type(error).__name__}"
        stated = headers.get("content-length", "")
        if not fault and "content-encoding" not in headers and stated.isdecimal() and int(stated) != size:
            fault = "the answer was cut off: it is not as long as it says"
        if fault:
            response.close()  # a whole answer goes back to the pool by itself, to be used for the next call
            raise Ambiguous(fault, status=response.status_code)
        return Answer(response.status_code, headers, b"".join(parts))

    def _permit(self, call: Call) -> Allowed:
        for item in self.allowed:
            if item.method == call.method and item.path.fullmatch(call.path):
                return item
        raise UsageError(f"{call.method} {call.path} is not on the list of calls this tool may make")


def origin(base_url: str) -> str:
    """Scheme and host of a base URL; `UsageError` for one with a path, or without TLS unless it is this machine."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
        raise UsageError("the base URL is not a scheme and a host alone", "Write it as in https://api.example.com")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise UsageError(f"plain http to {parts.hostname} would show the token", "Use https; http is for loopback")
    return f"{parts.scheme}://{parts.netloc}"


def _parts(response: requests.Response) -> Iterator[bytes]:
    """The body as it comes in: `read1` returns after one socket read, so that a dripping server meets the deadline."""
    raw = response.raw
    if not isinstance(raw, urllib3.HTTPResponse):
        yield from response.iter_content(65536)
        return
    while part := raw.read1(65536, decode_content=True):
        yield part


def _not_redirected(answer: Answer) -> Answer:
    if answer.status == 303:
        raise Ambiguous("the CRM answered with a redirect after the call", status=303)
    if answer.status in REDIRECTS:
        raise Rejected("the CRM answered with a redirect, which is never followed", status=answer.status)
    return answer


def _json_only(answer: Answer) -> None:
    """`Garbled` unless the answer says that it is JSON and is."""
    if "json" not in answer.headers.get("content-type", "application/json"):
        raise Garbled("the answer is not JSON: a proxy or sign-in page, perhaps", status=answer.status)
    answer.json()


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
