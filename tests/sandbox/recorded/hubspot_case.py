"""One recorded call to HubSpot taken apart, and what is to be asked in its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.hubspot.object_types import ObjectType
from tests.sandbox.recorded.hubspot_account import Account
from tests.sandbox.recorded.recording import Recording

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What differs from the recorded request, and which properties of a record's map are compared (None: all).

    `query` and `body` are None where the recorded ones are sent as they are; `parts` names lists of which the
    recording shows a part; `times` is how often the call is made.
    """

    query: tuple[tuple[str, str], ...] | None = None
    body: Any = None
    chosen: frozenset[str] | None = None
    parts: frozenset[str] = frozenset()
    times: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A recording with the account it meets; `steps` is its path without `crm` and the version."""

    account: Account
    recording: Recording
    steps: tuple[str, ...]

    @property
    def answer(self) -> Json:
        """The recorded answer; empty where it is not an object."""
        return self.recording.answer if isinstance(self.recording.answer, dict) else {}

    @property
    def body(self) -> Json:
        """The recorded request's body; empty where it was not saved."""
        return self.recording.body if isinstance(self.recording.body, dict) else {}

    @property
    def results(self) -> list[Json]:
        """The rows of the answer."""
        found = self.answer.get("results")
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    @property
    def errors(self) -> list[Json]:
        """The errors of the answer."""
        found = self.answer.get("errors")
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    @property
    def inputs(self) -> list[Json]:
        """The inputs of a batch; empty where they were not saved."""
        found = self.body.get("inputs")
        return found if isinstance(found, list) else []

    @property
    def saved(self) -> bool:
        """Whether the request's body and query were saved with the answer."""
        return self.recording.live or bool(self.recording.body) or bool(self.recording.query)

    @property
    def refused(self) -> bool:
        """Whether the whole call was refused."""
        return self.recording.status >= 400

    def kind(self, place: int) -> ObjectType | None:
        """The object type that a step of the path names."""
        return self.account.kind(self.steps[place]) if len(self.steps) > place else None

    def listed(self, parameter: str) -> list[str]:
        """A list parameter: repeated, separated by commas, or both."""
        values = [value for name, value in self.recording.query if name == parameter]
        return [part for value in values for part in value.split(",") if part]


def names_of(rows: Iterable[Mapping[str, Any]], part: str = "properties") -> list[str]:
    """Every name in a map of the rows, in order, once."""
    return list(dict.fromkeys(name for row in rows for name in (row.get(part) or {})))


def context_of(error: Mapping[str, Any], name: str) -> list[str]:
    """A list in an error's context."""
    found = (error.get("context") or {}).get(name)
    return [str(item) for item in found] if isinstance(found, list) else []
