"""Queries over REST: pages, locators, deleted records, the shape of parents and children."""

import pytest

from tests.sandbox.salesforce_org import DATA, Org

LOCATOR = "/query/0r8SB0000000001YAA-2000"


def many(count: int) -> Org:
    org = Org()
    for number in range(1, count + 1):
        org.put("company", number, Name=f"A{number:05}")
    return org


def test_pages_cover_every_record_once() -> None:
    org = many(4100)
    page = org.query("SELECT Id FROM Account ORDER BY Name DESC")
    found = [record["Id"] for record in page["records"]]
    assert (page["totalSize"], page["nextRecordsUrl"]) == (4100, DATA + LOCATOR)
    while not page["done"]:
        page = org.call("GET", page["nextRecordsUrl"]).json()
        found += [record["Id"] for record in page["records"]]
    assert found == org.ids("SELECT Id FROM Account ORDER BY Name DESC LIMIT 2000") + found[2000:]
    assert len(set(found)) == 4100


@pytest.mark.parametrize(("size", "expected"), [(200, 200), (1999, 1999), (199, 2000), (2001, 2000)])
def test_the_batch_size_is_a_hint_within_bounds(size: int, expected: int) -> None:
    page = many(2100).query("SELECT Id FROM Account", Sforce_Query_Options=f"batchSize={size}")
    assert len(page["records"]) == expected


def test_a_page_does_not_shift_when_records_change_meanwhile() -> None:
    org = many(2500)
    page = org.query("SELECT Id FROM Account")
    org.call("DELETE", f"/sobjects/Account/{page['records'][0]['Id']}")
    rest = org.call("GET", page["nextRecordsUrl"]).json()["records"]
    assert len({record["Id"] for record in [*page["records"], *rest]}) == 2500


@pytest.mark.parametrize("locator", ["0r8SB0000000009YAA-2000", "nonsense", "0r8SB0000000001YAA-2001000"])
def test_unknown_locators_are_refused(locator: str) -> None:
    org = many(2001)
    org.query("SELECT Id FROM Account")
    answer = org.call("GET", f"/query/{locator}")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_locators_live_two_days() -> None:
    org = many(2001)
    org.query("SELECT Id FROM Account")
    org.advance(2 * 86_400 + 1)
    org.tokens["writer"] = org.login("writer")
    assert org.call("GET", LOCATOR).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_query_all_shows_what_is_deleted() -> None:
    org = many(2)
    gone = org.ids("SELECT Id FROM Account")[1]
    org.call("DELETE", f"/sobjects/Account/{gone}")
    assert len(org.ids("SELECT Id FROM Account")) == 1
    rows = org.query("SELECT Id FROM Account WHERE IsDeleted = true", "/queryAll")["records"]
    assert [row["Id"] for row in rows] == [gone]


def test_parents_are_nested_and_children_are_results() -> None:
    org = Org()
    account = org.create("Account", Name="Acme")
    contact = org.create("Contact", LastName="L", AccountId=account)
    org.create("Contact", LastName="M")
    [first, second] = org.query("SELECT Name, Account.Name, Account.Owner.Name FROM Contact")["records"]
    assert first["Account"]["Owner"]["Name"] == "Robot" and second["Account"] is None
    [row] = org.query("SELECT Id, (SELECT Id FROM Contacts), (SELECT Id FROM Opportunities) FROM Account")["records"]
    url = f"{DATA}/sobjects/Contact/{contact}"
    record = {"attributes": {"type": "Contact", "url": url}, "Id": contact}
    assert row["Contacts"] == {"totalSize": 1, "done": True, "records": [record]} and row["Opportunities"] is None


def test_who_and_what_are_names_of_either_type() -> None:
    org = Org()
    lead = org.create("Lead", LastName="L", FirstName="F", Company="C")
    account = org.create("Account", Name="Acme")
    org.create("Task", WhoId=lead, WhatId=account)
    [row] = org.query(
        "SELECT Who.Name, Who.Type, What.Name FROM Task WHERE Who.Type = 'Lead' AND What.Name LIKE 'ac%'"
    )["records"]
    assert (row["Who"]["Name"], row["Who"]["Type"], row["What"]["Name"]) == ("F L", "Lead", "Acme")


def test_fields_stands_for_all_fields() -> None:
    org = many(1)
    [row] = org.query("SELECT FIELDS(ALL) FROM Account LIMIT 1")["records"]
    [standard] = org.query("SELECT FIELDS(STANDARD) FROM Account")["records"]
    assert set(row) - set(standard) == {"HubSpot_Company_Id__c", "Revops_Merged_Into__c"}


def test_addresses_are_compound() -> None:
    org = Org()
    org.create("Account", Name="A", BillingCity="Berlin")
    [row] = org.query("SELECT BillingAddress, ShippingAddress FROM Account")["records"]
    assert row["BillingAddress"]["city"] == "Berlin" and row["ShippingAddress"] is None
