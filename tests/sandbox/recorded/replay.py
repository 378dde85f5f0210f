"""The request that stands for a recorded one, and what a sandbox answers to it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.app import Sandbox
from sandbox.wire import Request
from tests.sandbox.recorded.shape import Tolerance


def as_is(body: Any) -> Any:
    """A body that is compared in the form it has."""
    return body


@dataclass(frozen=True, slots=True)
class Replay:
    """What a vendor's `presume(sandbox, recording)` returns once the sandbox is in the presumed state.

    `times` is how often the request is sent (the last answer counts), `wire_status` the status that the wire carries
    where the recorder says that its own is another. `wanted` headers must be in the answer, `unwanted` ones must not.
    `parse` brings both bodies, the recorded and the answered one (parsed JSON, else text, or None where there is
    none), into a form that can be compared.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    times: int = 1
    wire_status: int | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    parse: Callable[[Any], Any] = as_is


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are lower case, the body is parsed JSON, else text, or None where it is empty."""

    status: int
    headers: Mapping[str, str]
    body: Any


def send(sandbox: Sandbox, replay: Replay) -> Answer:
    """Send the request as often as it says; the last answer."""
    headers = {name.lower(): value for name, value in replay.headers.items()}
    request = Request(replay.method, replay.path, replay.query, headers, replay.body)
    for _ in range(replay.times - 1):
        sandbox.handle(request)
    answer = sandbox.handle(request)
    return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, decoded(answer.body))


def decoded(body: bytes) -> Any:
    """JSON where it is some, else text; None for an empty body."""
    text = body.decode("utf-8")
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
