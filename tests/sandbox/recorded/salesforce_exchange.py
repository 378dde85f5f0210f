"""One REST request below a version and its answer; the parts of composite requests are exchanges too."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DATA = re.compile(r"/services/data/v(\d+|x+)(?:\.0)?(/.*)?", re.IGNORECASE)
Rule = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer; bodies are parsed JSON."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    status: int
    answer: Any

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status < 400

    def param(self, name: str) -> str | None:
        """The last value of a query parameter."""
        return dict(self.query).get(name)

    @property
    def values(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def errors(self) -> list[Mapping[str, Any]]:
        """The errors that were answered."""
        answer = self.answer if isinstance(self.answer, list) else [self.answer]
        return [each for each in answer if isinstance(each, dict)] if not self.ok else []


def part_of(part: Mapping[str, Any], body: Any, status: int, answer: Any) -> Exchange:
    """A part of a composite request as an exchange of its own."""
    address = urlsplit(str(part.get("url", "")))
    path = address.path if address.path.startswith("/services") else f"/services/data/{address.path.lstrip('/')}"
    pairs = tuple(parse_qsl(address.query, keep_blank_values=True))
    return Exchange(str(part.get("method", "GET")).upper(), unquote(path), pairs, body, status, answer)
