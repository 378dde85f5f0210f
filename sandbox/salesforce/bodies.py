"""Parts of a JSON body in the form they must have; anything else is the JSON_PARSER_ERROR of a bad value."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.errors import ApiError


def refuse(name: str, wanted: str) -> ApiError:
    """The refusal of a value of the wrong type; where in the body it stands is not modeled."""
    return ApiError("JSON_PARSER_ERROR", f"Cannot deserialize {name}: {wanted} was expected at [line:1, column:2]")


def mapping(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object; absent means an empty one."""
    found = body.get(name)
    if found is not None and not isinstance(found, dict):
        raise refuse(name, "an object")
    return found or {}


def many(body: Mapping[str, Any], name: str) -> list[Any]:
    """A list; absent means none."""
    found = body.get(name)
    if found is not None and not isinstance(found, list):
        raise refuse(name, "a list")
    return found or []


def objects(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects; absent means none."""
    found = many(body, name)
    if not all(isinstance(each, dict) for each in found):
        raise refuse(name, "a list of objects")
    return found


def texts(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts; absent means none."""
    found = many(body, name)
    if not all(isinstance(each, str) for each in found):
        raise refuse(name, "a list of texts")
    return found


def whole(body: Mapping[str, Any], name: str) -> int | None:
    """A whole number, or one written as text; None where it is absent or empty."""
    found = str(body.get(name) or "")
    if found and not (found.isascii() and found.isdigit() and len(found) <= 9):
        raise refuse(name, "a whole number")
    return int(found) if found else None
