"""What changed or was deleted in a time span: getUpdated and getDeleted."""

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import CRM
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import DAY, SECOND, parse_datetime, stamp
from sandbox.wire import Request, Response

OLDEST_UPDATE = 30 * DAY
MINUTE = 60 * SECOND
WITHIN = "crm=? AND kind=? AND archived=? AND modified >= ? AND modified < ?"


def updated(call: Call, request: Request, name: str) -> Response:
    """GET /sobjects/{type}/updated: at most 30 days back."""
    sobject = call.sobject(name)
    start, end = _span(request)
    if start < call.now - OLDEST_UPDATE:
        raise ApiError("INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
    rows = call.store.rows(WITHIN, (CRM, sobject.kind, 0, start, end), order="modified, seq")
    return Response.of_json(200, {"ids": [row.id for row in rows], "latestDateCovered": stamp(min(end, call.now))})


def deleted(call: Call, request: Request, name: str) -> Response:
    """GET /sobjects/{type}/deleted: as far back as the recycle bin holds."""
    sobject = call.sobject(name)
    start, end = _span(request)
    oldest = call.now - switch(call.store, "recycle_days") * DAY
    if start < oldest:
        raise ApiError("INVALID_REPLICATION_DATE", f"startDate is before the earliest date available: {stamp(oldest)}")
    rows = call.store.rows(WITHIN, (CRM, sobject.kind, 1, start, end), order="modified, seq")
    body = {
        "deletedRecords": [{"id": row.id, "deletedDate": stamp(row.modified)} for row in rows],
        "earliestDateAvailable": stamp(oldest),
        "latestDateCovered": stamp(min(end, call.now)),
    }
    return Response.of_json(200, body)


def _span(request: Request) -> tuple[int, int]:
    """Start and end, cut to the minute as the vendor does."""
    try:
        # A plus that was not percent-encoded arrives as a blank.
        start, end = (parse_datetime((request.param(name) or "").replace(" ", "+")) for name in ("start", "end"))
    except ValueError:
        raise ApiError("INVALID_REPLICATION_DATE", "start and end must be ISO 8601 date times") from None
    start, end = start // MINUTE * MINUTE, end // MINUTE * MINUTE
    if end <= start:
        raise ApiError("INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate")
    return start, end
