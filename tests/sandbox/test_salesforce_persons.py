"""Person accounts, where they are turned on: one person as an account and a contact."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import Org

ANN = {"FirstName": "Ann", "LastName": "Lee", "PersonEmail": "a@x.example", "PersonMailingCity": "Oslo"}


def personal() -> Org:
    """An organization with person accounts."""
    org = Org()
    org.store.set("salesforce", "person_accounts", True)
    return org


def test_without_the_switch_there_is_nothing_of_them() -> None:
    assert Org().query("SELECT IsPersonAccount FROM Account")[0]["errorCode"] == "INVALID_FIELD"


def test_a_person_is_made_by_a_last_name_and_has_a_contact() -> None:
    org = personal()
    account = org.get("Account", org.create("Account", **ANN))
    assert (account["Name"], account["IsPersonAccount"]) == ("Ann Lee", True)
    contact = org.get("Contact", account["PersonContactId"])
    assert (contact["Name"], contact["Email"], contact["MailingCity"]) == ("Ann Lee", "a@x.example", "Oslo")
    assert (contact["AccountId"], contact["IsPersonAccount"]) == (account["Id"], True)
    [found] = org.query("SELECT PersonContact.Email FROM Account WHERE Name = 'Ann Lee'")["records"]
    assert found["PersonContact"]["Email"] == "a@x.example"


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"FirstName": "Ann"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["FirstName"]),
        ({"LastName": "Lee", "Name": "Lee"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
    ],
)
def test_persons_and_companies_are_named_differently(values: dict[str, Any], code: str, fields: list[str]) -> None:
    error = personal().call("POST", "/sobjects/Account", values).json()[0]
    assert (error["errorCode"], error["fields"]) == (code, fields)


def test_a_change_of_the_account_changes_the_contact_and_not_the_reverse() -> None:
    org = personal()
    account = org.create("Account", **ANN)
    contact = org.get("Account", account)["PersonContactId"]
    assert org.call("PATCH", f"/sobjects/Account/{account}", {"LastName": "Li", "PersonTitle": "CEO"}).ok
    assert [org.get("Contact", contact)[name] for name in ("Name", "Title")] == ["Ann Li", "CEO"]
    refused = org.call("PATCH", f"/sobjects/Contact/{contact}", {"Title": "CTO"})
    assert refused.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    kept = org.call("DELETE", f"/sobjects/Contact/{contact}")
    assert kept.json()[0]["errorCode"] == "INVALID_PERSON_ACCOUNT_OPERATION"


def test_both_are_deleted_and_come_back_together() -> None:
    org = personal()
    account = org.create("Account", **ANN)
    org.call("DELETE", f"/sobjects/Account/{account}")
    assert org.ids("SELECT Id FROM Contact") == []
    org.soap(f"<p:undelete><p:ids>{account}</p:ids></p:undelete>")
    assert len(org.ids("SELECT Id FROM Contact")) == 1


def test_persons_merge_with_persons_and_their_contacts_follow() -> None:
    org = personal()
    master, loser, company = (*(org.create("Account", **ANN) for _ in "AB"), org.create("Account", Name="C"))
    kept, gone = (org.get("Account", each)["PersonContactId"] for each in (master, loser))
    task = org.create("Task", WhoId=gone)
    assert "INVALID_PERSON_ACCOUNT_OPERATION" in org.merge("Account", master, company)
    assert "INVALID_PERSON_ACCOUNT_OPERATION" in org.merge("Contact", kept, gone)
    assert "<success>true" in org.merge("Account", master, loser)
    assert org.get("Task", task)["WhoId"] == kept
    [lost] = org.query("SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = TRUE", "/queryAll")["records"]
    assert (lost["Id"], lost["MasterRecordId"]) == (gone, kept)
    org.soap(f"<p:undelete><p:ids>{loser}</p:ids></p:undelete>")
    assert org.get("Contact", gone)["AccountId"] == loser


def test_a_lead_without_a_company_becomes_a_person() -> None:
    org = personal()
    lead = org.create("Lead", LastName="Lee", Email="a@x.example")
    wish = f"<p:leadId>{lead}</p:leadId><p:convertedStatus>Closed - Converted</p:convertedStatus>"
    answer = org.soap(f"<p:convertLead><p:leadConverts>{wish}</p:leadConverts></p:convertLead>").text
    assert "<success>true" in answer
    [account] = org.query("SELECT Name, PersonEmail, IsPersonAccount FROM Account")["records"]
    assert list(account.values())[1:] == ["Lee", "a@x.example", True]
    assert len(org.ids("SELECT Id FROM Contact")) == 1
