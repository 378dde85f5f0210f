"""Records as flat lines of texts, as CSV has them: `Account.Name` is a column, times end in Z, nothing is null."""

import math
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.soql.names import Names
from sandbox.salesforce.soql.tree import Distance, Function, Path, Query


@dataclass(frozen=True, slots=True)
class Cells:
    """The columns of a SELECT: their names, the way to each value in a record, and the type of each field."""

    names: tuple[str, ...]
    ways: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]

    def of(self, record: dict[str, Any]) -> list[str]:
        """The values of one record as texts."""
        return [text_of(_at(record, way), kind) for way, kind in zip(self.ways, self.kinds, strict=True)]


def cells_of(query: Query, names: Names) -> Cells:
    """The columns of a SELECT of plain fields and functions that show one."""
    ways: list[tuple[str, ...]] = []
    kinds: list[str] = []
    for item in query.select:
        if isinstance(item, Distance):
            ways.append((item.alias or "expr0",))
            kinds.append("double")
        path = item if isinstance(item, Path) else item.field if isinstance(item, Function) else None
        if path is not None:
            way = names.resolve(path)
            last = (item.alias if isinstance(item, Function) else None) or way.field.name
            ways.append((*(relation.relationship or "" for relation in way.relations), last))
            kinds.append("string" if isinstance(item, Function) else way.field.type)
    return Cells(tuple(".".join(way) for way in ways), tuple(ways), tuple(kinds))


def _at(record: dict[str, Any], way: tuple[str, ...]) -> Any:
    value: Any = record
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_of(value: Any, kind: str) -> str:
    """A JSON value as Bulk API writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return java_double(value)
    if kind == "datetime":
        return str(value).replace("+0000", "Z")
    return str(value)


def java_double(value: float) -> str:
    """A number as Java's Double.toString writes it: `5.0`, `0.01`, and from ten million on `1.0E7`."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    exponent = math.floor(math.log10(abs(value)))
    digits = repr(float(f"{value:.16e}".partition("e")[0]))
    if abs(float(digits)) >= 10:
        digits, exponent = repr(float(digits) / 10), exponent + 1
    return f"{digits}E{exponent}"
