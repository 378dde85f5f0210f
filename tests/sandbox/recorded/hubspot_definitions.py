"""What a recorded call about properties and their groups presumes."""

import re

from sandbox.hubspot import definitions
from sandbox.hubspot.object_types import ObjectType
from tests.sandbox.recorded.hubspot_case import Asked, Case, context_of

NAMED = re.compile(r"named '([^']+)'")


def presume_properties(case: Case) -> Asked:
    """properties/{type}/…"""
    item = case.kind(1)
    if item is None:
        return Asked()
    rest, method = case.steps[2:], case.recording.method
    if rest[:1] == ("groups",):
        return _groups(case, item)
    if rest[:1] == ("batch",) and rest != ("batch", "create"):
        return _batch(case, item)
    if method == "GET":
        return _listed(case, item, rest)
    if method in ("PATCH", "DELETE"):
        if not case.refused:
            case.account.property(item, {"name": rest[0], **case.answer})
        return Asked()
    return _written(case, item)


def _listed(case: Case, item: ObjectType, rest: tuple[str, ...]) -> Asked:
    if case.refused:
        return Asked()
    for shown in case.results or ([case.answer] if rest else []):
        case.account.property(item, shown)
        if case.recording.param("archived") == "true" or "archivedAt" in shown:
            definitions.remove(case.account.store, item.kind, str(shown["name"]), case.account.now)
    return Asked(parts=frozenset() if rest else frozenset({"results"}))


def _batch(case: Case, item: ObjectType) -> Asked:
    """Properties read or archived at once: those in the results, and those archived, are there."""
    if case.refused:
        return Asked()
    for shown in case.results:
        case.account.property(item, shown)
    if case.steps[-1] == "archive":
        for part in case.inputs:
            case.account.property(item, {"name": part["name"]})
    names = [shown["name"] for shown in case.results]
    names += [name for error in case.errors for name in context_of(error, "name")]
    return Asked(body=case.body or {"inputs": [{"name": name} for name in names]})


def _written(case: Case, item: ObjectType) -> Asked:
    """Names that an error says are taken are; a group that a write names is there."""
    refusals = [case.answer, *case.errors] if case.refused or case.errors else []
    taken = [name for error in refusals for name in context_of(error, "name")]
    taken += NAMED.findall(str(case.answer.get("message", ""))) if case.recording.status == 409 else []
    for name in dict.fromkeys(taken):
        case.account.define(item, name)
    name = next(iter(taken), "p")
    made = {"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": f"{item.kind}information"}
    for body in case.inputs or case.results or [case.body or case.answer]:
        if body.get("groupName") and "GROUP_NOT_FOUND" not in str(refusals):
            case.account.group(item, {"name": body["groupName"], "label": body["groupName"]})
    return Asked(body=case.recording.body or (made if case.refused else None))


def _groups(case: Case, item: ObjectType) -> Asked:
    """The group is there but where it was made, or was not found."""
    method, name = case.recording.method, "".join(case.steps[3:4])
    if case.recording.status == 409:
        name = str(case.body.get("name") or "".join(NAMED.findall(str(case.answer.get("message"))))) or "taken"
        case.account.group(item, {"name": name})
        return Asked(body=case.body or {"name": name, "label": name})
    if case.refused:
        return Asked()
    if method != "POST":
        for shown in case.results or [{"name": name, **case.answer}]:
            if shown.get("name"):
                case.account.group(item, shown)
    return Asked(parts=frozenset({"results"}), body=case.body or (case.answer if method == "POST" else None))
