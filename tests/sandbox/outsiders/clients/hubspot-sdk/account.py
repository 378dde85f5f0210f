"""The account through hubspot-sdk: associations and labels, properties, pipelines, schemas, tokens, limits."""

import asyncio
import os

import httpx
from hubspot_sdk import (
    AsyncHubSpot,
    AuthenticationError,
    BadRequestError,
    HubSpot,
    PermissionDeniedError,
    RateLimitError,
)
from records import address, contact
from tell import NotTried, control, holds, refusal, same

PRIMARY, UNLABELLED = 1, 279  # contact to company
URL = os.environ["HUBSPOT_URL"]


def company(client: HubSpot, name: str) -> str:
    """The id of a new company."""
    return client.crm.objects.companies.create(associations=[], properties={"name": name}).id


def labels(client: HubSpot, person: str) -> dict[str, set[tuple[int, str | None]]]:
    """The (type, label) pairs by company of one contact."""
    found = client.crm.associations.list("companies", object_type="contacts", object_id=person)
    return {str(item.to_object_id): {(kind.type_id, kind.label) for kind in item.association_types} for item in found}


def associates_labels_and_parts(client: HubSpot) -> None:
    person, firm = contact(client, email=address()), company(client, "Label")
    ends = {"object_type": "contacts", "object_id": person, "to_object_type": "companies"}
    from_ends = {"from_object_type": "contacts", "from_object_id": person, "to_object_type": "companies"}
    same(client.crm.associations.create(firm, **from_ends).status, "COMPLETE")
    holds((UNLABELLED, None) in labels(client, person)[firm], "not associated")
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": PRIMARY}
    client.crm.associations.update_labels(firm, **ends, body=[spec])
    holds((PRIMARY, "Primary") in labels(client, person)[firm], "not primary")
    client.crm.associations.delete(firm, **ends)
    same(labels(client, person), {})


def pages_through_many_associations(client: HubSpot) -> None:
    firm = company(client, "Many")
    rows = [{"properties": {"lastname": f"Many {n}"}, "associations": []} for n in range(60)]
    people = [item.id for item in client.crm.objects.contacts.batch.create(inputs=rows).results]
    pairs = [{"from": {"id": firm}, "to": {"id": person}} for person in people]
    client.crm.associations.batch.create_default("contacts", from_object_type="companies", inputs=pairs)
    found = client.crm.associations.list("contacts", object_type="companies", object_id=firm, limit=25)
    same(sorted(str(item.to_object_id) for item in found), sorted(people))


def associates_a_batch_with_one_bad_row(client: HubSpot) -> None:
    person, firm = contact(client, email=address()), company(client, "Batch")
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": UNLABELLED}]
    rows = [{"from": {"id": key}, "to": {"id": firm}, "types": spec} for key in (person, "1")]
    answer = client.crm.associations.batch.create("companies", from_object_type="contacts", inputs=rows).to_dict()
    same((len(answer["results"]), answer["numErrors"]), (1, 1))
    asked = [{"id": person}, {"id": contact(client, email=address())}]
    read = client.crm.associations.batch.get("companies", from_object_type="contacts", inputs=asked).to_dict()
    same([[str(to["toObjectId"]) for to in item["to"]] for item in read["results"]], [[firm]])
    same(read["errors"][0]["subCategory"], "crm.associations.NO_ASSOCIATIONS_FOUND")


def defines_a_label_and_removes_it(client: HubSpot) -> None:
    api = client.crm.associations_schema.labels
    made = api.create_label("companies", from_object_type="contacts", label="Auditor", name="auditor")
    number = next(item.type_id for item in made.results if item.label == "Auditor")
    ends = {"from_object_type": "contacts"}
    api.update_label("companies", **ends, association_type_id=number, label="External auditor")
    listed = {item.type_id: item.label for item in api.list_labels("companies", **ends).results}
    same((listed[number], listed[PRIMARY]), ("External auditor", "Primary"))
    api.delete_label(number, **ends, to_object_type="companies")
    holds(number not in {item.type_id for item in api.list_labels("companies", **ends).results}, "still listed")


def makes_and_uses_a_unique_property(client: HubSpot) -> None:
    kind = {"field_type": "text", "group_name": "companyinformation", "type": "string", "has_unique_value": True}
    made = client.crm.properties.create("companies", label="Ledger number", name="outsider_ledger", **kind)
    same((made.name, made.has_unique_value), ("outsider_ledger", True))
    rows = [{"id": "L-1", "idProperty": "outsider_ledger", "properties": {"outsider_ledger": "L-1", "name": "Ledger"}}]
    first = client.crm.objects.companies.batch.upsert(inputs=rows).results[0]
    second = client.crm.objects.companies.batch.upsert(inputs=rows).results[0]
    same((first.new, second.new, second.id), (True, False, first.id))
    same(client.crm.objects.companies.get("L-1", id_property="outsider_ledger").id, first.id)
    client.crm.properties.update("outsider_ledger", object_type="companies", label="Ledger no.")
    same(client.crm.properties.get("outsider_ledger", object_type="companies").label, "Ledger no.")
    client.crm.properties.delete("outsider_ledger", object_type="companies")
    left = {item.name for item in client.crm.properties.list("companies").results}
    holds("outsider_ledger" not in left, "still listed")


def builds_a_pipeline_and_tears_it_down(client: HubSpot) -> None:
    api, ends = client.crm.pipelines, {"object_type": "deals"}
    stages = [
        {"label": n, "displayOrder": o, "metadata": {"probability": p}}
        for o, (n, p) in enumerate((("A", "0.1"), ("B", "1.0")))
    ]
    made = api.create("deals", display_order=7, label="Outside", stages=stages)
    added = api.create_stage(made.id, **ends, display_order=2, label="C", metadata={"probability": "0.0"})
    api.update_stage(added.id, **ends, pipeline_id=made.id, label="Lost", metadata={"probability": "0.0"})
    same([item.label for item in api.get(made.id, **ends).stages], ["A", "B", "Lost"])
    deal = {"dealname": "In it", "pipeline": made.id, "dealstage": added.id}
    key = client.crm.objects.deals.create(associations=[], properties=deal).id
    same(client.crm.objects.deals.get(key).properties["dealstage"], added.id)
    client.crm.objects.deals.delete(key)
    api.delete_stage(added.id, **ends, pipeline_id=made.id)
    api.delete(made.id, **ends)
    holds(made.id not in {item.id for item in api.list("deals").results}, "still listed")


def defines_an_object_and_fills_it(client: HubSpot) -> None:
    serial = {"name": "serial", "label": "Serial", "type": "string", "fieldType": "text", "hasUniqueValue": True}
    lists = {"required_properties": ["serial"], "searchable_properties": ["serial"], "associated_objects": ["COMPANY"]}
    made = client.crm.object_schemas.create(
        name="vessel",
        labels={"singular": "Vessel", "plural": "Vessels"},
        properties=[serial],
        primary_display_property="serial",
        secondary_display_properties=[],
        allows_sensitive_properties=False,
        **lists,
    )
    kind = made.object_type_id
    rows = [{"properties": {"serial": f"S-{n}"}, "associations": []} for n in range(3)]
    same(len(client.crm.objects.custom.batch.create(kind, inputs=rows).results), 3)
    found = [item.properties["serial"] for item in client.crm.objects.custom.list(kind, properties=["serial"])]
    same(sorted(found), ["S-0", "S-1", "S-2"])
    asked = {"object_type": kind, "id_property": "serial", "properties": ["serial"]}
    same(client.crm.objects.custom.get("S-1", **asked).properties["serial"], "S-1")
    refused = refusal(BadRequestError, client.crm.objects.custom.create, kind, associations=[], properties={})
    same(refused.status_code, 400)
    same(client.crm.object_schemas.get("vessel").object_type_id, kind)


def exchanges_a_refresh_token(client: HubSpot) -> None:
    secret = {"client_id": os.environ["HUBSPOT_CLIENT_ID"], "client_secret": os.environ["HUBSPOT_CLIENT_SECRET"]}
    grant = {"grant_type": "refresh_token", "refresh_token": os.environ["HUBSPOT_REFRESH_TOKEN"]}
    request = client.auth.oauth.with_raw_response.create_token
    refused = refusal(BadRequestError, request, **grant, **secret)
    sent = refused.request.headers["Content-Type"]
    raise NotTried(f"this release sends {sent} where the endpoint's documentation asks for a form")


def is_told_what_it_may_not(client: HubSpot) -> None:
    nobody = HubSpot(access_token="nobody", base_url=URL, max_retries=0)
    same(refusal(AuthenticationError, nobody.crm.objects.contacts.list).status_code, 401)
    reader = HubSpot(access_token="pat-na1-sandbox-reader", base_url=URL, max_retries=0)
    refused = refusal(PermissionDeniedError, contact, reader, lastname="No")
    same(refused.body["category"], "MISSING_SCOPES")


def survives_the_search_limit_by_its_own_retry(client: HubSpot) -> None:
    asked = {"filter_groups": [], "limit": 1, "after": "0", "properties": [], "sorts": []}
    once = client.with_options(max_retries=0)
    refused = refusal(RateLimitError, lambda: [once.crm.objects.contacts.search(**asked) for _ in range(60)])
    same((refused.body["category"], "secondly" in refused.body["message"]), ("RATE_LIMITS", True))
    before = limited()
    patient = client.with_options(max_retries=8)
    same([patient.crm.objects.contacts.search(**asked).total > 600 for _ in range(12)], [True] * 12)
    holds(limited() > before, "no 429 came in its way")


def survives_an_outage_and_a_lost_answer_of_a_read(client: HubSpot) -> None:
    path = {"path": "/objects/2026-03/companies$", "times": 2}
    for action in ({"status": 502}, "drop_after"):
        control("POST", "faults", {"on": path, "do": [action]})
        same(len(client.crm.objects.companies.list(limit=10).results), 10)
        control("DELETE", "faults")


def limited() -> int:
    """How many searches the sandbox refused."""
    found = control("GET", "metrics")["results"]
    return sum(item["calls"] for item in found if item["path"].endswith("/search") and item["status"] == 429)


def lists_pages_asynchronously(client: HubSpot) -> None:
    async def everyone() -> list[str]:
        async with AsyncHubSpot(access_token=client.access_token, base_url=URL) as other:
            return [item.id async for item in other.crm.objects.companies.list(limit=100)]

    found = asyncio.run(everyone())
    holds(len(found) == len(set(found)) >= 300, f"{len(found)} companies")


def reads_the_limits_off_the_headers(client: HubSpot) -> None:
    raw: httpx.Response = client.crm.objects.contacts.with_raw_response.list(limit=1).http_response
    same(
        (raw.headers["X-HubSpot-RateLimit-Interval-Milliseconds"], raw.headers["X-HubSpot-RateLimit-Max"]),
        ("10000", "190"),
    )
    holds(int(raw.headers["X-HubSpot-RateLimit-Remaining"]) < 190, "the remaining calls are not counted")


OPERATIONS = (
    associates_labels_and_parts,
    pages_through_many_associations,
    associates_a_batch_with_one_bad_row,
    defines_a_label_and_removes_it,
    makes_and_uses_a_unique_property,
    builds_a_pipeline_and_tears_it_down,
    defines_an_object_and_fills_it,
    exchanges_a_refresh_token,
    is_told_what_it_may_not,
    survives_the_search_limit_by_its_own_retry,
    survives_an_outage_and_a_lost_answer_of_a_read,
    lists_pages_asynchronously,
    reads_the_limits_off_the_headers,
)
