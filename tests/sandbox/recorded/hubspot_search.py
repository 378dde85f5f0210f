"""What a recorded search presumes: the records that it lists, and as many more as its total counts."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.search import SEARCHABLE
from sandbox.hubspot.writing import Writer
from sandbox.store import Row
from tests.sandbox.recorded.hubspot_case import Asked, Case, Json, names_of

LAG_SECONDS = 600


def presume(case: Case, item: ObjectType) -> Asked:
    """objects/{type}/search"""
    if case.refused:
        return Asked()
    rows, total = case.results, int(case.answer.get("total", len(case.results)))
    following = ((case.answer.get("paging") or {}).get("next") or {}).get("after")
    offset = int(following) - len(rows) if following else int(case.body.get("after") or 0)
    body = case.body
    if not case.saved:
        offset = offset if following else total - len(rows)
        body = {"properties": names_of(rows), "limit": len(rows) or 10, "after": str(offset)}
    groups = _groups(body)
    for name, value in [(str(part.get("propertyName")), part.get("value")) for group in groups for part in group]:
        if not name.startswith("associations."):
            case.account.define(item, name, value)
    for shown in rows:
        _found(case, item, shown, groups)
    _others(case, item, groups, (offset, total - offset - len(rows), bool(following)), _sort(body))
    return Asked(body=body)


def _groups(body: Mapping[str, Any]) -> list[list[Json]]:
    plain = [body["filters"]] if body.get("filters") else []
    return [*plain, *(group.get("filters") or [] for group in body.get("filterGroups") or ())]


def _sort(body: Mapping[str, Any]) -> tuple[str, bool] | None:
    """The name and whether it descends."""
    first = next(iter(body.get("sorts") or ()), None)
    if first is None:
        return None
    if isinstance(first, str):
        return first.lstrip("-"), first.startswith("-")
    return str(first.get("propertyName")), str(first.get("direction", "")).upper().startswith("DESC")


def _found(case: Case, item: ObjectType, shown: Json, groups: list[list[Json]]) -> None:
    """A record that the filters of some group find; what is not told comes from them."""
    told = shown.get("properties") or {}
    fitting = [group for group in groups if _fits(told, group)]
    group = (fitting or groups or [[]])[0]
    filled = {str(part["propertyName"]): meeting(part) for part in group}
    more = {name: value for name, value in filled.items() if value and not name.startswith("associations.")}
    words = _queried(item, told, str(case.body.get("query") or ""))
    row = case.account.hold(item, {**shown, "properties": {**words, **more, **told, **({} if fitting else more)}})
    for part in group:
        area, _, name = str(part["propertyName"]).partition(".")
        to = case.account.kind(name) if area == "associations" else None
        if to is not None and part.get("operator") in ("EQ", "IN"):
            target = str(part.get("value") or next(iter(part.get("values") or ("1",))))
            number = min(case.account.numbers(item, to))
            case.account.join(
                (item, str(shown["id"])), (to, target), [{"typeId": number, "category": "HUBSPOT_DEFINED"}]
            )
    if groups and not fitting:
        _since_indexed(case, row, told)


def _queried(item: ObjectType, told: Mapping[str, Any], query: str) -> dict[str, str]:
    """The text that was searched for, in a searchable property that is not told."""
    name = next((name for name in item.searched or SEARCHABLE.get(item.kind, ()) if name not in told), None)
    seen = any(query.lower() in str(value).lower() for value in told.values())
    return {name: query} if query and name and not seen else {}


def meeting(part: Mapping[str, Any]) -> str:
    """A value that a filter holds for; empty where none has to be."""
    operator, value = str(part.get("operator")), str(part.get("value") or "")
    if operator in ("EQ", "GTE", "LTE", "BETWEEN"):
        return value
    if operator == "IN":
        return str(next(iter(part.get("values") or ("",))))
    if operator == "CONTAINS_TOKEN":
        return value.replace("*", "") or "x"
    if operator in ("GT", "LT"):
        return str(int(value) + (1 if operator == "GT" else -1)) if value.lstrip("-").isdigit() else value
    return {"HAS_PROPERTY": "1", "NEQ": f"not {value}"}.get(operator, "")


def _since_indexed(case: Case, row: Row, told: Json) -> None:
    """The index has not learned yet what the answer tells: a search finds by old values and shows new ones."""
    changed = {name: str(value) for name, value in told.items() if name in row.fields and row.fields[name] != value}
    case.account.switch("search_lag_seconds", LAG_SECONDS)
    Writer(case.account.store, case.account.now, {"sourceType": "INTEGRATION"}).apply(row, changed)


def _fits(told: Mapping[str, Any], group: list[Json]) -> bool:
    """Whether nothing that is told about a record speaks against the equalities of a group."""
    equal = [part for part in group if part.get("operator") == "EQ" and part["propertyName"] in told]
    return all(str(told[part["propertyName"]]).lower() == str(part["value"]).lower() for part in equal)


def _others(
    case: Case, item: ObjectType, groups: list[list[Json]], counts: tuple[int, int, bool], sort: tuple[str, bool] | None
) -> None:
    """Records of the pages before and after; what a last page counts but does not list is just archived."""
    ahead, behind, more = counts
    ids = [int(shown["id"]) for shown in case.results if str(shown["id"]).isdigit()]
    first, last = min(ids, default=10_000), max(ids, default=10_000)
    pattern = case.results[0] if case.results else {"properties": {}}
    for place in range(ahead + max(behind, 0)):
        early = place < ahead
        number = first - 1 - place if early and first > ahead else last + 1_000 + place
        shown = {**pattern, "id": str(number)}
        if sort is not None:
            shown = _moved(shown, sort, early)
        _found(case, item, shown, groups)
        if not early and not more:
            _just_gone(case, item, str(number))


def _moved(shown: Json, sort: tuple[str, bool], early: bool) -> Json:
    """The record with a value that sorts it before or after all others; times alone are told apart."""
    name, descends = sort
    high = early == descends
    moment = "2099-01-01T00:00:00Z" if high else "1999-01-01T00:00:00Z"
    parts = {"createdate": "createdAt", "hs_createdate": "createdAt"}
    parts |= {"lastmodifieddate": "updatedAt", "hs_lastmodifieddate": "updatedAt"}
    return {**shown, parts[name]: moment} if name in parts else shown


def _just_gone(case: Case, item: ObjectType, record_id: str) -> None:
    row = case.account.store.get("hubspot", item.kind, record_id)
    if row is not None:
        case.account.switch("search_lag_seconds", LAG_SECONDS)
        Writer(case.account.store, case.account.now, {"sourceType": "INTEGRATION"}).archive(row)
