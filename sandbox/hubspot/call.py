"""One call to HubSpot with what every endpoint needs to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from sandbox.hubspot import bodies, kinds
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.object_types import ObjectType
from sandbox.settings import setting
from sandbox.store import Store
from sandbox.wire import Request, Response, counts

APP_ID = "1234567"
USER_ID = "70000001"


@dataclass(frozen=True, slots=True)
class Call:
    """The request, the state, the present (epoch ms), and the named parts of the path."""

    request: Request
    store: Store
    now: int
    correlation: str
    version: str
    args: Mapping[str, str]
    scopes: frozenset[str]

    def body(self) -> dict[str, Any]:
        """The JSON object of the body; 400 where there is none."""
        return bodies.one(self.value())

    def value(self) -> Any:
        """The JSON of the body; 400 where it is none."""
        try:
            return self.request.json()
        except JSONDecodeError as wrong:
            raise Refusal(
                400, f"Invalid input JSON on line {wrong.lineno}, column {wrong.colno}: {wrong.msg}"
            ) from wrong
        except ValueError as wrong:
            raise Refusal(400, "Invalid input JSON on line 1, column 1: not UTF-8") from wrong

    def inputs(self, limit: int) -> list[dict[str, Any]]:
        """The `inputs` of a batch; 400 where they are missing, not objects or too many."""
        found = self.body().get("inputs")
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise invalid("Some required fields were not set: [inputs]")
        if len(found) > limit:
            raise invalid(
                f"The maximum number of inputs supported in a batch request for this API is {limit}. "
                "Please reduce the number of items and try again"
            )
        return found

    def kind(self, name: str = "type") -> ObjectType:
        """The object type of a part of the path; 400 in HubSpot's words where there is none."""
        found = kinds.object_type(self.store, self.args[name])
        if found is None:
            raise Refusal(400, f"Unable to infer object type from: {self.args[name]}")
        return found

    def names(self, parameter: str) -> list[str]:
        """A list parameter: repeated, separated by commas, or both."""
        values = [part.strip() for text in self.request.params(parameter) for part in text.split(",")]
        return [value for value in values if value]

    def number(self, parameter: str, default: int, top: int) -> int:
        """A count parameter; 400 outside 1 to `top`."""
        text = self.request.param(parameter, str(default)) or ""
        if not counts(text) or not 1 <= int(text) <= top:
            raise invalid(f"Invalid {parameter}: {text}. It must be between 1 and {top}")
        return int(text)

    def flag(self, parameter: str) -> bool:
        """A true/false parameter, false by default."""
        return (self.request.param(parameter) or "false").lower() == "true"

    def setting(self, name: str) -> Any:
        """A switch of this account."""
        return setting(self.store, "hubspot", name)

    def by_user(self) -> bool:
        """Whether the call is made for a user who installed an app, rather than by a private app."""
        token = self.request.headers.get("authorization", "").partition(" ")[2]
        return token in self.store.setting("hubspot", "oauth_tokens", {})

    def source(self) -> dict[str, Any]:
        """Where a change made by this call comes from, as property history tells it."""
        return {"sourceType": "INTEGRATION", "sourceId": APP_ID, "sourceLabel": "sandbox"}

    def reply(self, status: int, value: Any) -> Response:
        """A JSON answer."""
        return Response.of_json(status, value, {"X-HubSpot-Correlation-Id": self.correlation})

    def done(self) -> Response:
        """204."""
        return Response(204, headers={"X-HubSpot-Correlation-Id": self.correlation})
