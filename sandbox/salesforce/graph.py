"""Composite graphs: up to 75 graphs of subrequests in one call, each graph wholly done or wholly undone."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.composite import HALTED, REFERENCE, Dispatch, Part, Undone, answer_of, halted
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.rows import transaction
from sandbox.salesforce.session import Call
from sandbox.salesforce.sobjects import body_of
from sandbox.wire import Request, Response

# The guide's "Composite Graph Limits".
SINCE = 50.0
MOST_GRAPHS = 75
MOST_NODES = 500
MOST_DEPTH = 15
MOST_KINDS = 15
MOST_FAILED = 14
ID = re.compile(r"[A-Za-z0-9][^.]{0,38}")
ROWS = re.compile(r"/services/data/v(\d+\.\d)/sobjects/(\w+)/?(?P<key>[^/]+)?(?P<value>/.+)?/?")


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph: its parts in the order given."""

    id: str
    parts: tuple[Part, ...]

    def ordered(self) -> list[Part]:
        """The parts, each after those that it refers to; INVALID_INPUT for a circle or a chain that is too long."""
        known = {part.reference: part for part in self.parts}
        depth: dict[str, int] = {}

        def visit(part: Part, way: tuple[str, ...]) -> int:
            if part.reference in way or len(way) > MOST_DEPTH:
                raise ApiError("INVALID_INPUT", f"The graph {self.id} has a circular or too deep reference.")
            if part.reference not in depth:
                below = [known[name] for name in referred(part.spec) if name in known]
                depth[part.reference] = 1 + max((visit(each, (*way, part.reference)) for each in below), default=0)
            return depth[part.reference]

        return sorted(self.parts, key=lambda part: visit(part, ()))


def referred(value: Any) -> list[str]:
    """The names that `@{name.field}` mentions anywhere in a value."""
    if isinstance(value, dict):
        return [name for inner in value.values() for name in referred(inner)]
    if isinstance(value, list):
        return [name for inner in value for name in referred(inner)]
    return [found[1] for found in REFERENCE.finditer(value)] if isinstance(value, str) else []


def run(call: Call, request: Request, dispatch: Dispatch) -> Response:
    """POST /composite/graph; after the 15th failed graph the rest is not tried."""
    if float(call.version) < SINCE:
        raise not_found()
    results: list[dict[str, Any]] = []
    failed = 0
    for graph in _graphs(body_of(request)):
        done = failed <= MOST_FAILED and _run(call, graph, dispatch)
        failed += not done
        for part in graph.parts:
            if part.response is None:
                part.take(halted(HALTED))
        shown = {"compositeResponse": [part.shown() for part in graph.parts]}
        results.append({"graphId": graph.id, "graphResponse": shown, "isSuccessful": done})
    return Response.of_json(200, {"graphs": results})


def _run(call: Call, graph: Graph, dispatch: Dispatch) -> bool:
    """Run one graph in a transaction; False, and every part but the refused one halted, when it is undone."""
    parts = list(graph.parts)
    try:
        with transaction(call.store):
            for part in graph.ordered():
                part.take(answer_of(call, part, parts, dispatch))
                if part.failed:
                    raise Undone
    except Undone:
        for part in parts:
            if not part.failed:
                part.take(halted(HALTED))
        return False
    return True


def _graphs(body: dict[str, Any]) -> list[Graph]:
    specs = body.get("graphs")
    if not isinstance(specs, list) or not specs or not all(isinstance(spec, dict) for spec in specs):
        raise ApiError("JSON_PARSER_ERROR", "graphs must be a list of objects at [line:1, column:2]")
    if len(specs) > MOST_GRAPHS:
        raise ApiError("LIMIT_EXCEEDED", f"A request holds at most {MOST_GRAPHS} graphs.")
    graphs = [_graph(spec) for spec in specs]
    if len({graph.id for graph in graphs}) != len(graphs):
        raise ApiError("INVALID_INPUT", "Every graph needs a graphId of its own.")
    nodes = [part for graph in graphs for part in graph.parts]
    if len(nodes) > MOST_NODES:
        raise ApiError("LIMIT_EXCEEDED", f"A request holds at most {MOST_NODES} nodes.")
    kinds = {_kind(part) for part in nodes}
    if len(kinds) > MOST_KINDS:
        raise ApiError("LIMIT_EXCEEDED", f"A request holds at most {MOST_KINDS} different nodes.")
    for graph in graphs:
        graph.ordered()
    return graphs


def _graph(spec: dict[str, Any]) -> Graph:
    name = str(spec.get("graphId") or "")
    if not ID.fullmatch(name):
        message = "A graphId begins with a letter or a number, holds no period and is shorter than 40 characters."
        raise ApiError("INVALID_INPUT", message)
    nodes = spec.get("compositeRequest")
    if not isinstance(nodes, list) or not nodes or not all(isinstance(node, dict) for node in nodes):
        raise ApiError("JSON_PARSER_ERROR", "compositeRequest must be a list of objects at [line:1, column:2]")
    parts = tuple(Part(node) for node in nodes)
    if len({part.reference for part in parts}) != len(parts) or "" in {part.reference for part in parts}:
        raise ApiError("INVALID_INPUT", "Every subrequest needs a referenceId of its own.")
    return Graph(name, parts)


def _kind(part: Part) -> tuple[str, str, str]:
    """What tells nodes apart: API version, method and type; INVALID_INPUT for what graphs do not serve."""
    method = str(part.spec.get("method", "GET")).upper()
    found = ROWS.fullmatch(str(part.spec.get("url", "")).partition("?")[0])
    served = {"POST"} if found and not found["key"] else {"DELETE", "GET", "PATCH", *(("POST",) if found else ())}
    if found is None or method not in served or (method == "POST" and found["key"] and not found["value"]):
        raise ApiError("INVALID_INPUT", f"Composite graphs do not support {method} {part.spec.get('url')}")
    return found[1], method, found[2].lower()
