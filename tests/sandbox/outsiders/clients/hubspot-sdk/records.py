"""Records through hubspot-sdk: its own paging, writes, batches, upserts, merges, search and refusals."""

import uuid
from typing import Any

from hubspot_sdk import BadRequestError, ConflictError, HubSpot, NotFoundError
from tell import eventually, holds, refusal, same


def contact(client: HubSpot, **properties: str) -> str:
    """The id of a new contact."""
    return client.crm.objects.contacts.create(associations=[], properties=properties).id


def address() -> str:
    """An email address nobody has."""
    return f"{uuid.uuid4().hex[:12]}@outsider.example"


def category(refused: Any) -> tuple[int, str | None]:
    """(status, category) of a refusal, from its body."""
    return refused.status_code, refused.body.get("category")


def lists_every_contact_page_by_page(client: HubSpot) -> None:
    found = list(client.crm.objects.contacts.list(limit=100, properties=["email", "lastname"]))
    same(len({item.id for item in found}), 700)
    holds(all(set(item.properties) >= {"email", "lastname", "createdate"} for item in found), "a property is missing")


def lists_with_associations_and_histories(client: HubSpot) -> None:
    asked = {"limit": 50, "associations": ["companies"], "properties_with_history": ["dealstage"]}
    found = list(client.crm.objects.deals.list(**asked))
    same(len(found), 200)
    past = [item.properties_with_history["dealstage"] for item in found]
    same([item[0].value for item in past], [item.properties["dealstage"] for item in found])
    holds(any(item.associations and item.associations["companies"].results for item in found), "no deal has a company")


def creates_reads_updates_and_archives(client: HubSpot) -> None:
    api, email = client.crm.objects.contacts, address()
    key = contact(client, email=email, firstname="Ann", phone="+1 202 555 0101")
    same(api.update(key, properties={"jobtitle": "CTO"}).properties["jobtitle"], "CTO")
    read = api.get(email, id_property="email", properties=["jobtitle", "firstname", "mobilephone"])
    same([read.id, *(read.properties[n] for n in ("jobtitle", "firstname", "mobilephone"))], [key, "CTO", "Ann", None])
    api.delete(key)
    same(refusal(NotFoundError, api.get, key).status_code, 404)
    same((api.get(key, archived=True).archived, api.get(key, archived=True).id), (True, key))


def answers_what_the_vendors_types_say(client: HubSpot) -> None:
    strict = client.with_options(_extra_kwargs={"_strict_response_validation": True})
    key = contact(client, email=address(), firstname="Ann", lastname="Lee")
    same(strict.crm.objects.contacts.get(key, properties=["email"]).id, key)
    holds(len(strict.crm.pipelines.list("deals").results) >= 1, "no pipeline")
    holds(len(strict.crm.properties.list("contacts").results) > 50, "few properties")
    holds(len(list(strict.crm.owners.list(limit=100))) > 5, "few owners")
    same(strict.account.get().portal_id, 12345678)
    made = strict.crm.objects.contacts.create(associations=[], properties={"email": address()})
    same(strict.crm.objects.contacts.update(made.id, properties={"lastname": "Roe"}).properties["lastname"], "Roe")


def creates_a_batch_with_one_bad_row(client: HubSpot) -> None:
    taken, fresh = address(), address()
    contact(client, email=taken)
    rows = [
        {"objectWriteTraceId": trace, "properties": {"email": email}, "associations": []}
        for trace, email in (("row-1", taken), ("row-2", fresh))
    ]
    answer = client.crm.objects.contacts.batch.create(inputs=rows).to_dict()
    same([item["properties"]["email"] for item in answer["results"]], [fresh])
    same([item["context"]["objectWriteTraceId"] for item in answer["errors"]], [["row-1"]])
    same((answer["numErrors"], answer["errors"][0]["category"]), (1, "CONFLICT"))


def updates_a_batch_and_reads_it_back(client: HubSpot) -> None:
    ids = [item.id for item in client.crm.objects.companies.list(limit=100).results]
    rows = [{"id": key, "properties": {"description": f"Firm {key}"}} for key in ids]
    same(len(client.crm.objects.companies.batch.update(inputs=rows).results), 100)
    asked = {"properties": ["description"], "properties_with_history": []}
    read = client.crm.objects.companies.batch.get(inputs=[{"id": key} for key in [*ids[:99], "1"]], **asked)
    same({item.id: item.properties["description"] for item in read.results}, {key: f"Firm {key}" for key in ids[:99]})
    same(read.to_dict()["errors"][0]["context"]["ids"], ["1"])


def upserts_by_email(client: HubSpot) -> None:
    known, fresh = address(), address()
    contact(client, email=known)
    rows = [{"id": e, "idProperty": "email", "properties": {"email": e, "lastname": "Up"}} for e in (known, fresh)]
    answer = client.crm.objects.contacts.batch.upsert(inputs=rows)
    same({item.properties["email"]: item.new for item in answer.results}, {known: False, fresh: True})
    same(client.crm.objects.contacts.get(known, id_property="email").properties["lastname"], "Up")


def merges_every_kind_and_reads_the_old_id(client: HubSpot) -> None:
    objects = client.crm.objects
    born = (
        (objects.contacts, {"lastname": "Merge"}),
        (objects.companies, {"name": "Merge"}),
        (objects.deals, {"dealname": "Merge", "dealstage": "appointmentscheduled", "pipeline": "default"}),
        (objects.tickets, {"subject": "Merge", "hs_pipeline": "0", "hs_pipeline_stage": "1"}),
    )
    for api, properties in born:
        first, second = (api.create(associations=[], properties=properties).id for _ in range(2))
        merged = api.merge(primary_object_id=first, object_id_to_merge=second)
        read = api.get(second, properties=["hs_merged_object_ids"])
        same((read.id, merged.id in (first, second)), (merged.id, False))
        same(set(read.properties["hs_merged_object_ids"].split(";")), {first, second})


def searches_with_filters_and_pages_to_the_end(client: HubSpot) -> None:
    firms = {item.id for item in client.crm.objects.companies.list(limit=100, properties=["domain"]) if held(item)}
    filters = [{"filters": [{"propertyName": "domain", "operator": "HAS_PROPERTY"}]}]
    found, after = [], "0"
    while after:
        asked = {"filter_groups": filters, "properties": ["domain"], "sorts": ["hs_object_id"], "limit": 100}
        page = client.crm.objects.companies.search(after=after, **asked)
        found += [item.id for item in page.results]
        after = page.paging.next.after if page.paging and page.paging.next else ""
    same((len(found), page.total, found), (len(set(found)), len(found), sorted(found, key=int)))
    same(firms - set(found), set())


def held(firm: Any) -> bool:
    """Whether a company has a domain."""
    return bool(firm.properties.get("domain"))


def finds_by_a_range_and_by_a_set(client: HubSpot) -> None:
    name = f"Range {uuid.uuid4().hex[:8]}"
    new = {"dealname": name, "dealstage": "appointmentscheduled", "pipeline": "default"}
    keys = [
        client.crm.objects.deals.create(associations=[], properties={**new, "amount": n}).id for n in ("10", "20", "30")
    ]
    between = {"propertyName": "amount", "operator": "BETWEEN", "value": "15", "highValue": "30"}
    one_of = {"propertyName": "dealname", "operator": "IN", "values": [name.lower()]}
    asked = {"limit": 10, "after": "0", "properties": ["amount"], "sorts": ["-amount"]}
    found = eventually(
        lambda: client.crm.objects.deals.search(filter_groups=[{"filters": [between, one_of]}], **asked).results,
        lambda results: len(results) == 2,
    )
    same([item.id for item in found], [keys[2], keys[1]])


def tells_refusals_apart(client: HubSpot) -> None:
    taken = address()
    key = contact(client, email=taken)
    once = client.with_options(max_retries=0)
    refused = refusal(ConflictError, contact, once, email=taken)
    same(category(refused), (409, "CONFLICT"))
    holds(f"Existing ID: {key}" in refused.body["message"], refused.body["message"])
    same(category(refusal(BadRequestError, contact, once, email="nobody")), (400, "VALIDATION_ERROR"))
    refused = refusal(BadRequestError, once.crm.objects.contacts.update, key, properties={"nosuch": "1"})
    holds("PROPERTY_DOESNT_EXIST" in str(refused.body), str(refused.body))
    same(refusal(NotFoundError, once.crm.objects.deals.get, "1").status_code, 404)


def erases_a_person(client: HubSpot) -> None:
    email = address()
    key = contact(client, email=email)
    client.crm.objects.contacts.gdpr_delete(object_id=key)
    same(refusal(NotFoundError, client.crm.objects.contacts.get, key).status_code, 404)
    same(refusal(NotFoundError, client.crm.objects.contacts.get, email, id_property="email").status_code, 404)


OPERATIONS = (
    lists_every_contact_page_by_page,
    lists_with_associations_and_histories,
    creates_reads_updates_and_archives,
    answers_what_the_vendors_types_say,
    creates_a_batch_with_one_bad_row,
    updates_a_batch_and_reads_it_back,
    upserts_by_email,
    merges_every_kind_and_reads_the_old_id,
    searches_with_filters_and_pages_to_the_end,
    finds_by_a_range_and_by_a_set,
    tells_refusals_apart,
    erases_a_person,
)
