"""One recorded interaction with a live CRM, read from a file of either collection's layout."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SALESFORCE = ("/services/", "/id/")
LIVE = ("recorded", "recorded-via-proxy")


@dataclass(frozen=True, slots=True)
class Recording:
    """A request and the answer to it; header names are lower case, JSON bodies are parsed, others text or None.

    `kind` says how far to trust it (recorded, recorded-via-proxy, fixture, reported, documented); `notes` is what its
    collector wrote about it. `query` keeps repeated parameters apart.
    """

    file: str
    vendor: str
    family: str
    kind: str
    source: str
    notes: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any
    status: int
    answer_headers: Mapping[str, str]
    answer: Any

    @property
    def live(self) -> bool:
        """Whether the answer was captured on the wire."""
        return self.kind in LIVE

    def param(self, name: str) -> str | None:
        """The last value of a query parameter."""
        return dict(self.query).get(name)


def read_all(folder: Path) -> Iterator[Recording]:
    """Every recording under a folder (or of one file), in the order of their paths; other JSON is passed over."""
    for path in [folder] if folder.is_file() else sorted(folder.rglob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        if isinstance(data, dict) and {"request", "response"} <= data.keys():
            yield read(data, path.name if folder.is_file() else path.relative_to(folder).as_posix())


def read(data: Mapping[str, Any], file: str) -> Recording:
    """A recording from the content of its file; `KeyError` where it has no method, path or status."""
    request, response = data["request"], data["response"]
    path = str(request["path"])
    return Recording(
        file=file,
        vendor="salesforce" if path.startswith(SALESFORCE) or path == "/services" else "hubspot",
        family=str(data.get("family") or data.get("category") or "other"),
        kind=str(data.get("kind", "recorded")),
        source=str(data.get("source", "")),
        notes=_notes(data),
        method=str(request["method"]).upper(),
        path=path.partition("?")[0],
        query=_query(request.get("query")),
        headers=_lower(request.get("headers")),
        body=request.get("body"),
        status=int(response["status"]),
        answer_headers=_lower(response.get("headers")),
        answer=response.get("body"),
    )


def _notes(data: Mapping[str, Any]) -> str:
    given = data.get("notes") or data.get("note") or ""
    return "; ".join(map(str, given)) if isinstance(given, list) else str(given)


def _query(given: Any) -> tuple[tuple[str, str], ...]:
    pairs = given.items() if isinstance(given, dict) else ()
    return tuple((name, str(part)) for name, value in pairs for part in (value if isinstance(value, list) else [value]))


def _lower(given: Any) -> dict[str, str]:
    pairs = given.items() if isinstance(given, dict) else ()
    return {str(name).lower(): str(value[-1] if isinstance(value, list) and value else value) for name, value in pairs}
