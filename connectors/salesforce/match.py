"""Joins results to rows by the ids that they echo, never by position alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.changes import Outcome, Status
from connectors.records import Ref
from connectors.salesforce.answers import Fault, faults
from connectors.salesforce.ids import id18, is_id

NONE = Fault()
UNSAID = Fault("", "refused, but the answer does not say which error is whose")
SILENT = Fault("", "the answer does not say what became of it")


@dataclass(frozen=True, slots=True)
class Result:
    """What the CRM said to one record: `id` is blank where it names none."""

    id: str
    success: bool
    fault: Fault = NONE
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """One row as it was sent: the key to answer under, and the record that the CRM should name."""

    key: str
    ref: Ref

    def outcome(self, status: Status, fault: Fault = SILENT, request_id: str = "") -> Outcome:
        """What became of the row."""
        if status is Status.APPLIED:
            return Outcome(self.key, status, self.ref, request_id=request_id)
        return Outcome(self.key, status, self.ref, fault.code, fault.message, request_id)


def results(content: Any) -> tuple[Result, ...]:
    """The members of a Collections answer; none where it is not one (the answer to another call, say, whose members
    do not tell of success), so that every row stays unknown."""
    if not isinstance(content, list) or not all(_tells(item) for item in content):
        return ()
    return tuple(_result(item) for item in content)


def _tells(item: Any) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("success"), bool)


def _result(item: Mapping[str, Any]) -> Result:
    found = faults(item.get("errors") or [])
    return Result(full(item.get("id")), item.get("success") is True, found[0] if found else NONE)


def full(text: Any) -> str:
    """The 18-character id, blank where there is none."""
    return id18(text) if isinstance(text, str) and is_id(text) else ""


def outcomes(sent: Sequence[Sent], found: Sequence[Result], request_id: str = "") -> tuple[Outcome, ...]:
    """An outcome for each row sent.

    A success always names its record; a failure may not. Failures without a name are told apart by counting: when they
    are exactly as many as the rows left over, those rows were refused. Anything that does not add up is UNKNOWN.
    """
    joined = _joined([id18(item.ref.id) for item in sent], found)
    return tuple(_outcome(item, result, request_id) for item, result in zip(sent, joined, strict=True))


def _outcome(item: Sent, result: Result | None, request_id: str) -> Outcome:
    if result is None:
        return item.outcome(Status.UNKNOWN, request_id=request_id)
    return item.outcome(Status.APPLIED if result.success else Status.REJECTED, result.fault, request_id)


def _joined(ids: Sequence[str], found: Sequence[Result]) -> list[Result | None]:
    times = Counter(result.id for result in found if result.id)
    named = {result.id: result for result in found if result.id and times[result.id] == 1}
    nameless = [result for result in found if not result.id]
    left = [id_ for id_ in ids if id_ not in times]
    if times.keys() - set(ids) or len(nameless) != len(left) or any(result.success for result in nameless):
        return [named.get(id_) for id_ in ids]
    refused = dict(zip(left, _shared(ids, found, nameless), strict=True))
    return [named.get(id_) or refused.get(id_) for id_ in ids]


def _shared(ids: Sequence[str], found: Sequence[Result], nameless: Sequence[Result]) -> Sequence[Result]:
    """Whose error is whose: by order where every name stands in its place, else only where all errors are alike."""
    ordered = len(found) == len(ids) and all(result.id in ("", id_) for result, id_ in zip(found, ids, strict=True))
    if ordered or len({result.fault for result in nameless}) <= 1:
        return nameless
    return [Result("", False, UNSAID)] * len(nameless)
