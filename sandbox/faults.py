"""Scripted faults as data: which call goes wrong, and how."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.wire import Request, Response

ACTIONS = frozenset(
    {"status", "apply_then", "drop_before", "drop_after", "delay", "truncate", "garble", "stale_index"}
    | {"hide", "edit", "expire_token", "redirect"}
)


class Dropped(Exception):
    """The connection ends without an answer; `applied` says whether the call had taken effect."""

    def __init__(self, applied: bool) -> None:
        super().__init__("dropped after the call took effect" if applied else "dropped before the call took effect")
        self.applied = applied


@dataclass(frozen=True, slots=True)
class Rule:
    """Calls from the `nth` matching one on, `times` of them (0: for ever), suffer every action in order."""

    crm: str | None
    method: str | None
    path: re.Pattern[str]
    nth: int
    times: int
    do: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "Rule":
        """From `{on: {crm, method, path, nth, times}, do: [action, ...]}`; an action is a name or a mapping.

        `ValueError` for an unknown action, `re.error` for a bad path.
        """
        on = spec.get("on", {})
        method = on.get("method")
        where = re.compile(on.get("path", ""))
        do = tuple({item: True} if isinstance(item, str) else item for item in spec["do"])
        for action in do:
            if len(ACTIONS & action.keys()) != 1:
                raise ValueError(f"a fault needs exactly one of {sorted(ACTIONS)}, not {sorted(action)}")
        return cls(on.get("crm"), method.upper() if method else None, where, on.get("nth", 1), on.get("times", 1), do)

    def matches(self, crm: str, request: Request) -> bool:
        """Whether the rule is about this call, leaving aside how often."""
        return (
            self.crm in (None, crm)
            and self.method in (None, request.method)
            and self.path.search(request.path) is not None
        )


class Faults:
    """The script: rules, each with its own count of the calls it has seen."""

    def __init__(self, specs: Iterable[Mapping[str, Any]] = ()) -> None:
        self._rules: list[tuple[Rule, list[int]]] = []
        self.add(specs)

    def add(self, specs: Iterable[Mapping[str, Any]]) -> None:
        """Add rules at the end; none is added if one is malformed."""
        self._rules += [(rule, [0]) for rule in [Rule.of(spec) for spec in specs]]

    def clear(self) -> None:
        """Forget every rule."""
        self._rules.clear()

    def take(self, crm: str, request: Request) -> "Fault":
        """Count the call and collect what befalls it."""
        do: list[Mapping[str, Any]] = []
        for rule, seen in self._rules:
            if rule.matches(crm, request):
                seen[0] += 1
                if seen[0] >= rule.nth and (not rule.times or seen[0] < rule.nth + rule.times):
                    do += rule.do
        return Fault(tuple(do))


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one call."""

    do: tuple[Mapping[str, Any], ...] = ()

    def all(self, name: str, when: str | None = None) -> list[Mapping[str, Any]]:
        """The actions of this name; `when` picks those meant for before or after the call (default before)."""
        return [item for item in self.do if name in item and when in (None, item.get("when", "before"))]

    def first(self, name: str) -> Any:
        """The argument of the first action of this name, or None."""
        return next((item[name] for item in self.do if name in item), None)

    def instead(self) -> Response | None:
        """The answer that replaces the call: nothing is processed."""
        for item in self.do:
            if "status" in item:
                return scripted(item["status"], item)
            if "redirect" in item:
                return Response(int(item.get("code", 307)), headers={"Location": item["redirect"]})
        return None

    def spoil(self, response: Response, crm: str, listing: bool) -> Response:
        """The answer as the client gets it, after the call took effect."""
        for item in self.do:
            if "apply_then" in item and item["apply_then"] != "drop":
                response = scripted(item["apply_then"], item)
            elif "hide" in item and listing:
                response = hidden(response, frozenset(map(str, item["hide"])))
            elif "garble" in item:
                response = garbled(response, item["garble"])
            elif "truncate" in item:
                headers = {**response.headers, "Content-Length": str(len(response.body))}
                response = Response(response.status, response.body[: int(item["truncate"])], headers)
        return response


def scripted(status: int, item: Mapping[str, Any]) -> Response:
    """The answer an action spells out; `body` is text, or JSON for anything else."""
    body = item.get("body", "")
    headers = item.get("headers", {})
    if isinstance(body, str):
        return Response(int(status), body.encode("utf-8"), {"Content-Type": "text/html", **headers})
    return Response.of_json(int(status), body, headers)


def _rows(value: Any) -> str | None:
    """Where the rows of an answer stand: HubSpot says `results`, Salesforce `records`."""
    return next((name for name in ("results", "records") if isinstance(value, dict) and name in value), None)


def hidden(response: Response, ids: frozenset[str]) -> Response:
    """A listing without the rows of these ids; anything else unchanged."""
    value = _json(response)
    name = _rows(value)
    if name is None:
        return response
    value[name] = [row for row in value[name] if str(row.get("id", row.get("Id"))) not in ids]
    return Response.of_json(response.status, value, response.headers)


def garbled(response: Response, how: str) -> Response:
    """Rows lost (`empty`) or in another order (`reorder`) in an answer that looks well."""
    value = _json(response)
    name = _rows(value)
    if isinstance(value, list):
        return Response.of_json(response.status, [] if how == "empty" else value[::-1], response.headers)
    if name is None:
        return response
    value[name] = [] if how == "empty" else value[name][::-1]
    return Response.of_json(response.status, value, response.headers)


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except ValueError:
        return None
