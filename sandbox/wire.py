"""The request and the response that the handlers speak, free of any HTTP library."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: `path` is decoded and without its query, header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    body: bytes = b""

    def param(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter."""
        return dict(self.query).get(name, default)

    def params(self, name: str) -> list[str]:
        """Every value of a query parameter, in order."""
        return [value for key, value in self.query if key == name]

    def json(self) -> Any:
        """The body as JSON; `ValueError` when it is not, or holds numbers that no double holds."""
        text = self.body.decode("utf-8")
        try:
            found = json.loads(text, parse_constant=_number, parse_float=_number)
            # Half a surrogate pair is no character: Java, in which both vendors are written, sends it on as "?".
            halves = SURROGATE.search(self.body)
            return json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")) if halves else found
        except RecursionError:
            raise json.JSONDecodeError("nested too deeply", text, 0) from None

    def form(self) -> dict[str, str]:
        """The body as a URL-encoded form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


def counts(text: str) -> bool:
    """Whether a text is a whole number that a database holds; other digits than ASCII's are none."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def _number(text: str) -> float:
    """A number of JSON that is no integer; `ValueError` for NaN, Infinity and what is as large."""
    value = float(text)
    if not math.isfinite(value):
        raise json.JSONDecodeError(f"{text[:40]} is not a number", text, 0)
    return value


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; the shell adds `Content-Length` and `Date`.

    `drip` is (bytes, milliseconds): the shell sends so many bytes of the body, waits, and goes on.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drip: tuple[int, int] | None = None

    @classmethod
    def of_json(cls, status: int, value: Any, headers: Mapping[str, str] = NOTHING) -> "Response":
        """A JSON response in UTF-8."""
        content = {"Content-Type": "application/json;charset=utf-8"}
        return cls(status, json.dumps(value, ensure_ascii=False).encode("utf-8"), {**content, **headers})
