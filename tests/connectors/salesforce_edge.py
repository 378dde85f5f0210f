"""An org at the HTTP edge: answers from a script, or as a live one was recorded."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from connectors import salesforce
from connectors.pace import Pace
from connectors.salesforce import Account, Reader, Writer
from sandbox.wire import Request, Response
from tests.adapter import received, sent

ORG = "00D000000000001EAA"
WORKSPACE = f"salesforce:{ORG}"
SECRET = "canary-secret"
TOKEN = "canary-token"
SIGNED_IN = {"access_token": TOKEN, "id": f"https://login.salesforce.com/id/{ORG}/005000000000001AAA"}
ACCOUNT = Account("https://example.my.salesforce.com", "client", SECRET)
REFERENCE = Path(os.environ.get("REVOPS_REFERENCE", "../shared"))

Answers = Callable[[Request], Response]


@dataclass
class Edge(BaseAdapter):
    """Answers every call from one function and keeps what was sent; signing in is answered here."""

    answer: Answers

    def __post_init__(self) -> None:
        super().__init__()
        self.seen: list[Request] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        got = received(request)
        if got.path.endswith("/oauth2/token"):
            return built(request, Response.of_json(200, SIGNED_IN))
        self.seen.append(got)
        return built(request, self.answer(got))

    def close(self) -> None:
        """Nothing is held open."""


def built(request: requests.PreparedRequest, response: Response) -> requests.Response:
    """The response as the network's adapter would hand it on."""
    adapter = requests.adapters.HTTPAdapter()
    return adapter.build_response(request, sent(response, request.method or "GET"))


class Timeless(Pace):
    """A pace whose waits pass at once."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        super().__init__(salesforce.BUDGETS, clock=lambda: sum(self.waited), sleep=self.waited.append)


def scripted(*responses: Response) -> Edge:
    """An edge that gives these answers in turn, the last one over and over."""
    waiting = list(responses)
    return Edge(lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0])


def reader(edge: BaseAdapter, account: Account = ACCOUNT) -> Reader:
    return salesforce.connect(account, edge, Timeless())


def writer(edge: BaseAdapter, account: Account = ACCOUNT) -> Writer:
    return salesforce.writer(account, edge, Timeless())


def found(*rows: Mapping[str, Any]) -> Response:
    """A query's only page."""
    return Response.of_json(200, {"totalSize": len(rows), "done": True, "records": list(rows)})


def recordings(*families: str) -> list[Any]:
    """The recorded interactions whose file names begin so, as parameters; none where there is no reference data."""
    folder = REFERENCE / "recordings" / "salesforce"
    paths = sorted(path for family in families for path in folder.glob(f"{family}*.json"))
    return [pytest.param(json.loads(path.read_text()), id=path.stem) for path in paths] or [
        pytest.param(None, marks=pytest.mark.skip(reason="no reference data"), id="none")
    ]


def replayed(recording: Mapping[str, Any]) -> Response:
    """The recorded response as bytes; JSON bodies were stored parsed, others as text."""
    response = recording["response"]
    text = response["body"] if isinstance(response["body"], str) else json.dumps(response["body"])
    headers = {name: value for name, value in response["headers"].items() if name.lower() == "content-type"}
    body = b"" if response["body"] is None else text.encode("utf-8")
    return Response(response["status"], body, headers)
