"""The single-record endpoints: list, read, create, update, archive."""

from typing import Any
from urllib.parse import urlencode

from sandbox.hubspot import bodies, kinds, links, records, type_names, validation
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal, invalid, not_found
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.records import Drawing, Shape
from sandbox.hubspot.writing import Writer
from sandbox.store import Row
from sandbox.wire import Response, counts

PAGE, PAGE_WITH_HISTORY, ASSOCIATED = 100, 50, 100


def drawing(call: Call, item: ObjectType) -> Drawing:
    """Draws records of a type as this call sees them."""
    return Drawing(call.store, item, call.setting("portal_id"), call.now)


def writer(call: Call) -> Writer:
    """Writes on behalf of this call."""
    return Writer(call.store, call.now, call.source())


def shape(call: Call) -> Shape:
    """What the query asks for."""
    return Shape(call.names("properties"), call.names("propertiesWithHistory"))


def listing(call: Call) -> Response:
    """A page of records in the order of their ids; `after` is the id from which the next one starts."""
    item, wanted = call.kind(), shape(call)
    limit = call.number("limit", 10, PAGE_WITH_HISTORY if wanted.history else PAGE)
    after = call.request.param("after") or "0"
    if not counts(after):
        raise invalid(f"Invalid after: {after}")
    # Ids ascend with seq: the index finds the record before the page, the comparison keeps the page right without it.
    where = (
        "crm='hubspot' AND kind=? AND archived=? AND merged_into IS NULL AND CAST(id AS INTEGER)>=? AND "
        "seq>coalesce((SELECT seq FROM record WHERE crm='hubspot' AND kind=? AND id=?), -1)"
    )
    before = str(int(after) - 1)
    rows = call.store.rows(where, (item.kind, call.flag("archived"), int(after), item.kind, before), limit=limit + 1)
    draw = drawing(call, item)
    found: dict[str, Any] = {"results": [_with_links(call, draw.asked(row, wanted), row) for row in rows[:limit]]}
    if len(rows) > limit:
        found["paging"] = {"next": _next(call, str(int(rows[limit - 1].id) + 1))}
    return call.reply(200, found)


def _next(call: Call, after: str) -> dict[str, str]:
    query = [(name, value) for name, value in call.request.query if name != "after"]
    return {
        "after": after,
        "link": f"https://api.hubapi.com{call.request.path}?{urlencode([*query, ('after', after)])}",
    }


def read(call: Call) -> Response:
    """One record by id, by a merged-away id, or by a unique property."""
    item = call.kind()
    row = records.lookup(call.store, item, call.args["id"], call.request.param("idProperty"))
    if row is None or row.archived != call.flag("archived"):
        raise not_found(call.args["id"])
    return call.reply(200, _with_links(call, drawing(call, item).asked(row, shape(call)), row))


def _with_links(call: Call, found: dict[str, Any], row: Row) -> dict[str, Any]:
    """`associations=` adds the linked ids by plural name, in the v3 form with a type name for each."""
    shown: dict[str, Any] = {}
    for name in call.names("associations"):
        other = kinds.object_type(call.store, name)
        if other is None:
            raise Refusal(400, f"Unable to infer object type from: {name}")
        results = [
            {"id": linked, "type": type_names.name_of(call.store, row.kind, other.kind, number)}
            for _, linked, number in call.store.links("hubspot", row.kind, row.id, other.kind)
        ]
        if results:
            more = {"paging": {"next": _next(call, results[ASSOCIATED]["id"])}} if len(results) > ASSOCIATED else {}
            shown[other.plural] = {"results": results[:ASSOCIATED], **more}
    return {**found, "associations": shown} if shown else found


def create(call: Call) -> Response:
    """201 with the record and its Location; associations named in the body are made with it."""
    item, body = call.kind(), call.body()
    values = validation.read(call, item, body.get("properties"))
    joins = associations_of(call, item, body)
    row = make(call, item, values)
    join(call, row, joins)
    fresh = call.store.get("hubspot", item.kind, row.id) or row
    shown = {**drawing(call, item).full(fresh), **validation.warned(call, item, body.get("properties"))}
    answer = call.reply(201, shown)
    location = f"https://api.hubapi.com{call.request.path.rstrip('/')}/{row.id}"
    return Response(answer.status, answer.body, {**answer.headers, "Location": location})


def make(call: Call, item: ObjectType, values: dict[str, str]) -> Row:
    """Create the record, or refuse it."""
    validation.refuse_create(call, item, values)
    return writer(call).create(item.kind, values)


def associations_of(call: Call, item: ObjectType, body: dict[str, Any]) -> list[tuple[str, str, list[int]]]:
    """The (kind, id, type ids) that a create names; 400 for records that are not there or types that do not fit."""
    found: list[tuple[str, str, list[int]]] = []
    given = bodies.many(body.get("associations"))
    if given:
        validation.refuse_association(call)
    for entry in given:
        to_id = bodies.identifier(entry.get("to"))
        type_ids = [bodies.integer(part.get("associationTypeId")) for part in bodies.many(entry.get("types"))]
        to_kind = _target(call, item.kind, type_ids)
        if to_kind is None or call.store.get("hubspot", to_kind, to_id) is None:
            raise invalid("One or more associations are invalid")
        found.append((to_kind, to_id, type_ids))
    return found


def _target(call: Call, from_kind: str, type_ids: list[int]) -> str | None:
    """The kind to which all these types lead from `from_kind`, or None."""
    for other in kinds.every(call.store):
        known = {item.type_id for item in links.types(call.store, from_kind, other.kind)}
        if type_ids and set(type_ids) <= known:
            return other.kind
    return None


def join(call: Call, row: Row, joins: list[tuple[str, str, list[int]]]) -> None:
    """Make the associations of a new record."""
    joiner = links.Joiner(writer(call))
    for to_kind, to_id, type_ids in joins:
        joiner.add(row.kind, row.id, to_kind, to_id, type_ids)


def update(call: Call) -> Response:
    """The record with the values written; old ids of merged records work too."""
    item = call.kind()
    given = call.body().get("properties")
    values = validation.read(call, item, given)
    row = records.lookup(call.store, item, call.args["id"], call.request.param("idProperty"))
    if row is None or row.archived:
        raise not_found(call.args["id"])
    validation.refuse_change(call, item, row, values)
    shown = drawing(call, item).changed(writer(call).change(row, values), values)
    return call.reply(200, {**shown, **validation.warned(call, item, given)})


def archive(call: Call) -> Response:
    """204, whether or not the record was there."""
    row = records.current(call.store, call.kind().kind, call.args["id"])
    if row is not None:
        writer(call).archive(row)
    return call.done()
