"""A server at the HTTP edge whose every answer, or failure, is scripted."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from connectors.pace import Budget, Pace


@dataclass(frozen=True)
class Said:
    """One scripted answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


Step = Said | Exception | Callable[[], Exception]


class Edge(BaseAdapter):
    """Plays its script, one step a request, the last step over and over; keeps what it was sent."""

    def __init__(self, *script: Step) -> None:
        super().__init__()
        self.script = list(script)
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(request)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            if isinstance(step, requests.RequestException):
                step.request = request
            raise step
        assert isinstance(step, Said)
        return answered(request, step)

    def close(self) -> None:
        """Nothing is held open."""


def answered(request: requests.PreparedRequest, said: Said) -> requests.Response:
    """The answer as urllib3 would have read it; a body shorter than it says fails when it is read."""
    raw = HTTPResponse(
        body=io.BytesIO(said.body),
        headers=HTTPHeaderDict(said.headers),
        status=said.status,
        preload_content=False,
        enforce_content_length=True,
        request_method=request.method or "GET",
    )
    return HTTPAdapter().build_response(request, raw)


class Timeless(Pace):
    """A pace in virtual time: every wait passes at once and is kept."""

    def __init__(self, names: Iterable[str] = ("general", "search")) -> None:
        self.waited: list[float] = []
        super().__init__(
            {name: Budget(10_000, 1.0) for name in names}, clock=lambda: sum(self.waited), sleep=self.waited.append
        )
