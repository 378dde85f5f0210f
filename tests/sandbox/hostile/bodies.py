"""Valid JSON bodies, by how the address ends, for hostile ones to be made from."""

import re
from collections.abc import Mapping
from typing import Any

Json = Any
ROW = {"attributes": {"type": "Account"}, "Name": "A", "Website": "a.example", "AnnualRevenue": 1.5}
LABEL = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
TO = {"to": {"id": "501"}, "types": [LABEL]}
PAIR = {"from": {"id": "1"}, "to": {"id": "501"}, "types": [LABEL]}
FILTER = {"propertyName": "createdate", "operator": "BETWEEN", "value": "1", "highValue": "2", "values": ["a"]}
SEARCH = {
    "filterGroups": [{"filters": [FILTER, {"propertyName": "email", "operator": "IN", "values": ["a@b.example"]}]}],
    "sorts": [{"propertyName": "createdate", "direction": "DESCENDING"}],
    "query": "a",
    "limit": 5,
    "after": "0",
    "properties": ["email"],
}
PROPERTY = {
    "name": "own",
    "label": "Own",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [{"label": "A", "value": "a", "displayOrder": 1, "hidden": False}],
}
STAGES = [{"label": "S", "displayOrder": 0, "metadata": {"probability": "0.5"}}]
TYPE = {
    "name": "boats",
    "labels": {"singular": "Boat", "plural": "Boats"},
    "requiredProperties": ["name"],
    "primaryDisplayProperty": "name",
    "properties": [PROPERTY, {"name": "name", "label": "N", "type": "string", "fieldType": "text"}],
    "associatedObjects": ["CONTACT"],
}
INPUT = {"id": "501", "idProperty": "email", "objectWriteTraceId": "t", "properties": {"email": "a@b.example"}}
PART = {"method": "PATCH", "url": "/services/data/v66.0/sobjects/Account/@{a.id}", "referenceId": "b", "body": ROW}
PARTS = [{"method": "POST", "url": "/services/data/v66.0/sobjects/Account", "referenceId": "a", "body": ROW}, PART]
JOB = {
    "object": "Account",
    "operation": "upsert",
    "externalIdFieldName": "Id",
    "lineEnding": "LF",
    "contentType": "CSV",
}
RULE = {"on": {"crm": "hubspot", "path": "x", "nth": 1, "times": 0}, "do": [{"status": 502, "headers": {"a": "b"}}]}
# The first that fits is taken.
BODIES: Mapping[str, tuple[Json, ...]] = {
    r"/search$": (SEARCH,),
    r"/merge$": ({"primaryObjectId": "501", "objectIdToMerge": "502"},),
    r"/gdpr-delete$": ({"objectId": "a@b.example", "idProperty": "email"},),
    r"/associations/.*/batch/read$": ({"inputs": [{"id": "501", "after": "1"}]},),
    r"/associations/(\d{4}-\d\d/)?[^/]+/[^/]+/batch": (
        {"inputs": [PAIR]}, {"inputs": [{"from": {"id": "1"}, "to": [{"id": "2"}]}]},
        {"inputs": [{"from": {"id": "1"}, "to": {"id": "2"}, "type": "contact_to_company"}]},
        {"inputs": [{"typeId": 1, "category": "HUBSPOT_DEFINED", "maxToObjectIds": 5}]},
    ),
    r"/configurations/.*/batch": ({"inputs": [{"typeId": 1, "category": "HUBSPOT_DEFINED", "maxToObjectIds": 5}]},),
    r"/properties/.*/batch/read$": ({"inputs": [{"name": "email"}], "archived": False},),
    r"/properties/.*/batch": ({"inputs": [PROPERTY]}, {"inputs": [{"name": "own"}]}),
    r"/schemas/batch/read$": ({"inputs": ["contacts", "0-1"]},),
    r"/schemas.*/associations$": ({"fromObjectTypeId": "0-1", "toObjectTypeId": "0-2", "name": "own"},),
    r"/schemas": (TYPE,),
    r"/subscriptions/batch/update$": ({"inputs": [{"id": 1, "active": True}]},),
    r"/batch/read$": (
        {"inputs": [{"id": "501"}], "properties": ["email"], "propertiesWithHistory": ["email"], "idProperty": "email"},
    ),
    r"/batch/": ({"inputs": [INPUT]}, {"inputs": [{**INPUT, "associations": [TO]}]}),
    r"/associations/.*/labels": ({"label": "Boss", "name": "boss", "inverseLabel": "Staff", "associationTypeId": 1},),
    r"/objects/.*/associations/": ([LABEL],),
    r"/objects/[^/]+(/[^/]+)*$": ({"properties": {"email": "a@b.example", "amount": "1.5"}, "associations": [TO]},),
    r"/properties/.*/groups": ({"name": "own", "label": "Own", "displayOrder": 1},),
    r"/properties/": (PROPERTY,),
    r"/stages": ({"label": "S", "displayOrder": 1, "metadata": {"probability": "0.5", "isClosed": "true"}},),
    r"/pipelines/": ({"label": "P", "displayOrder": 1, "stages": STAGES},),
    r"/property-validations/": ({"ruleArguments": ["1", "5"], "shouldApplyNormalization": True},),
    r"/subscriptions": ({"eventType": "contact.propertyChange", "propertyName": "email", "active": True},),
    r"/webhooks/.*/settings$": (
        {"targetUrl": "https://a.example", "throttling": {"maxConcurrentRequests": 10, "period": "SECONDLY"}},
    ),
    r"/access-token-info$": ({"tokenKey": "pat-na1-sandbox-reader"},),
    r"/composite$": ({"allOrNone": True, "compositeRequest": PARTS},),
    r"/composite/graph$": ({"graphs": [{"graphId": "1", "compositeRequest": PARTS}]},),
    r"/composite/batch$": ({"haltOnError": False, "batchRequests": [{"method": "GET", "url": "v66.0/limits"}]},),
    r"/composite/tree/": ({"records": [{**ROW, "attributes": {"type": "Account", "referenceId": "r1"}, "Contacts": {
        "records": [{"attributes": {"type": "Contact", "referenceId": "r2"}, "LastName": "X"}]}}]},),
    r"/composite/sobjects/[^/]+$": ({"ids": ["001SB0000000001AAA"], "fields": ["Id", "Name", "Owner.Name"]},),
    r"/composite/sobjects": ({"allOrNone": False, "records": [ROW, {**ROW, "Id": "001SB0000000001AAA"}]},),
    r"/jobs/ingest/": ({"state": "UploadComplete"}, {"state": "Aborted"}),
    r"/jobs/ingest": (JOB,),
    r"/jobs/query/": ({"state": "Aborted"},),
    r"/jobs/query": ({"operation": "query", "query": "SELECT Id FROM Account", "columnDelimiter": "TAB"},),
    r"/sobjects/": (
        {"Name": "A", "LastName": "B", "Company": "C", "StageName": "Prospecting", "CloseDate": "2026-03-01"},
        {"Amount": 1.5, "AccountId": "001SB0000000001AAA", "Owner": {"Username": "robot@sandbox.example"}},
        {"BillingStreet": "A\nB", "NumberOfEmployees": 5, "IsConverted": True, "ActivityDate": "2026-03-01"},
    ),
    r"/parameterizedSearch$": (
        {"q": "acme", "fields": ["Id"], "sobjects": [{"name": "Account", "limit": 5}], "in": "ALL"},
    ),
    r"/clock$": ({"set_ms": 1_790_000_000_000}, {"advance_seconds": 5, "freeze": True, "resume": True}),
    r"/faults$": (RULE, [RULE], {"title": "t", "seed": 1, "rules": [RULE, {"do": ["gzip", {"garble": "noise"}]}]}),
    r"/edit$": (
        {"kind": "company", "id": "1001", "fields": {"name": "B"}}, {"kind": "contact", "id": "1", "archive": True},
        {"crm": "salesforce", "kind": "account", "id": "001SB0000000001AAA", "merge": "001SB0000000002AAA"},
    ),
    r"/settings$": ({"hubspot": {"search_lag_seconds": 1, "tokens": {}}, "salesforce": {"daily_limit": 100}},),
}  # fmt: skip


def valid(path: str) -> tuple[Json, ...]:
    """The valid bodies of an address; an empty object where none is known."""
    return next((bodies for end, bodies in BODIES.items() if re.search(end, path)), ({},))
