"""/jobs/query: create, watch, read the pages of and delete the jobs that extract records."""

import base64
import gzip
from typing import Any

from sandbox.salesforce.bulk import jobs
from sandbox.salesforce.bulk.dialect import DELIMITERS, ENDINGS, line
from sandbox.salesforce.bulk.ingest import jobs_page
from sandbox.salesforce.bulk.jobs import Job
from sandbox.salesforce.bulk.orders import choice, order_of
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.locators import Reading
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.compiler import Compiler, Scope, aggregates
from sandbox.salesforce.soql.flat import Cells, cells_of
from sandbox.salesforce.soql.names import Names, source_of
from sandbox.salesforce.soql.parser import parse
from sandbox.salesforce.soql.records import Shape, render, shape_of
from sandbox.salesforce.soql.tree import Query, TypeOf
from sandbox.salesforce.switches import switch
from sandbox.wire import Request, Response, counts

OPERATIONS = ("query", "queryAll")
CHUNK = 2000
CHUNKS_AT_ONCE = 10
PARALLEL_SINCE = 58.0
PAGES_AT_ONCE = 5


def create(call: Call, request: Request) -> Response:
    """POST /jobs/query: starts at once; SOQL that jobs cannot run is refused here."""
    jobs.age(call.store, call.now)
    order = order_of(request)
    facts: dict[str, Any] = {
        "operation": choice(order, "operation", OPERATIONS, None),
        "lineEnding": choice(order, "lineEnding", tuple(ENDINGS), "LF"),
        "columnDelimiter": choice(order, "columnDelimiter", tuple(DELIMITERS), "COMMA"),
        "query": order.get("query"),
    }
    choice(order, "contentType", ("CSV",), "CSV")
    if not isinstance(facts["query"], str) or not facts["query"].strip():
        raise ApiError("INVALIDJOB", "Must specify query")
    _within(call)
    query = parse(facts["query"])
    facts["object"] = _plan(call, query)[0].names.sobject.name
    job = jobs.make(call, "query", "UploadComplete", facts)
    jobs.begin(call, job)
    return Response.of_json(200, {**jobs.shown(job, call.now), **jobs.dialect_of(job)})


def _within(call: Call) -> None:
    most, used = jobs.usage(call.store, call.now)["DailyBulkV2QueryJobs"]
    if used >= most:
        raise ApiError("LIMIT_EXCEEDED", f"Max bulk v2 query jobs ({most}) per 24 hrs has been reached ({used})")


def _plan(call: Call, query: Query, deleted: bool = False) -> tuple[Compiler, Shape, Cells]:
    """The statement, the shape of its records and the columns; refuses what the guide's list of exceptions names."""
    _check(query)
    compiler = Compiler(call, query, source_of(query, call.schema), Scope(deleted))
    shape = shape_of(query, Names(query, call.schema, compiler.names.sobject))
    cells = cells_of(query, compiler.names)
    if any(kind == "address" for kind in cells.kinds):
        raise ApiError("API_ERROR", "Selecting compound data not supported in Bulk Query")
    return compiler, shape, cells


def _check(query: Query) -> None:
    if any(isinstance(item, Query) for item in query.select):
        message = "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"
        raise ApiError("API_ERROR", message)
    if any(isinstance(item, TypeOf) for item in query.select):
        raise ApiError("API_ERROR", "TYPEOF not supported in Bulk V2 Query with CSV content type")
    if aggregates(query):
        raise ApiError("API_ERROR", "Aggregate queries not supported in Bulk V2 Query with CSV content type")
    if query.offset:
        raise ApiError("API_ERROR", "OFFSET not supported in Bulk V2 Query with CSV content type")
    if any(getattr(item, "name", "") == "FIELDS" for item in query.select):
        raise ApiError("API_ERROR", "Selecting compound data not supported in Bulk Query")


def run(call: Call, job: Job) -> bool:
    """Search once, then write the next lines and keep them; True when all are there.

    Pages stay as they were while records change.
    """
    query = parse(job.facts["query"])
    deleted = job.facts["operation"] == "queryAll"
    compiler, shape, cells = _plan(call, query, deleted)
    if "found" not in job.facts:
        ids = [str(each[0]) for each in call.store.db.execute(*compiler.ids())]
        jobs.keep_lines(call.store, job, "id", ids)
        job.facts.update(found=len(ids), columns=cells.names)
    written = int(job.facts.get("processed", 0))
    for _ in range(CHUNKS_AT_ONCE):
        ids = jobs.lines(call.store, job, "id", written, CHUNK)
        records = render(call, ids, shape, Reading("", deleted, CHUNK))
        made = [line(cells.of(record), job.facts["columnDelimiter"]) for record in records]
        jobs.keep_lines(call.store, job, "result", made, int(job.facts.get("lines", 0)))
        job.facts["lines"] = int(job.facts.get("lines", 0)) + len(made)
        written += len(ids)
    job.facts["processed"] = written
    if written < job.facts["found"]:
        return False
    job.facts["processed"], job.state = job.facts["lines"], "JobComplete"
    return True


def every(call: Call, request: Request) -> Response:
    """GET /jobs/query."""
    return jobs_page(call, request, "query")


def one(call: Call, request: Request, id_text: str) -> Response:
    """GET /jobs/query/{id}."""
    return Response.of_json(200, jobs.info(jobs.find(call, "query", id_text), call.now))


def change(call: Call, request: Request, id_text: str) -> Response:
    """PATCH /jobs/query/{id}: a query can only be aborted."""
    job = jobs.find(call, "query", id_text)
    choice(order_of(request), "state", ("Aborted",), None)
    jobs.abort(call, job)
    return Response.of_json(200, jobs.shown(job, call.now))


def delete(call: Call, request: Request, id_text: str) -> Response:
    """DELETE /jobs/query/{id}, once it is finished."""
    job = jobs.find(call, "query", id_text)
    if job.state not in jobs.FINISHED:
        raise ApiError("INVALIDJOBSTATE", f"Deleting {job.state_at(call.now)} Job not allowed")
    jobs.delete(call.store, job)
    return Response(204)


def results(call: Call, request: Request, id_text: str) -> Response:
    """GET /jobs/query/{id}/results: lines from the locator on, at most `maxRecords`, in gzip where it is accepted."""
    job = _complete(call, id_text)
    first, most = _start(job, request.param("locator")), _size(call, request)
    found = jobs.lines(call.store, job, "result", first, most)
    end, delimiter = ENDINGS[job.facts["lineEnding"]], job.facts["columnDelimiter"]
    body = "".join(each + end for each in (line(job.facts["columns"], delimiter), *found)).encode("utf-8")
    following = first + len(found)
    locator = _locator(following) if following < job.facts["processed"] else "null"
    headers = {"Content-Type": "text/csv", "Sforce-Locator": locator, "Sforce-NumberOfRecords": str(len(found))}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(200, gzip.compress(body, 1, mtime=0), {**headers, "Content-Encoding": "gzip"})
    return Response(200, body, headers)


def pages(call: Call, request: Request, id_text: str) -> Response:
    """GET /jobs/query/{id}/resultPages: the addresses of up to five pages, to be read in parallel."""
    job = _complete(call, id_text)
    first, size, total = _start(job, request.param("locator")), _size(call, request), job.facts["processed"]
    path = f"{call.base}/jobs/query/{job.id}"
    stop = first + size * PAGES_AT_ONCE
    starts = range(first, max(min(stop, total), first + 1), size)
    body: dict[str, Any] = {
        "resultPages": [{"resultUrl": f"{path}/results?locator={_locator(start)}"} for start in starts],
        "nextRecordsUrl": f"{path}/resultPages?locator={_locator(stop)}" if stop < total else None,
        "done": stop >= total,
    }
    return Response.of_json(200, body)


def _complete(call: Call, id_text: str) -> Job:
    job = jobs.find(call, "query", id_text)
    if job.version != call.version:
        message = f"The job was created with API version {job.version}; use that version to get its results"
        raise ApiError("API_ERROR", message, status=409)
    if job.state != "JobComplete":
        state = job.state_at(call.now)
        raise ApiError("INVALIDJOBSTATE", f"The results of a job in the state {state} cannot be retrieved")
    return job


def _size(call: Call, request: Request) -> int:
    most = int(switch(call.store, "bulk_page"))
    text = request.param("maxRecords")
    if text is None:
        return most
    if not counts(text) or not int(text):
        raise ApiError("API_ERROR", f"maxRecords must be a positive number, not {text}")
    return min(most, int(text))


def _locator(start: int) -> str:
    """A position as recorded locators hold it: its digits in base 64 (`MTAwMDA` is 10000)."""
    return base64.urlsafe_b64encode(str(start).encode()).decode().rstrip("=")


def _start(job: Job, locator: str | None) -> int:
    if locator is None:
        return 0
    try:
        start = int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except ValueError:
        start = -1
    if not 0 <= start <= job.facts["processed"] or _locator(start) != locator:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return start
