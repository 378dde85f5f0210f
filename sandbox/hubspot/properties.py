"""The property endpoints: definitions are read, added, changed, archived and restored."""

import re
from typing import Any

from sandbox.hubspot import definitions, groups
from sandbox.hubspot.batch import LIMIT, envelope
from sandbox.hubspot.call import USER_ID, Call
from sandbox.hubspot.catalog import Option, Property
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.property_types import FIELD_TYPES, MADE_OF, made, patched
from sandbox.hubspot.times import iso
from sandbox.wire import Response

NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
MAX_UNIQUE = 10
# HubSpot's own properties whose options an account may change.
OPEN_OPTIONS = frozenset(
    {"dealstage", "dealtype", "hs_lead_status", "industry", "lifecyclestage", "type"}
    | {"hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority"}
)


def listing(call: Call) -> Response:
    """Every property of a type, or every archived one."""
    return call.reply(200, {"results": [drawn(item, call.flag("archived")) for item in _every(call).values()]})


def _every(call: Call) -> dict[str, Property]:
    kind, archived = call.kind().kind, call.flag("archived")
    found = definitions.archived(call.store, kind) if archived else definitions.properties(call.store, kind)
    wanted = call.request.param("dataSensitivity")
    return {name: item for name, item in found.items() if wanted in (None, item.sensitivity)}


def one(call: Call) -> Response:
    """One property by name; an archived one only where `archived` asks for it."""
    return call.reply(200, drawn(_found(call, call.args["name"]), call.flag("archived")))


def _found(call: Call, name: str) -> Property:
    found = _every(call).get(name)
    if found is None:
        raise _missing(name)
    return found


def _missing(name: str) -> Refusal:
    text, code = f"property {name} does not exist", "Properties.PROPERTY_NOT_FOUND"
    return Refusal(404, text, "OBJECT_NOT_FOUND", code, row_context={"name": [name]})


def batch_read(call: Call) -> Response:
    """Definitions by name, `archived` ones where the body asks; the ones not found are errors of a 207."""
    kind, body, results, errors = call.kind().kind, call.body(), [], []
    gone = bool(body.get("archived"))
    known = definitions.archived(call.store, kind) if gone else definitions.properties(call.store, kind)
    for part in call.inputs(LIMIT):
        name = str(part.get("name", ""))
        if name in known:
            results.append(drawn(known[name], gone))
        else:
            errors.append(_missing(name).row())
    return envelope(call, 200, results, errors)


def create(call: Call) -> Response:
    """201 with the definition; 409 for a name that is taken; the name of an archived one brings that one back."""
    return call.reply(201, drawn(define(call, call.kind().kind, call.body())))


def batch_create(call: Call) -> Response:
    """201, or 207 with an error for each name that is taken; who made them and when is left out (recorded)."""
    results, errors = [], []
    for part in call.inputs(LIMIT):
        try:
            shown = drawn(define(call, call.kind().kind, part))
            results.append({name: value for name, value in shown.items() if name not in MADE_OF})
        except Refusal as refusal:
            errors.append(refusal.row())
    return envelope(call, 201, results, errors)


def define(call: Call, kind: str, body: dict[str, Any]) -> Property:
    """Add a property as a body describes it, or refuse."""
    missing = [name for name in ("name", "label", "type", "fieldType", "groupName") if not body.get(name)]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    name, known = str(body["name"]), definitions.properties(call.store, kind)
    if name in known:
        text, code = f"A property named '{name}' already exists.", "Properties.PROPERTY_WITH_NAME_EXISTS"
        raise Refusal(409, text, "OBJECT_ALREADY_EXISTS", code, row_context={"name": [name]})
    if not NAME.fullmatch(name):
        raise invalid(
            f"Property name '{name}' is not valid: lower-case letters, digits and underscores, a letter first"
        )
    if body.get("hasUniqueValue") and sum(item.unique for item in known.values()) >= MAX_UNIQUE:
        raise invalid(f"At most {MAX_UNIQUE} properties with unique values are allowed for each object type")
    item = made(name, body, call.now)
    _refuse_misfit(call, kind, item)
    definitions.add(call.store, kind, item)
    return item


def _refuse_misfit(call: Call, kind: str, item: Property) -> None:
    if item.field_type not in FIELD_TYPES.get(item.type, ()):
        raise invalid(f"Invalid fieldType {item.field_type} for type {item.type}")
    if item.group not in groups.known(call.store, kind):
        text, code = f"Property group '{item.group}' does not exist", "Properties.GROUP_NOT_FOUND"
        raise Refusal(400, text, "VALIDATION_ERROR", code)
    values = [option.value for option in item.options]
    if len(values) != len(set(values)):
        raise invalid("Property options must have unique values")


def update(call: Call) -> Response:
    """The definition with what the body names; `options` replaces the whole list (documented).

    HubSpot's own properties keep their definition, apart from the options of those that let them be changed.
    """
    kind, body = call.kind().kind, call.body()
    before = definitions.properties(call.store, kind).get(call.args["name"])
    if before is None:
        raise _missing(call.args["name"])
    changed = patched(before, body, call.now)
    if not (before.custom or (before.name in OPEN_OPTIONS and set(body) <= {"name", "options"})):
        text, code = f"Property {before.name} is read only", "PropertyValidationError.READ_ONLY_DEFINITION"
        raise Refusal(400, text, "VALIDATION_ERROR", code)
    _refuse_misfit(call, kind, changed)
    definitions.add(call.store, kind, changed)
    return call.reply(200, drawn(changed))


def archive(call: Call) -> Response:
    """204; HubSpot's own properties stay, and so do those that a schema needs."""
    _archive(call, call.args["name"])
    return call.done()


def batch_archive(call: Call) -> Response:
    """204; names that there are not are passed over."""
    known = definitions.properties(call.store, call.kind().kind)
    for part in call.inputs(LIMIT):
        if str(part.get("name", "")) in known:
            _archive(call, str(part["name"]))
    return call.done()


def _archive(call: Call, name: str) -> None:
    item = call.kind()
    in_use = item.is_custom and name in item.required
    if in_use or not definitions.remove(call.store, item.kind, name, call.now):
        spec = definitions.properties(call.store, item.kind).get(name)
        if spec is None:
            raise _missing(name)
        text, code = f"Property {spec.name} is in use", "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
        raise Refusal(400, text, "VALIDATION_ERROR", code)


def drawn(item: Property, archived: bool = False) -> dict[str, Any]:
    """A definition as the API shows it; who made it is told for custom ones alone."""
    users = {"createdUserId": USER_ID, "updatedUserId": USER_ID}
    own: dict[str, Any] = {**users, "archived": archived} if item.custom else {"hubspotDefined": True}
    refers = item.refers_to or ("OWNER" if item.name == "hubspot_owner_id" else "")
    shown = not item.read_only and not item.hidden if item.form_field is None else item.form_field
    return {
        # HubSpot's properties that all types share have no moments of their own (recorded).
        **({"updatedAt": iso(item.updated), "createdAt": iso(item.created)} if item.created else {}),
        "name": item.name,
        "label": item.label,
        "type": item.type,
        "fieldType": item.field_type,
        "description": item.description,
        "groupName": item.group,
        "options": [_option(option, place) for place, option in enumerate(item.options)],
        **({"referencedObjectType": refers} if refers else {}),
        "displayOrder": item.order,
        "calculated": item.calculated,
        "externalOptions": item.external,
        "hasUniqueValue": item.unique,
        "hidden": item.hidden,
        **own,
        "modificationMetadata": {
            "archivable": True,  # recorded, for HubSpot's own properties too
            "readOnlyDefinition": not item.custom,
            **({"readOnlyOptions": False} if item.name in OPEN_OPTIONS else {}),
            "readOnlyValue": item.read_only,
        },
        "formField": shown,
        "dataSensitivity": item.sensitivity,
        **({"showCurrencySymbol": item.show_currency} if item.show_currency is not None else {}),
        **({"calculationFormula": item.formula} if item.formula else {}),
        **({"archivedAt": iso(item.updated)} if archived else {}),
    }


def _option(option: Option, place: int) -> dict[str, Any]:
    return {
        "label": option.label,
        "value": option.value,
        "description": option.description,
        "displayOrder": place if option.order is None else option.order,
        "hidden": option.hidden,
    }
