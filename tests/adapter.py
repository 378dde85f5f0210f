"""The sandbox in process behind a requests adapter, with no socket."""

import io
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from sandbox.app import Sandbox
from sandbox.faults import Dropped
from sandbox.wire import Request, Response


class SandboxAdapter(BaseAdapter):
    """Answers every request, whatever its host, from one sandbox; scripted delays move the sandbox's clock."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self.sandbox = sandbox

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """As a real adapter: ConnectTimeout before the call took effect, ConnectionError or ReadTimeout after."""
        waited: list[float] = []

        def wait(seconds: float) -> None:
            self.sandbox.clock.advance(seconds)
            waited.append(seconds)

        try:
            response = self.sandbox.handle(received(request), wait=wait)
        except Dropped as drop:
            kind = requests.exceptions.ConnectionError if drop.applied else requests.exceptions.ConnectTimeout
            raise kind(str(drop), request=request) from drop
        limit = timeout[1] if isinstance(timeout, tuple) else timeout
        if limit is not None and sum(waited) > limit:
            raise requests.exceptions.ReadTimeout(f"no answer within {limit} s", request=request)
        return HTTPAdapter().build_response(request, sent(response, request.method or "GET"))

    def close(self) -> None:
        """Nothing is held open."""


def received(request: requests.PreparedRequest) -> Request:
    """What a server would make of a prepared request."""
    parts = urlsplit(request.url or "")
    body = request.body or b""
    raw = body.encode("utf-8") if isinstance(body, str) else body
    headers = {"host": parts.netloc, **{name.lower(): _text(value) for name, value in request.headers.items()}}
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Request(request.method or "GET", unquote(parts.path), query, headers, raw)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def sent(response: Response, method: str) -> HTTPResponse:
    """The response as urllib3 would have read it; a cut body fails when it is read."""
    headers = HTTPHeaderDict({"Content-Length": str(len(response.body)), **response.headers})
    return HTTPResponse(
        body=io.BytesIO(response.body),
        headers=headers,
        status=response.status,
        preload_content=False,
        enforce_content_length=True,
        request_method=method,
    )


def session(sandbox: Sandbox) -> requests.Session:
    """A requests session whose every call, to any host, ends in this sandbox."""
    made = requests.Session()
    for prefix in ("http://", "https://"):
        made.mount(prefix, SandboxAdapter(sandbox))
    return made
