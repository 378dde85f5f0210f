"""What a recorded call about the account itself presumes: pipelines, schemas, owners, details."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.object_types import ObjectType
from tests.sandbox.recorded.hubspot_case import Asked, Case, Json

OTHER = "9000000009"


def presume_pipelines(case: Case) -> Asked:
    """pipelines/{type}/…"""
    item = case.kind(1)
    if item is None or case.recording.status == 404:
        return Asked()
    rest, method = case.steps[2:], case.recording.method
    if rest[-1:] == ("audit",):
        _pipeline(case, item, {"id": rest[0], "stages": [{"id": step} for step in rest[2:3]]})
        _audited(case, item)
    elif "stages" in rest:
        _stages(case, item, rest)
    elif not rest:
        if method == "GET":
            case.account.pipelines(item, case.results)
    else:
        _pipeline(case, item, {"id": rest[0], **case.answer})
    return Asked()


def _pipeline(case: Case, item: ObjectType, shown: Mapping[str, Any]) -> None:
    """The pipeline is there beside another, which lets it go; its stages are those that are told or sent."""
    stages = shown.get("stages") or case.body.get("stages") or []
    made = {
        "label": shown["id"],
        **shown,
        "stages": [{"id": f"{place}", **stage} for place, stage in enumerate(stages)],
    }
    case.account.pipelines(item, [made, {"id": OTHER, "label": "Other", "stages": [{"id": f"{OTHER}1"}]}])


def _stages(case: Case, item: ObjectType, rest: tuple[str, ...]) -> None:
    making = case.recording.method == "POST"
    told = case.results or ([case.answer] if "id" in case.answer else [])
    named = [] if making else told or [{"id": step} for step in rest[2:3]]
    more = [] if case.recording.method == "GET" else [{"id": f"{OTHER}2", "label": "Another"}]
    _pipeline(case, item, {"id": rest[0], "stages": [*named, *more]})


def _audited(case: Case, item: ObjectType) -> None:
    """The definition's changes have been noted as the answer tells them, newest first."""
    case.account.switch(f"audit:{item.kind}", [*reversed(case.results)])


def presume_owners(case: Case) -> Asked:
    """owners and owners/{id}"""
    if case.refused:
        return Asked()
    for shown in case.results if len(case.steps) == 1 else [case.answer]:
        case.account.owner(shown)
    following = ((case.answer.get("paging") or {}).get("next") or {}).get("after")
    if following and case.results:
        case.account.owner(
            {**case.results[-1], "id": str(int(case.results[-1]["id"]) + 1), "email": "next@example.com"}
        )
        return Asked(
            query=(*((k, v) for k, v in case.recording.query if k != "limit"), ("limit", str(len(case.results))))
        )
    return Asked()


def presume_account(case: Case) -> Asked:
    """account-info/… and integrations/v1/me"""
    names = {
        "portalId": "portal_id",
        "accountType": "account_type",
        "timeZone": "time_zone",
        "companyCurrency": "currency",
    }
    for told, name in names.items():
        if told in case.answer:
            case.account.switch(name, case.answer[told])
    return Asked()


def presume_schemas(case: Case) -> Asked:
    """schemas/…"""
    if case.recording.status == 404:
        return Asked()
    one = len(case.steps) > 1 and case.steps[1] != "batch"
    made = case.recording.method == "POST" and not one and case.steps[-1] == "schemas"
    if one:
        case.account.schema({"objectTypeId": case.steps[1], **_lacking(case), **case.answer})
    for shown in [] if one or made else case.results:
        case.account.schema(shown)
    # HubSpot has given every type more properties since.
    return Asked(parts=frozenset({"properties"} if one or made else {"results/properties"}))


def _lacking(case: Case) -> Json:
    """The properties that an answer without them names."""
    lists = ("requiredProperties", "searchableProperties", "secondaryDisplayProperties")
    names = [str(case.answer.get("primaryDisplayProperty") or "")]
    names += [name for part in lists for name in case.answer.get(part) or () if isinstance(name, str)]
    return {"properties": [{"name": name} for name in dict.fromkeys(names) if name]}
