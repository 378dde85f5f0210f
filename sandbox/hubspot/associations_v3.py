"""The association endpoints of v3, where types go by name and batches answer with both directions."""

from typing import Any

from sandbox.hubspot import associations, bodies, links, objects, records, type_names
from sandbox.hubspot.batch import envelope
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal, invalid, not_found
from sandbox.hubspot.links import LinkType
from sandbox.store import Row
from sandbox.wire import Response, counts

READ_LIMIT, WRITE_LIMIT, PAGE = 1000, 2000, 500
Part = dict[str, Any]


def types(call: Call) -> Response:
    """The types of a direction, each {id, name}."""
    ends = call.kind("from_type").kind, call.kind("to_type").kind
    every = links.types(call.store, *ends)
    shown = [{"id": str(item.type_id), "name": type_names.name_of(call.store, *ends, item.type_id)} for item in every]
    return call.reply(200, {"results": shown})


def batch_read(call: Call) -> Response:
    """The linked ids of up to 1,000 records with a type each; those that have none are errors of a 207."""
    item, other = call.kind("from_type"), call.kind("to_type")
    results, errors = [], []
    for part in call.inputs(READ_LIMIT):
        record_id = str(part.get("id", ""))
        row = associations.live(call, item.kind, record_id)
        found = _linked(call, row, other.kind, _number(part.get("after"))) if row else {}
        if found.get("results"):
            more = {"paging": found["paging"]} if "paging" in found else {}
            results.append({"from": {"id": record_id}, "to": found["results"], **more})
        else:
            errors.append(associations.none_found(item.kind, record_id, other.kind))
    return envelope(call, 200, results, errors)


def _number(after: object) -> int:
    return int(after) if isinstance(after, str) and counts(after) else 0


def _linked(call: Call, row: Row, to_kind: str, after: int) -> Part:
    """A page of {id, type}: one entry for every type of every pair, as v3 has it."""
    pairs = call.store.links("hubspot", row.kind, row.id, to_kind)
    alive = call.store.get_many("hubspot", to_kind, [to_id for _, to_id, _ in pairs])
    here = [(to_id, number) for _, to_id, number in pairs if to_id in alive and not alive[to_id].archived]
    ids = [to_id for to_id in dict.fromkeys(to_id for to_id, _ in here) if int(to_id) >= after]
    shown = frozenset(ids[:PAGE])
    results = [
        {"id": to_id, "type": type_names.name_of(call.store, row.kind, to_kind, number)}
        for to_id, number in here
        if to_id in shown
    ]
    return {"results": results, **({"paging": {"next": {"after": ids[PAGE]}}} if len(ids) > PAGE else {})}


def of_record(call: Call) -> Response:
    """The records of one kind that a record is associated with."""
    item, other = call.kind(), call.kind("to_type")
    row = associations.live(call, item.kind, call.args["id"])
    if row is None:
        raise not_found(call.args["id"])
    return call.reply(200, _linked(call, row, other.kind, _number(call.request.param("after"))))


def put(call: Call) -> Response:
    """Associate two records by a type's name; the record, as reads show it."""
    row, other = associations.pair(call)
    kind = _type(call, row.kind, other.kind, call.args["association"])
    links.Joiner(objects.writer(call)).add(row.kind, row.id, other.kind, other.id, [kind.type_id])
    fresh = records.current(call.store, row.kind, row.id) or row
    return call.reply(200, objects.drawing(call, call.kind()).full(fresh))


def delete(call: Call) -> Response:
    """204; the type is taken from the pair, whether or not it was there."""
    item, other = call.kind(), call.kind("to_type")
    kind = _type(call, item.kind, other.kind, call.args["association"])
    ends = item.kind, call.args["id"], other.kind, call.args["to_id"]
    links.Joiner(objects.writer(call)).remove(*ends, [kind.type_id])
    return call.done()


def _type(call: Call, kind: str, to_kind: str, name: object) -> LinkType:
    if not name:
        raise invalid("Some required fields were not set: [type]")
    found = type_names.named(call.store, kind, to_kind).get(str(name).lower())
    if found is None:
        raise Refusal(400, f"{name} is not a valid association type", "VALIDATION_ERROR")
    return found


def batch_create(call: Call) -> Response:
    """Associate up to 2,000 pairs; every result stands for one direction (recorded), failures make it a 207."""
    results: list[Part] = []
    errors: list[Part] = []
    for part in call.inputs(WRITE_LIMIT):
        try:
            results += _create(call, part)
        except Refusal as refusal:
            errors.append(refusal.row())
    return envelope(call, int(call.setting("v3_associations_status")), results, errors)


def _create(call: Call, part: Part) -> list[Part]:
    one, other = _end(call, part, "from"), _end(call, part, "to")
    kind = _type(call, one.kind, other.kind, part.get("type"))
    links.Joiner(objects.writer(call)).add(one.kind, one.id, other.kind, other.id, [kind.type_id])
    there = type_names.name_of(call.store, one.kind, other.kind, kind.type_id)
    back = type_names.name_of(call.store, other.kind, one.kind, kind.inverse)
    return [
        {"from": {"id": one.id}, "to": {"id": other.id}, "type": there},
        {"from": {"id": other.id}, "to": {"id": one.id}, "type": back},
    ]


def _end(call: Call, part: Part, side: str) -> Row:
    item, record_id = call.kind(f"{side}_type"), bodies.identifier(part.get(side) or {})
    row = associations.live(call, item.kind, record_id)
    if row is None:
        code = f"crm.associations.{side.upper()}_OBJECT_NOT_FOUND"
        context = {"objectType": [item.name], "id": [record_id]}
        raise Refusal(404, f"No {item.name} with ID {record_id} exists", "OBJECT_NOT_FOUND", code, context)
    return row


def batch_archive(call: Call) -> Response:
    """204; the named types are taken from the pairs, whatever there was."""
    item, other = call.kind("from_type"), call.kind("to_type")
    joiner = links.Joiner(objects.writer(call))
    for part in call.inputs(WRITE_LIMIT):
        kind = _type(call, item.kind, other.kind, part.get("type"))
        ends = item.kind, bodies.identifier(part.get("from")), other.kind, bodies.identifier(part.get("to"))
        joiner.remove(*ends, [kind.type_id])
    return call.done()
