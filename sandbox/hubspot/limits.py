"""The limit endpoints: how much of what the account may have is in use."""

from collections.abc import Callable
from typing import Any

from sandbox.hubspot import association_definitions, definitions, kinds
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalog import stage_of
from sandbox.hubspot.labels import MAX_LABELS
from sandbox.hubspot.object_types import ObjectType
from sandbox.wire import Response

# What an Enterprise account may have; no recording tells, so these are round numbers of the right size.
RECORDS, CUSTOM_RECORDS, PROPERTIES, CALCULATED, PIPELINES, LINKED = 15_000_000, 10_000_000, 1000, 200, 100, 50_000
Part = dict[str, Any]


def custom_types(call: Call) -> Response:
    """How many custom object types there are."""
    return call.reply(200, _share(call.setting("custom_types"), len(kinds.custom(call.store))))


def _share(limit: int, usage: int) -> Part:
    return {"limit": limit, "percentage": round(100 * usage / limit, 2), "usage": usage}


def _named(item: ObjectType) -> Part:
    label = (item.label or item.kind).replace("_", " ").capitalize()
    plural = f"{label}s" if item.is_custom else item.plural.replace("_", " ").capitalize()
    return {"objectTypeId": item.type_id, "pluralLabel": plural, "singularLabel": label}


def _overall(limit: int, rows: list[Part]) -> Part:
    whole = _share(limit, sum(row["usage"] for row in rows))
    return {"byObjectType": rows, **{f"overall{name.capitalize()}": value for name, value in whole.items()}}


def custom_properties(call: Call) -> Response:
    """How many properties the account has added, by type."""
    counts = {item: len(_added(call, item)) for item in kinds.every(call.store)}
    rows = [{**_named(item), **_share(PROPERTIES, number)} for item, number in counts.items() if number]
    return call.reply(200, _overall(PROPERTIES * len(counts), rows))


def _added(call: Call, item: ObjectType) -> list[str]:
    return [name for name, spec in definitions.properties(call.store, item.kind).items() if spec.custom]


def calculated_properties(call: Call) -> Response:
    """How many calculated properties the account has added, by type."""
    rows = []
    for item in kinds.every(call.store):
        known = definitions.properties(call.store, item.kind)
        number = sum(known[name].calculated for name in _added(call, item))
        rows += [{**_named(item), "usage": number}] if number else []
    return call.reply(200, _overall(CALCULATED, rows))


def records(call: Call) -> Response:
    """How many live records there are, by type."""
    where = "crm='hubspot' AND kind=? AND archived=0 AND merged_into IS NULL"
    return call.reply(200, _by_type(call, lambda item: call.store.count(where, (item.kind,)), RECORDS, CUSTOM_RECORDS))


def pipelines(call: Call) -> Response:
    """How many pipelines there are, by type."""
    return call.reply(200, _by_type(call, lambda item: _pipelines(call, item), PIPELINES, PIPELINES))


def _pipelines(call: Call, item: ObjectType) -> int:
    return len(definitions.pipelines(call.store, item.kind)) if stage_of(item.kind) else 0


def _by_type(call: Call, count: Callable[[ObjectType], int], limit: int, custom_limit: int) -> Part:
    own = [item for item in kinds.every(call.store) if not item.is_custom]
    custom = [{**_named(item), "usage": count(item)} for item in kinds.custom(call.store)]
    return {
        "customObjectTypes": _overall(custom_limit, custom),
        "hubspotDefinedObjectTypes": [{**_named(item), **_share(limit, count(item))} for item in own],
    }


def labels(call: Call) -> Response:
    """How many labels each pair of types has; `fromObjectTypeId` and `toObjectTypeId` pick some."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in association_definitions.every(call.store):
        if item["label"]:
            found.setdefault((item["from"], item["to"]), []).append(item["label"])
    rows = [_labels(call, ends, names) for ends, names in found.items()]
    for name, side in (("fromObjectTypeId", "fromObjectType"), ("toObjectTypeId", "toObjectType")):
        wanted = call.request.param(name)
        rows = [row for row in rows if wanted in (None, row[side]["objectTypeId"])]
    return call.reply(200, {"results": rows})


def _labels(call: Call, ends: tuple[str, str], names: list[str]) -> Part:
    one, two = (_named(kinds.of_kind(call.store, kind)) for kind in ends)
    return {"allLabels": names, "fromObjectType": one, "toObjectType": two, **_share(MAX_LABELS, len(names))}


def linked_from(call: Call) -> Response:
    """The types with records near or at a limit of associations."""
    rows = []
    for item in kinds.every(call.store):
        full = _crowded(call, item.kind)
        rows += [{**_named(item), **_state([count for _, _, count in full])}] if full else []
    return call.reply(200, {"results": rows})


def linked_to(call: Call) -> Response:
    """The types to which records of one type are near or at a limit of associations."""
    item = call.kind("from_type")
    full = _crowded(call, item.kind)
    others = [other for other in kinds.every(call.store) if any(row[0] == other.kind for row in full)]
    rows = [{**_named(other), **_state([count for kind, _, count in full if kind == other.kind])} for other in others]
    return call.reply(200, {"results": rows})


def _state(counts: list[int]) -> Part:
    return {
        "hasRecordsAtLimit": any(count >= LINKED for count in counts),
        "hasRecordsNearLimit": any(count < LINKED for count in counts),
    }


def _crowded(call: Call, kind: str) -> list[tuple[str, str, int]]:
    """(other kind, record id, how many it is linked with) for records above four fifths of the limit."""
    sql = (
        "SELECT to_kind, from_id, count(DISTINCT to_id) AS number FROM link WHERE crm='hubspot' AND from_kind=? "
        "GROUP BY to_kind, from_id HAVING number >= ?"
    )
    return list(call.store.db.execute(sql, (kind, LINKED * 4 // 5)))


def linked(call: Call) -> Response:
    """The records of one type that are near or at their limit of associations with another."""
    item, other = call.kind("from_type"), call.kind("to_type")
    rows = [(record, count) for kind, record, count in _crowded(call, item.kind) if kind == other.kind]
    full = [record for record, count in rows if count >= LINKED]
    near = [(record, count) for record, count in rows if count < LINKED]
    return call.reply(
        200,
        {
            "limit": LINKED,
            "totalRecordsAtLimit": len(full),
            "totalRecordsNearLimit": len(near),
            "atLimitFromRecordSamples": [{"objectId": int(record), "label": record} for record in full],
            "nearLimitFromRecordSamples": [
                {"objectId": int(record), "label": record, "usage": count, "percentage": round(100 * count / LINKED, 2)}
                for record, count in near
            ],
        },
    )
