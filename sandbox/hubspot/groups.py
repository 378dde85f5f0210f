"""The property group endpoints: the headings under which properties stand."""

from typing import Any

from sandbox.hubspot import definitions
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.property_types import FIELDS
from sandbox.store import Store
from sandbox.wire import Response

Group = dict[str, Any]


def known(store: Store, kind: str) -> dict[str, Group]:
    """The live groups of a kind by name: those of HubSpot's properties, then those that were added."""
    own = dict.fromkeys(item.group for item in definitions.own(store, kind).values())
    base = {name: _group(name, _title(name), place) for place, name in enumerate(own)}
    return {**base, **store.setting("hubspot", f"groups:{kind}", {})}


def _group(name: str, label: str, order: int) -> Group:
    return {"name": name, "label": label, "displayOrder": order, "archived": False}


def _title(name: str) -> str:
    """contactinformation is headed Contact information, car_information Car information."""
    words = name.removesuffix("information").rstrip("_")
    more = " information" if name.endswith("information") else ""
    return (words.replace("_", " ") + more).strip().capitalize()


def listing(call: Call) -> Response:
    """Every group of a type."""
    return call.reply(200, {"results": list(known(call.store, call.kind().kind).values())})


def one(call: Call) -> Response:
    """One group by name."""
    return call.reply(200, _found(call))


def _found(call: Call) -> Group:
    found = known(call.store, call.kind().kind).get(call.args["group"])
    if found is None:
        name = call.args["group"]
        raise Refusal(404, f"property group {name} does not exist", "OBJECT_NOT_FOUND", "Properties.GROUP_NOT_FOUND")
    return found


def create(call: Call) -> Response:
    """201 with the group; 409 for a name that is taken."""
    kind, body = call.kind().kind, call.body()
    missing = [name for name in ("name", "label") if not body.get(name)]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    name, every = str(body["name"]), known(call.store, kind)
    if name in every:
        text, code = f"A property group named '{name}' already exists.", "Properties.GROUP_WITH_NAME_EXISTS"
        raise Refusal(409, text, "OBJECT_ALREADY_EXISTS", code)
    return call.reply(201, _put(call, kind, {**_group(name, "", len(every)), **_given(body)}))


def _given(body: Group) -> Group:
    return {name: FIELDS[name][1](body[name]) for name in ("label", "displayOrder") if name in body}


def _put(call: Call, kind: str, group: Group) -> Group:
    added = call.store.setting("hubspot", f"groups:{kind}", {})
    call.store.set("hubspot", f"groups:{kind}", {**added, group["name"]: group})
    return group


def update(call: Call) -> Response:
    """The group with another label or place."""
    return call.reply(200, _put(call, call.kind().kind, {**_found(call), **_given(call.body())}))


def archive(call: Call) -> Response:
    """204; a group that still holds properties stays, and so do HubSpot's own."""
    kind, name = call.kind().kind, call.args["group"]
    _found(call)
    if any(item.group == name for item in definitions.properties(call.store, kind).values()):
        text, code = f"Property group '{name}' is in use", "PropertyValidationError.CANNOT_DELETE_GROUP_IN_USE"
        raise Refusal(400, text, "VALIDATION_ERROR", code)
    added = call.store.setting("hubspot", f"groups:{kind}", {})
    call.store.set("hubspot", f"groups:{kind}", {key: group for key, group in added.items() if key != name})
    return call.done()
