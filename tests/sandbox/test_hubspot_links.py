"""Merges and associations of the HubSpot sandbox."""

import pytest

from tests.sandbox.hubspot_desk import START, Desk


def companies(desk: Desk) -> tuple[str, str]:
    one = desk.make("companies", name="Acme", domain="acme.example", city="Bonn")
    return one, desk.make("companies", name="ACME Inc", domain="acme.test", phone="+1 555 0100")


def test_a_merge_makes_a_new_record_that_both_ids_find() -> None:
    desk = Desk()
    one, two = companies(desk)
    new = desk.merge("companies", one, two).json()["id"]
    assert new not in (one, two)
    assert {desk.call("GET", f"companies/{key}").json()["id"] for key in (one, two, new)} == {new}
    assert [item["id"] for item in desk.call("GET", "companies").json()["results"]] == [new]


def test_a_merge_may_keep_the_primary_id() -> None:
    desk = Desk(merge_id="primary")
    one, two = companies(desk)
    assert desk.merge("companies", one, two).json()["id"] == one
    assert desk.get("companies", two, "hs_merged_object_ids")["hs_merged_object_ids"] == two


@pytest.mark.parametrize(("reading", "name"), [("primary", "Acme"), ("recent", "ACME Inc")])
def test_values_of_a_merge_follow_the_reading(reading: str, name: str) -> None:
    desk = Desk(merge_values=reading)
    one = desk.make("companies", name="Acme", domain="acme.example", city="Bonn")
    desk.sandbox.clock.advance(60)
    two = desk.make("companies", name="ACME Inc", domain="acme.test", phone="+1 555 0100")
    shown = desk.merge("companies", one, two).json()["properties"]
    assert [shown[key] for key in ("name", "city", "phone", "domain")] == [name, "Bonn", "+1 555 0100", "acme.example"]
    assert shown["hs_additional_domains"] == "acme.test"


def test_a_merge_keeps_the_furthest_stage_and_the_oldest_date() -> None:
    desk = Desk()
    two = desk.make("contacts", email="b@example.com", lifecyclestage="customer")
    desk.sandbox.clock.advance(60)
    one = desk.make("contacts", email="a@example.com")
    shown = desk.merge("contacts", one, two).json()
    assert shown["properties"]["lifecyclestage"] == "customer"
    assert shown["createdAt"] == "2026-09-21T14:13:20.123Z"


def test_a_merge_combines_associations_and_one_primary_stays() -> None:
    desk = Desk()
    company, other = companies(desk)
    one, two = (desk.make("contacts", email=f"{name}@example.com") for name in "ab")
    deal = desk.make("deals", dealname="D", dealstage="contractsent")
    desk.link("contacts", one, "companies", company, 1)
    desk.link("contacts", two, "companies", other, 1)
    desk.link("deals", deal, "contacts", two)
    new = desk.merge("contacts", one, two).json()["id"]
    assert desk.linked("contacts", new, "companies") == {company: [1, 279], other: [279]}
    assert desk.linked("deals", deal, "contacts") == {new: [3]}


def test_history_survives_a_merge() -> None:
    desk = Desk()
    one, two = companies(desk)
    new = desk.merge("companies", one, two).json()["id"]
    past = desk.call("GET", f"companies/{new}?propertiesWithHistory=name,phone").json()["propertiesWithHistory"]
    assert [item["value"] for item in past["name"]] == ["Acme"]
    assert [item["sourceType"] for item in past["phone"]] == ["MERGE_COMPANIES"]


def test_single_updates_follow_an_old_id_and_batches_do_not() -> None:
    desk = Desk()
    one, two = companies(desk)
    new = desk.merge("companies", one, two).json()["id"]
    assert desk.set("companies", two, city="Ulm").json()["id"] == new
    row = {"id": two, "properties": {"city": "Jena"}}
    assert desk.call("POST", "companies/batch/update", {"inputs": [row]}).json()["errors"][0]["context"]["ids"] == [two]


def test_a_merge_is_refused_where_it_cannot_be() -> None:
    desk = Desk()
    one, two = companies(desk)
    assert desk.merge("companies", one, one).status_code == 400
    assert desk.merge("companies", one, "404").status_code == 404
    desk.sandbox.store.set("hubspot", "salesforce_integration", True)
    assert desk.merge("companies", one, two).status_code == 400
    assert desk.verbs() == ["create", "create"]


def test_more_than_250_merges_are_too_many() -> None:
    desk = Desk()
    merged = ";".join(str(n) for n in range(1, 250))
    one, two = desk.fill(
        "contact", {"email": "a@example.com", "hs_merged_object_ids": merged}, {"email": "b@example.com"}
    )
    assert desk.merge("contacts", one, two).status_code == 414


def test_labels_are_replaced_and_the_plain_type_stays() -> None:
    desk = Desk()
    company, _ = companies(desk)
    contact = desk.make("contacts", email="a@example.com")
    desk.link("contacts", contact, "companies", company, 1)
    assert desk.linked("companies", company, "contacts") == {contact: [2, 280]}
    desk.link("contacts", contact, "companies", company, 279)
    assert desk.linked("contacts", contact, "companies") == {company: [279]}


def test_a_contact_has_one_primary_company() -> None:
    desk = Desk()
    one, two = companies(desk)
    contact = desk.make("contacts", email="a@example.com")
    for company in (one, two):
        desk.link("contacts", contact, "companies", company, 1)
    assert desk.linked("contacts", contact, "companies") == {one: [279], two: [1, 279]}
    assert desk.get("contacts", contact, "associatedcompanyid")["associatedcompanyid"] == two
    assert desk.get("companies", one, "num_associated_contacts")["num_associated_contacts"] == "1"


def test_removing_the_plain_type_removes_all() -> None:
    desk = Desk()
    company, _ = companies(desk)
    contact = desk.make("contacts", email="a@example.com")
    desk.link("contacts", contact, "companies", company, 1)
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    row = {"from": {"id": contact}, "to": {"id": company}, "types": [kind]}
    path = "/crm/v4/associations/contacts/companies/batch/labels/archive"
    assert desk.call("POST", path, {"inputs": [row]}).status_code == 204
    assert desk.linked("companies", company, "contacts") == {}


def test_associations_are_paged() -> None:
    desk = Desk()
    people = desk.fill("contact", *({"email": f"p{n}@example.com"} for n in range(7)))
    desk.make("companies", name="Acme")
    company = str(desk.call("GET", "companies").json()["results"][0]["id"])
    desk.sandbox.store.link("hubspot", [("company", company, "contact", person, 280) for person in people])
    path = f"/crm/objects/2026-03/companies/{company}/associations/contacts?limit=4"
    first = desk.call("GET", path).json()
    second = desk.call("GET", f"{path}&after={first['paging']['next']['after']}").json()
    assert [str(item["toObjectId"]) for item in first["results"] + second["results"]] == people
    assert "paging" not in second


def test_a_read_may_bring_its_associations() -> None:
    desk = Desk()
    company, _ = companies(desk)
    contact = desk.make("contacts", email="a@example.com")
    desk.link("contacts", contact, "companies", company, 1)
    shown = desk.call("GET", f"contacts/{contact}?associations=companies").json()["associations"]["companies"][
        "results"
    ]
    assert shown == [
        {"id": company, "type": "contact_to_company"},
        {"id": company, "type": "contact_to_company_unlabeled"},
    ]


def test_an_edit_by_a_person_is_told_apart() -> None:
    desk = Desk()
    company, _ = companies(desk)
    edit = {"crm": "hubspot", "kind": "company", "id": company, "fields": {"city": "Ulm"}}
    assert desk.call("POST", "/_sandbox/edit", edit).status_code == 200
    versions = desk.call("GET", f"companies/{company}?propertiesWithHistory=city").json()["propertiesWithHistory"][
        "city"
    ]
    assert [item["sourceType"] for item in versions] == ["CRM_UI", "INTEGRATION"]
    assert next(reversed(list(desk.sandbox.store.ledger())))["detail"]["actor"] == "person"


def test_the_search_index_lags_behind_a_merge() -> None:
    desk = Desk(search_lag_seconds=30)
    one, two = desk.fill("company", {"name": "A"}, {"name": "B"})
    new = desk.merge("companies", one, two).json()["id"]
    assert desk.find("companies") == [one, two]
    desk.sandbox.clock.set(START + 31_000)
    assert desk.find("companies") == [new]
