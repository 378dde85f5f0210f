"""The schema endpoints: custom object types with their properties and associations."""

from typing import Any

from sandbox.hubspot import association_definitions, bodies, definitions, kinds, properties
from sandbox.hubspot.batch import envelope
from sandbox.hubspot.call import USER_ID, Call
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.times import iso
from sandbox.wire import Response

FIRST, MAX_TYPES, LIMIT = 1_000_000, 10, 100
EVERYWHERE = ("meeting", "task", "email", "note", "call")  # joined with every custom type from the start (recorded)
LISTS = ("requiredProperties", "searchableProperties", "secondaryDisplayProperties")
Schema = dict[str, Any]


def listing(call: Call) -> Response:
    """Every custom type, or every deleted one."""
    archived = call.flag("archived")
    found = [item for item in kinds.schemas(call.store).values() if item["archived"] == archived]
    return call.reply(200, {"results": [drawn(call, item) for item in found]})


def one(call: Call) -> Response:
    """One custom type; for one of HubSpot's own, what there is to say of it."""
    item = kinds.object_type(call.store, call.args["type"])
    if item is not None and not item.is_custom:
        return call.reply(200, _standard(call, item.kind))
    return call.reply(200, drawn(call, _found(call)))


def batch_read(call: Call) -> Response:
    """Schemas by type number or name; the ones not found are errors of a 207."""
    results, errors = [], []
    for name in _names(call.body().get("inputs")):
        item = kinds.object_type(call.store, name)
        if item is None or not item.is_custom:
            errors.append(_missing(name).row())
        else:
            results.append(drawn(call, kinds.schemas(call.store)[item.kind]))
    return envelope(call, 200, results, errors)


def _names(inputs: object) -> list[str]:
    if not isinstance(inputs, list) or len(inputs) > LIMIT:
        raise invalid("Some required fields were not set: [inputs]")
    return [bodies.identifier(item) if isinstance(item, dict) else str(item) for item in inputs]


def _missing(name: str) -> Refusal:
    return Refusal(404, f"Unable to infer object type from: {name}", "OBJECT_NOT_FOUND")


def _found(call: Call) -> Schema:
    item = kinds.object_type(call.store, call.args["type"])
    if item is None or not item.is_custom:
        raise _missing(call.args["type"])
    return kinds.schemas(call.store)[item.kind]


def create(call: Call) -> Response:
    """201 with the type, its properties and its associations; 400 where a name or a list does not fit."""
    body = call.body()
    schema = _described(call, body)
    kind = f"2-{schema['id']}"
    _save(call, schema)
    group = f"{schema['name']}_information"
    for part in bodies.many(body["properties"]):
        properties.define(call, kind, {"groupName": group, "fieldType": "text", "type": "string", **part})
    _refuse_unknown(call, schema)
    wanted = [*bodies.names(body.get("associatedObjects")), *EVERYWHERE]
    others = dict.fromkeys(_target(call, name) for name in wanted)
    for other in others:
        association_definitions.join(
            call, (kind, other), f"{schema['name']}_to_{kinds.of_kind(call.store, other).name}"
        )
    return call.reply(201, drawn(call, schema))


def _described(call: Call, body: Schema) -> Schema:
    missing = [name for name in ("name", "labels", "requiredProperties", "properties") if body.get(name) is None]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    name, labels, every = str(body["name"]), bodies.one(body["labels"]), kinds.schemas(call.store)
    if not properties.NAME.fullmatch(name.lower()):
        text = "letters, digits and underscores, a letter first"
        raise invalid(f"Object name '{name}' is not valid: {text}")
    if kinds.object_type(call.store, name) is not None:
        raise Refusal(409, f"An object type named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
    if sum(not item["archived"] for item in every.values()) >= call.setting("custom_types"):
        raise invalid("Portal has reached its limit of custom object types", limit=[str(call.setting("custom_types"))])
    number = str(FIRST + len(every) + 1)
    return {
        **{part: list(bodies.names(body.get(part))) for part in LISTS},
        "primaryDisplayProperty": str(body.get("primaryDisplayProperty") or ""),
        "description": str(body.get("description") or ""),
        "labels": {part: str(labels.get(part) or name) for part in ("singular", "plural")},
        "id": number,
        "name": name,
        "fullyQualifiedName": f"p{call.setting('portal_id')}_{name}",
        "sensitive": bool(body.get("allowsSensitiveProperties")),
        "restorable": True,
        "archived": False,
        "created": call.now,
        "updated": call.now,
    }


def _target(call: Call, name: str) -> str:
    found = kinds.object_type(call.store, name)
    if found is None:
        raise Refusal(400, f"Unable to infer object type from: {name}")
    return found.kind


def _refuse_unknown(call: Call, schema: Schema) -> None:
    """400 where the schema names properties that the type has not."""
    known = definitions.properties(call.store, f"2-{schema['id']}")
    named = [name for part in LISTS for name in schema[part]] + [schema["primaryDisplayProperty"]]
    wrong = [name for name in dict.fromkeys(named) if name and name not in known]
    if wrong:
        raise invalid(f"The following properties do not exist: [{', '.join(wrong)}]", properties=wrong)


def _save(call: Call, schema: Schema) -> None:
    call.store.set("hubspot", "schemas", {**kinds.schemas(call.store), f"2-{schema['id']}": schema})


def update(call: Call) -> Response:
    """The type as its definition, without properties and associations; the name never changes."""
    schema, body = _found(call), call.body()
    changed = {**schema, "updated": call.now}
    changed |= {part: list(bodies.names(body[part])) for part in LISTS if body.get(part) is not None}
    changed |= {name: str(body[name]) for name in ("primaryDisplayProperty", "description") if body.get(name)}
    changed |= {"restorable": bool(body["restorable"])} if "restorable" in body else {}
    changed |= {"description": ""} if body.get("clearDescription") else {}
    changed |= {"labels": {**schema["labels"], **bodies.one(body["labels"])}} if body.get("labels") else {}
    _refuse_unknown(call, changed)
    _save(call, changed)
    return call.reply(200, {**_definition(changed), "portalId": call.setting("portal_id")})


def delete(call: Call) -> Response:
    """204; refused while there are records. `archived=true` purges a type already deleted, name and all."""
    if call.flag("archived"):
        return _purge(call)
    schema = _found(call)
    if call.store.count("crm='hubspot' AND kind=? AND archived=0", (f"2-{schema['id']}",)):
        text = f"Object type {schema['fullyQualifiedName']} still has records; delete them first"
        raise Refusal(400, text, "VALIDATION_ERROR", context={"objectTypeId": [f"2-{schema['id']}"]})
    _save(call, {**schema, "archived": True, "updated": call.now})
    return call.done()


def _purge(call: Call) -> Response:
    every, wanted = kinds.schemas(call.store), call.args["type"].lower()
    doomed = [
        kind
        for kind, item in every.items()
        if item["archived"] and wanted in (kind, item["name"].lower(), item["fullyQualifiedName"].lower())
    ]
    if not doomed:
        raise _missing(call.args["type"])
    for kind in doomed:
        association_definitions.forget(call.store, kind)
        # The number stays taken, so that no later type finds records or properties of this one.
        every[kind] = {**every[kind], "purged": True, "name": "", "fullyQualifiedName": ""}
    call.store.set("hubspot", "schemas", every)
    return call.done()


def drawn(call: Call, schema: Schema) -> dict[str, Any]:
    """A type in full, as lists, reads and creates show it."""
    kind = f"2-{schema['id']}"
    own = definitions.properties(call.store, kind).values()
    return {
        **_definition(schema),
        "createdByUserId": int(USER_ID),
        "updatedByUserId": int(USER_ID),
        "properties": [properties.drawn(item) for item in sorted(own, key=lambda item: item.name)],
        "associations": association_definitions.of_type(call.store, kind),
    }


def _definition(schema: Schema) -> dict[str, Any]:
    text = {name: schema[name] for name in ("description", "primaryDisplayProperty") if schema[name]}
    return {
        "labels": schema["labels"],
        **{part: schema[part] for part in LISTS},
        **text,
        "archived": schema["archived"],
        "restorable": schema["restorable"],
        "metaType": "PORTAL_SPECIFIC",
        "id": schema["id"],
        "fullyQualifiedName": schema["fullyQualifiedName"],
        "createdAt": iso(schema["created"]),
        "updatedAt": iso(schema["updated"]),
        "objectTypeId": f"2-{schema['id']}",
        "name": schema["name"],
        "allowsSensitiveProperties": schema["sensitive"],
    }


def _standard(call: Call, kind: str) -> dict[str, Any]:
    item = kinds.of_kind(call.store, kind)
    name = item.name.upper()
    return {
        "labels": {"singular": item.kind.capitalize(), "plural": item.plural.capitalize()},
        "requiredProperties": list(item.required),
        "searchableProperties": list(item.searched),
        "primaryDisplayProperty": (item.required or item.defaults or ("hs_object_id",))[0],
        "secondaryDisplayProperties": [],
        "archived": False,
        "restorable": True,
        "metaType": "HUBSPOT",
        "id": item.type_id,
        "fullyQualifiedName": name,
        "objectTypeId": item.type_id,
        "name": name,
        "properties": [properties.drawn(each) for each in definitions.properties(call.store, kind).values()],
        "associations": association_definitions.of_type(call.store, kind),
    }
