"""The daily call limit: its header on every answer, its refusal, and GET /limits."""

from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import CRM
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import DAY
from sandbox.store import Store
from sandbox.wire import Request, Response

OTHERS = {
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 1_000,
    "DataStorageMB": 10_240,
    "FileStorageMB": 10_240,
    "HourlyAsyncReportRuns": 1_200,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "SingleEmail": 5_000,
}


def used(store: Store, now_ms: int) -> int:
    """Calls of the last 24 hours with this one, which is not yet in the log; tokens cost no call."""
    counted = "crm='salesforce' AND substr(path, 1, 17) <> '/services/oauth2/'"
    store.db.execute(f"CREATE INDEX IF NOT EXISTS salesforce_call ON call (at) WHERE {counted}")
    sql = f"SELECT count(*) FROM call WHERE {counted} AND at > ?"  # noqa: S608
    return int(store.db.execute(sql, (now_ms - DAY,)).fetchone()[0]) + 1


def header(store: Store, now_ms: int) -> dict[str, str]:
    """Sforce-Limit-Info, which every answer but that of GET /services/data bears."""
    most = switch(store, "daily_limit")
    return {"Sforce-Limit-Info": f"api-usage={min(used(store, now_ms), most)}/{most}"}


def admit(store: Store, now_ms: int) -> None:
    """Refuse the call when the organization has used up its day."""
    if used(store, now_ms) > switch(store, "daily_limit"):
        raise ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def show(call: Call, request: Request) -> Response:
    """GET /limits."""
    most = switch(call.store, "daily_limit")
    left = {"Max": most, "Remaining": max(0, most - used(call.store, call.now))}
    body: dict[str, Any] = {name: {"Max": size, "Remaining": size} for name, size in OTHERS.items()}
    return Response.of_json(200, dict(sorted({**body, "DailyApiRequests": left}.items())))


def record_count(call: Call, request: Request) -> Response:
    """GET /limits/recordCount."""
    wanted = (request.param("sObjects") or "").split(",")
    chosen = [call.schema.get(name) for name in wanted if name] or list(call.schema.sobjects.values())
    counts = [
        {"count": call.store.count("crm=? AND kind=? AND archived=0", (CRM, each.kind)), "name": each.name}
        for each in chosen
        if each
    ]
    return Response.of_json(200, {"sObjects": counts})
