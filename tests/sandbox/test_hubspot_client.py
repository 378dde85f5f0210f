"""HubSpot's own Python client, unmodified, works against the sandbox."""

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import AssociationSpec
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInput,
    BatchReadInputSimplePublicObjectId,
    PublicMergeInput,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.contacts.exceptions import ApiException

pytestmark = pytest.mark.enable_socket


def contact(client: HubSpot, **properties: str) -> str:
    made = client.crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties=properties))
    return str(made.id)


def people(client: HubSpot, number: int) -> list[str]:
    return [contact(client, email=f"person{n}@example.com") for n in range(number)]


def test_client_lists_every_page(client: HubSpot) -> None:
    ids = people(client, 101)
    assert [item.id for item in client.crm.contacts.get_all()] == ids


def test_client_creates_and_updates(client: HubSpot) -> None:
    record = contact(client, firstname="Ann", email="Ann@Example.com")
    client.crm.contacts.basic_api.update(record, SimplePublicObjectInput(properties={"jobtitle": "CTO"}))
    read = client.crm.contacts.basic_api.get_by_id(record, properties=["jobtitle", "email", "phone"])
    wanted = {"jobtitle": "CTO", "email": "ann@example.com", "phone": None}
    assert {name: read.properties[name] for name in wanted} == wanted


def test_client_sees_the_conflict_of_an_email(client: HubSpot) -> None:
    record = contact(client, email="a@example.com")
    with pytest.raises(ApiException) as refused:
        contact(client, email="A@example.com")
    assert refused.value.status == 409
    assert f"Existing ID: {record}" in refused.value.body


def test_client_reads_a_batch_with_one_missing(client: HubSpot) -> None:
    ids = people(client, 99)
    request = BatchReadInputSimplePublicObjectId(
        inputs=[{"id": key} for key in [*ids, "404"]], properties=["email"], properties_with_history=[]
    )
    answer = client.crm.contacts.batch_api.read(request)
    assert [item.id for item in answer.results] == ids
    assert answer.errors[0].context["ids"] == ["404"]


def test_client_updates_a_batch_all_or_nothing(client: HubSpot) -> None:
    one, two = people(client, 2)
    rows = [SimplePublicObjectBatchInput(id=one, properties={"jobtitle": "x"})]
    rows.append(SimplePublicObjectBatchInput(id=two, properties={"jobtitel": "x"}))
    with pytest.raises(ApiException) as refused:
        client.crm.contacts.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=rows))
    assert "PROPERTY_DOESNT_EXIST" in refused.value.body
    assert client.crm.contacts.basic_api.get_by_id(one, properties=["jobtitle"]).properties["jobtitle"] is None


def test_client_merges_and_reads_the_old_id(client: HubSpot) -> None:
    one, two = people(client, 2)
    merged = client.crm.contacts.basic_api.merge(PublicMergeInput(primary_object_id=one, object_id_to_merge=two))
    read = client.crm.contacts.basic_api.get_by_id(two, properties=["hs_merged_object_ids", "hs_additional_emails"])
    assert read.id == merged.id not in (one, two)
    assert read.properties["hs_merged_object_ids"] == f"{one};{two}"
    assert read.properties["hs_additional_emails"] == "person1@example.com"


def test_client_searches_and_pages(client: HubSpot) -> None:
    ids = people(client, 5)
    filters = [{"filters": [{"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "person*"}]}]
    request = PublicObjectSearchRequest(filter_groups=filters, limit=3, properties=["email"])
    first = client.crm.contacts.search_api.do_search(request)
    request.after = first.paging.next.after
    second = client.crm.contacts.search_api.do_search(request)
    assert first.total == 5
    assert [item.id for item in [*first.results, *second.results]] == ids


def test_client_is_limited_to_five_searches_a_second(client: HubSpot) -> None:
    request = PublicObjectSearchRequest(limit=1)
    with pytest.raises(ApiException) as refused:
        for _ in range(60):
            client.crm.contacts.search_api.do_search(request)
    assert refused.value.status == 429
    assert "secondly limit" in refused.value.body
    assert "X-HubSpot-RateLimit-Max" not in refused.value.headers


def test_client_associates_with_labels(client: HubSpot) -> None:
    person = contact(client, email="a@example.com")
    company = client.crm.companies.basic_api.create({"properties": {"name": "Acme"}}).id
    label = [AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)]
    client.crm.associations.v4.basic_api.create("contacts", person, "companies", company, label)
    page = client.crm.associations.v4.basic_api.get_page("contacts", person, "companies")
    found = [(kind.type_id, kind.label) for kind in page.results[0].association_types]
    assert (page.results[0].to_object_id, found) == (company, [(1, "Primary"), (279, None)])


def test_client_reads_pipelines_properties_and_owners(client: HubSpot) -> None:
    stages = client.crm.pipelines.pipelines_api.get_by_id("deals", "default").stages
    assert [stage.id for stage in stages][-2:] == ["closedwon", "closedlost"]
    industry = client.crm.properties.core_api.get_by_name("companies", "industry")
    assert len(industry.options) > 100
    assert client.crm.owners.owners_api.get_page().results == []
