"""/jobs/ingest: create, upload, close, watch, read the results of and delete the jobs that load records."""

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from sandbox.salesforce.bodies import whole
from sandbox.salesforce.bulk import jobs
from sandbox.salesforce.bulk.dialect import DELIMITERS, ENDINGS, Unreadable, head_of, line, rows_of, text_of
from sandbox.salesforce.bulk.jobs import Job
from sandbox.salesforce.bulk.orders import choice, order_of
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.wire import Request, Response

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
MOST_MULTIPART = 100_000
FAILED_IDS_SINCE = 53.0
SF_COLUMNS = {"successful": ("sf__Id", "sf__Created"), "failed": ("sf__Id", "sf__Error"), "unprocessed": ()}


def create(call: Call, request: Request) -> Response:
    """POST /jobs/ingest, as JSON, or as multipart with up to 100,000 characters of data and no further upload."""
    jobs.age(call.store, call.now)
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        order, data = _parts(request)
        job = jobs.make(call, "ingest", "Open", _facts(call, order))
        jobs.upload(call.store, job, data)
        jobs.begin(call, job)
        return Response.of_json(200, {**jobs.shown(job, call.now), **jobs.dialect_of(job)})
    job = jobs.make(call, "ingest", "Open", _facts(call, order_of(request)))
    return Response.of_json(200, {**jobs.shown(job, call.now), **jobs.dialect_of(job)})


def _facts(call: Call, order: dict[str, Any]) -> dict[str, Any]:
    operation = choice(order, "operation", OPERATIONS, None)
    sobject = _sobject(call, order)
    facts = {
        "operation": operation,
        "object": sobject.name,
        "lineEnding": choice(order, "lineEnding", tuple(ENDINGS), "LF"),
        "columnDelimiter": choice(order, "columnDelimiter", tuple(DELIMITERS), "COMMA"),
        "assignmentRuleId": order.get("assignmentRuleId"),
    }
    choice(order, "contentType", ("CSV",), "CSV")
    if operation == "hardDelete" and not switch(call.store, "bulk_hard_delete"):
        message = "hardDelete operation requires special user profile permission, please contact your system"
        raise ApiError("FEATURENOTENABLED", f"{message} administrator")
    if operation == "upsert":
        facts["externalIdFieldName"] = _key(sobject, order.get("externalIdFieldName"))
    most, used = jobs.usage(call.store, call.now)["DailyBulkApiBatches"]
    if used >= most:
        raise ApiError("EXCEEDEDQUOTA", "ApiBatchItems Limit exceeded.")
    return facts


def _sobject(call: Call, order: dict[str, Any]) -> SObject:
    name = str(order.get("object") or "")
    found = call.schema.get(name)
    if found is None:
        raise ApiError("INVALIDJOB", f"Unable to find object: {name}" if name else "Must specify an object")
    if not {"createable", "updateable", "deletable"} & found.abilities:
        raise ApiError("INVALIDENTITY", f"Entity '{found.name}' is not supported by the Bulk API.")
    return found


def _key(sobject: SObject, name: Any) -> str:
    if not name:
        message = f"External ID was blank for {sobject.name}. An External ID must be specified for upsert."
        raise ApiError("INVALIDJOB", message)
    found = sobject.field(str(name))
    if found is None or not (found.external_id or found.name == "Id" or "l" in found.flags):
        message = f"Field name provided, {name} does not match an External ID, Salesforce Id, or indexed field for"
        raise ApiError("INVALIDJOB", f"{message} {sobject.name}")
    return found.name


def _parts(request: Request) -> tuple[dict[str, Any], bytes]:
    """The `job` and `content` parts of a multipart create."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    found: dict[str, bytes] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        found[str(name)] = bytes(part.get_payload(decode=True) or b"")
    if "job" not in found or "content" not in found:
        raise ApiError("API_ERROR", "Multipart message needs the parts job and content")
    if len(found["content"]) > MOST_MULTIPART:
        message_text = f"Multipart content exceeds the limit of {MOST_MULTIPART} characters"
        raise ApiError("API_ERROR", message_text)
    return order_of(Request("POST", "", body=found["job"])), found["content"]


def every(call: Call, request: Request) -> Response:
    """GET /jobs/ingest."""
    return jobs_page(call, request, "ingest")


PAGE = 1000


def jobs_page(call: Call, request: Request, kind: str) -> Response:
    """A list of jobs, 1,000 a page, filtered by `jobType`, `concurrencyMode` and `isPkChunkingEnabled`."""
    wanted = request.param("jobType") or {"ingest": "V2Ingest", "query": "V2Query"}[kind]
    other_mode = (request.param("concurrencyMode") or "parallel").lower() != "parallel"
    found = [jobs.info(job, call.now) for job in jobs.every(call.store, kind)]
    chosen = [] if other_mode else [item for item in found if item["jobType"] == wanted]
    start = whole(dict(request.query), "queryLocator") or 0
    more = start + PAGE < len(chosen)
    url = f"{call.base}/jobs/{kind}?queryLocator={start + PAGE}" if more else None
    records = chosen[start : start + PAGE]
    return Response.of_json(200, {"done": not more, "records": records, "nextRecordsUrl": url})


def one(call: Call, request: Request, id_text: str) -> Response:
    """GET /jobs/ingest/{id}."""
    return Response.of_json(200, jobs.info(jobs.find(call, "ingest", id_text), call.now))


def change(call: Call, request: Request, id_text: str) -> Response:
    """PATCH /jobs/ingest/{id}: `UploadComplete` starts the work, `Aborted` stops it."""
    job = jobs.find(call, "ingest", id_text)
    state = choice(order_of(request), "state", ("UploadComplete", "Aborted"), None)
    if state == "Aborted":
        jobs.abort(call, job)
        keep_unprocessed(call, job)
    elif job.state != "Open":
        message = f"Closing already {jobs.CLOSED.get(job.state, 'Closed')} Job not allowed"
        raise ApiError("INVALIDJOBSTATE", message)
    else:
        jobs.begin(call, job)
    return Response.of_json(200, jobs.shown(job, call.now))


def keep_unprocessed(call: Call, job: Job) -> None:
    """Keep the rows of a job that were not processed when it was aborted or failed."""
    try:
        found = list(rows_of(text_of(jobs.uploaded(call.store, job) or b""), job.facts["columnDelimiter"]))
    except Unreadable:
        return
    first = 1 + int(job.facts.get("processed", 0))
    jobs.keep_lines(call.store, job, "unprocessed", (line(row, job.facts["columnDelimiter"]) for row in found[first:]))


def delete(call: Call, request: Request, id_text: str) -> Response:
    """DELETE /jobs/ingest/{id}; one that is open or at work cannot go."""
    job = jobs.find(call, "ingest", id_text)
    if job.state == "Open" or job.state_at(call.now) == "InProgress":
        raise ApiError("INVALIDJOBSTATE", f"Deleting {job.state_at(call.now)} Job not allowed")
    jobs.delete(call.store, job)
    return Response(204)


def put_data(call: Call, request: Request, id_text: str) -> Response:
    """PUT /jobs/ingest/{id}/batches: the CSV, once a job."""
    job = jobs.find(call, "ingest", id_text)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/csv":
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", f"content type '{kind}' is not supported")
    if job.state != "Open" or jobs.uploaded(call.store, job) is not None:
        raise ApiError("INVALIDJOBSTATE", "Job data can be uploaded only once, while the job is Open")
    most = int(switch(call.store, "bulk_bytes"))
    if len(request.body) * 4 > most * 3:  # the vendor's limit holds for the data as it grows in base64
        raise ApiError("CLIENTINPUTERROR", f"Failed to read request. Exceeded max size limit of {most}")
    jobs.upload(call.store, job, request.body)
    return Response(201)


def results(call: Call, request: Request, id_text: str, which: str) -> Response:
    """GET /jobs/ingest/{id}/successfulResults, failedResults or unprocessedrecords, as CSV."""
    job = jobs.find(call, "ingest", id_text)
    part = which.lower().removesuffix("results").removesuffix("records")
    if part not in SF_COLUMNS:
        raise ApiError("NOT_FOUND", "The requested resource does not exist")
    data = jobs.uploaded(call.store, job) or b""
    delimiter = DELIMITERS[job.facts["columnDelimiter"]]
    head, found = [f'"{name}"' for name in SF_COLUMNS[part]], jobs.lines(call.store, job, part)
    if part == "failed" and float(call.version) < FAILED_IDS_SINCE:
        head, found = head[1:], [each.partition(delimiter)[2] for each in found]
    header = delimiter.join([*head, head_of(data.decode("utf-8", "replace"))])
    end = ENDINGS[job.facts["lineEnding"]]
    text = "".join(each + end for each in (header, *found))
    return Response(200, text.encode("utf-8"), {"Content-Type": "text/csv"})
