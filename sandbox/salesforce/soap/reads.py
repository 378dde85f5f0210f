"""SOAP operations that read records; each answers its `result` elements."""

from xml.etree.ElementTree import Element

from sandbox.salesforce import replication
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import normalize
from sandbox.salesforce.query import batch_size, first, following
from sandbox.salesforce.rows import CRM, fetch, value_of
from sandbox.salesforce.rules.duplicates import result_of, rules_of
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.soap import objects, results
from sandbox.salesforce.soap.envelope import NIL, Markup, child, children, tag, tags, text
from sandbox.salesforce.soap.results import Headers, limited
from sandbox.salesforce.sobjects import shown
from sandbox.salesforce.writes import dml_id

MOST_READ = 2000
MOST_COMPARED = 50
TOO_MANY = "Configuration error: The number of records to check is greater than the permitted batch size."
Given = tuple[SObject, dict[str, object], str | None]


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
    sobject = objects.typed(call, text(child(body, "sObjectType")))
    ids = [_known(text(item)) for item in limited(children(body, "ids"), MOST_READ)]
    rows = {id18: row for id18, row in fetch(call.store, sobject.kind, ids).items() if not row.archived}
    fields = text(child(body, "fieldList"))
    records = {each: shown(call, sobject, row, fields) for each, row in rows.items()}
    return [objects.write(records[each], "result", each) if each in rows else tag("result", NIL) for each in ids]


def _known(id_text: str | None) -> str:
    found = normalize(id_text or "")
    if found is None:
        raise ApiError("MALFORMED_ID", f"malformed id {id_text}", status=500)
    return found


def get_updated(call: Call, body: Element, headers: Headers) -> list[str]:
    """getUpdated."""
    sobject, span = _replicated(call, body)
    ids = [row.id for row in replication.updated_rows(call, sobject, span)]
    return [tag("result", tags({"ids": ids, "latestDateCovered": objects.instant(span.covered(call))}))]


def get_deleted(call: Call, body: Element, headers: Headers) -> list[str]:
    """getDeleted."""
    sobject, span = _replicated(call, body)
    records = [
        tags({"deletedDate": objects.instant(row.modified), "id": row.id})
        for row in replication.deleted_rows(call, sobject, span)
    ]
    earliest, covered = objects.instant(replication.earliest(call)), objects.instant(span.covered(call))
    facts = {"deletedRecords": records, "earliestDateAvailable": earliest, "latestDateCovered": covered}
    return [tag("result", tags(facts))]


def _replicated(call: Call, body: Element) -> tuple[SObject, replication.Span]:
    sobject = objects.typed(call, text(child(body, "sObjectType")))
    start, end = (text(child(body, name)) or "" for name in ("startDate", "endDate"))
    return sobject, replication.Span.of(start, end)


def find_duplicates(call: Call, body: Element, headers: Headers) -> list[str]:
    """findDuplicates: what the duplicate rules of a type say of values, of a record, or of one over the other."""
    given: list[Given] = []
    for element in _few(children(body, "sObjects")):
        sobject, id_text, values = objects.read(call, element)
        given.append((sobject, {**_stored(call, sobject, id_text), **values}, id_text))
    return _compared(call, given)


def find_duplicates_by_ids(call: Call, body: Element, headers: Headers) -> list[str]:
    """findDuplicatesByIds."""
    given: list[Given] = []
    for element in _few(children(body, "ids")):
        sobject, id18 = dml_id(call, None, _known(text(element)))
        given.append((sobject, _stored(call, sobject, id18), id18))
    return _compared(call, given)


def _few(items: list[Element]) -> list[Element]:
    if len(items) > MOST_COMPARED:
        raise ApiError("LIMIT_EXCEEDED", TOO_MANY, status=500)
    return items


def _stored(call: Call, sobject: SObject, id_text: str | None) -> dict[str, object]:
    """The values of a record, with what is made up from them; nothing without an id."""
    if id_text is None:
        return {}
    row = call.store.get(CRM, sobject.kind, _known(id_text))
    if row is None:
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=500)
    return {field.name: value_of(row, field) for field in sobject.fields.values()}


def _compared(call: Call, given: list[Given]) -> list[str]:
    if len({sobject.name for sobject, _, _ in given}) > 1:
        message = "all records to check must be of the same type"
        raise ApiError("INVALID_INPUT_COMBINATION", message, status=500)
    return [_duplicates(call, *each) for each in given]


def _duplicates(call: Call, sobject: SObject, values: dict[str, object], id_text: str | None) -> str:
    rules = rules_of(call, sobject)
    if not rules:
        message = f"No active duplicate rules are defined for the [{sobject.name}] object type."
        raise ApiError("NO_ACTIVE_DUPLICATE_RULE", message, status=500)
    own = normalize(id_text) if id_text else None
    found = [results.duplicate_result(result_of(call, rule, values, own)) for rule in rules]
    content = "".join(tag("duplicateResults", each) for each in found)
    return tag("result", Markup(content + tag("success", True)))
