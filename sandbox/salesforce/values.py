"""What a field accepts: types, lengths, picklists and references, refused in the vendor's words."""

import math
import re
from collections.abc import Callable
from typing import Any

from sandbox.salesforce.errors import ApiError, bad_reference, deleted
from sandbox.salesforce.ids import normalize
from sandbox.salesforce.rows import CRM, below
from sandbox.salesforce.schema import DECIMAL, Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.times import parse_date, parse_datetime, stamp
from sandbox.store import Row, Store

EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+")
JAVA_TYPES = {"currency": "double", "percent": "double", "int": "int", "boolean": "boolean", "date": "date"}


CUTTABLE = frozenset({"string", "textarea", "phone", "email", "picklist", "multipicklist", "combobox"})


def stored(field: Field, value: Any, truncate: bool = False) -> Any:
    """The form in which a value given by a caller is kept; raises the vendor's refusal of one that does not fit.

    `truncate` cuts texts to their field's length, as AllowFieldTruncationHeader asks.
    """
    if value is None or value == "":
        return None
    if field.type in DECIMAL or field.type in READERS:
        return _read(field, value)
    if field.type in ("id", "reference"):
        return _id(field, value)
    if truncate and field.size and isinstance(value, str) and field.type in CUTTABLE:
        value = value[: field.size]
    return _text(field, value)


def _read(field: Field, value: Any) -> Any:
    reader: Callable[[Any], Any] = READERS.get(field.type, _number)
    try:
        found = reader(value)
    except (ValueError, TypeError, OverflowError, AttributeError):
        raise _unreadable(field, value) from None
    if isinstance(found, int | float) and field.size and abs(found) >= 10 ** (field.size - field.scale):
        message = f"{field.label}: value outside of valid range on field: {value}"
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,))
    return found


def _unreadable(field: Field, value: Any) -> ApiError:
    token = "VALUE_STRING" if isinstance(value, str) else "VALUE_NUMBER_INT"
    kind = JAVA_TYPES.get(field.type, "string" if field.type not in ("datetime", "double") else field.type)
    message = f"Cannot deserialize instance of {kind} from {token} value {value}"
    return ApiError("JSON_PARSER_ERROR", f"{message} or request may be missing a required field at [line:1, column:2]")


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false", "1", "0"):
        return value.lower() in ("true", "1")
    raise ValueError(value)


def _int(value: Any) -> int:
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError(value)
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError(value)
    return float(value)


def _date(value: Any) -> str:
    return parse_date(value).isoformat()


def _datetime(value: Any) -> str:
    return stamp(parse_datetime(value))


READERS: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "int": _int,
    "date": _date,
    "datetime": _datetime,
}


def _id(field: Field, value: Any) -> str:
    found = normalize(value) if isinstance(value, str) else None
    if found is None:
        raise ApiError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", (field.name,))
    return found


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    if field.size and len(value) > field.size:
        message = f"{field.label}: data value too large: {value} (max length={field.size})"
        raise ApiError("STRING_TOO_LONG", message, (field.name,))
    if field.type == "email" and not EMAIL.fullmatch(value):
        raise ApiError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", (field.name,))
    if "r" in field.flags and field.values and value not in field.values:
        message = f"{field.label}: bad value for restricted picklist field: {value}"
        raise ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))
    return value


def check_references(call: Call, sobject: SObject, changed: dict[str, Any]) -> None:
    """Every reference must point at a live record that the caller may see, of a type that the field takes.

    Owners must be active.
    """
    for name, value in changed.items():
        field = sobject.fields[name.lower()]
        if value is None or not field.refers_to:
            continue
        target = call.whole.of_id(value)
        if target is None or target.name not in field.refers_to:
            message = f"{field.label}: id value of incorrect type: {value}"
            raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, (field.name,))
        row = call.store.get(CRM, target.kind, value)
        if row is None:
            raise bad_reference(field.name)
        if call.schema.get(target.name) is None:
            message = f"insufficient access rights on cross-reference id: {value[:15]}"
            raise ApiError("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, ())
        if row.archived:
            raise deleted()
        if target.kind == "user" and name == "OwnerId" and not row.fields.get("IsActive", True):
            message = f"operation performed with inactive user [{value}] as owner of {sobject.name.lower()}"
            raise ApiError("INACTIVE_OWNER_OR_USER", message, (field.name,))


def check_unique(store: Store, sobject: SObject, values: dict[str, Any], own: str | None) -> None:
    """No other live record may hold the value of an external id; `own` is the record itself."""
    for name, value in values.items():
        if value is None or not sobject.fields[name.lower()].external_id:
            continue
        others = [row for row in holders(store, sobject, name, value) if row.id != own]
        if others:
            message = f"duplicate value found: {name} duplicates value on record with id: {others[0].id[:15]}"
            raise ApiError("DUPLICATE_VALUE", message, ())


def holders(store: Store, sobject: SObject, name: str, value: Any) -> list[Row]:
    """The live records of a type whose field holds the value; letters of either case are alike."""
    if name == "Id":
        row = store.get(CRM, sobject.kind, str(value))
        return [row] if row and not row.archived else []
    exact = below(store, sobject.kind, name, [str(value)])
    if exact or str(value).upper() == str(value).lower():
        return exact
    where = f"crm='salesforce' AND kind=? AND archived=0 AND lower(json_extract(data, '$.{name}'))=lower(?)"
    return store.rows(where, (sobject.kind, str(value)))
