"""HubSpot on loopback: the paths of v3, v4, 2026-03 and 2026-09, and one pure function that serves them."""

import re
from collections.abc import Callable

from sandbox.hubspot import (
    account,
    association_definitions,
    associations,
    associations_v3,
    audit,
    batch,
    errors,
    groups,
    labels,
    limits,
    merge,
    oauth,
    objects,
    owners,
    pipeline_stages,
    pipelines,
    privacy,
    properties,
    property_rules,
    schemas,
    search,
    webhooks,
)
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal
from sandbox.hubspot.times import iso
from sandbox.store import Store
from sandbox.wire import Request, Response

Endpoint = Callable[[Call], Response]
# /crm/v3/objects/... and /crm/objects/2026-03/... are the same thing to the table below: objects/...
NUMBERED = re.compile(r"/crm/(?P<version>v3|v4)/(?P<rest>.+)")
DATED = re.compile(r"/crm/(?P<area>[a-z-]+)/(?P<version>2026-0[39])(?P<rest>/.*)?")
WEBHOOKS = re.compile(r"/webhooks/(?P<version>v3|2026-0[39])(?P<rest>/.+)")
SCHEMAS = re.compile(r"/crm-object-schemas/(?P<version>v3|2026-0[39])/(?P<rest>.+)")
OBJECT = "objects/{type}"
SCHEMA = "schemas/{type}"
RULES = "property-validations/{type}"
APP = "webhooks/{app}"
PIPELINE = "pipelines/{type}/{pipeline}"
STAGE = f"{PIPELINE}/stages/{{stage}}"
BATCH = "associations/{from_type}/{to_type}/batch"
LINK = "objects/{type}/{id}/associations/{to_type}"
LABELS = "associations/{from_type}/{to_type}/labels"
LIMITS = "associations/definitions/configurations"
V3_ONLY = re.compile(r"associations/|objects/[^/]+/[^/]+/associations/")
TABLE: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", OBJECT, objects.listing),
    ("POST", OBJECT, objects.create),
    ("POST", f"{OBJECT}/search", search.search),
    ("POST", f"{OBJECT}/merge", merge.merge),
    ("POST", "objects/{type}/gdpr-delete", privacy.delete),
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
    ("GET", LABELS, labels.listing),
    ("POST", LABELS, labels.create),
    ("PUT", LABELS, labels.update),
    ("DELETE", f"{LABELS}/{{label}}", labels.delete),
    ("GET", f"{LIMITS}/all", labels.all_configurations),
    ("GET", f"{LIMITS}/{{from_type}}/{{to_type}}", labels.configurations),
    ("POST", f"{LIMITS}/{{from_type}}/{{to_type}}/batch/create", labels.set_limits),
    ("POST", f"{LIMITS}/{{from_type}}/{{to_type}}/batch/update", labels.set_limits),
    ("POST", f"{LIMITS}/{{from_type}}/{{to_type}}/batch/purge", labels.purge_limits),
    ("POST", "associations/usage/high-usage-report/{user}", labels.usage_report),
    ("GET", "v3/associations/{from_type}/{to_type}/types", associations_v3.types),
    ("POST", f"v3/{BATCH}/read", associations_v3.batch_read),
    ("POST", f"v3/{BATCH}/create", associations_v3.batch_create),
    ("POST", f"v3/{BATCH}/archive", associations_v3.batch_archive),
    ("GET", f"v3/{LINK}", associations_v3.of_record),
    ("PUT", f"v3/{LINK}/{{to_id}}/{{association}}", associations_v3.put),
    ("DELETE", f"v3/{LINK}/{{to_id}}/{{association}}", associations_v3.delete),
    ("GET", "properties/{type}", properties.listing),
    ("POST", "properties/{type}", properties.create),
    ("POST", "properties/{type}/batch/create", properties.batch_create),
    ("POST", "properties/{type}/batch/read", properties.batch_read),
    ("POST", "properties/{type}/batch/archive", properties.batch_archive),
    ("GET", "properties/{type}/groups", groups.listing),
    ("POST", "properties/{type}/groups", groups.create),
    ("GET", "properties/{type}/groups/{group}", groups.one),
    ("PATCH", "properties/{type}/groups/{group}", groups.update),
    ("DELETE", "properties/{type}/groups/{group}", groups.archive),
    ("GET", "properties/{type}/{name}", properties.one),
    ("PATCH", "properties/{type}/{name}", properties.update),
    ("DELETE", "properties/{type}/{name}", properties.archive),
    ("GET", SCHEMA, schemas.one),
    ("PATCH", SCHEMA, schemas.update),
    ("DELETE", SCHEMA, schemas.delete),
    ("POST", f"{SCHEMA}/associations", association_definitions.create),
    ("DELETE", f"{SCHEMA}/associations/{{association}}", association_definitions.delete),
    ("GET", "schemas", schemas.listing),
    ("POST", "schemas", schemas.create),
    ("POST", "schemas/batch/read", schemas.batch_read),
    ("GET", "pipelines/{type}", pipelines.listing),
    ("POST", "pipelines/{type}", pipelines.create),
    ("GET", PIPELINE, pipelines.one),
    ("PUT", PIPELINE, pipelines.put),
    ("PATCH", PIPELINE, pipelines.patch),
    ("DELETE", PIPELINE, pipelines.delete),
    ("GET", f"{PIPELINE}/audit", audit.pipeline),
    ("GET", f"{PIPELINE}/stages", pipeline_stages.listing),
    ("POST", f"{PIPELINE}/stages", pipeline_stages.create),
    ("GET", STAGE, pipeline_stages.one),
    ("PUT", STAGE, pipeline_stages.put),
    ("PATCH", STAGE, pipeline_stages.patch),
    ("DELETE", STAGE, pipeline_stages.delete),
    ("GET", f"{STAGE}/audit", audit.stage),
    ("GET", RULES, property_rules.of_type),
    ("GET", f"{RULES}/{{name}}", property_rules.of_property),
    ("GET", f"{RULES}/{{name}}/rule-type/{{rule}}", property_rules.one),
    ("PUT", f"{RULES}/{{name}}/rule-type/{{rule}}", property_rules.put),
    ("GET", "limits/custom-object-types", limits.custom_types),
    ("GET", "limits/custom-properties", limits.custom_properties),
    ("GET", "limits/calculated-properties", limits.calculated_properties),
    ("GET", "limits/records", limits.records),
    ("GET", "limits/pipelines", limits.pipelines),
    ("GET", "limits/associations/labels", limits.labels),
    ("GET", "limits/associations/records/from", limits.linked_from),
    ("GET", "limits/associations/records/{from_type}/to", limits.linked_to),
    ("GET", "limits/associations/records/{from_type}/{to_type}", limits.linked),
    ("GET", "owners", owners.listing),
    ("GET", "owners/{id}", owners.one),
    ("GET", "/account-info/v3/details", account.details),
    ("GET", "/account-info/v3/api-usage/daily/private-apps", account.daily_usage),
    ("GET", "/account-info/v3/api-usage/daily", account.daily_usage),
    ("GET", "/account-info/2026-03/details", account.details),
    ("GET", "/account-info/2026-09/details", account.details),
    ("GET", "/account-info/2026-03/api-usage/daily/private-apps", account.daily_usage),
    ("GET", "/account-info/2026-09/api-usage/daily/private-apps", account.daily_usage),
    ("GET", "/integrations/v1/me", account.me),
    ("POST", "/oauth/v2/private-apps/get/access-token-info", oauth.private_app),
)
OPEN: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "/oauth/v1/token", oauth.token),
    ("POST", "/oauth/v3/token", oauth.token),
    ("POST", "/oauth/2026-03/token", oauth.token),
    ("POST", "/oauth/2026-09/token", oauth.token),
    ("POST", "/oauth/v3/introspect", oauth.introspect),
    ("POST", "/oauth/v3/token/introspect", oauth.introspect),
    ("POST", "/oauth/2026-03/token/introspect", oauth.introspect),
    ("POST", "/oauth/2026-09/token/introspect", oauth.introspect),
    ("POST", "/oauth/v3/token/revoke", oauth.revoke),
    ("POST", "/oauth/2026-03/token/revoke", oauth.revoke),
    ("POST", "/oauth/2026-09/token/revoke", oauth.revoke),
    ("GET", "/oauth/v1/refresh-tokens/{token}", oauth.refresh_token),
    ("DELETE", "/oauth/v1/refresh-tokens/{token}", oauth.revoke),
    ("GET", "/oauth/v1/access-tokens/{token}", oauth.introspect),
    ("GET", f"{APP}/settings", webhooks.read_settings),
    ("PUT", f"{APP}/settings", webhooks.put_settings),
    ("DELETE", f"{APP}/settings", webhooks.delete_settings),
    ("GET", f"{APP}/subscriptions", webhooks.listing),
    ("POST", f"{APP}/subscriptions", webhooks.create),
    ("POST", f"{APP}/subscriptions/batch/update", webhooks.batch_update),
    ("GET", f"{APP}/subscriptions/{{subscription}}", webhooks.one),
    ("PATCH", f"{APP}/subscriptions/{{subscription}}", webhooks.update),
    ("DELETE", f"{APP}/subscriptions/{{subscription}}", webhooks.delete),
)


def _compiled(table: tuple[tuple[str, str, Endpoint], ...]) -> list[tuple[str, re.Pattern[str], Endpoint]]:
    named = re.compile(r"\{(\w+)\}")
    return [(method, re.compile(named.sub(r"(?P<\1>[^/]+)", path) + "/?"), call) for method, path, call in table]


ROUTES, OPEN_ROUTES = _compiled(TABLE), _compiled(OPEN)


def handle(request: Request, store: Store, now_ms: int) -> Response:
    """Answer one call to HubSpot; limits, faults and the call log are the caller's."""
    correlation = errors.correlation_id(request, store, now_ms)
    try:
        with store.transaction():
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
    found = NUMBERED.fullmatch(path) or SCHEMAS.fullmatch(path)
    if found:
        rest, version = found["rest"], found["version"]
        return (f"v3/{rest}" if version == "v3" and V3_ONLY.match(rest) else rest), version
    hooks = WEBHOOKS.fullmatch(path)
    if hooks:
        return f"webhooks{hooks['rest']}", hooks["version"]
    dated = DATED.fullmatch(path)
    return (dated["area"] + (dated["rest"] or ""), dated["version"]) if dated else (path, "")
