"""HubSpot on loopback: every path of v3, v4 and 2026-03 that is served, and one pure function that serves them."""

import re
from collections.abc import Callable

from sandbox.hubspot import (
    account,
    associations,
    batch,
    errors,
    merge,
    oauth,
    objects,
    owners,
    pipelines,
    properties,
    search,
)
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal
from sandbox.hubspot.times import iso
from sandbox.store import Store
from sandbox.wire import Request, Response

Endpoint = Callable[[Call], Response]
# /crm/v3/objects/... and /crm/objects/2026-03/... are the same thing to the table below: objects/...
NUMBERED = re.compile(r"/crm/(?P<version>v3|v4)/(?P<rest>.+)")
DATED = re.compile(r"/crm/(?P<area>[a-z-]+)/(?P<version>2026-03)(?P<rest>/.*)?")
OBJECT = "objects/{type}"
BATCH = "associations/{from_type}/{to_type}/batch"
LINK = "objects/{type}/{id}/associations/{to_type}"
TABLE: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", OBJECT, objects.listing),
    ("POST", OBJECT, objects.create),
    ("POST", f"{OBJECT}/search", search.search),
    ("POST", f"{OBJECT}/merge", merge.merge),
    ("POST", f"{OBJECT}/batch/read", batch.read),
    ("POST", f"{OBJECT}/batch/create", batch.create),
    ("POST", f"{OBJECT}/batch/update", batch.update),
    ("POST", f"{OBJECT}/batch/upsert", batch.upsert),
    ("POST", f"{OBJECT}/batch/archive", batch.archive),
    ("GET", f"{OBJECT}/{{id}}", objects.read),
    ("PATCH", f"{OBJECT}/{{id}}", objects.update),
    ("DELETE", f"{OBJECT}/{{id}}", objects.archive),
    ("PUT", "objects/{type}/{id}/associations/default/{to_type}/{to_id}", associations.put_default),
    ("GET", LINK, associations.of_record),
    ("PUT", f"{LINK}/{{to_id}}", associations.put_labelled),
    ("DELETE", f"{LINK}/{{to_id}}", associations.delete),
    ("POST", f"{BATCH}/read", associations.batch_read),
    ("POST", f"{BATCH}/create", associations.batch_create),
    ("POST", f"{BATCH}/associate/default", associations.batch_default),
    ("POST", f"{BATCH}/archive", associations.batch_archive),
    ("POST", f"{BATCH}/labels/archive", associations.batch_labels_archive),
    ("GET", "associations/{from_type}/{to_type}/labels", associations.labels),
    ("GET", "properties/{type}", properties.listing),
    ("POST", "properties/{type}", properties.create),
    ("POST", "properties/{type}/batch/create", properties.batch_create),
    ("GET", "properties/{type}/{name}", properties.one),
    ("DELETE", "properties/{type}/{name}", properties.archive),
    ("GET", "pipelines/{type}", pipelines.listing),
    ("GET", "pipelines/{type}/{pipeline}", pipelines.one),
    ("GET", "pipelines/{type}/{pipeline}/stages", pipelines.stages),
    ("GET", "pipelines/{type}/{pipeline}/stages/{stage}", pipelines.stage),
    ("GET", "owners", owners.listing),
    ("GET", "owners/{id}", owners.one),
    ("GET", "/account-info/v3/details", account.details),
    ("GET", "/account-info/v3/api-usage/daily/private-apps", account.daily_usage),
    ("GET", "/account-info/v3/api-usage/daily", account.daily_usage),
    ("GET", "/account-info/2026-03/details", account.details),
    ("GET", "/integrations/v1/me", account.me),
    ("POST", "/oauth/v2/private-apps/get/access-token-info", oauth.private_app),
)
OPEN: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "/oauth/v1/token", oauth.token),
    ("POST", "/oauth/v3/token", oauth.token),
    ("POST", "/oauth/2026-03/token", oauth.token),
    ("POST", "/oauth/v3/introspect", oauth.introspect),
    ("GET", "/oauth/v1/access-tokens/{token}", oauth.introspect),
)


def _compiled(table: tuple[tuple[str, str, Endpoint], ...]) -> list[tuple[str, re.Pattern[str], Endpoint]]:
    named = re.compile(r"\{(\w+)\}")
    return [(method, re.compile(named.sub(r"(?P<\1>[^/]+)", path) + "/?"), call) for method, path, call in table]


ROUTES, OPEN_ROUTES = _compiled(TABLE), _compiled(OPEN)


def handle(request: Request, store: Store, now_ms: int) -> Response:
    """Answer one call to HubSpot; limits, faults and the call log are the caller's."""
    correlation = errors.correlation_id(request, store, now_ms)
    try:
        return _routed(request, store, now_ms, correlation)
    except Refusal as refusal:
        return errors.answer(refusal, correlation)


def expired(request: Request, store: Store, now_ms: int) -> Response:
    """The answer to a token whose time has just ended."""
    return errors.answer(errors.expired_token(iso(now_ms), 0), errors.correlation_id(request, store, now_ms))


def _routed(request: Request, store: Store, now: int, correlation: str) -> Response:
    path, version = _canonical(request.path)
    for routes, needs_token in ((OPEN_ROUTES, False), (ROUTES, True)):
        for method, pattern, endpoint in routes:
            found = pattern.fullmatch(path)
            if found is not None and method == request.method:
                scopes = oauth.scopes(request, store, now) if needs_token else frozenset()
                call = Call(request, store, now, correlation, version, found.groupdict(), scopes)
                oauth.require(call, path.partition("/")[0])
                return endpoint(call)
    if any(pattern.fullmatch(path) for routes in (OPEN_ROUTES, ROUTES) for _, pattern, _ in routes):
        raise Refusal(405, "HTTP 405 Method Not Allowed")
    raise Refusal(404, "HTTP 404 Not Found")


def _canonical(path: str) -> tuple[str, str]:
    """The path as the table has it, and the version that it names."""
    found = NUMBERED.fullmatch(path)
    if found:
        return found["rest"], found["version"]
    dated = DATED.fullmatch(path)
    return (dated["area"] + (dated["rest"] or ""), dated["version"]) if dated else (path, "")
