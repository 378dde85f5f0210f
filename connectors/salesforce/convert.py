"""Field values: Salesforce's JSON to ours by the described type, and back by our own."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from connectors.errors import Garbled, UsageError
from connectors.salesforce import body
from connectors.salesforce.ids import id18
from connectors.values import Value

UNREADABLE = frozenset({"address", "location", "complexvalue", "base64", "anyType", "json"})
"""Compound and binary types: their parts are fields of their own, or they are no values at all."""

PERCENT = frozenset({"probability"})
"""Neutral names whose unit is a share of one; Salesforce counts in hundredths."""

Wire = str | bool | Decimal | None


def _moment(text: str) -> datetime:
    """`2022-02-15T06:21:19.000+0000`, as Salesforce writes it, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _number(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise TypeError("not a number")
    return Decimal(raw)


def _truth(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise TypeError("not a truth value")
    return raw


def _plain(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError("not text")
    return raw


READERS: Mapping[str, Callable[[Any], Value]] = {
    **dict.fromkeys(("currency", "double", "int", "long", "percent"), _number),
    "boolean": _truth,
    "date": lambda raw: date.fromisoformat(_plain(raw)),
    "datetime": lambda raw: _moment(_plain(raw)),
    "multipicklist": lambda raw: tuple(_plain(raw).split(";")),
    **dict.fromkeys(("id", "reference"), lambda raw: id18(_plain(raw))),
}


def read(type_: str, name: str, raw: Any) -> Value:
    """The value of a field, `name` its neutral name; `Garbled` where the JSON does not fit the described type.

    A day becomes the midnight in UTC that begins it where the neutral name promises a moment (`..._at`).
    """
    if raw is None:
        return () if type_ == "multipicklist" else None
    try:
        value = READERS.get(type_, _plain)(raw)
    except (TypeError, ValueError):
        raise Garbled(f"a field of type {type_} holds something else") from None
    if name in PERCENT and isinstance(value, Decimal):
        return value / 100
    if name.endswith("_at") and isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value


def write(name: str, value: Value) -> Wire:
    """What to send for a value: null clears, options are joined by `;`, a moment has milliseconds and `Z`.

    `UsageError` for an option that cannot be written.
    """
    match value:
        case Decimal():
            return value * 100 if name in PERCENT else value
        case datetime():
            return value.date().isoformat() if name == "due_at" else _literal(value)
        case date():
            return value.isoformat()
        case tuple():
            return _options(value)
        case "":
            return None
    return value


def _options(items: tuple[str, ...]) -> str | None:
    if any(";" in item or not item for item in items):
        raise UsageError("an option that is blank or holds a semicolon cannot be written to Salesforce")
    return ";".join(items) or None


def _literal(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text(value: Wire) -> str:
    """The XML Schema text of what is sent, for SOAP; null has none and goes by `fieldsToNull`."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return body.number(value)
    return value or ""
