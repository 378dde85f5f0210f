"""The object types of this account: HubSpot's own and the custom ones that its schemas define."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sandbox.hubspot.object_types import KINDS, TYPES, ObjectType, standard_type
from sandbox.store import Store


def object_type(store: Store, name: str) -> ObjectType | None:
    """The type that a path segment names (any case), or None.

    A custom type goes by its number (2-N), its fully qualified name (p<portal>_name), p_name or its bare name.
    """
    found = standard_type(name)
    return found or next((made for made in custom(store) if name.lower() in _names(made)), None)


def of_kind(store: Store, kind: str) -> ObjectType:
    """The type of a kind that there is."""
    return KINDS.get(kind) or _custom(schemas(store)[kind])


def every(store: Store) -> Iterator[ObjectType]:
    """Every type, HubSpot's own first."""
    yield from TYPES
    yield from custom(store)


def custom(store: Store) -> list[ObjectType]:
    """The custom types that have not been deleted."""
    return [_custom(schema) for schema in schemas(store).values() if not schema["archived"]]


def schemas(store: Store) -> dict[str, dict[str, Any]]:
    """The schemas of the custom types, deleted ones among them, by type number."""
    found: dict[str, dict[str, Any]] = store.setting("hubspot", "schemas", {})
    return found


def _custom(schema: dict[str, Any]) -> ObjectType:
    names = (schema["id"], schema["fullyQualifiedName"], schema["labels"].get("singular") or schema["name"])
    return _made(*names, tuple(schema["requiredProperties"]), tuple(schema["searchableProperties"]))


@cache
def _made(number: str, full: str, label: str, required: tuple[str, ...], searched: tuple[str, ...]) -> ObjectType:
    kind = f"2-{number}"
    return ObjectType(kind, kind, full, "custom", required, singular=full, label=label, searched=searched)


def _names(item: ObjectType) -> tuple[str, ...]:
    short = item.name.partition("_")[2]
    return item.type_id, item.name.lower(), f"p_{short}".lower(), short.lower()
