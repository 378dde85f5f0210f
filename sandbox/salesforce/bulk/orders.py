"""The JSON in which jobs are ordered; Bulk API 2.0 refuses bad JSON under its own code, API_ERROR."""

from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.wire import Request


def order_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request; API_ERROR otherwise."""
    try:
        found = request.json()
    except ValueError as wrong:
        raise ApiError("API_ERROR", f"Unable to parse the request: {wrong}") from None
    if not isinstance(found, dict):
        raise ApiError("API_ERROR", "The request must be a JSON object")
    return found


def choice(order: dict[str, Any], name: str, allowed: tuple[str, ...], default: str | None) -> str:
    """The value of a name; INVALIDJOB where it is needed and missing, API_ERROR where it is none of the allowed."""
    value = order.get(name, default)
    if value is None:
        raise ApiError("INVALIDJOB", f"Must specify {name}")
    if value not in allowed:
        message = f'Cannot deserialize value from String "{value}": not one of the values accepted: '
        raise ApiError("API_ERROR", f"{message}[{', '.join(sorted(allowed))}]")
    return str(value)
