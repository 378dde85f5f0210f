"""HubSpot's refusals: the error bodies as recorded on the wire."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Store
from sandbox.wire import Request, Response, counts

NAMESPACE = uuid.UUID("5b8f4c57-93c2-4a3e-9d0b-9a4f4f0d5c11")
UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
SCOPES_URL = "https://developers.hubspot.com/scopes"


@dataclass(slots=True)
class Refusal(Exception):
    """A call, or one row of a batch, that HubSpot refuses; absent parts are left out of the body."""

    status: int
    message: str
    category: str | None = None
    sub_category: str | None = None
    context: Mapping[str, Sequence[str]] | None = None
    errors: Sequence[Mapping[str, Any]] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    row_context: Mapping[str, Sequence[str]] = field(default_factory=dict)  # told in a 207 alone

    def parts(self) -> dict[str, Any]:
        """What follows `status` and `message` (and the correlation id) in a body."""
        optional = {"subCategory": self.sub_category, "context": self.context, "errors": list(self.errors)}
        return {**{name: value for name, value in optional.items() if value}, **self.extra}

    def body(self, correlation: str) -> dict[str, Any]:
        """The body of a call refused whole."""
        category = {"category": self.category} if self.category else {}
        return {"status": "error", "message": self.message, "correlationId": correlation, **self.parts(), **category}

    def row(self, **context: Sequence[str]) -> dict[str, Any]:
        """The entry for one row in the `errors` of a 207; `context` is added to its own."""
        full = {**(self.context or {}), **context, **self.row_context}
        found = {"status": "error", "category": self.category, **self.parts(), "message": self.message}
        return {**found, "context": full} if full else found


def correlation_id(request: Request, store: Store, now: int) -> str:
    """One for each call, and the same in every replay of a run."""
    calls = store.db.execute("SELECT coalesce(max(seq), 0) FROM call").fetchone()[0]
    return str(uuid.uuid5(NAMESPACE, f"{calls} {now} {request.method} {request.path}"))


def answer(refusal: Refusal, correlation: str) -> Response:
    """A refused call's response."""
    headers = {"X-HubSpot-Correlation-Id": correlation}
    if refusal.status == 401:
        headers["x-hubspot-auth-failure"] = "401 Unauthorized"
    return Response.of_json(refusal.status, refusal.body(correlation), headers)


def invalid(message: str, **context: Sequence[str]) -> Refusal:
    """400 VALIDATION_ERROR."""
    return Refusal(400, message, "VALIDATION_ERROR", context=context or None)


def not_found(record_id: str) -> Refusal:
    """404 for one record; ids that are no number are told apart."""
    if counts(record_id):
        return Refusal(404, "resource not found")
    message = "Object not found.  objectId are usually numeric."
    return Refusal(404, message, "OBJECT_NOT_FOUND", context={"id": [record_id]})


def unauthorized() -> Refusal:
    """401 for a token nobody knows."""
    docs = "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    how = f"This API supports OAuth 2.0 authentication and you can find more details at {docs}"
    text = f"Authentication credentials not found. {how}"
    return Refusal(401, text, "INVALID_AUTHENTICATION")


def expired_token(at: str, seconds: int) -> Refusal:
    """401 for a token whose time is over; how long ago is told in the largest whole unit (second(s) to day(s) seen)."""
    size, unit = next((size, unit) for size, unit in UNITS if seconds >= size or unit == "second")
    text = f"The OAuth token used to make this call expired {seconds // size} {unit}(s) ago."
    return Refusal(401, text, "EXPIRED_AUTHENTICATION", context={"expire time": [at]})


def missing_scopes(scopes: Sequence[str]) -> Refusal:
    """403 that names the scopes any one of which would do."""
    more = f"Read more about required scopes here: {SCOPES_URL}."
    text = f"This app hasn't been granted all required scopes to make this call. {more}"
    errors = [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": list(scopes)},
        }
    ]
    return Refusal(403, text, "MISSING_SCOPES", errors=errors, extra={"links": {"scopes": SCOPES_URL}})


@dataclass(frozen=True, slots=True)
class Issue:
    """One property value that is not valid."""

    name: str
    code: str
    message: str


def not_valid(issues: Sequence[Issue]) -> Refusal:
    """400 for property values: the message embeds the list, `errors` repeats it (both recorded)."""
    rows = [{"isValid": False, "message": item.message, "error": item.code, "name": item.name} for item in issues]
    text = "Property values were not valid: " + json.dumps(rows, separators=(",", ":"), ensure_ascii=False)
    errors = [{"message": item.message, "code": item.code, "context": {"propertyName": [item.name]}} for item in issues]
    return Refusal(400, text, "VALIDATION_ERROR", errors=errors)


def together(refusals: Sequence[Refusal]) -> Refusal:
    """One refusal for several rows: property values of all of them in one list (recorded), else the first."""
    rows = [row for refusal in refusals for row in refusal.errors]
    if not all(refusal.errors for refusal in refusals) or any("code" not in row for row in rows):
        return refusals[0]
    return not_valid([Issue(row["context"]["propertyName"][0], row["code"], row["message"]) for row in rows])
