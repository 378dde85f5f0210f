"""SOAP operations that change records; each answers its `result` elements."""

from collections.abc import Callable
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from sandbox.salesforce import recycle, writes
from sandbox.salesforce.collections import Result, put, saved
from sandbox.salesforce.convert import Converted, Wish, convert
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.merge import Merged, merge
from sandbox.salesforce.rows import CRM
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soap import objects, results
from sandbox.salesforce.soap.envelope import NIL, Markup, child, children, tag, tags, text
from sandbox.salesforce.soap.results import TRUE, Headers, limited
from sandbox.salesforce.sobjects import key_field

MOST = 200
MOST_CONVERTS = 100
STALE = "the record was modified after the time of the ConditionalRequestHeader"
Given = tuple[SObject, str | None, dict[str, Any]]


def merge_all(call: Call, body: Element, headers: Headers) -> list[str]:
    """merge: up to 200 requests, each a transaction and a result of its own."""
    # Live takes requests by their place, whatever their name: jsforce says `mergeRequests`, others `mergeRequest`.
    requests = limited(list(body), MOST)
    jobs = [_merge_job(call, request) for request in requests]
    # merge knows no AllOrNoneHeader.
    masters = [child(request, "masterRecord") for request in requests]
    ids = [None if master is None else text(child(master, "Id")) for master in masters]
    return [_merge_result(result, id_text) for result, id_text in zip(results.rows(call, {}, jobs), ids, strict=True)]


def _merge_job(call: Call, request: Element) -> Callable[[], Result]:
    element = child(request, "masterRecord")
    if element is None:
        raise ApiError("MISSING_ARGUMENT", "masterRecord is missing", status=500)
    sobject, master_id, values = objects.read(call, element)
    if "mergeable" not in call.whole.by_kind[sobject.kind].abilities:
        raise ApiError("INVALID_TYPE_FOR_OPERATION", "entity type does not support merge", status=500)
    losers = [text(item) for item in children(request, "recordToMergeIds")]

    def job() -> Result:
        done: Merged = merge(call, sobject, master_id, values, losers)
        return saved(done.master, losers=list(done.losers), related=list(done.related))

    return job


def _merge_result(result: Result, master: str | None) -> str:
    if not result["success"]:
        return results.failed(result, **({"id": master} if master else {}))
    return results.saved(result, mergedRecordIds=result["losers"], updatedRelatedIds=result["related"])


def create(call: Call, body: Element, headers: Headers) -> list[str]:
    """create."""

    def job(given: Given) -> Result:
        sobject, id_text, values = given
        named = {} if id_text is None else {"Id": id_text}
        return saved(writes.create(call, sobject, {**named, **values}).id)

    jobs = [partial(job, each) for each in _given(call, body)]
    return [results.saved(result) for result in results.rows(call, headers, jobs)]


def update(call: Call, body: Element, headers: Headers) -> list[str]:
    """update."""

    def job(given: Given, place: int) -> Result:
        sobject, id_text, values = given
        if id_text is None:
            raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call", ())
        _, id18 = writes.dml_id(call, sobject, id_text)
        _unmodified(call, sobject, id18, headers, place)
        return saved(writes.update(call, sobject, id18, values).id)

    jobs = [partial(job, each, place) for place, each in enumerate(_given(call, body))]
    return [results.saved(result) for result in results.rows(call, headers, jobs)]


def upsert(call: Call, body: Element, headers: Headers) -> list[str]:
    """upsert."""
    key = text(child(body, "externalIDFieldName")) or "Id"

    def job(given: Given, place: int) -> Result:
        sobject, id_text, values = given
        row = {**values, "Id": id_text} if key.lower() == "id" else values
        if key.lower() == "id" and id_text is not None:
            _unmodified(call, sobject, writes.dml_id(call, sobject, id_text)[1], headers, place)
        return put(call, sobject, key_field(sobject, key).name, row)

    jobs = [partial(job, each, place) for place, each in enumerate(_given(call, body))]
    return [results.saved(result, created=bool(result.get("created"))) for result in results.rows(call, headers, jobs)]


def _unmodified(call: Call, sobject: SObject, id18: str, headers: Headers, place: int) -> None:
    """Refuse a row that changed after the time that ConditionalRequestHeader gives for it.

    The WSDL binds the header to update, upsert and delete; no text on it was found, so this follows the name of its
    elements and of the status code.
    """
    header, row = headers.get("ConditionalRequestHeader"), call.store.get(CRM, sobject.kind, id18)
    if header is None or row is None:
        return
    single, several = text(child(header, "ifModifiedBefore")), children(header, "ifModifiedBeforeArray")
    limit = text(several[place]) if place < len(several) else single
    if limit is not None and row.modified > objects.moment(limit):
        raise ApiError("ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE", STALE, ())


def _given(call: Call, body: Element) -> list[Given]:
    """The sObjects of a request; one of an unknown type or with an unknown field refuses them all."""
    return [objects.read(call, each) for each in limited(children(body, "sObjects"), MOST)]


def _ids(body: Element) -> list[str | None]:
    return [text(each) for each in limited(children(body, "ids"), MOST)]


def delete(call: Call, body: Element, headers: Headers) -> list[str]:
    """delete."""

    def job(id_text: str | None, place: int) -> Result:
        sobject, id18 = writes.dml_id(call, None, id_text)
        _unmodified(call, sobject, id18, headers, place)
        writes.delete(call, sobject, id18)
        return saved(id18)

    jobs = [partial(job, each, place) for place, each in enumerate(_ids(body))]
    return [results.saved(result) for result in results.rows(call, headers, jobs)]


def undelete(call: Call, body: Element, headers: Headers) -> list[str]:
    """undelete."""
    return _by_id(call, body, headers, recycle.undelete)


def empty_recycle_bin(call: Call, body: Element, headers: Headers) -> list[str]:
    """emptyRecycleBin."""
    return _by_id(call, body, headers, recycle.empty)


def _by_id(call: Call, body: Element, headers: Headers, act: Callable[[Call, SObject, str], object]) -> list[str]:
    """What came of one act on each id of a call."""

    def job(id_text: str | None) -> Result:
        sobject, id18 = writes.dml_id(call, None, id_text)
        act(call, sobject, id18)
        return saved(id18)

    jobs = [partial(job, each) for each in _ids(body)]
    return [results.saved(result) for result in results.rows(call, headers, jobs)]


def convert_leads(call: Call, body: Element, headers: Headers) -> list[str]:
    """convertLead: up to 100 leads, each a transaction of its own."""
    wanted = list(body)
    if len(wanted) > MOST_CONVERTS:
        message = f"cannot convert more than {MOST_CONVERTS} leads in one call"
        raise ApiError("EXCEEDED_LEAD_CONVERT_LIMIT", message, status=500)

    def job(element: Element) -> Result:
        done = convert(call, _wish(element))
        return saved(done.lead, done=done)

    return [_converted(result) for result in results.rows(call, {}, [partial(job, each) for each in wanted])]


def _wish(element: Element) -> Wish:
    def said(name: str) -> str | None:
        return text(child(element, name))

    return Wish(
        lead_id=said("leadId"),
        status=said("convertedStatus"),
        account_id=said("accountId"),
        contact_id=said("contactId"),
        opportunity_id=said("opportunityId"),
        opportunity_name=said("opportunityName"),
        owner_id=said("ownerId"),
        no_opportunity=said("doNotCreateOpportunity") in TRUE,
        overwrite_source=said("overwriteLeadSource") in TRUE,
        skip_account_rules=said("bypassAccountDedupeCheck") in TRUE,
        skip_contact_rules=said("bypassContactDedupeCheck") in TRUE,
    )


def _converted(result: Result) -> str:
    if not result["success"]:
        errors = "".join(results.error(each) for each in result["errors"])
        head, tail = tags({"accountId": NIL, "contactId": NIL}), tags({"leadId": NIL, "opportunityId": NIL})
        return tag("result", Markup(head + errors + tail + tag("success", False)))
    done: Converted = result["done"]
    facts = {"accountId": done.account, "contactId": done.contact, "leadId": done.lead}
    return tag("result", tags({**facts, "opportunityId": done.opportunity or NIL, "success": True}))
