"""The daily call limit: its header on every answer, its refusal, and GET /limits."""

from typing import Any

from sandbox.salesforce.bulk import jobs
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import CRM
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import DAY
from sandbox.store import Store
from sandbox.wire import Request, Response

OTHERS = {
    "AnalyticsExternalDataSizeMB": 40_960,
    "BOZosCalloutHourlyLimit": 20_000,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyEinsteinDataInsightsStoryCreation": 1_000,
    "DailyEinsteinDiscoveryPredictAPICalls": 50_000,
    "DailyEinsteinDiscoveryPredictionsByCDC": 500_000,
    "DailyEinsteinDiscoveryStoryCreation": 100,
    "DailyFunctionsApiCallLimit": 50_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 1_000,
    "DataStorageMB": 10_240,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 10_240,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 1_000,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "MonthlyPlatformEventsUsageEntitlement": 0,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PermissionSets": 1_500,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "SingleEmail": 5_000,
    "StreamingApiConcurrentClients": 20,
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
    for name, (most_jobs, spent) in jobs.usage(call.store, call.now).items():
        body[name] = {"Max": most_jobs, "Remaining": max(0, most_jobs - spent)}
    return Response.of_json(200, dict(sorted({**body, "DailyApiRequests": left}.items())))


def record_count(call: Call, request: Request) -> Response:
    """GET /limits/recordCount."""
    wanted = (request.param("sObjects") or "").split(",")
    chosen = [call.schema.get(name) for name in wanted if name] or list(call.schema.sobjects.values())
    # A type that never had a record has no count yet (recorded); one whose records were all deleted counts 0.
    begun = [each for each in chosen if each and call.store.count("crm=? AND kind=?", (CRM, each.kind))]
    live = "crm=? AND kind=? AND archived=0"
    counts = [{"count": call.store.count(live, (CRM, each.kind)), "name": each.name} for each in begun]
    return Response.of_json(200, {"sObjects": counts})
