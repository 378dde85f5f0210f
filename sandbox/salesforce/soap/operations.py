"""What the SOAP operations do; each answers the content of its `result` elements."""

from collections.abc import Callable
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from sandbox.salesforce import writes
from sandbox.salesforce.collections import Result, each_of, put, saved
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import normalize
from sandbox.salesforce.merge import Merged, merge
from sandbox.salesforce.query import batch_size, first, following
from sandbox.salesforce.rows import CRM, fetch, full_name
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soap import objects
from sandbox.salesforce.soap.envelope import NIL, Markup, child, children, tag, tags, text
from sandbox.salesforce.sobjects import key_field, shown
from sandbox.salesforce.switches import switch

MOST = 200
MOST_READ = 2000
Headers = dict[str, Element]
Given = tuple[SObject, str | None, dict[str, Any]]
Operation = Callable[[Call, Element, Headers], list[str]]


def merge_all(call: Call, body: Element, headers: Headers) -> list[str]:
    """merge: up to 200 requests, each a transaction and a result of its own."""
    requests = _limited(children(body, "request"), MOST)
    jobs = [_merge_job(call, request) for request in requests]
    return [_merge_result(result) for result in each_of(call, False, jobs)]


def _merge_job(call: Call, request: Element) -> Callable[[], Result]:
    element = child(request, "masterRecord")
    if element is None:
        raise ApiError("MISSING_ARGUMENT", "masterRecord is missing", status=500)
    sobject, master_id, values = objects.read(call, element)
    if "mergeable" not in sobject.abilities:
        raise ApiError("INVALID_TYPE_FOR_OPERATION", "entity type does not support merge", status=500)
    losers = [text(item) for item in children(request, "recordToMergeIds")]

    def job() -> Result:
        done: Merged = merge(call, sobject, master_id, values, losers)
        return saved(done.master, losers=list(done.losers), related=list(done.related))

    return job


def _merge_result(result: Result) -> str:
    if not result["success"]:
        return _failed(result)
    content = {"id": result["id"], "mergedRecordIds": result["losers"], "success": True}
    return tag("result", tags({**content, "updatedRelatedIds": result["related"]}))


def create(call: Call, body: Element, headers: Headers) -> list[str]:
    """create."""

    def job(given: Given) -> Result:
        return saved(writes.create(call, given[0], given[2]).id)

    return _rows(call, headers, [partial(job, each) for each in _given(call, body)])


def update(call: Call, body: Element, headers: Headers) -> list[str]:
    """update."""

    def job(given: Given) -> Result:
        sobject, id_text, values = given
        if id_text is None:
            raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call", ())
        return saved(writes.update(call, *writes.dml_id(call, sobject, id_text), values).id)

    return _rows(call, headers, [partial(job, each) for each in _given(call, body)])


def upsert(call: Call, body: Element, headers: Headers) -> list[str]:
    """upsert."""
    key = text(child(body, "externalIDFieldName")) or "Id"

    def job(given: Given) -> Result:
        sobject, id_text, values = given
        row = {**values, "Id": id_text} if key == "Id" else values
        return put(call, sobject, key_field(sobject, key).name, row)

    results = _rows(call, headers, [partial(job, each) for each in _given(call, body)])
    missing = tag("created", False)
    return [row if "<created>" in row else row.replace("<result>", f"<result>{missing}", 1) for row in results]


def _given(call: Call, body: Element) -> list[Given]:
    """The sObjects of a request; one of an unknown type refuses them all."""
    return [objects.read(call, each) for each in _limited(children(body, "sObjects"), MOST)]


def delete(call: Call, body: Element, headers: Headers) -> list[str]:
    """delete."""

    def job(id_text: str | None) -> Result:
        sobject, id18 = writes.dml_id(call, None, id_text)
        writes.delete(call, sobject, id18)
        return saved(id18)

    return _rows(call, headers, [partial(job, text(each)) for each in _limited(children(body, "ids"), MOST)])


def undelete(call: Call, body: Element, headers: Headers) -> list[str]:
    """undelete."""

    def job(id_text: str | None) -> Result:
        sobject, id18 = writes.dml_id(call, None, id_text)
        writes.undelete(call, sobject, id18)
        return saved(id18)

    return _rows(call, headers, [partial(job, text(each)) for each in _limited(children(body, "ids"), MOST)])


def query(call: Call, body: Element, headers: Headers, deleted: bool = False) -> list[str]:
    """query and queryAll."""
    options = headers.get("QueryOptions")
    size = text(child(options, "batchSize")) if options is not None else None
    soql = text(child(body, "queryString")) or ""
    page = first(call, soql, deleted, batch_size(call, f"batchSize={size}"))
    return [tag("result", objects.results(page.records, page.total, page.locator), "QueryResult")]


def query_more(call: Call, body: Element, headers: Headers) -> list[str]:
    """queryMore."""
    page = following(call, text(child(body, "queryLocator")) or "")
    return [tag("result", objects.results(page.records, page.total, page.locator), "QueryResult")]


def retrieve(call: Call, body: Element, headers: Headers) -> list[str]:
    """retrieve: a nil result for each id that is not there."""
    name = text(child(body, "sObjectType")) or ""
    sobject = call.schema.get(name)
    if sobject is None:
        raise ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.", status=500)
    ids = [normalize(text(item) or "") or "" for item in _limited(children(body, "ids"), MOST_READ)]
    rows = {id18: row for id18, row in fetch(call.store, sobject.kind, ids).items() if not row.archived}
    fields = text(child(body, "fieldList"))
    records = [shown(call, sobject, rows[each], fields) if each in rows else None for each in ids]
    return [tag("result", NIL) if record is None else objects.write(record, "result") for record in records]


def server_timestamp(call: Call, body: Element, headers: Headers) -> list[str]:
    """getServerTimestamp."""
    return [tag("result", tags({"timestamp": objects.instant(call.now)}))]


def user_info(call: Call, body: Element, headers: Headers) -> list[str]:
    """getUserInfo."""
    row = call.store.get(CRM, "user", call.session.user_id)
    user: dict[str, Any] = row.fields if row else {"LastName": "Integration"}
    org_id = switch(call.store, "organization_id")
    org = call.store.get(CRM, "organization", org_id)
    facts = {
        "accessibilityMode": False,
        "chatterExternal": False,
        "currencySymbol": "$",
        "orgAttachmentFileSizeLimit": 5_242_880,
        "orgDefaultCurrencyIsoCode": "USD",
        "orgDefaultCurrencyLocale": "en_US",
        "orgDisallowHtmlAttachments": False,
        "orgHasPersonAccounts": False,
        "organizationId": org_id,
        "organizationMultiCurrency": False,
        "organizationName": org.fields.get("Name", "Sandbox") if org else "Sandbox",
        "profileId": user.get("ProfileId") or "00eSB0000000001AAC",
        "roleId": NIL,
        "sessionSecondsValid": switch(call.store, "session_seconds"),
        "userDefaultCurrencyIsoCode": NIL,
        "userEmail": user.get("Email") or "integration@sandbox.example",
        "userFullName": full_name(user),
        "userId": call.session.user_id,
        "userLanguage": "en_US",
        "userLocale": "en_US",
        "userName": user.get("Username") or "integration@sandbox.example",
        "userTimeZone": user.get("TimeZoneSidKey") or "America/Los_Angeles",
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }
    return [tag("result", tags(facts))]


OPERATIONS: dict[str, Operation] = {
    "merge": merge_all,
    "create": create,
    "update": update,
    "upsert": upsert,
    "delete": delete,
    "undelete": undelete,
    "query": query,
    "queryAll": partial(query, deleted=True),
    "queryMore": query_more,
    "retrieve": retrieve,
    "getServerTimestamp": server_timestamp,
    "getUserInfo": user_info,
}


def _limited(items: list[Element], most: int) -> list[Element]:
    if len(items) > most:
        message = f"record limit reached. cannot submit more than {most} records into this call"
        raise ApiError("EXCEEDED_ID_LIMIT", message, status=500)
    return items


def _rows(call: Call, headers: Headers, jobs: list[Callable[[], Result]]) -> list[str]:
    option = headers.get("AllOrNoneHeader")
    all_or_none = option is not None and text(child(option, "allOrNone")) in ("true", "1")
    return [_row(result) for result in each_of(call, all_or_none, jobs)]


def _row(result: Result) -> str:
    if not result["success"]:
        return _failed(result)
    created = {"created": result["created"]} if "created" in result else {}
    return tag("result", tags({**created, "id": result["id"], "success": True}))


def _failed(result: Result) -> str:
    errors = [
        Markup(tags({"fields": error["fields"], "message": error["message"], "statusCode": error["statusCode"]}))
        for error in result["errors"]
    ]
    return tag("result", tags({"errors": errors, "id": NIL, "success": False}))
