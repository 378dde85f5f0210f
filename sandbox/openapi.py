"""An OpenAPI 3.1 document of everything that the sandbox answers, made from its own route tables."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from sandbox import hubspot
from sandbox.hubspot.call import APP_ID
from sandbox.salesforce.service import ROUTES as SALESFORCE

Json = dict[str, Any]
NAMED = re.compile(r"\{(\w+)\}")
GROUP = re.compile(r"\((?!\?)[^()]*\)")
DATED = ("2026-03", "2026-09")
VERSIONS = ("v66.0", "v62.0", "v53.0")
SCHEMA_ROUTES = "schemas"
# Values that lead to something in every account; any other text is as valid.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "type": ("contacts", "companies", "deals", "leads", "tickets", "0-1", "0-3"),
    "from_type": ("contacts", "companies", "deals", "0-1"),
    "to_type": ("companies", "contacts", "deals", "0-2"),
    "id": ("1", "501", "1001"),
    "to_id": ("1", "502", "1002"),
    "app": (APP_ID,),
    "pipeline": ("default",),
    "stage": ("appointmentscheduled", "closedwon"),
    "name": ("email", "dealname", "hs_lead_status"),
    "rule": ("MAX_LENGTH", "REGEX", "INVALID_ALPHA"),
    "sobject": ("Account", "Contact", "Lead", "Opportunity", "Task", "User"),
    "row": ("001SB0000000001AAA", "003SB0000000001AAA"),
    "field": ("Id", "Email", "Name"),
    "result": ("successfulResults", "failedResults", "unprocessedrecords"),
    "value": ("001SB0000000001AAA", "a@example.com"),
}
# The path parameters of Salesforce's patterns in order, by how the pattern begins; the first that fits.
PLACES = (
    ("/query", ("locator",)),
    ("/jobs/ingest", ("job", "result")),
    ("/jobs/query", ("job",)),
    ("/composite", ("sobject", "field")),
    ("/sobjects", ("sobject", "row")),
)
PAGING, OBJECT_QUERY = "limit after", "properties propertiesWithHistory associations archived idProperty"
# Query parameters by method and how the documented path ends, or goes on; the first that fits.
QUERIES: tuple[tuple[str, str, str], ...] = (
    ("GET", r"/objects/({version}/)?{type}$", f"{PAGING} {OBJECT_QUERY}"),
    ("GET", r"/objects/({version}/)?{type}/{id}$", OBJECT_QUERY),
    ("PATCH", r"/objects/({version}/)?{type}/{id}$", "idProperty"),
    ("GET", r"/associations/{to_type}$", PAGING),
    ("GET", r"/owners(/{version})?$", f"{PAGING} email archived"),
    ("GET", r"/owners(/{version})?/{id}$", "idProperty archived"),
    ("GET", r"/(properties|schemas)(/|$)", "archived dataSensitivity"),
    ("DELETE", r"/schemas/", "archived"),
    ("DELETE", r"/pipelines/", "validateReferencesBeforeDelete validateDealStageUsagesBeforeDelete"),
    ("POST", r"/batch/read$", "archived"),
    ("GET", r"/webhooks/", "hapikey"),
    ("GET", r"/query(All)?$", "q explain columns"),
    ("GET", r"/(search)$", "q"),
    ("GET", r"/parameterizedSearch$", "q sobject fields in overallLimit defaultLimit"),
    ("GET", r"/(updated|deleted)$", "start end"),
    ("GET", r"/limits/recordCount$", "sObjects"),
    ("GET", r"/recent$", "limit"),
    ("GET", r"/composite/sobjects/{sobject}$", "ids fields"),
    ("DELETE", r"/composite/sobjects$", "ids allOrNone"),
    ("GET", r"/sobjects/{sobject}/{row}", "fields"),
    ("GET", r"/jobs/ingest$", "jobType concurrencyMode queryLocator isPkChunkingEnabled"),
    ("GET", r"/jobs/query$", "jobType concurrencyMode queryLocator"),
    ("GET", r"/results(/|$)|/resultPages$", "locator maxRecords"),
    ("GET", r"/_sandbox/ledger$", "after"),
)
# The names that a JSON body may hold, by how the documented path ends or goes on; the first that fits.
BODIES: tuple[tuple[str, str], ...] = (
    (r"/search$", "filterGroups filters sorts query properties limit after"),
    (r"/merge$", "primaryObjectId objectIdToMerge"),
    (r"/gdpr-delete$", "objectId idProperty"),
    (r"/batch/|/labels/archive$", "inputs properties propertiesWithHistory idProperty archived"),
    (r"/objects/", "properties associations objectWriteTraceId"),
    (r"/labels$", "label name inverseLabel associationTypeId"),
    (r"/associations", "fromObjectTypeId toObjectTypeId name inputs"),
    (r"/properties/.*/groups", "name label displayOrder"),
    (r"/properties/", "name label type fieldType groupName options hasUniqueValue description hidden"),
    (r"/schemas", "name labels requiredProperties searchableProperties primaryDisplayProperty properties"),
    (r"/pipelines/", "label displayOrder stages metadata archived"),
    (r"/property-validations/", "ruleArguments shouldApplyNormalization"),
    (r"/subscriptions", "eventType propertyName active inputs objectTypeId"),
    (r"/webhooks/.*/settings$", "targetUrl throttling"),
    (r"/access-token-info$", "tokenKey"),
    (r"/composite$", "compositeRequest allOrNone collateSubrequests"),
    (r"/composite/graph$", "graphs"),
    (r"/composite/batch$", "batchRequests haltOnError"),
    (r"/composite/tree/", "records"),
    (r"/composite/sobjects", "records allOrNone ids fields"),
    (r"/jobs/ingest", "object operation externalIdFieldName contentType lineEnding columnDelimiter state"),
    (r"/jobs/query", "operation query contentType lineEnding columnDelimiter state"),
    (r"/sobjects/", "attributes Name LastName FirstName Email Company StageName CloseDate AccountId OwnerId Amount"),
    (r"/parameterizedSearch$", "q sobjects fields in overallLimit defaultLimit"),
    (r"/_sandbox/clock$", "set_ms advance_seconds freeze resume"),
    (r"/_sandbox/faults$", "title modes seed rules"),
    (r"/_sandbox/edit$", "crm kind id fields archive restore merge"),
    (r"/_sandbox/settings$", "hubspot salesforce"),
)
FORM = re.compile(r"/oauth|/oauth2/|/token")
# Names whose values are lists of objects; the others may be anything.
LISTS = """
    inputs filterGroups filters sorts associations options stages records compositeRequest graphs batchRequests rules
"""
FURTHER = (
    ("POST", "/services/oauth2/token", "The token endpoint: client credentials, JWT bearer and the older flows."),
    ("POST", "/services/oauth2/revoke", "End a session."),
    ("GET", "/services/oauth2/userinfo", "Who the session runs as."),
    ("GET", "/id/{organization}/{user}", "The identity of a user."),
    ("GET", "/services/data", "The API versions."),
    ("GET", "/services/data/{version}", "What a version serves."),
    ("POST", "/services/Soap/u/{number}", "The Partner SOAP interface; its WSDL says what it takes."),
    ("POST", "/_sandbox/webhooks", "Send the events that are due."),
)


class Operation(NamedTuple):
    """One documented operation: method, path with its parameters in braces, what it does, and what serves it."""

    method: str
    path: str
    summary: str
    tag: str


def document(calls: Mapping[tuple[str, str], Callable[..., Any]]) -> Json:
    """The document; `calls` are the control calls by (method, name below `/_sandbox`)."""
    paths: dict[str, Json] = {}
    for item in operations(calls):
        paths.setdefault(item.path, {})[item.method.lower()] = _operation(item)
    title = "revops-sync sandbox: HubSpot, Salesforce and the control calls"
    schemes = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "security": [{"token": []}],
        "components": {"securitySchemes": schemes},
        "paths": paths,
    }


def operations(calls: Mapping[tuple[str, str], Callable[..., Any]]) -> Iterator[Operation]:
    """Every operation that the route tables hold, each path once for the numbered and once for the dated versions."""
    for method, path, endpoint in (*hubspot.TABLE, *hubspot.OPEN):
        for full in addresses(path):
            yield Operation(method, full, _said(endpoint), "HubSpot")
    for pattern, methods in SALESFORCE:
        for path in below_version(pattern):
            for method, handler in methods.items():
                yield Operation(method, f"/services/data/{{version}}{path}", _said(handler), "Salesforce")
    for method, path, summary in FURTHER:
        yield Operation(method, path, summary, "control" if path.startswith("/_sandbox") else "Salesforce")
    for (method, name), call in calls.items():
        yield Operation(method, f"/_sandbox/{name}", _said(call), "control")


def addresses(path: str) -> list[str]:
    """The addresses of a path of HubSpot's table, which leaves versions out."""
    if path.startswith("/"):
        return [path]
    if path.startswith("v3/"):
        return [f"/crm/{path}"]
    area, _, rest = path.partition("/")
    below = f"/{rest}" if rest else ""
    if area == "webhooks":
        return [f"/webhooks/v3{below}", f"/webhooks/{{version}}{below}"]
    number = "v4" if hubspot.V3_ONLY.match(path) else "v3"
    also = [f"/crm-object-schemas/{number}/{path}"] if area == SCHEMA_ROUTES else []
    return [f"/crm/{number}/{path}", *also, f"/crm/{area}/{{version}}{below}"]


def below_version(pattern: str) -> list[str]:
    """The paths that a pattern of Salesforce's table stands for, with names for its groups."""
    names = iter(next((found for start, found in PLACES if pattern.startswith(start)), ()))
    several = [pattern.replace("(?:All)?", part) for part in ("", "All")] if "(?:All)?" in pattern else [pattern]
    plain = [GROUP.sub("{}", path) for path in several]
    told = ("sobject", "field", "value") if plain[0] == "/sobjects/{}/{}/{}" else tuple(names)
    return [path.format(*(f"{{{name}}}" for name in told)) for path in plain]


def _said(handler: Callable[..., Any]) -> str:
    """The first line of a handler's docstring; of one made by a closure or partial, of what it wraps."""
    if isinstance(handler, partial):
        return _said(handler.func)
    inner = inspect.getclosurevars(handler).nonlocals.get("handler") if inspect.isfunction(handler) else None
    if inner is not None:
        return _said(inner)
    return (inspect.getdoc(handler) or handler.__name__.strip("_")).splitlines()[0]


def _operation(item: Operation) -> Json:
    found: Json = {"tags": [item.tag], "summary": item.summary, "operationId": _name(item)}
    parameters = [*map(partial(_in_path, item), NAMED.findall(item.path)), *map(_in_query, _query_names(item))]
    if parameters:
        found["parameters"] = parameters
    if item.method in ("POST", "PUT", "PATCH"):
        found["requestBody"] = {"content": _content(item.path)}
    if item.tag == "control":
        found["security"] = []
    return {**found, "responses": {"default": {"description": "The vendor's answer, or its refusal."}}}


def _name(item: Operation) -> str:
    return f"{item.method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', item.path).rstrip('_')}"


def _in_path(item: Operation, name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": _values(item, name)}


def _values(item: Operation, name: str) -> Json:
    if name == "version":
        return {"enum": list(VERSIONS if item.tag == "Salesforce" else DATED)}
    if name == "number":
        return {"enum": [number.removeprefix("v") for number in VERSIONS]}
    anything = {"type": "string", "minLength": 1}
    return {"anyOf": [{"enum": list(KNOWN[name])}, anything]} if name in KNOWN else anything


def _in_query(name: str) -> Json:
    return {"name": name, "in": "query", "schema": {"type": "string"}}


def _query_names(item: Operation) -> Iterable[str]:
    for method, end, names in QUERIES:
        if item.method == method and re.search(end.replace("{", r"\{").replace("}", r"\}"), item.path):
            return names.split()
    return ()


def _content(path: str) -> Json:
    if path.startswith("/services/Soap"):
        return {"text/xml": {"schema": {"type": "string"}}}
    if path.endswith("/batches"):
        return {"text/csv": {"schema": {"type": "string"}}}
    names = next((names for end, names in BODIES if re.search(end, path)), "")
    if FORM.search(path) and not names:
        form = "grant_type client_id client_secret refresh_token code redirect_uri token assertion username password"
        fields = {name: {"type": "string"} for name in form.split()}
        return {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}}}
    rows = {"type": "array", "items": {"type": "object"}}
    known = {name: rows if name in LISTS.split() else {} for name in names.split()}
    return {"application/json": {"schema": {"type": "object", "properties": known}}}
