"""Property definitions as request bodies describe them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.hubspot import bodies
from sandbox.hubspot.catalog import Option, Property
from sandbox.hubspot.errors import invalid

FIELD_TYPES: Mapping[str, tuple[str, ...]] = {
    "string": ("text", "textarea", "file", "html", "phonenumber"),
    "number": ("number", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox", "calculation_equation"),
    "bool": ("booleancheckbox", "calculation_equation"),
    "phone_number": ("phonenumber",),
}
SENSITIVITIES = ("non_sensitive", "sensitive", "highly_sensitive")
# What tells of a property's making; the answer to a batch create leaves it out (recorded).
MADE_OF = ("createdAt", "updatedAt", "createdUserId", "updatedUserId", "archived")
YES_NO = (Option("true", "True", "True", 0), Option("false", "False", "False", 1))


def made(name: str, body: Mapping[str, Any], now: int) -> Property:
    """A new property; 400 for a part that is not of its form."""
    bare = Property(name, "", "", "", "", custom=True, form_field=False, created=now)
    item = patched(bare, body, now)
    unique = {"unique": bool(body.get("hasUniqueValue")), "sensitivity": _sensitivity(body)}
    more = {"external": bool(body.get("externalOptions")), "refers_to": str(body.get("referencedObjectType") or "")}
    computed = item.field_type == "calculation_equation"
    return replace(item, **unique, **more, calculated=computed, read_only=computed)  # type: ignore[arg-type]


def patched(item: Property, body: Mapping[str, Any], now: int) -> Property:
    """The property with what the body names in place of what it had."""
    given = {field: read(body[name]) for name, (field, read) in FIELDS.items() if name in body}
    changed: Property = replace(item, **given, updated=now)
    if changed.type == "bool" and not changed.options:
        return replace(changed, options=YES_NO)
    return changed


def _sensitivity(body: Mapping[str, Any]) -> str:
    found = str(body.get("dataSensitivity") or "non_sensitive")
    if found not in SENSITIVITIES:
        raise invalid(f"Invalid dataSensitivity {found}")
    return found


def _options(given: object) -> tuple[Option, ...]:
    """Options in the order that they ask for; one without a place stands where the list has it."""
    found = [_option(item, place) for place, item in enumerate(bodies.many(given))]
    return tuple(sorted(found, key=lambda option: option.order or 0))


def _option(item: Mapping[str, Any], place: int) -> Option:
    if not item.get("label") or item.get("value") in (None, ""):
        raise invalid("Some required fields were not set: [label, value]")
    order = _order(item["displayOrder"]) if item.get("displayOrder") is not None else place
    text = str(item.get("description") or "")
    return Option(str(item["value"]), str(item["label"]), text, order, bool(item.get("hidden")))


def _order(value: object) -> int:
    return value if isinstance(value, int) else bodies.integer(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)


FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "label": ("label", _text),
    "type": ("type", _text),
    "fieldType": ("field_type", _text),
    "groupName": ("group", _text),
    "description": ("description", _text),
    "options": ("options", _options),
    "hidden": ("hidden", bool),
    "displayOrder": ("order", _order),
    "formField": ("form_field", bool),
    "calculationFormula": ("formula", _text),
}
