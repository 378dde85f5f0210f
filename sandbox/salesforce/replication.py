"""What changed or was deleted in a time span: getUpdated and getDeleted."""

from dataclasses import dataclass

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import CRM
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import DAY, SECOND, parse_datetime, stamp
from sandbox.store import Row
from sandbox.wire import Request, Response

OLDEST_UPDATE = 30 * DAY
MINUTE = 60 * SECOND
MOST_IDS = 600_000
# Both ends count: "between 12:30:00 and 12:35:00 (UTC), inclusive" (SOAP guide, Polling for Changes).
WITHIN = "crm=? AND kind=? AND archived=? AND modified >= ? AND modified <= ?"


@dataclass(frozen=True, slots=True)
class Span:
    """From and to, in epoch milliseconds cut to the minute as the vendor does."""

    start: int
    end: int

    @classmethod
    def of(cls, start: str, end: str) -> "Span":
        """From two date-times; INVALID_REPLICATION_DATE for what is none, or less than a minute."""
        try:
            # A plus that was not percent-encoded arrives as a blank.
            first, last = (parse_datetime(text.strip().replace(" ", "+")) // MINUTE * MINUTE for text in (start, end))
        except ValueError:
            raise ApiError("INVALID_REPLICATION_DATE", "start and end must be ISO 8601 date times") from None
        if last <= first:
            message = "endDate must be at least one minute greater than startDate"
            raise ApiError("INVALID_REPLICATION_DATE", message)
        return cls(first, last)

    def covered(self, call: Call) -> int:
        """`latestDateCovered`: the caller's next start."""
        return min(self.end, call.now // MINUTE * MINUTE)


def updated_rows(call: Call, sobject: SObject, span: Span) -> list[Row]:
    """The live records made or changed in a span, at most 30 days back."""
    if span.start < (call.now - OLDEST_UPDATE) // MINUTE * MINUTE:
        raise ApiError("INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
    return _rows(call, sobject, span, archived=False)


def earliest(call: Call) -> int:
    """`earliestDateAvailable`: how far back the delete log goes."""
    return (call.now - int(switch(call.store, "recycle_days")) * DAY) // MINUTE * MINUTE


def deleted_rows(call: Call, sobject: SObject, span: Span) -> list[Row]:
    """The records deleted in a span, losers of merges among them, as far back as the delete log goes."""
    if span.start < earliest(call):
        message = f"startDate is before the earliest date available: {stamp(earliest(call))}"
        raise ApiError("INVALID_REPLICATION_DATE", message)
    return _rows(call, sobject, span, archived=True)


def _rows(call: Call, sobject: SObject, span: Span, archived: bool) -> list[Row]:
    if "replicateable" not in sobject.abilities:
        message = f"entity type {sobject.name} does not support replication"
        raise ApiError("INVALID_TYPE_FOR_OPERATION", message)
    params = (CRM, sobject.kind, int(archived), span.start, span.end)
    rows = call.store.rows(WITHIN, params, order="modified, seq", limit=MOST_IDS + 1)
    if len(rows) > MOST_IDS:
        raise ApiError("EXCEEDED_ID_LIMIT", f"more than {MOST_IDS} ids; choose dates that are closer together")
    return rows


def updated(call: Call, request: Request, name: str) -> Response:
    """GET /sobjects/{type}/updated."""
    sobject, span = call.sobject(name), _asked(request)
    ids = [row.id for row in updated_rows(call, sobject, span)]
    return Response.of_json(200, {"ids": ids, "latestDateCovered": stamp(span.covered(call))})


def deleted(call: Call, request: Request, name: str) -> Response:
    """GET /sobjects/{type}/deleted."""
    sobject, span = call.sobject(name), _asked(request)
    rows = deleted_rows(call, sobject, span)
    body = {
        "deletedRecords": [{"id": row.id, "deletedDate": stamp(row.modified)} for row in rows],
        "earliestDateAvailable": stamp(earliest(call)),
        "latestDateCovered": stamp(span.covered(call)),
    }
    return Response.of_json(200, body)


def _asked(request: Request) -> Span:
    return Span.of(request.param("start") or "", request.param("end") or "")
