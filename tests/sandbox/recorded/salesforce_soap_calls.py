"""What SOAP operations that were recorded whole presume."""

from typing import Any

from tests.sandbox.recorded.salesforce_envelope import errors_of, first, page_of, values_of
from tests.sandbox.recorded.salesforce_refusals import refusals
from tests.sandbox.recorded.salesforce_soql import queried
from tests.sandbox.recorded.salesforce_world import World


def given(world: World, name: str, operation: dict[str, Any], answered: list[Any]) -> None:
    """The state for an operation that was recorded whole."""
    head = answered[0] if answered else {}
    if name in ("query", "queryAll"):
        errors = errors_of(head)
        refusals(world, None, None, {}, errors)
        queried(world, str(first(operation, "queryString")), errors or page_of(head))
    elif name == "merge":
        for request, result in zip(operation.get("request", []), answered, strict=False):
            merged(world, request, result)
    elif name in ("create", "update", "upsert"):
        for shown, result in zip(operation.get("sObjects", []), answered * len(operation["sObjects"]), strict=False):
            _saved(world, name, shown, result, first(operation, "externalIDFieldName"))
    elif name in ("delete", "undelete", "retrieve", "emptyRecycleBin"):
        for id_text, result in zip(operation.get("ids", []), answered, strict=False):
            by_id(world, name, str(id_text), result)
    else:
        refusals(world, None, None, {}, errors_of(head))


def _saved(world: World, name: str, shown: dict[str, Any], result: Any, key: str | None) -> None:
    kind, values = str(first(shown, "type")), values_of(shown)
    id_text = values.get("Id")
    refusals(world, kind, id_text, values, errors_of(result))
    world.refers(kind, values)
    done = first(result, "success") == "true"
    if done and id_text and name != "create":
        world.row(kind, id_text, {})
    if key and key.lower() != "id":
        world.saw(kind, key, external=True)
        if first(result, "created") == "false":
            world.row(kind, first(result, "id"), {key: values.get(key)})


def by_id(world: World, name: str, id_text: str, result: Any) -> None:
    kind = world.schema.of_id(id_text)
    type_name = kind.name if kind else f"Type_{id_text[:3]}__c"
    errors = errors_of(result)
    refusals(world, type_name, id_text, {}, errors)
    if not errors:
        id18 = world.row(
            type_name, id_text, values_of(result) if name == "retrieve" and isinstance(result, dict) else {}
        )
        if name in ("undelete", "emptyRecycleBin"):
            world.archived[id18] = None


def merged(world: World, request: dict[str, Any], result: Any) -> None:
    master = first(request, "masterRecord", {})
    kind = str(first(master, "type", "Account"))
    errors = errors_of(result)
    refusals(world, kind, None, {}, errors)
    if not errors:
        for id_text in [first(master, "Id"), *request.get("recordToMergeIds", [])]:
            world.row(kind, str(id_text), {})
