"""sObject trees: parents and their children, up to five levels deep, created together or not at all."""

from dataclasses import dataclass
from typing import Any

from sandbox.salesforce import writes
from sandbox.salesforce.collections import MOST, Undone
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import transaction
from sandbox.salesforce.schema import Child, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.sobjects import body_of
from sandbox.wire import Request, Response

MOST_TYPES = 5
MOST_LEVELS = 5


@dataclass(slots=True)
class Node:
    """One record of a tree; `parent` and `child` say below which node it hangs, and by which reference."""

    reference: str
    sobject: SObject
    values: dict[str, Any]
    parent: "Node | None" = None
    child: Child | None = None
    id: str = ""


def create(call: Call, request: Request, name: str) -> Response:
    """POST /composite/tree/{type}: 201 with all the ids level by level, or 400 with the refused records alone."""
    levels = _levels(call, call.sobject(name), body_of(request).get("records"))
    errors: list[dict[str, Any]] = []
    try:
        with transaction(call.store):
            for level in levels:
                errors = [error for node in level if (error := _save(call, node))]
                if errors:
                    raise Undone
    except Undone:
        return Response.of_json(400, {"hasErrors": True, "results": errors})
    results = [{"referenceId": node.reference, "id": node.id} for level in levels for node in level]
    return Response.of_json(201, {"hasErrors": False, "results": results})


def _save(call: Call, node: Node) -> dict[str, Any] | None:
    """Create one record below its parent; the member of `results` that tells why it was refused, if it was."""
    values = dict(node.values)
    if node.parent and node.child:
        values[node.child.field.name] = node.parent.id
    try:
        with transaction(call.store):
            node.id = writes.create(call, node.sobject, values).id
    except ApiError as refused:
        return {"referenceId": node.reference, "errors": refused.in_row()["errors"]}
    return None


def _levels(call: Call, root: SObject, records: Any) -> list[list[Node]]:
    """The nodes of all trees by level; refuses what is no tree or too large."""
    levels: list[list[Node]] = []
    level = [_node(call, record, None, None, root) for record in _listed(records)]
    rest = [(node, record) for node, record in zip(level, _listed(records), strict=True)]
    while rest:
        levels.append([node for node, _ in rest])
        rest = [pair for node, record in rest for pair in _below(call, node, record)]
        if rest and len(levels) == MOST_LEVELS:
            raise ApiError("INVALID_INPUT", f"An sObject tree is at most {MOST_LEVELS} levels deep.")
    nodes = [node for level in levels for node in level]
    if len(nodes) > MOST:
        message = f"record limit reached. cannot submit more than {MOST} records in this call"
        raise ApiError("EXCEEDED_ID_LIMIT", message)
    if len({node.sobject.name for node in nodes}) > MOST_TYPES:
        raise ApiError("INVALID_INPUT", f"A request holds records of at most {MOST_TYPES} types.")
    if len({node.reference for node in nodes}) != len(nodes):
        raise ApiError("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")
    return levels


def _listed(records: Any) -> list[dict[str, Any]]:
    if not isinstance(records, list) or not records or not all(isinstance(record, dict) for record in records):
        raise ApiError("JSON_PARSER_ERROR", "records must be a list of objects at [line:1, column:2]")
    return records


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("records"), list)


def _node(call: Call, record: dict[str, Any], parent: Node | None, child: Child | None, wanted: SObject) -> Node:
    attributes = record.get("attributes") or {}
    reference, kind = str(attributes.get("referenceId") or ""), str(attributes.get("type") or "")
    if not reference:
        raise ApiError("INVALID_INPUT", "Every record needs a referenceId in its attributes.")
    if call.schema.get(kind) is not wanted:
        raise ApiError("INVALID_INPUT", f"The record {reference} must be of type {wanted.name}, not {kind}.")
    values = {name: value for name, value in record.items() if name != "attributes" and not _is_nested(value)}
    return Node(reference, wanted, values, parent, child)


def _below(call: Call, node: Node, record: dict[str, Any]) -> list[tuple[Node, dict[str, Any]]]:
    found: list[tuple[Node, dict[str, Any]]] = []
    children = {(each.field.child_name or "").lower(): each for each in call.schema.children(node.sobject)}
    for name, value in record.items():
        if not _is_nested(value):
            continue
        child = children.get(name.lower())
        if child is None:
            message = f"No such column '{name}' on sobject of type {node.sobject.name}"
            raise ApiError("INVALID_FIELD", message)
        made = [(_node(call, each, node, child, child.sobject), each) for each in _listed(value["records"])]
        found += made
    return found
