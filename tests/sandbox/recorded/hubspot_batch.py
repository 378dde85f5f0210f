"""What a recorded batch of records presumes, row by row."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.object_types import ObjectType
from tests.sandbox.recorded import hubspot_objects as objects
from tests.sandbox.recorded.hubspot_case import Asked, Case, Json, context_of, names_of


def presume(case: Case, item: ObjectType, verb: str) -> Asked:
    """objects/{type}/batch/{verb}"""
    if case.refused:
        return Asked()
    return {"read": _read, "create": _create, "update": _update, "upsert": _upsert, "archive": _archive}[verb](
        case, item
    )


def _read(case: Case, item: ObjectType) -> Asked:
    by = case.body.get("idProperty")
    for shown in case.results:
        objects.show(case.account, item, shown)
    if by and by != "hs_object_id":
        case.account.define(item, str(by), unique=True)
    lost = [key for error in case.errors for key in context_of(error, "ids")]
    inputs = [{"id": key} for key in [*(str(shown["id"]) for shown in case.results), *lost]]
    past = names_of(case.results, "propertiesWithHistory")
    made = {"inputs": inputs, "properties": names_of(case.results), **({"propertiesWithHistory": past} if past else {})}
    return Asked(body=case.body or made)


def _create(case: Case, item: ObjectType) -> Asked:
    inputs = case.inputs or _created(case, item)
    taken = {mark: error for error in case.errors for mark in context_of(error, "objectWriteTraceId")}
    for part in inputs:
        error = taken.get(str(part.get("objectWriteTraceId")))
        values = part.get("properties") or {}
        if error is not None:
            _in_the_way(case, item, values, error)
            continue
        for name, value in values.items():
            case.account.accepts(item, name, value)
    return Asked(body={**case.body, "inputs": inputs}, chosen=objects.written(case, item, inputs, made=True))


def _created(case: Case, item: ObjectType) -> list[Json]:
    """Inputs that lead to this answer: one for each result, and one for each error's trace id."""
    good = [{"properties": objects.settable(case.account, item, shown)} for shown in case.results]
    bad = [
        {"objectWriteTraceId": mark, "properties": {"email": f"taken{mark}@example.com"}}
        for error in case.errors
        for mark in context_of(error, "objectWriteTraceId")
    ]
    return [*bad, *({"objectWriteTraceId": f"made{place}", **part} for place, part in enumerate(good))] if bad else good


def _in_the_way(case: Case, item: ObjectType, values: Mapping[str, Any], error: Json) -> None:
    for record_id in context_of(error, "existingId"):
        case.account.hold(item, {"id": record_id, "properties": dict(values)})


def _update(case: Case, item: ObjectType) -> Asked:
    lost = [key for error in case.errors for key in context_of(error, "ids")]
    inputs = case.inputs or [
        *({"id": shown["id"], "properties": objects.settable(case.account, item, shown)} for shown in case.results),
        *({"id": key, "properties": {}} for key in lost),
    ]
    by_id = {str(shown["id"]): shown for shown in case.results}
    for part in inputs:
        values, by = part.get("properties") or {}, part.get("idProperty")
        shown = by_id.get(str(part["id"])) if not by else _holding(case.results, str(by), str(part["id"]))
        if shown is None:
            _refused(case, item, part)
            continue
        objects.before(case.account, item, shown, values)
        if by:
            case.account.define(item, str(by), unique=True)
            case.account.hold(item, shown, **{str(by): part["id"]})
    return Asked(body={**case.body, "inputs": inputs}, chosen=objects.written(case, item, inputs))


def _refused(case: Case, item: ObjectType, part: Json) -> None:
    """A row that was refused for its values is there, and so is the record in its way."""
    mark = str(part.get("objectWriteTraceId"))
    error = next((one for one in case.errors if mark in context_of(one, "objectWriteTraceId")), None)
    if error is not None and error.get("category") != "OBJECT_NOT_FOUND":
        case.account.exists(item, str(part["id"]))
        _in_the_way(case, item, part.get("properties") or {}, error)


def _holding(rows: list[Json], name: str, value: str) -> Json | None:
    """The row that shows a value, whatever its case."""
    return next((row for row in rows if str((row.get("properties") or {}).get(name)).lower() == value.lower()), None)


def _upsert(case: Case, item: ObjectType) -> Asked:
    by = next((str(part["idProperty"]) for part in case.inputs if part.get("idProperty")), "email")
    made = [
        {"id": (shown.get("properties") or {}).get(by) or shown["id"], "idProperty": by}
        | {"properties": objects.settable(case.account, item, shown)}
        for shown in case.results
    ]
    inputs = case.inputs or made
    for part in inputs:
        by, key, values = str(part.get("idProperty") or ""), str(part["id"]), part.get("properties") or {}
        if by:
            case.account.define(item, by, key, unique=True)
        told = _told(case.results, by, part)
        if told is not None and not told.get("new"):
            known = {by: key} if by else {}
            objects.before(case.account, item, {**told, "properties": {**known, **told["properties"]}}, values)
        for name, value in values.items():
            case.account.accepts(item, name, value)
    return Asked(body={**case.body, "inputs": inputs}, chosen=objects.written(case, item, inputs))


def _told(rows: list[Json], by: str, part: Json) -> Json | None:
    """The row that answers an input: by the value or the id it names, else by what was written."""
    key, values = str(part["id"]), part.get("properties") or {}
    same = (row for row in rows if values.items() <= (row.get("properties") or {}).items())
    return _holding(rows, by, key) or next((row for row in rows if str(row["id"]) == key), None) or next(same, None)


def _archive(case: Case, item: ObjectType) -> Asked:
    for part in case.inputs:
        case.account.exists(item, str(part["id"]))
    return Asked()
