"""What the calls that write many records at once presume: collections and trees."""

from collections.abc import Mapping
from typing import Any

from tests.sandbox.recorded.salesforce_exchange import Exchange, Rule
from tests.sandbox.recorded.salesforce_refusals import refusals
from tests.sandbox.recorded.salesforce_world import World


def collection(world: World, exchange: Exchange) -> None:
    """POST, PATCH and DELETE of /composite/sobjects."""
    if exchange.method == "DELETE":
        ids = (exchange.param("ids") or "").split(",")
        rows: list[dict[str, Any]] = [{"Id": each} for each in ids]
    else:
        rows = [row for row in exchange.values.get("records", []) if isinstance(row, dict)]
    for row, result in zip(rows, results(exchange, len(rows)), strict=False):
        name = str((row.get("attributes") or {}).get("type") or of_id(world, row.get("Id") or row.get("id")))
        saved(world, name, row, result, exists=exchange.method != "POST")


def results(exchange: Exchange, count: int) -> list[Mapping[str, Any]]:
    """The result of each row; the errors of the whole call where it was refused."""
    answer = exchange.answer if isinstance(exchange.answer, list) else []
    if not exchange.ok:
        return [{"success": False, "errors": exchange.errors}] * count
    return [each for each in answer if isinstance(each, dict)]


def of_id(world: World, id_text: Any) -> str:
    """The type of an id, as far as its prefix tells."""
    found = world.schema.of_id(str(id_text))
    return found.name if found else f"Type_{str(id_text)[:3]}__c"


def saved(world: World, name: str, row: Mapping[str, Any], result: Mapping[str, Any], exists: bool) -> None:
    """What the result of one row of a collection presumes."""
    id_text = next((value for key, value in row.items() if key.lower() == "id" and value), None)
    world.type(name)
    errors = result.get("errors") or []
    refusals(world, name, id_text, row, errors)
    if not any(error.get("statusCode", error.get("errorCode")) == "INVALID_FIELD" for error in errors):
        world.refers(name, row)
    if exists and id_text and (result.get("success") or rolled_back(errors)):
        world.row(name, id_text, {})


def rolled_back(errors: list[Mapping[str, Any]]) -> bool:
    """Whether a row failed only because another one did."""
    return any(error.get("statusCode") == "ALL_OR_NONE_OPERATION_ROLLED_BACK" for error in errors)


def upserts(world: World, exchange: Exchange, name: str, key: str) -> None:
    """PATCH /composite/sobjects/{type}/{external id field}."""
    rows = exchange.values.get("records", [])
    if key.lower() != "id":
        world.saw(name, key, external=True)
    for row, result in zip(rows, results(exchange, len(rows)), strict=False):
        saved(world, name, row, result, exists=key.lower() == "id" and result.get("created") is False)
        value = next((value for given, value in row.items() if given.lower() == key.lower()), None)
        if result.get("created") is False and key.lower() != "id":
            world.row(name, result.get("id"), {key: value})


def retrieved(world: World, exchange: Exchange, name: str) -> None:
    """GET and POST /composite/sobjects/{type}: the records that came back exist, the nulls do not."""
    for each in exchange.values.get("fields") or (exchange.param("fields") or "").split(","):
        if each:
            world.saw(name, each)
    for shown in exchange.answer if exchange.ok and isinstance(exchange.answer, list) else []:
        if isinstance(shown, dict):
            world.record(shown)


def tree(world: World, exchange: Exchange, name: str) -> None:
    """POST /composite/tree/{type}: records with others below them."""
    failed = exchange.answer.get("results", []) if isinstance(exchange.answer, dict) and not exchange.ok else []
    errors = {str(each.get("referenceId")): each.get("errors", []) for each in failed}
    for row in exchange.values.get("records", []):
        branch(world, name, row, errors)


def branch(world: World, name: str, row: Mapping[str, Any], errors: Mapping[str, Any]) -> None:
    """One record of a tree and those below it."""
    plain = {key: value for key, value in row.items() if not (isinstance(value, dict) and "records" in value)}
    refusals(world, name, None, plain, errors.get(str((row.get("attributes") or {}).get("referenceId")), []))
    world.refers(name, plain)
    for relation, value in row.items():
        for below in value["records"] if isinstance(value, dict) and "records" in value else []:
            child = world.child(name, relation, (below.get("attributes") or {}).get("type"))[0]
            branch(world, child, below, errors)


RULES: tuple[tuple[str, Rule], ...] = (
    (r"/composite/tree/(\w+)", tree),
    ("/composite/sobjects", collection),
    (r"/composite/sobjects/(\w+)", retrieved),
    (r"/composite/sobjects/(\w+)/(\w+)", upserts),
)
