"""One way onto the wire: deadlines, allow-list of (method, path), redaction, error map."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from connectors.errors import Ambiguous, Busy, Expired, Garbled, NotProcessed, RemoteError, Unreachable, UsageError

MAX_BODY = 64 * 1024 * 1024
READ_TRIES = 6


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
    """One request; a write is sent once, a read may be sent again."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    json: Any = None
    data: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: header names in lower case, the body as bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; `Garbled` when it is not (an HTML page of some proxy, a cut answer)."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Garbled("the answer is not JSON", status=self.status) from error


class Auth(Protocol):
    """Where the headers that sign a request come from."""

    def headers(self, transport: "Transport") -> Mapping[str, str]: ...

    def renew(self) -> bool:
        """Forget the current token; False where there is no way to get another."""


class Pacer(Protocol):
    """What the transport asks of `pace.Pace`."""

    def take(self, name: str) -> None: ...

    def hold(self, name: str, seconds: float) -> None: ...


ErrorMap = Callable[[Answer], RemoteError | UsageError | None]


class Transport:
    """Every byte to a CRM goes through `once`: nothing else in the program opens a socket to one.

    A call that is not on the allow-list raises `UsageError` before any socket is touched; redirects are never
    followed; the host is the base URL's own, whatever a link in an answer says. `calls` counts what was sent.
    """

    def __init__(self, base_url: str, allowed: Iterable[Allowed], auth: Auth, pace: Pacer, error_map: ErrorMap) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise UsageError(
                f"not a base URL: {base_url!r}", "Give scheme and host alone, as in https://api.example.com"
            )
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise UsageError(f"plain http to {parts.hostname} would show the token", "Use https; http is for loopback")
        self.base_url = f"{parts.scheme}://{parts.netloc}"
        self.allowed = tuple(allowed)
        self.auth = auth
        self.pace = pace
        self.error_map = error_map
        self.deadline = Deadline()
        self.clock: Callable[[], float] = time.monotonic
        self.calls = 0
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.max_redirects = 0
        self.use(HTTPAdapter(max_retries=0, pool_maxsize=8))

    def use(self, adapter: BaseAdapter) -> None:
        """Send through this adapter: the network's by default, the sandbox in process in tests."""
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def read(self, call: Call) -> Answer:
        """The answer to a call that changes nothing; sent again where that may help, within the budget."""
        retrying = Retrying(
            retry=retry_if_exception_type((NotProcessed, Ambiguous)),
            stop=stop_after_attempt(READ_TRIES),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._fresh, call)

    def write(self, call: Call) -> Answer:
        """The answer to a call that changes something: sent once, whatever happens."""
        return self._checked(call)

    def _fresh(self, call: Call) -> Answer:
        """One try of a read; an expired token is renewed once."""
        try:
            return self._checked(call)
        except Expired:
            if not self.auth.renew():
                raise
            return self._checked(call)

    def _checked(self, call: Call) -> Answer:
        """Send, and raise what the CRM's error map makes of the answer."""
        answer = self.once(call)
        error = self.error_map(answer)
        if isinstance(error, Busy):
            self.pace.hold(self._permit(call).budget, error.wait)
        if error is not None:
            raise error
        return answer

    def once(self, call: Call, signed: bool = True) -> Answer:
        """Send one request and return any answer; `Unreachable` when nothing was sent, else `Ambiguous`."""
        permit = self._permit(call)
        headers = dict(call.headers)
        if signed:
            headers |= self.auth.headers(self)
            self.pace.take(permit.budget)
            self.calls += 1
        if call.json is not None:
            headers["Content-Type"] = "application/json"
        body = call.data if call.json is None else json.dumps(call.json, ensure_ascii=False).encode("utf-8")
        query = f"?{urlencode(call.params)}" if call.params else ""
        return self._send(call.method, f"{self.base_url}{call.path}{query}", headers, body)

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """The one place where a request meets the network. No exception from here shows a URL, body or token."""
        started = self.clock()
        try:
            response = self.session.request(
                method,
                url,
                data=body,
                headers=dict(headers),
                timeout=(self.deadline.connect, self.deadline.silence),
                allow_redirects=False,
                stream=True,
            )
            content = self._body(response, started)
        except (requests.ConnectTimeout, requests.exceptions.InvalidURL, requests.exceptions.SSLError) as error:
            raise Unreachable(f"no connection to {urlsplit(url).hostname}: {type(error).__name__}") from None
        except requests.ConnectionError as error:
            raise _connection(error, urlsplit(url).hostname or "") from None
        except requests.RequestException as error:
            raise Ambiguous(f"the answer was cut off: {type(error).__name__}") from None
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, content)

    def _body(self, response: requests.Response, started: float) -> bytes:
        """The body within the size and the time that are allowed."""
        parts, size = [], 0
        for part in response.iter_content(65536):
            size += len(part)
            if size > MAX_BODY or self.clock() - started > self.deadline.total:
                response.close()
                raise Ambiguous("the answer is too large or too slow", status=response.status_code)
            parts.append(part)
        return b"".join(parts)

    def _permit(self, call: Call) -> Allowed:
        for item in self.allowed:
            if item.method == call.method and item.path.fullmatch(call.path):
                return item
        raise UsageError(f"{call.method} {call.path} is not on the list of calls this tool may make")

    def _sleep(self, seconds: float) -> None:
        sleep = getattr(self.pace, "sleep", time.sleep)
        sleep(seconds)


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try of a read: what the CRM asked for, else 0.5, 1, 2 ... up to 30."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Busy):
        return error.wait
    return float(min(30.0, 0.5 * 2 ** (state.attempt_number - 1)))


def _connection(error: requests.ConnectionError, host: str) -> RemoteError:
    """Tell "never connected" (safe to send again) from "connection lost after sending" (ambiguous)."""
    cause: BaseException | None = error
    names = set()
    while cause is not None:
        names.add(type(cause).__name__)
        reason = getattr(cause, "reason", None) or (cause.args[0] if cause.args else None)
        cause = reason if isinstance(reason, BaseException) else cause.__cause__
    if names & {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ConnectionRefusedError"}:
        return Unreachable(f"no connection to {host}")
    return Ambiguous(f"the connection to {host} was lost after the request was sent")
