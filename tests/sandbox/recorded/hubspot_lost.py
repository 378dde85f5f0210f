"""Requests that were not saved with their answers, made up so that they lead to them."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot import links
from sandbox.hubspot.object_types import ObjectType
from tests.sandbox.recorded.hubspot_case import Case, Json, context_of

WRITES = ("POST", "PUT", "PATCH")
ADDED = ("archived", "createdAt", "updatedAt")
DEFINITIONS = ("properties", "pipelines", "schemas")


def body(case: Case) -> Any:
    """What the call must have said; None where the answer does not tell."""
    if case.saved or case.refused or case.recording.method not in WRITES:
        return None
    if case.steps[0] in DEFINITIONS:
        return _defined(case)
    if case.steps[0] == "associations" and case.steps[3:4] == ("labels",):
        return _label(case)
    if case.steps[2:] == ("batch", "archive"):
        return {"inputs": [{"id": "1"}]}
    return None


def _defined(case: Case) -> Json:
    """A definition is made by what it is then shown to be, but for what HubSpot adds to it."""
    if "batch" in case.steps:
        names = [name for error in case.errors for name in context_of(error, "name")]
        like = {"label": "P", "type": "string", "fieldType": "text", "groupName": "g"}
        return {"inputs": [*case.results, *({**like, "name": name} for name in names)]}
    if case.steps[0] == "schemas":
        own = [one for one in case.answer.get("properties") or () if not one.get("hubspotDefined")]
        ends = [str(one["toObjectTypeId"]) for one in case.answer.get("associations") or ()]
        others = dict.fromkeys(end for end in ends if end.startswith("0-"))
        return {**case.answer, "properties": own, "associatedObjects": [*others]}
    return {name: value for name, value in case.answer.items() if name not in ADDED}


def _label(case: Case) -> Json:
    told = case.results[0] if case.results else {"label": "Label", "typeId": _number(case)}
    return {"label": told.get("label"), "name": "label", "associationTypeId": told.get("typeId")}


def _number(case: Case) -> int:
    item, to = case.kind(1), case.kind(2)
    every = links.types(case.account.store, item.kind, to.kind) if item and to else []
    return next((kind.type_id for kind in every if kind.category == "USER_DEFINED"), 1)


def query(case: Case) -> tuple[tuple[str, str], ...]:
    """What a read must have asked for to show archived rows."""
    rows = case.results or [case.answer]
    archived = (
        case.recording.method == "GET"
        and not case.saved
        and any(row.get("archived") is True or "archivedAt" in row for row in rows)
    )
    return (("archived", "true"),) if archived else ()


def types(case: Case, ends: tuple[ObjectType, ObjectType], told: Mapping[str, Any]) -> list[Json]:
    """The association types whose labels an answer tells; those that nobody knows are a user's."""
    item, to = ends
    found = []
    for place, label in enumerate(told.get("labels") or ()):
        every = links.types(case.account.store, item.kind, to.kind)
        known = next((kind for kind in every if str(label) in (kind.label, f"{kind.label} Company")), None)
        number, category = (known.type_id, known.category) if known else (9001 + 2 * place, "USER_DEFINED")
        case.account.label(item, to, {"category": category, "typeId": number, "label": label})
        found.append({"associationCategory": category, "associationTypeId": number})
    return found
