"""The values a field may hold, and their one JSON form."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

Value = str | bool | Decimal | date | datetime | tuple[str, ...] | None
Fields = Mapping[str, Value]
Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""Where JSON may name half a character."""

NO_FIELDS: Fields = MappingProxyType({})


def frozen(fields: Fields) -> Fields:
    """A read-only copy in the order of the names."""
    return MappingProxyType({name: fields[name] for name in sorted(fields)})


def dump(value: Value) -> Json:
    """The JSON form: text, truth and null as they are, a list for a set of options, else one tagged pair.

    A number is `{"number": "12.50"}`, a date `{"date": "2026-11-22"}`, a moment `{"moment": "2026-11-22T08:00:00Z"}`
    (UTC): nothing is rounded, and a date never becomes a moment.
    """
    match value:
        case None | str() | bool():
            return value
        case Decimal():
            return {"number": format(value, "f")}
        case datetime():
            return {"moment": moment(value)}
        case date():
            return {"date": value.isoformat()}
    return list(value)


def load(value: Json) -> Value:
    """The value that `dump` wrote; `ValueError` for any other JSON."""
    match value:
        case None | str() | bool():
            return value
        case {"number": str(text)}:
            return Decimal(text)
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case list() if all(isinstance(item, str) for item in value):
            return tuple(str(item) for item in value)
    raise ValueError("not the JSON form of a value")


def dump_fields(fields: Fields) -> dict[str, Json]:
    """The JSON form of a record's fields, in the order of their names."""
    return {name: dump(fields[name]) for name in sorted(fields)}


def load_fields(value: Json) -> Fields:
    """The fields that `dump_fields` wrote."""
    if not isinstance(value, dict):
        raise ValueError("not the JSON form of fields")
    return frozen({name: load(item) for name, item in value.items()})


def moment(at: datetime) -> str:
    """A moment in UTC as ISO 8601 with `Z`; microseconds only where there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def empty(value: Value) -> bool:
    """Whether the CRM would show nothing: null, blank text or no option."""
    return value is None or value == () or (isinstance(value, str) and not value.strip())


def same(a: Value, b: Value) -> bool:
    """Whether writing one over the other would change nothing: blanks are equal, options are a set, 1.0 is 1."""
    if empty(a) or empty(b):
        return empty(a) and empty(b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return set(a) == set(b)
    if isinstance(a, str) and isinstance(b, str):
        return a.strip() == b.strip()
    return type(a) is type(b) and a == b


def whole(value: Json) -> Json:
    """Half a character, which JSON can say and no store can keep, becomes the replacement character."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [whole(item) for item in value]
        case dict():
            return {name: whole(item) for name, item in value.items()}
    return value
