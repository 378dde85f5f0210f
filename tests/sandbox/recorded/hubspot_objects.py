"""What a recorded call about single records presumes: they are there, with the properties that it tells."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import parse
from tests.sandbox.recorded import hubspot_batch, hubspot_search
from tests.sandbox.recorded.hubspot_account import Account
from tests.sandbox.recorded.hubspot_case import Asked, Case, Json, names_of


def presume(case: Case) -> Asked:
    """objects/{type}/…"""
    item = case.kind(1)
    if item is None:
        return Asked()
    method, rest = case.recording.method, case.steps[2:]
    if rest[:1] == ("batch",):
        return hubspot_batch.presume(case, item, rest[1])
    if rest == ("search",):
        return hubspot_search.presume(case, item)
    if rest in (("merge",), ("gdpr-delete",)):
        return _two(case, item)
    if not rest:
        return _listing(case, item) if method == "GET" else create(case, item)
    return {"GET": _read, "PATCH": _update, "DELETE": _delete}.get(method, _delete)(case, item)


def _listing(case: Case, item: ObjectType) -> Asked:
    for shown in case.results:
        show(case.account, item, shown)
    query = list(case.recording.query) if case.saved else asked_by(item, case.results)
    following = ((case.answer.get("paging") or {}).get("next") or {}).get("after")
    if following:
        case.account.exists(item, str(following))
        if not case.saved or len(case.results) < int(case.recording.param("limit") or 10):
            query = [*((name, value) for name, value in query if name != "limit"), ("limit", str(len(case.results)))]
    return Asked(query=tuple(query))


def asked_by(item: ObjectType, rows: list[Json]) -> list[tuple[str, str]]:
    """The query that these rows answer, where it was not saved."""
    found = [(name, ",".join(names_of(rows, part))) for name, part in READS if names_of(rows, part)]
    return [("limit", "100"), *found] if len(rows) > 10 else found


READS = (
    ("properties", "properties"),
    ("propertiesWithHistory", "propertiesWithHistory"),
    ("associations", "associations"),
)


def show(account: Account, item: ObjectType, shown: Mapping[str, Any]) -> None:
    """The record is there with its properties, their history and its associations, as a read tells them."""
    row = account.hold(item, shown)
    for name, versions in (shown.get("propertiesWithHistory") or {}).items():
        account.define(item, name)
        past = [(parse(one["timestamp"]) or row.created, one) for one in reversed(versions)]
        source = ("value", "timestamp")
        account.store.remember(
            ("hubspot", item.kind, row.id, name, at, one["value"], {k: v for k, v in one.items() if k not in source})
            for at, one in past
        )
    for plural, linked in (shown.get("associations") or {}).items():
        to = account.kind(plural)
        for entry in linked["results"] if to else ():
            types = [account.type_named(item, to, entry["type"])] if to else []
            account.join((item, row.id), (to, str(entry["id"])), types) if to else None


def _read(case: Case, item: ObjectType) -> Asked:
    key, by = case.steps[2], case.recording.param("idProperty")
    if case.refused:
        return Asked()
    shown = case.answer
    if by and by != "hs_object_id":
        case.account.define(item, by, key, unique=True)
        shown = {**shown, "properties": {by: key, **(shown.get("properties") or {})}}
    show(case.account, item, shown)
    if not by and key != str(shown["id"]):
        case.account.merged(item, key, str(shown["id"]))
    return Asked() if case.saved else Asked(query=tuple(asked_by(item, [case.answer])))


def create(case: Case, item: ObjectType) -> Asked:
    """The values are taken, and what it is associated with is there."""
    body = case.body or {"properties": settable(case.account, item, case.answer)}
    if not case.refused:
        values = body.get("properties") or {}
        for name, value in values.items():
            case.account.accepts(item, name, value)
        for entry in body.get("associations") or ():
            _target(case.account, item, entry)
    return Asked(body=body, chosen=written(case, item, [body], made=True))


def written(case: Case, item: ObjectType, bodies: Iterable[Mapping[str, Any]], made: bool = False) -> frozenset[str]:
    """The properties that the answer to a write is held to: those written, those it always tells, and those of
    HubSpot's own that the recording tells and the sandbox knows."""
    always = item.always if made else (item.modified,)
    told = names_of(case.results or [case.answer])
    known = case.account.known(item)
    return frozenset((*names_of(bodies), *always, *(name for name in told if name in known)))


def _target(account: Account, item: ObjectType, entry: Mapping[str, Any]) -> None:
    numbers = {int(kind["associationTypeId"]) for kind in entry.get("types") or ()}
    for to in account.kinds():
        if numbers & account.numbers(item, to):
            account.exists(to, str(entry["to"]["id"]))


def settable(account: Account, item: ObjectType, shown: Mapping[str, Any]) -> Json:
    """The properties in an answer that a caller may have written, where the request was not saved."""
    known, own = account.known(item), {*item.always}
    found: Json = {}
    for name, value in (shown.get("properties") or {}).items():
        spec = known.get(name)
        ours = not name.startswith("hs_") if spec is None else not spec.read_only and not spec.calculated
        if name not in own and ours and value is not None:
            found[name] = value
    return found


def _update(case: Case, item: ObjectType) -> Asked:
    body = case.body or {"properties": settable(case.account, item, case.answer)}
    if not case.refused:
        before(case.account, item, case.answer, body.get("properties") or {})
        if case.steps[2] != str(case.answer["id"]):
            case.account.merged(item, case.steps[2], str(case.answer["id"]))
    return Asked(body=body, chosen=written(case, item, [body]))


def before(account: Account, item: ObjectType, shown: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """The record as it was before a write that the answer shows: without the values that were written."""
    told = shown.get("properties") or {}
    kept = {name: value for name, value in told.items() if name not in values and name in account.known(item)}
    account.hold(item, {**shown, "properties": kept, "updatedAt": shown.get("createdAt")})
    for name, value in values.items():
        account.accepts(item, name, value)


def _delete(case: Case, item: ObjectType) -> Asked:
    if not case.refused:
        case.account.exists(item, case.steps[2])
    return Asked()


def _two(case: Case, item: ObjectType) -> Asked:
    """A merge or an erasure: the records that its body names are there."""
    two = {"primaryObjectId": "1", "objectIdToMerge": "2"}
    body = case.body or (two if case.steps[2] == "merge" else {"objectId": "1"})
    if case.recording.status != 404:
        for name in ("primaryObjectId", "objectIdToMerge", "objectId"):
            case.account.exists(item, str(body.get(name, "")))
    return Asked(body=body, chosen=frozenset(item.always))
