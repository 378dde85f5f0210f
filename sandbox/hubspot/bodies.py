"""Parts of a JSON body in the form they must have; anything else is HubSpot's 400 for bad JSON."""

from typing import Any

from sandbox.hubspot.errors import Refusal


def refuse(wanted: str) -> Refusal:
    """400 as HubSpot's parser words it; where in the body it stopped is not modeled."""
    return Refusal(400, f"Invalid input JSON on line 1, column 1: {wanted} was expected")


def one(value: object) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise refuse("an object")
    return value


def many(value: object) -> list[dict[str, Any]]:
    """A list of objects; absent means none."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise refuse("a list")
    return [one(item) for item in value]


def names(value: object) -> tuple[str, ...]:
    """A list of names; absent means none."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise refuse("a list of names")
    return tuple(str(name) for name in value)


def integer(value: object) -> int:
    """A whole number, or one written as text."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise refuse("a whole number")
    return int(text)


def identifier(value: object) -> str:
    """The id of an `{"id": ...}` object."""
    return str(one(value).get("id", ""))
