"""The label endpoints: an account's own association labels, and how many associations a label may make."""

from typing import Any

from sandbox.hubspot import association_definitions as definitions
from sandbox.hubspot import bodies, kinds, links
from sandbox.hubspot.batch import envelope
from sandbox.hubspot.call import USER_ID, Call
from sandbox.hubspot.errors import Refusal, invalid, not_found
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import iso
from sandbox.wire import Response

MAX_LABELS, LIMIT = 50, 2000
LABELED = ("contact", "company", "deal", "ticket", "lead")  # and custom types; activities have no labels (documented)


def listing(call: Call) -> Response:
    """The association types between two kinds in one direction."""
    every = links.types(call.store, *_kinds(call))
    results = [{"category": item.category, "typeId": item.type_id, "label": item.label} for item in every]
    return call.reply(200, {"results": results})


def _kinds(call: Call) -> tuple[str, str]:
    return call.kind("from_type").kind, call.kind("to_type").kind


def create(call: Call) -> Response:
    """A new label, one type for each direction; with an `inverseLabel` the other direction is called that."""
    ends, body = _kinds(call), call.body()
    missing = [name for name in ("name", "label") if not body.get(name)]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    for item in (call.kind("from_type"), call.kind("to_type")):
        if not item.is_custom and item.kind not in LABELED:
            raise invalid(f"Association labels are not supported for object type {item.type_id}")
    label, back = str(body["label"]), str(body.get("inverseLabel") or body["label"])
    _refuse_taken(call, ends, label, str(body["name"]))
    number = definitions.join(call, ends, str(body["name"]), (label, back))
    return call.reply(200, {"results": [_spec(item) for item in _pair(call, number)]})


def _refuse_taken(call: Call, ends: tuple[str, str], label: str, name: str) -> None:
    here = [item for item in definitions.every(call.store) if {item["from"], item["to"]} == set(ends) and item["label"]]
    if any(label in (item["label"],) or name == item.get("name") for item in here):
        text = f"An association label named '{label}' already exists between these objects"
        raise Refusal(409, text, "OBJECT_ALREADY_EXISTS")
    if len({min(item["typeId"], item["inverse"]) for item in here}) >= MAX_LABELS:
        raise invalid(f"The limit of {MAX_LABELS} association labels between these objects has been reached")


def _pair(call: Call, number: int) -> list[dict[str, Any]]:
    return [item for item in definitions.every(call.store) if number in (item["typeId"], item["inverse"])]


def _spec(item: dict[str, Any]) -> dict[str, Any]:
    return {"category": "USER_DEFINED", "typeId": item["typeId"], "label": item["label"]}


def update(call: Call) -> Response:
    """204; a label is called something else, and so is its other direction where the body names that."""
    body = call.body()
    number = bodies.integer(body.get("associationTypeId"))
    if not body.get("label"):
        raise invalid("Some required fields were not set: [label]")
    _own(call, number)
    texts = {number: str(body["label"])}
    every = definitions.every(call.store)
    inverse = next(item["inverse"] for item in every if item["typeId"] == number)
    texts |= {inverse: str(body["inverseLabel"])} if body.get("inverseLabel") else {}
    call.store.set("hubspot", "labels", [{**item, "label": texts.get(item["typeId"], item["label"])} for item in every])
    return call.done()


def _own(call: Call, number: int) -> None:
    """404 unless the account itself defined this label between these kinds."""
    ends = _kinds(call)
    for item in definitions.every(call.store):
        if item["typeId"] == number and (item["from"], item["to"]) == ends and item["label"]:
            return
    raise not_found(str(number))


def delete(call: Call) -> Response:
    """204; the label goes in both directions, and from every pair that had it."""
    number = bodies.integer(call.args["label"])
    _own(call, number)
    definitions.drop(call.store, _pair(call, number))
    return call.done()


def _limits(call: Call) -> dict[str, int]:
    found: dict[str, int] = call.store.setting("hubspot", "association_limits", {})
    return found


def _limited(call: Call, ends: tuple[str, str]) -> list[dict[str, Any]]:
    """The types of a direction that have a limit, as the configuration endpoints show them."""
    limits = _limits(call)
    return [
        {
            "category": item.category,
            "typeId": item.type_id,
            "label": item.label,
            "userEnforcedMaxToObjectIds": limits[str(item.type_id)],
        }
        for item in links.types(call.store, *ends)
        if str(item.type_id) in limits
    ]


def configurations(call: Call) -> Response:
    """The limits set between two kinds in one direction."""
    return call.reply(200, {"results": _limited(call, _kinds(call))})


def all_configurations(call: Call) -> Response:
    """The limits set anywhere in the account."""
    every: list[ObjectType] = list(kinds.every(call.store))
    found = [item for one in every for two in every for item in _limited(call, (one.kind, two.kind))]
    return call.reply(200, {"results": found})


def set_limits(call: Call) -> Response:
    """Limit how many records a type may lead to; types that are not there are errors of a 207."""
    ends, results, errors = _kinds(call), [], []
    known = {item.type_id: item for item in links.types(call.store, *ends)}
    for part in call.inputs(LIMIT):
        number, most = bodies.integer(part.get("typeId")), bodies.integer(part.get("maxToObjectIds"))
        if number not in known:
            text = f"No association type {number} between these objects"
            errors.append(Refusal(400, text, "VALIDATION_ERROR").row())
            continue
        call.store.set("hubspot", "association_limits", {**_limits(call), str(number): most})
        shown = {"category": known[number].category, "typeId": number, "userEnforcedMaxToObjectIds": most}
        results.append(shown)
    return envelope(call, 200, results, errors)


def purge_limits(call: Call) -> Response:
    """204; the limits of these types are lifted."""
    doomed = {str(bodies.integer(part.get("typeId"))) for part in call.inputs(LIMIT)}
    kept = {number: most for number, most in _limits(call).items() if number not in doomed}
    call.store.set("hubspot", "association_limits", kept)
    return call.done()


def usage_report(call: Call) -> Response:
    """The report of records with many associations is ordered; it would reach the user by e-mail."""
    user = bodies.integer(call.args["user"])
    owner = next((row for row in call.store.rows("crm='hubspot' AND kind='owner'") if _is(row.fields, user)), None)
    email = owner.fields["email"] if owner else f"user{user}@sandbox.example"
    return call.reply(200, {"userId": user, "userEmail": email, "enqueueTime": iso(call.now)})


def _is(fields: dict[str, Any], user: int) -> bool:
    return str(fields.get("userId") or USER_ID) == str(user)
