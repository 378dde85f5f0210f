"""Records through hubspot-api-client: pages, writes, batches with a bad row, upserts, merges, search and refusals."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from hubspot import HubSpot
from hubspot.crm.companies import PublicMergeInput as CompanyMerge
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchInputSimplePublicObjectId,
    BatchReadInputSimplePublicObjectId,
    PublicGdprDeleteInput,
    PublicMergeInput,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectId,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.contacts.exceptions import NotFoundException
from hubspot.crm.objects.exceptions import ApiException as ObjectRefused
from tell import eventually, holds, refusal, same


def contact(client: HubSpot, **properties: str) -> str:
    """The id of a new contact."""
    made = client.crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties=properties))
    return str(made.id)


def address() -> str:
    """An email address nobody has."""
    return f"{uuid.uuid4().hex[:12]}@outsider.example"


def reason(refused: ApiException) -> tuple[int, str | None]:
    """(status, category) of a refusal, from its body."""
    return refused.status, json.loads(refused.body).get("category")


def lists_every_contact_page_by_page(client: HubSpot) -> None:
    found = client.crm.contacts.get_all(properties=["email", "lastname"])
    same(len({item.id for item in found}), 700)
    holds(all(set(item.properties) >= {"email", "lastname", "createdate"} for item in found), "a property is missing")
    same([item.id for item in found], sorted((item.id for item in found), key=int))


def lists_with_histories_fifty_a_page(client: HubSpot) -> None:
    found = client.crm.deals.get_all(properties_with_history=["dealstage"])
    same(len(found), 200)
    past = found[0].properties_with_history["dealstage"]
    same(past[0].value, found[0].properties["dealstage"])
    holds([item.timestamp for item in past] == sorted((i.timestamp for i in past), reverse=True), "not newest first")


def creates_reads_updates_and_archives(client: HubSpot) -> None:
    api, email = client.crm.contacts.basic_api, address()
    key = contact(client, email=email.upper(), firstname="Ann")
    changed = api.update(key, SimplePublicObjectInput(properties={"jobtitle": "CTO", "firstname": ""}))
    same(changed.properties["jobtitle"], "CTO")
    read = api.get_by_id(email, id_property="email", properties=["jobtitle", "firstname", "email", "nosuchthing"])
    same([read.properties[name] or None for name in ("jobtitle", "firstname", "email")], ["CTO", None, email])
    holds("nosuchthing" not in read.properties, "an undefined property is answered")
    api.archive(key)
    same(refusal(NotFoundException, api.get_by_id, key).status, 404)
    gone = api.get_by_id(key, archived=True)
    same((gone.id, gone.archived), (key, True))
    holds(key in [item.id for item in api.get_page(archived=True, limit=100).results], "not among the archived")


def creates_a_batch_with_one_bad_row(client: HubSpot) -> None:
    taken, fresh = address(), address()
    key = contact(client, email=taken)
    rows = [
        SimplePublicObjectBatchInputForCreate(object_write_trace_id=trace, properties={"email": email})
        for trace, email in (("row-1", taken), ("row-2", fresh))
    ]
    batch = BatchInputSimplePublicObjectBatchInputForCreate(inputs=rows)
    answer = client.crm.contacts.batch_api.create(batch)
    same([item.properties["email"] for item in answer.results], [fresh])
    same((answer.num_errors, answer.errors[0].category), (1, "CONFLICT"))
    same(answer.errors[0].context["objectWriteTraceId"], ["row-1"])
    holds(key in answer.errors[0].message + str(answer.errors[0].context), "the error does not name who has the email")


def refuses_a_whole_batch_without_trace_ids(client: HubSpot) -> None:
    taken, fresh = address(), address()
    contact(client, email=taken)
    rows = [SimplePublicObjectBatchInputForCreate(properties={"email": email}) for email in (fresh, taken)]
    batch = BatchInputSimplePublicObjectBatchInputForCreate(inputs=rows)
    same(reason(refusal(ApiException, client.crm.contacts.batch_api.create, batch)), (409, "CONFLICT"))
    same(refusal(NotFoundException, client.crm.contacts.basic_api.get_by_id, fresh, id_property="email").status, 404)


def updates_a_batch_and_reads_it_back(client: HubSpot) -> None:
    ids = [item.id for item in client.crm.contacts.basic_api.get_page(limit=100).results]
    rows = [SimplePublicObjectBatchInput(id=key, properties={"jobtitle": f"Title {key}"}) for key in ids]
    answer = client.crm.contacts.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=rows))
    same((answer.status, len(answer.results)), ("COMPLETE", 100))
    read = read_batch(client, [*ids[:99], "1"], "jobtitle")
    same({item.id: item.properties["jobtitle"] for item in read.results}, {key: f"Title {key}" for key in ids[:99]})
    same((read.num_errors, read.errors[0].category, read.errors[0].context["ids"]), (1, "OBJECT_NOT_FOUND", ["1"]))


def read_batch(client: HubSpot, ids: list[str], *properties: str, history: tuple[str, ...] = ()) -> Any:
    """A batch read by id."""
    inputs = [SimplePublicObjectId(id=key) for key in ids]
    asked = {"inputs": inputs, "properties": list(properties), "properties_with_history": list(history)}
    return client.crm.contacts.batch_api.read(BatchReadInputSimplePublicObjectId(**asked))


def reads_a_batch_by_email(client: HubSpot) -> None:
    found = [item for item in client.crm.contacts.get_all(properties=["email"]) if item.properties["email"]][:7]
    emails = [item.properties["email"] for item in found]
    inputs = [SimplePublicObjectId(id=email) for email in emails]
    asked = {"inputs": inputs, "properties": ["email"], "properties_with_history": [], "id_property": "email"}
    answer = client.crm.contacts.batch_api.read(BatchReadInputSimplePublicObjectId(**asked))
    same({item.id for item in answer.results}, {item.id for item in found})


def refuses_histories_of_more_than_fifty(client: HubSpot) -> None:
    ids = [item.id for item in client.crm.contacts.basic_api.get_page(limit=51).results]
    same(len(read_batch(client, ids[:50], history=("jobtitle",)).results), 50)
    refused = refusal(ApiException, read_batch, client, ids, history=("jobtitle",))
    same(refused.status, 400)
    holds("histories is 50" in refused.body, refused.body)


def upserts_by_a_unique_property(client: HubSpot) -> None:
    known, fresh = address(), address()
    contact(client, email=known, firstname="Old")
    rows = [
        SimplePublicObjectBatchInputUpsert(
            id=email, id_property="email", properties={"email": email, "firstname": "New"}
        )
        for email in (known, fresh)
    ]
    answer = client.crm.contacts.batch_api.upsert(BatchInputSimplePublicObjectBatchInputUpsert(inputs=rows))
    same({item.properties["email"]: item.new for item in answer.results}, {known: False, fresh: True})
    same(client.crm.contacts.basic_api.get_by_id(known, id_property="email").properties["firstname"], "New")


def merges_contacts_and_reads_the_old_ids(client: HubSpot) -> None:
    emails = [address(), address()]
    first, second = contact(client, email=emails[0]), contact(client, email=emails[1], phone="+1 202 555 0100")
    merge = PublicMergeInput(primary_object_id=first, object_id_to_merge=second)
    merged = client.crm.contacts.basic_api.merge(merge)
    wanted = ["email", "phone", "hs_merged_object_ids", "hs_additional_emails"]
    for key in (first, second, merged.id):
        read = client.crm.contacts.basic_api.get_by_id(key, properties=wanted)
        same([read.id, *(read.properties[name] for name in wanted[:2])], [merged.id, emails[0], "+1 202 555 0100"])
        same(set(read.properties["hs_merged_object_ids"].split(";")), {first, second})
        same(read.properties["hs_additional_emails"], emails[1])
    same(refusal(ApiException, contact, client, email=emails[1]).status, 409)


def merges_companies_and_keeps_the_second_domain(client: HubSpot) -> None:
    api = client.crm.companies.basic_api
    first, second = (api.create({"properties": {"name": n, "domain": f"{n}.example"}}).id for n in ("one", "two"))
    merged = api.merge(CompanyMerge(primary_object_id=first, object_id_to_merge=second))
    read = api.get_by_id(second, properties=["domain", "hs_additional_domains"])
    same(
        (read.id, read.properties["domain"], read.properties["hs_additional_domains"]),
        (merged.id, "one.example", "two.example"),
    )


def search(client: HubSpot, limit: int, **asked: Any) -> Any:
    """One page of a search of contacts."""
    asked = {"properties": ["email"], "after": "0", **asked}
    return client.crm.contacts.search_api.do_search(PublicObjectSearchRequest(limit=limit, **asked))


def searches_with_filters_and_pages_to_the_end(client: HubSpot) -> None:
    # What was just written comes into the index between two pages, and moves what stands after it.
    begun = datetime.now(UTC) - timedelta(hours=1)
    older = [item for item in client.crm.contacts.get_all(properties=["email"]) if item.created_at < begun]
    held = {item.id for item in older if (item.properties["email"] or "").startswith("a")}
    before = {"propertyName": "createdate", "operator": "LT", "value": str(int(begun.timestamp() * 1000))}
    filters = [{"filters": [{"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "a*"}, before]}]
    found, after = [], "0"
    while after:
        page = search(client, 20, filter_groups=filters, sorts=["-hs_object_id"], after=after)
        found += [item.id for item in page.results]
        after = page.paging.next.after if page.paging else None
    same(found, sorted(set(found), key=int, reverse=True))
    same(page.total, len(found))
    holds(held <= set(found), f"{len(held - set(found))} of {len(held)} are not found")


def finds_what_was_just_written_after_a_while(client: HubSpot) -> None:
    email = address()
    key = contact(client, email=email)
    filters = [{"filters": [{"propertyName": "email", "operator": "EQ", "value": email}]}]
    found = eventually(lambda: search(client, 1, filter_groups=filters).results, bool)
    same([item.id for item in found], [key])


def refuses_a_page_past_ten_thousand(client: HubSpot) -> None:
    same(refusal(ApiException, search, client, 100, after="10000").status, 400)


def tells_refusals_apart(client: HubSpot) -> None:
    taken = address()
    key = contact(client, email=taken)
    same(reason(refusal(ApiException, contact, client, email=taken)), (409, "CONFLICT"))
    refused = refusal(ApiException, contact, client, email="not an address")
    same(reason(refused), (400, "VALIDATION_ERROR"))
    holds("INVALID_EMAIL" in refused.body, refused.body)
    bad = SimplePublicObjectInput(properties={"nosuchproperty": "1"})
    refused = refusal(ApiException, client.crm.contacts.basic_api.update, key, bad)
    same(reason(refused), (400, "VALIDATION_ERROR"))
    holds("PROPERTY_DOESNT_EXIST" in refused.body, refused.body)
    refused = refusal(ObjectRefused, client.crm.objects.basic_api.get_page, "butterflies")
    same(refused.status, 400)
    holds("Unable to infer object type from: butterflies" in refused.body, refused.body)


def archives_a_batch_whatever_its_state(client: HubSpot) -> None:
    key = contact(client, email=address())
    batch = BatchInputSimplePublicObjectId(inputs=[SimplePublicObjectId(id=item) for item in (key, "1")])
    for _ in range(2):
        client.crm.contacts.batch_api.archive(batch)
    same(refusal(NotFoundException, client.crm.contacts.basic_api.get_by_id, key).status, 404)


def erases_a_person(client: HubSpot) -> None:
    email = address()
    key = contact(client, email=email)
    client.crm.contacts.basic_api.purge(PublicGdprDeleteInput(object_id=email, id_property="email"))
    same(refusal(NotFoundException, client.crm.contacts.basic_api.get_by_id, key).status, 404)
    same(refusal(NotFoundException, client.crm.contacts.basic_api.get_by_id, key, archived=True).status, 404)


OPERATIONS = (
    lists_every_contact_page_by_page,
    lists_with_histories_fifty_a_page,
    creates_reads_updates_and_archives,
    creates_a_batch_with_one_bad_row,
    refuses_a_whole_batch_without_trace_ids,
    updates_a_batch_and_reads_it_back,
    reads_a_batch_by_email,
    refuses_histories_of_more_than_fifty,
    upserts_by_a_unique_property,
    merges_contacts_and_reads_the_old_ids,
    merges_companies_and_keeps_the_second_domain,
    searches_with_filters_and_pages_to_the_end,
    finds_what_was_just_written_after_a_while,
    refuses_a_page_past_ten_thousand,
    tells_refusals_apart,
    archives_a_batch_whatever_its_state,
    erases_a_person,
)
