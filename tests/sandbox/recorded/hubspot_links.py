"""What a recorded call about associations presumes: both ends are there, and joined where the answer says so."""

import re

from sandbox.hubspot.object_types import ObjectType
from tests.sandbox.recorded import hubspot_lost as lost
from tests.sandbox.recorded import hubspot_objects as objects
from tests.sandbox.recorded.hubspot_case import Asked, Case, Json, context_of

ENDS = tuple[ObjectType, ObjectType]
NAMES = {"toObjectId": "toObjectId", "type": "id"}
MISSING = re.compile(r"([A-Za-z_0-9-]+)=(\S+) is not valid")
ITSELF = re.compile(r"Object (\d+) cannot be associated to itself")


def of_record(case: Case, item: ObjectType) -> Asked:
    """objects/{type}/{id}/associations/…"""
    rest = [step for step in case.steps[4:] if step != "default"]
    to = case.account.kind(rest[0]) if rest else None
    if to is None or case.refused:
        return Asked()
    one = (item, case.steps[2])
    if case.recording.method == "GET":
        case.account.exists(*one)
        following = ((case.answer.get("paging") or {}).get("next") or {}).get("after")
        more = [{**case.results[-1], NAMES[key]: following} for key in NAMES if following and key in case.results[-1]]
        for shown in [*case.results, *more]:
            _shown(case, one, to, shown)
        return Asked(query=(("limit", str(len(case.results))),) if following and not case.saved else None)
    case.account.exists(*one)
    case.account.exists(to, rest[1])
    if case.recording.method == "DELETE":
        plain = {"category": "HUBSPOT_DEFINED", "typeId": min(case.account.numbers(item, to))}
        case.account.join(one, (to, rest[1]), [plain])
    body = case.recording.body if isinstance(case.recording.body, list) else lost.types(case, (item, to), case.answer)
    for entry in body:
        _known(case, item, to, entry)
    if "properties" in case.answer:  # v3 answers with the record
        objects.show(case.account, item, case.answer)
    return Asked(body=body or None, chosen=frozenset(item.always))


def _shown(case: Case, one: tuple[ObjectType, str], to: ObjectType, shown: Json) -> None:
    """A pair as v4 tells it (toObjectId, associationTypes) or as v3 does (id, type)."""
    if "toObjectId" in shown:
        case.account.join(one, (to, str(shown["toObjectId"])), shown.get("associationTypes") or ())
    else:
        case.account.join(one, (to, str(shown["id"])), [case.account.type_named(one[0], to, str(shown["type"]))])


def _known(case: Case, item: ObjectType, to: ObjectType, entry: Json) -> None:
    """The type that a write names is one of the account's."""
    shown = {"category": entry.get("associationCategory"), "typeId": entry.get("associationTypeId")}
    case.account.label(item, to, {**shown, "label": _label(case)})


def _label(case: Case) -> str:
    told = [label for row in [case.answer, *case.results] for label in row.get("labels") or ()]
    return str(told[0]) if told else "Label"


def presume(case: Case) -> Asked:
    """associations/{from}/{to}/…"""
    item, to = case.kind(1), case.kind(2)
    if item is None or to is None or case.refused:
        return Asked()
    rest = case.steps[3:]
    if rest[:1] in (("labels",), ("types",)):
        told = case.results if case.recording.method == "GET" else []
        named = {"PUT": [case.body.get("associationTypeId") or 9001], "DELETE": list(rest[1:])}
        numbers = named.get(case.recording.method, [])
        told += [{"category": "USER_DEFINED", "typeId": number, "label": "Old"} for number in numbers if number]
        for shown in told:
            case.account.label(item, to, {**shown, "typeId": shown.get("typeId", shown.get("id"))})
        return Asked()
    if rest == ("batch", "read"):
        return _batch_read(case, (item, to))
    if rest[:1] == ("batch",):
        return _batch_write(case, (item, to))
    return Asked()


def _batch_read(case: Case, ends: ENDS) -> Asked:
    item, to = ends
    for row in case.results:
        one = (item, str(row["from"]["id"]))
        case.account.exists(*one)
        for shown in row["to"]:
            _shown(case, one, to, shown)
    alone = [key for error in case.errors for key in context_of(error, "fromObjectId")]
    for key in alone:
        case.account.exists(item, key)
    ids = [*(str(row["from"]["id"]) for row in case.results), *alone]
    return Asked(body=case.body or {"inputs": [{"id": key} for key in ids]})


def _batch_write(case: Case, ends: ENDS) -> Asked:
    """The ends of every pair are there but for those that an error says are not."""
    item, to = ends
    if case.steps[-1] == "create" and case.recording.status in (200, 201):
        # The status of the v3 batch went from 201 to 200 in August 2025.
        case.account.switch("v3_associations_status", case.recording.status)
    inputs = case.inputs or _made(case, ends)
    gone = {found[2] for error in case.errors if (found := MISSING.match(str(error.get("message"))))}
    gone |= {
        key for error in case.errors if error.get("category") == "OBJECT_NOT_FOUND" for key in context_of(error, "id")
    }
    for part in inputs:
        others = part["to"] if isinstance(part["to"], list) else [part["to"]]
        for kind, entry in [(item, part["from"]), *((to, other) for other in others)]:
            if str(entry["id"]) not in gone:
                case.account.exists(kind, str(entry["id"]))
        for entry in part.get("types") or ():
            _known(case, item, to, entry)
    return Asked(body={**case.body, "inputs": inputs})


def _made(case: Case, ends: ENDS) -> list[Json]:
    """Inputs that lead to this answer, where the request was not saved."""
    item, to = ends
    plain = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": case.account.plain(item, to)}
    both = case.steps[-1] == "default" or any("type" in row for row in case.results)  # both directions are told
    rows = case.results[::2] if both else case.results
    found = [
        {**_pair(*_ids(row)), "type": row.get("type", ""), "types": lost.types(case, ends, row) or [plain]}
        for row in rows
    ]
    for error in case.errors:
        message = str(error.get("message"))
        itself, missing = ITSELF.match(message), MISSING.match(message)
        bad = missing[2] if missing else next(iter(context_of(error, "id")), "1")
        pair = _pair("3", bad) if missing and missing[1].lower() == to.name.lower() else _pair(bad, "3")
        kind = f"{item.name}_to_{to.name}"
        found.append({**(_pair(itself[1], itself[1]) if itself else pair), "type": kind, "types": [plain]})
    return found


def _ids(row: Json) -> tuple[str, str]:
    if "fromObjectId" in row:
        return str(row["fromObjectId"]), str(row["toObjectId"])
    return str(row["from"]["id"]), str(row["to"]["id"])


def _pair(one: str, other: str) -> Json:
    return {"from": {"id": one}, "to": {"id": other}}
