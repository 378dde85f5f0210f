"""Association types that an account defines: those of custom object types, and labels."""

from itertools import count
from typing import Any

from sandbox.hubspot import kinds, links
from sandbox.hubspot.association_types import ASSOCIATIONS, LABELS
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal
from sandbox.hubspot.object_types import OTHERS
from sandbox.hubspot.times import iso
from sandbox.store import Store
from sandbox.wire import Response

Definition = dict[str, Any]
TAKEN = frozenset(number for _, _, *pair in ASSOCIATIONS for number in pair) | {number for _, _, number, *_ in LABELS}


def every(store: Store) -> list[Definition]:
    """All of them, each direction one: {from, to, typeId, label, inverse, name, created}; no label: the plain type."""
    found: list[Definition] = store.setting("hubspot", "labels", [])
    return found


def join(call: Call, ends: tuple[str, str], name: str, labels: tuple[str | None, str | None] = (None, None)) -> int:
    """Define a type and its other direction; the number of the first (numbers are this account's own)."""
    there, other = _free(call.store)
    back = there if ends[0] == ends[1] and labels[0] == labels[1] else other
    one, two = ends
    shared = {"name": name, "created": call.now}
    new = [{"from": one, "to": two, "typeId": there, "inverse": back, "label": labels[0], **shared}]
    if back != there:
        new.append({"from": two, "to": one, "typeId": back, "inverse": there, "label": labels[1], **shared})
    call.store.set("hubspot", "labels", [*every(call.store), *new])
    return int(there)


def _free(store: Store) -> tuple[int, int]:
    """The next two numbers. An account counts its own from one (recorded); HubSpot's are left out, so that a link
    needs no category to be told apart."""
    last = max((item["typeId"] for item in every(store)), default=0)
    free = (number for number in count(last + 1) if number not in TAKEN)
    return next(free), next(free)


def forget(store: Store, kind: str) -> None:
    """Remove every definition of a type, and the links that it made."""
    drop(store, [item for item in every(store) if kind in (item["from"], item["to"])])


def drop(store: Store, doomed: list[Definition]) -> None:
    """Remove definitions, and the links that they made."""
    for item in doomed:
        sql = "DELETE FROM link WHERE crm='hubspot' AND from_kind=? AND to_kind=? AND type=?"
        store.db.execute(sql, (item["from"], item["to"], item["typeId"]))
    store.set("hubspot", "labels", [item for item in every(store) if item not in doomed])


def of_type(store: Store, kind: str) -> list[Definition]:
    """The definitions that a schema shows: plain ones of this account from and to the type, both ways."""
    return [
        _drawn(store, item) for item in every(store) if item["label"] is None and kind in (item["from"], item["to"])
    ]


def _drawn(store: Store, item: Definition) -> Definition:
    ends = [item[name] if item[name] in OTHERS else kinds.of_kind(store, item[name]).type_id for name in ("from", "to")]
    return {
        "fromObjectTypeId": ends[0],
        "toObjectTypeId": ends[1],
        "name": item["name"],
        "cardinality": "ONE_TO_MANY",
        "inverseCardinality": "ONE_TO_MANY",
        "id": str(item["typeId"]),
        "createdAt": iso(item["created"]),
        "updatedAt": iso(item["created"]),
    }


def create(call: Call) -> Response:
    """201 with a new association of a custom type; pairs that are joined already stay as they are (409)."""
    body = call.body()
    names = [str(body.get(name) or default) for name, default in _defaults(call)]
    ends = [kinds.object_type(call.store, name) for name in names]
    for name, end in zip(names, ends, strict=True):
        if end is None:
            raise Refusal(400, f"Unable to infer object type from: {name}")
    one, two = (end.kind for end in ends if end is not None)
    if links.unlabelled(call.store, one, two) is not None:
        raise Refusal(409, f"{names[0]} and {names[1]} are associated already", "OBJECT_ALREADY_EXISTS")
    number = join(call, (one, two), str(body.get("name") or f"{names[0]}_to_{names[1]}"))
    made = next(item for item in every(call.store) if item["typeId"] == number)
    return call.reply(201, _drawn(call.store, made))


def _defaults(call: Call) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("fromObjectTypeId", call.args["type"]), ("toObjectTypeId", "")


def delete(call: Call) -> Response:
    """204; both directions of the association go, and what it joined."""
    item, wanted = call.kind(), call.args["association"]
    here = [each for each in every(call.store) if item.kind in (each["from"], each["to"])]
    doomed = [each for each in here if wanted in (str(each["typeId"]), each["name"])]
    numbers = {each["typeId"] for each in doomed} | {each["inverse"] for each in doomed}
    if not doomed:
        raise Refusal(404, f"No association found with id {wanted}", "OBJECT_NOT_FOUND")
    drop(call.store, [each for each in here if each["typeId"] in numbers])
    return call.done()
