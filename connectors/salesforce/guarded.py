"""Field updates that Salesforce refuses where the record was modified after it was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from connectors.changes import Outcome, Status
from connectors.errors import UsageError
from connectors.records import Ref
from connectors.salesforce.answers import Fault, faults
from connectors.salesforce.convert import Wire
from connectors.salesforce.fields import object_of
from connectors.salesforce.match import SILENT, Sent
from connectors.salesforce.paths import DATA

MAX = 25
"""Requests in one composite call, which counts as one call."""

DRIFTED = Fault("PRECONDITION_FAILED", "modified after it was read")


@dataclass(frozen=True, slots=True)
class Guarded:
    """The fields to write to one record, by API name, if it was not modified after `seen`."""

    key: str
    ref: Ref
    fields: Mapping[str, Wire] = field(repr=False)
    seen: datetime | None


def composite(rows: Sequence[Guarded], headers: Mapping[str, str]) -> Mapping[str, Any]:
    """One PATCH for each record, each saved or refused on its own.

    HTTP dates have a grain of one second: an edit within the very second of the last one that was read is not seen.
    Source: REST API guide, "Conditional Requests". Collections take no such header.
    """
    requests = [
        {
            "referenceId": f"row{at}",
            "method": "PATCH",
            "url": f"{DATA}/sobjects/{object_of(row.ref.kind)}/{row.ref.id}",
            "httpHeaders": {**headers, "If-Unmodified-Since": _date(row)},
            "body": row.fields,
        }
        for at, row in enumerate(rows)
    ]
    return {"allOrNone": False, "collateSubrequests": False, "compositeRequest": requests}


def _date(row: Guarded) -> str:
    if row.seen is None:
        raise UsageError("a guarded write needs to know when its record was modified last")
    return format_datetime(row.seen.astimezone(UTC), usegmt=True)


def outcomes(rows: Sequence[Guarded], content: Any, request_id: str = "") -> tuple[Outcome, ...]:
    """An outcome for each row, joined by its reference; one that is missing or comes twice is UNKNOWN."""
    answers = content.get("compositeResponse") if isinstance(content, Mapping) else None
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in answers if isinstance(answers, list) else ():
        if isinstance(item, Mapping):
            found.setdefault(str(item.get("referenceId")), []).append(item)
    return tuple(
        Sent(row.key, row.ref).outcome(*_read(found.get(f"row{at}", ())), request_id) for at, row in enumerate(rows)
    )


def _read(items: Sequence[Mapping[str, Any]]) -> tuple[Status, Fault]:
    """What one part says: 2xx saved, 412 that the record drifted, other 3xx and 4xx a refusal; the rest is open."""
    status = items[0].get("httpStatusCode") if len(items) == 1 else None
    if not isinstance(status, int):
        return Status.UNKNOWN, SILENT
    if status in (200, 204):
        return Status.APPLIED, SILENT
    if status == 412:
        return Status.HALTED, DRIFTED
    said = faults(items[0].get("body"))
    fault = said[0] if said else Fault(f"HTTP_{status}")
    return (Status.REJECTED if 300 <= status < 500 else Status.UNKNOWN), fault
