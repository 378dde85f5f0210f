"""What a recorded describe presumes: a type with exactly the fields that it lists."""

from collections.abc import Mapping
from typing import Any

from tests.sandbox.recorded.salesforce_exchange import Exchange
from tests.sandbox.recorded.salesforce_world import World

SIZES = ("length", "precision", "digits")
FLAGS = (
    ("nillable", "n"),
    ("createable", "c"),
    ("updateable", "u"),
    ("defaultedOnCreate", "d"),
    ("restrictedPicklist", "r"),
    ("nameField", "m"),
)


def described(world: World, exchange: Exchange, name: str) -> None:
    """GET /sobjects/{type}/describe."""
    if exchange.status == 304:
        world.type(name)
        return
    if not exchange.ok:
        return
    answer = exchange.answer
    kind = world.type(name)
    kind.prefix = kind.prefix if kind.known else str(answer.get("keyPrefix") or kind.prefix)
    abilities = " ".join(key for key, value in answer.items() if value is True)
    kind.more = {
        "whole": True,
        "label": answer.get("label"),
        "plural": answer.get("labelPlural"),
        "abilities": abilities,
    }
    names = {str(each["name"]).lower() for each in answer.get("fields", [])}
    kind.hidden = [
        each.name for each in (kind.known.fields.values() if kind.known else ()) if each.name.lower() not in names
    ]
    for each in answer.get("fields", []):
        if not world.known_field(name, str(each["name"])):
            world.saw(name, str(each["name"]), line=line_of(each))
    for child in answer.get("childRelationships", []):
        known = world.schema.get(str(child["childSObject"]))
        if known is None and child.get("field"):
            world.saw(
                str(child["childSObject"]),
                str(child["field"]),
                target=kind.name,
                child_name=child.get("relationshipName"),
            )


def line_of(described_field: Mapping[str, Any]) -> str:
    """The catalog line of a field without its name."""
    flags = "".join(letter for fact, letter in FLAGS if described_field.get(fact))
    flags += "x" if described_field.get("externalId") else ""
    flags += "l" if described_field.get("idLookup") else ""
    size = next((described_field[name] for name in SIZES if described_field.get(name)), 0)
    scale = f".{described_field['scale']}" if described_field.get("scale") else ""
    label = str(described_field.get("label") or "Field").replace(";", ",")
    options = ""
    if targets := described_field.get("referenceTo"):
        options += f"; to={described_field.get('relationshipName') or ''}:{','.join(targets)}"
        options += "!" if described_field.get("cascadeDelete") else ""
    if described_field.get("compoundFieldName"):
        options += f"; in={described_field['compoundFieldName']}"
    choices = [str(choice["value"]) for choice in described_field.get("picklistValues") or []]
    if choices:
        options += f"; values=@{'|'.join(choices).replace(';', ',')}"
    return f"{described_field['type']}:{size}{scale} {flags or '-'} {label}{options}"
