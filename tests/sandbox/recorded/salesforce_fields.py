"""Fields that a recording shows and the catalog does not have, as lines of the catalog."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.recorded.salesforce_world import World

DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
OF_EVERY_TYPE = (
    *("OwnerId", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"),
    "SystemModstamp",
)
BASE_OF_EVERY_TYPE = frozenset({"id", *(name.lower() for name in OF_EVERY_TYPE)})
LONGEST_LINE = 255


@dataclass(slots=True)
class Seen:
    """A field as a recording shows it; `line` is the end of its catalog line where a describe tells it whole."""

    name: str
    values: list[Any] = field(default_factory=list)
    target: str | None = None
    relationship: str | None = None
    child_name: str | None = None
    external: bool = False
    required: bool = False
    restricted: bool = False
    line: str | None = None


def catalog_line(world: "World", type_name: str, seen: Seen) -> str:
    """The line that makes the field; empty for one that every type has."""
    if seen.name.lower() in BASE_OF_EVERY_TYPE and not seen.line:
        return ""
    if seen.line:
        return f"{seen.name} {seen.line}"
    kind, size, flags = kind_of(seen)
    if seen.required:
        flags = flags.replace("n", "")
    flags += "xl" * seen.external
    name = "m" if seen.name.lower() == "name" else ""
    pointed = (world.target(type_name, seen.name, value) for value in seen.values)
    target = seen.target or next((found for found in pointed if found), None)
    if target and kind in ("string", "reference"):
        world.type(target)
        relation = seen.relationship or relation_of(seen.name)
        child = f"<{seen.child_name}" if seen.child_name else ""
        return f"{seen.name} reference {flags} {seen.name}; to={relation}:{target}{child}"
    if name:
        flags += "dl"
    if seen.restricted:
        return f"{seen.name} picklist:255 {flags}r {seen.name}; values=@none of these"
    return f"{seen.name} {kind}{size} {flags}{name} {seen.name}"


def relation_of(name: str) -> str:
    """The relationship name of a reference field."""
    return f"{name[:-3]}__r" if name.endswith("__c") else name.removesuffix("Id")


def kind_of(seen: Seen) -> tuple[str, str, str]:
    """Type, size and flags that the values of a field speak for."""
    values = seen.values
    if not values:
        return ("reference", "", "ncu") if seen.target else ("string", ":255", "ncu")
    if all(isinstance(value, bool) for value in values):
        return "boolean", "", "cud"
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return "double", ":18.4", "ncu"
    if all(isinstance(value, dict) for value in values):
        return ("address" if "city" in values[0] else "location"), "", "n"
    texts = [str(value) for value in values]
    if all(DATETIME.fullmatch(text) for text in texts):
        return "datetime", "", "ncu"
    if all(DATE.fullmatch(text) for text in texts):
        return "date", "", "ncu"
    longest = max(map(len, texts))
    return ("textarea", ":32000", "ncu") if longest > LONGEST_LINE else ("string", ":255", "ncu")
