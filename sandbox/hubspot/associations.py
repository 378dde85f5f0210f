"""The association endpoints of v4 and the dated versions."""

from typing import Any

from sandbox.hubspot import bodies, kinds, links, objects, records, validation
from sandbox.hubspot.batch import envelope
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal, invalid, not_found
from sandbox.store import Row
from sandbox.wire import Response, counts

READ_LIMIT, WRITE_LIMIT, PAGE = 1000, 2000, 500


def joiner(call: Call) -> links.Joiner:
    """Joins records on behalf of this call."""
    return links.Joiner(objects.writer(call))


def of_record(call: Call) -> Response:
    """The records of one kind that a record is associated with, with every type of each pair, in pages."""
    item, other = call.kind(), call.kind("to_type")
    row = live(call, item.kind, call.args["id"])
    if row is None:
        raise not_found(call.args["id"])
    return call.reply(200, _page(call, row, other.kind, call.number("limit", PAGE, PAGE), call.request.param("after")))


def _page(call: Call, row: Row, to_kind: str, limit: int, after: str | None) -> dict[str, Any]:
    pairs: dict[str, list[dict[str, Any]]] = {}
    for _, to_id, number in call.store.links("hubspot", row.kind, row.id, to_kind):
        pairs.setdefault(to_id, []).append(links.label_of(call.store, row.kind, to_kind, number))
    live = call.store.get_many("hubspot", to_kind, pairs)
    start = int(after) if after and counts(after) else 0
    ids = [to_id for to_id in pairs if to_id in live and not live[to_id].archived and int(to_id) >= start]
    results = [{"toObjectId": int(to_id), "associationTypes": pairs[to_id]} for to_id in ids[:limit]]
    more = {"paging": {"next": {"after": ids[limit]}}} if len(ids) > limit else {}
    return {"results": results, **more}


def live(call: Call, kind: str, record_id: str) -> Row | None:
    row = records.current(call.store, kind, record_id)
    return row if row is not None and not row.archived else None


def pair(call: Call) -> tuple[Row, Row]:
    """The two records that the path names; 400 for kinds that do not go together, 404 for records not there."""
    item, other = call.kind(), call.kind("to_type")
    if links.unlabelled(call.store, item.kind, other.kind) is None:
        raise invalid(f"No association type between {item.type_id} and {other.type_id}")
    found = live(call, item.kind, call.args["id"]), live(call, other.kind, call.args["to_id"])
    for row, record_id in zip(found, (call.args["id"], call.args["to_id"]), strict=True):
        if row is None:
            raise not_found(record_id)
    assert found[0] is not None and found[1] is not None
    return found[0], found[1]


def put_default(call: Call) -> Response:
    """Associate without a label; the answer is a batch envelope with both directions."""
    validation.refuse_association(call)
    row, other = pair(call)
    joiner(call).add(row.kind, row.id, other.kind, other.id, ())
    return envelope(call, 200, _directions(call, row.kind, row.id, other.kind, other.id), [])


def _directions(call: Call, kind: str, record_id: str, to_kind: str, to_id: str) -> list[dict[str, Any]]:
    plain = links.unlabelled(call.store, kind, to_kind)
    assert plain is not None
    there, back, spec = plain.type_id, plain.inverse, {"associationCategory": plain.category}
    return [
        {"from": {"id": record_id}, "to": {"id": to_id}, "associationSpec": {**spec, "associationTypeId": there}},
        {"from": {"id": to_id}, "to": {"id": record_id}, "associationSpec": {**spec, "associationTypeId": back}},
    ]


def put_labelled(call: Call) -> Response:
    """Associate with labels; they take the place of the labels that the pair had."""
    validation.refuse_association(call)
    row, other = pair(call)
    type_ids = _type_ids(call, row.kind, other.kind, call.value() if call.request.body else [])
    joiner(call).replace(row.kind, row.id, other.kind, other.id, type_ids)
    return call.reply(201, _created(call, (row.kind, row.id), (other.kind, other.id), type_ids))


def _type_ids(call: Call, kind: str, to_kind: str, given: object) -> list[int]:
    known = {item.type_id for item in links.types(call.store, kind, to_kind)}
    found = [bodies.integer(part.get("associationTypeId")) for part in bodies.many(given)]
    wrong = [number for number in found if number not in known]
    if wrong:
        raise invalid(f"One or more association types are invalid: {', '.join(map(str, wrong))}")
    return found


def _created(call: Call, one: tuple[str, str], other: tuple[str, str], numbers: list[int]) -> dict[str, Any]:
    (kind, record_id), (to_kind, to_id) = one, other
    names = [links.label_of(call.store, kind, to_kind, number)["label"] for number in numbers]
    return {
        "fromObjectTypeId": kinds.of_kind(call.store, kind).type_id,
        "fromObjectId": int(record_id),
        "toObjectTypeId": kinds.of_kind(call.store, to_kind).type_id,
        "toObjectId": int(to_id),
        "labels": [name for name in names if name],
    }


def delete(call: Call) -> Response:
    """Remove every association of a pair; 204 whether or not there was one."""
    item, other = call.kind(), call.kind("to_type")
    joiner(call).remove(item.kind, call.args["id"], other.kind, call.args["to_id"])
    return call.done()


def batch_read(call: Call) -> Response:
    """The associations of up to 1,000 records; those that have none are errors of a 207, as on the wire."""
    item, other = call.kind("from_type"), call.kind("to_type")
    results, errors = [], []
    for part in call.inputs(READ_LIMIT):
        record_id = str(part.get("id", ""))
        row = live(call, item.kind, record_id)
        page = _page(call, row, other.kind, PAGE, part.get("after")) if row else {"results": []}
        if page["results"]:
            more = {"paging": page["paging"]} if "paging" in page else {}
            results.append({"from": {"id": record_id}, "to": page["results"], **more})
        else:
            errors.append(none_found(item.kind, record_id, other.kind))
    return envelope(call, 200, results, errors)


def none_found(kind: str, record_id: str, to_kind: str) -> dict[str, Any]:
    context = {"fromObjectId": [record_id], "fromObjectType": [kind], "toObjectType": [to_kind]}
    text = f"No {to_kind} is associated with {kind} {record_id}."
    return Refusal(404, text, "OBJECT_NOT_FOUND", "crm.associations.NO_ASSOCIATIONS_FOUND", context).row()


def batch_create(call: Call) -> Response:
    """Associate up to 2,000 pairs with labels; pairs that cannot be are errors of a 207."""
    validation.refuse_association(call)
    item, other = call.kind("from_type"), call.kind("to_type")
    results, errors = [], []
    for part in call.inputs(WRITE_LIMIT):
        try:
            from_id, to_id = _ends(call, part)
            numbers = _type_ids(call, item.kind, other.kind, part.get("types"))
            joiner(call).add(item.kind, from_id, other.kind, to_id, numbers)
            results.append(_created(call, (item.kind, from_id), (other.kind, to_id), numbers))
        except Refusal as refusal:
            errors.append(refusal.row())
    return envelope(call, 201, results, errors)


def batch_default(call: Call) -> Response:
    """Associate up to 2,000 pairs without a label."""
    validation.refuse_association(call)
    item, other = call.kind("from_type"), call.kind("to_type")
    results, errors = [], []
    for part in call.inputs(WRITE_LIMIT):
        try:
            from_id, to_id = _ends(call, part)
            joiner(call).add(item.kind, from_id, other.kind, to_id, ())
            results += _directions(call, item.kind, from_id, other.kind, to_id)
        except Refusal as refusal:
            errors.append(refusal.row())
    return envelope(call, 200, results, errors)


def _ends(call: Call, part: dict[str, Any]) -> tuple[str, str]:
    """The two ids of a batch input; refused in the recorded words where a record is not there."""
    ends = []
    for side, name in (("from", "from_type"), ("to", "to_type")):
        kind, record_id = call.kind(name).kind, bodies.identifier(part.get(side) or {})
        if not counts(record_id):
            text, code = f"{record_id} is not a valid ID", "crm.associations.INVALID_IDENTIFIER"
            raise Refusal(400, text, "VALIDATION_ERROR", code, {"id": [record_id]})
        row = live(call, kind, record_id)
        if row is None:
            raise Refusal(400, f"{kind.upper()}={record_id} is not valid", "VALIDATION_ERROR")
        ends.append((kind, row.id))
    if ends[0] == ends[1]:
        number = ends[0][1]
        raise Refusal(400, f"Object {number} cannot be associated to itself ({number})", "VALIDATION_ERROR")
    if links.unlabelled(call.store, ends[0][0], ends[1][0]) is None:
        raise Refusal(400, f"No association type from {ends[0][0]} to {ends[1][0]}", "VALIDATION_ERROR")
    return ends[0][1], ends[1][1]


def batch_archive(call: Call) -> Response:
    """Remove every association of the pairs; 204 whatever there was."""
    item, other = call.kind("from_type"), call.kind("to_type")
    for part in call.inputs(WRITE_LIMIT):
        targets = part.get("to")
        for target in bodies.many(targets if isinstance(targets, list) else [targets]):
            joiner(call).remove(item.kind, bodies.identifier(part.get("from")), other.kind, bodies.identifier(target))
    return call.done()


def batch_labels_archive(call: Call) -> Response:
    """Remove named labels from pairs; the unlabelled type takes all others with it."""
    item, other = call.kind("from_type"), call.kind("to_type")
    for part in call.inputs(WRITE_LIMIT):
        ends = bodies.identifier(part.get("from")), bodies.identifier(part.get("to"))
        numbers = [bodies.integer(kind.get("associationTypeId")) for kind in bodies.many(part.get("types"))]
        joiner(call).remove(item.kind, ends[0], other.kind, ends[1], numbers)
    return call.done()
