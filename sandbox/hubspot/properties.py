"""The property endpoints: definitions are read, and custom ones added and archived."""

import re
from typing import Any

from sandbox.hubspot import bodies, definitions
from sandbox.hubspot.batch import LIMIT, envelope
from sandbox.hubspot.call import USER_ID, Call
from sandbox.hubspot.catalog import Option, Property
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.times import iso
from sandbox.wire import Response

FIELD_TYPES = {
    "string": ("text", "textarea", "file", "html", "phonenumber"),
    "number": ("number", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox"),
    "bool": ("booleancheckbox",),
}
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
MAX_UNIQUE = 10
BORN_MS = 1_580_000_000_000


def listing(call: Call) -> Response:
    """Every property of a type; archived ones are gone in this sandbox, so asking for them finds none."""
    every = [] if call.flag("archived") else definitions.properties(call.store, call.kind().kind).values()
    return call.reply(200, {"results": [drawn(item, BORN_MS) for item in every]})


def one(call: Call) -> Response:
    """One property by name."""
    return call.reply(200, drawn(_found(call), BORN_MS))


def _found(call: Call) -> Property:
    found = definitions.properties(call.store, call.kind().kind).get(call.args["name"])
    if found is None:
        text, code = f"property {call.args['name']} does not exist", "Properties.PROPERTY_NOT_FOUND"
        raise Refusal(404, text, "OBJECT_NOT_FOUND", code)
    return found


def create(call: Call) -> Response:
    """201 with the definition; 409 for a name that is taken."""
    return call.reply(201, _made(call, call.body()))


def batch_create(call: Call) -> Response:
    """201, or 207 with an error for each name that is taken."""
    results, errors = [], []
    for part in call.inputs(LIMIT):
        try:
            results.append(_made(call, part))
        except Refusal as refusal:
            errors.append(refusal.row())
    return envelope(call, 201, results, errors)


def _made(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    kind = call.kind().kind
    missing = [name for name in ("name", "label", "type", "fieldType", "groupName") if not body.get(name)]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    name, type_, field_type = str(body["name"]), str(body["type"]), str(body["fieldType"])
    known = definitions.properties(call.store, kind)
    if name in known:
        text, code = f"A property named '{name}' already exists.", "Properties.PROPERTY_WITH_NAME_EXISTS"
        raise Refusal(409, text, "OBJECT_ALREADY_EXISTS", code, {"name": [name]})
    if not NAME.fullmatch(name):
        raise invalid(
            f"Property name '{name}' is not valid: lower-case letters, digits and underscores, a letter first"
        )
    if field_type not in FIELD_TYPES.get(type_, ()):
        raise invalid(f"Invalid fieldType {field_type} for type {type_}")
    if body.get("hasUniqueValue") and sum(item.unique for item in known.values()) >= MAX_UNIQUE:
        raise invalid(f"At most {MAX_UNIQUE} properties with unique values are allowed for each object type")
    options = tuple(Option(str(item.get("value")), str(item.get("label"))) for item in bodies.many(body.get("options")))
    made = Property(
        name=name,
        type=type_,
        field_type=field_type,
        label=str(body["label"]),
        group=str(body["groupName"]),
        description=str(body.get("description") or ""),
        options=options,
        unique=bool(body.get("hasUniqueValue")),
        hidden=bool(body.get("hidden")),
        custom=True,
    )
    definitions.add(call.store, kind, made)
    return drawn(made, call.now)


def archive(call: Call) -> Response:
    """204; HubSpot's own properties stay."""
    if not definitions.remove(call.store, call.kind().kind, call.args["name"]):
        spec = _found(call)
        text, code = f"Property {spec.name} is read only", "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
        raise Refusal(400, text, "VALIDATION_ERROR", code)
    return call.done()


def drawn(item: Property, at_ms: int) -> dict[str, Any]:
    """A definition as the API shows it; who made it is told for custom ones alone."""
    options = [
        {"label": option.label, "value": option.value, "description": "", "displayOrder": order, "hidden": False}
        for order, option in enumerate(item.options)
    ]
    made = {"createdUserId": USER_ID, "updatedUserId": USER_ID, "archived": False}
    own = made if item.custom else {"hubspotDefined": True}
    owner = {"referencedObjectType": "OWNER"} if item.name == "hubspot_owner_id" else {}
    fixed = not item.custom
    return {
        "updatedAt": iso(at_ms),
        "createdAt": iso(at_ms),
        "name": item.name,
        "label": item.label,
        "type": item.type,
        "fieldType": item.field_type,
        "description": item.description,
        "groupName": item.group,
        "options": options,
        **owner,
        "displayOrder": -1,
        "calculated": item.calculated,
        "externalOptions": item.external,
        "hasUniqueValue": item.unique,
        "hidden": item.hidden,
        **own,
        "modificationMetadata": {
            "archivable": item.custom,
            "readOnlyDefinition": fixed,
            "readOnlyValue": item.read_only,
            **({"readOnlyOptions": fixed} if item.options else {}),
        },
        "formField": not item.read_only and not item.hidden,
        "dataSensitivity": "non_sensitive",
    }
