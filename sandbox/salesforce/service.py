"""The REST interface: which handler serves which address, with the organization's limits and errors around it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.salesforce import (
    collections,
    composite,
    describe,
    graph,
    limits,
    oauth,
    query,
    recent,
    replication,
    sobjects,
    tree,
)
from sandbox.salesforce.bulk import work
from sandbox.salesforce.bulk.routes import ROUTES as BULK_ROUTES
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.options import of_headers
from sandbox.salesforce.rules import locks
from sandbox.salesforce.session import Call, bearer, call_of, origin
from sandbox.salesforce.soap.server import serve
from sandbox.salesforce.sosl import search
from sandbox.salesforce.switches import switch
from sandbox.store import Store
from sandbox.wire import Request, Response

OLDEST, NEWEST = 31, 66  # 7 to 30 are retired; clients still start with old ones (the Salesforce CLI with 51)
SEASONS = ("Spring", "Summer", "Winter")
DATA = re.compile(r"/services/data/v(\d+)\.0(/.*)?")
SOAP = re.compile(r"/services/Soap/u/(\d+)\.0(?:/\w+)?")
NAME = r"/([A-Za-z]\w*)"
Handler = Callable[..., Response]
# What the index of a version lists, served here or not.
RESOURCES = (
    "actions analytics appMenu chatter commerce compactLayouts composite connect consent dedupe event jobs"
    " knowledgeManagement licensing limits metadata parameterizedSearch process query queryAll quickActions recent"
    " search sobjects support tabs theme tooling wave"
)


def _more(call: Call, request: Request, locator: str) -> Response:
    return query.more(call, locator)


def _query(call: Call, request: Request) -> Response:
    return query.answer(call, request, deleted=False)


def _query_all(call: Call, request: Request) -> Response:
    return query.answer(call, request, deleted=True)


def _composite(call: Call, request: Request) -> Response:
    return composite.run(call, request, guarded)


def _graph(call: Call, request: Request) -> Response:
    return graph.run(call, request, guarded)


def _batch(call: Call, request: Request) -> Response:
    return composite.batch(call, request, guarded)


ROUTES: tuple[tuple[str, dict[str, Handler]], ...] = (
    (r"/query", {"GET": _query}),
    (r"/queryAll", {"GET": _query_all}),
    (r"/query(?:All)?/([\w-]+)", {"GET": _more}),
    (r"/limits", {"GET": limits.show}),
    (r"/limits/recordCount", {"GET": limits.record_count}),
    (r"/recent", {"GET": recent.show}),
    (r"/search", {"GET": search.sosl}),
    (r"/parameterizedSearch", {"GET": search.parameterized, "POST": search.parameterized}),
    (r"/composite", {"POST": _composite}),
    (r"/composite/batch", {"POST": _batch}),
    (r"/composite/graph", {"POST": _graph}),
    (rf"/composite/tree{NAME}", {"POST": tree.create}),
    (
        r"/composite/sobjects",
        {"POST": collections.create, "PATCH": collections.update, "DELETE": collections.delete},
    ),
    (rf"/composite/sobjects{NAME}", {"POST": collections.read, "GET": collections.read}),
    (rf"/composite/sobjects{NAME}{NAME}", {"PATCH": collections.upsert}),
    (r"/sobjects", {"GET": describe.every}),
    (rf"/sobjects{NAME}", {"GET": describe.basic, "POST": sobjects.create}),
    (rf"/sobjects{NAME}/describe", {"GET": describe.one}),
    (rf"/sobjects{NAME}/updated", {"GET": replication.updated}),
    (rf"/sobjects{NAME}/deleted", {"GET": replication.deleted}),
    (rf"/sobjects{NAME}/(\w+)", {"GET": sobjects.read, "PATCH": sobjects.update, "DELETE": sobjects.delete}),
    *BULK_ROUTES,
    (rf"/sobjects{NAME}{NAME}/(.+)", {"GET": sobjects.read_by_key, "PATCH": sobjects.upsert}),
)
PATTERNS = tuple((re.compile(pattern), methods) for pattern, methods in ROUTES)


def handle(request: Request, store: Store, now_ms: int) -> Response:
    """Answer one request to the organization; nothing but the store changes."""
    with store.lock:
        try:
            return _serve(request, store, now_ms)
        except ApiError as error:
            return Response.of_json(error.status, error.in_rest(), limits.header(store, now_ms))


def _serve(request: Request, store: Store, now_ms: int) -> Response:
    path = request.path.rstrip("/")
    work.settle(store, now_ms)
    if path == "/services/oauth2/token":
        return oauth.token(request, store, now_ms)
    if path == "/services/oauth2/revoke":
        return oauth.revoke(request, store, now_ms)
    if path == "/services/oauth2/userinfo":
        return oauth.userinfo(request, store, now_ms)
    if path.startswith("/id/"):
        return oauth.identity(request, store, now_ms)
    if path == "/services/data":
        return Response.of_json(200, [_version(number) for number in range(OLDEST, NEWEST + 1)])
    if found := SOAP.fullmatch(path):
        return serve(request, store, now_ms, int(found[1]))
    return _rest(request, store, now_ms, path)


def _rest(request: Request, store: Store, now_ms: int, path: str) -> Response:
    found = DATA.fullmatch(path)
    if not found or not OLDEST <= int(found[1]) <= NEWEST:
        raise not_found()
    call = call_of(store, bearer(request), now_ms, f"{found[1]}.0")
    limits.admit(store, now_ms)
    answer = _index(call, request) if not found[2] else guarded(call, request)
    locks.settle(call)
    return Response(answer.status, answer.body, {**answer.headers, **limits.header(store, now_ms)})


def guarded(call: Call, request: Request) -> Response:
    """The answer of an address below a version, refusals included; parts of a composite come here too."""
    # Each part of a composite has headers and saves of its own, but finds rows locked as one call.
    part = replace(call, options=of_headers(request.headers), trace=replace(call.trace, made=set()))
    try:
        return _routed(part, request)
    except ApiError as error:
        return Response.of_json(error.status, error.in_rest())


def _routed(call: Call, request: Request) -> Response:
    found = DATA.fullmatch(request.path.rstrip("/"))
    path = (found[2] or "") if found else ""
    for pattern, methods in PATTERNS:
        matched = pattern.fullmatch(path)
        if not matched:
            continue
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            message = f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(sorted(methods))}"
            raise ApiError("METHOD_NOT_ALLOWED", message)
        return handler(call, request, *matched.groups())
    raise not_found()


def _version(number: int) -> dict[str, str]:
    """One member of GET /services/data: three releases a year, 62 being Winter '25."""
    season = SEASONS[(number - 60) % 3]
    year = 24 + (number - 60 + (season == "Winter")) // 3
    return {"label": f"{season} '{year}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


def _index(call: Call, request: Request) -> Response:
    body: dict[str, Any] = {name: f"{call.base}/{name}" for name in RESOURCES.split()}
    org = switch(call.store, "organization_id")
    body["identity"] = f"{origin(request, call.store)}/id/{org}/{call.session.user_id}"
    return Response.of_json(200, body)
