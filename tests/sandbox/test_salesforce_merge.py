"""Merge over SOAP: what moves, what is lost, what is refused, and what undelete brings back."""

import pytest

from tests.sandbox.salesforce_org import Org

ACCOUNTS = "SELECT Id, Name, Phone, IsDeleted, MasterRecordId FROM Account ORDER BY CreatedDate"


def trio(org: Org, sobject: str = "Account", **fields: str) -> list[str]:
    """Three live records of a type."""
    name = {"Name": "A"} if sobject == "Account" else {"LastName": "A"}
    return [org.create(sobject, **name, **fields) for _ in range(3)]


def test_losers_are_deleted_and_point_at_the_master() -> None:
    org = Org()
    master, *losers = trio(org)
    assert "<success>true</success>" in org.merge("Account", master, *losers, Phone="5")
    records = org.query(ACCOUNTS, "/queryAll")["records"]
    assert [record["MasterRecordId"] for record in records] == [None, master, master]
    assert [record["Phone"] for record in records] == ["5", None, None]
    assert org.ids(ACCOUNTS) == [master]


def test_the_master_keeps_its_own_values_even_where_they_are_empty() -> None:
    org = Org()
    master, loser = org.create("Account", Name="A"), org.create("Account", Name="B", Phone="7")
    org.merge("Account", master, loser)
    assert org.get("Account", master)["Phone"] is None


def test_everything_below_a_loser_moves_to_the_master() -> None:
    org = Org()
    master, loser, _ = trio(org)
    deal = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-05-01"}
    below = [org.create("Contact", LastName="L", AccountId=loser), org.create("Opportunity", AccountId=loser, **deal)]
    below += [org.create("Task", WhatId=loser), org.create("Account", Name="Child", ParentId=loser)]
    answer = org.merge("Account", master, loser)
    assert all(f"<updatedRelatedIds>{each}</updatedRelatedIds>" in answer for each in below)
    assert org.get("Task", below[2])["AccountId"] == org.get("Contact", below[0])["AccountId"] == master


def test_a_move_is_an_automated_change() -> None:
    org = Org()
    master, loser, _ = trio(org)
    below = org.create("Account", Name="Child", ParentId=loser)
    org.advance(60)
    org.merge("Account", master, loser)
    child = org.get("Account", below)
    assert child["ParentId"] == master
    assert (child["SystemModstamp"][11:16], child["LastModifiedDate"][11:16]) == ("12:01", "12:00")


def test_a_contact_merge_moves_roles_tasks_and_reports() -> None:
    org = Org()
    master, loser, _ = trio(org, "Contact")
    deal = org.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-05-01")
    org.create("OpportunityContactRole", OpportunityId=deal, ContactId=loser, Role="Evaluator")
    org.create("Task", WhoId=loser)
    org.create("Contact", LastName="R", ReportsToId=loser)
    org.merge("Contact", master, loser)
    found = [("OpportunityContactRole", "ContactId"), ("Task", "WhoId"), ("Contact", "ReportsToId")]
    assert [len(org.ids(f"SELECT Id FROM {name} WHERE {field} = '{master}'")) for name, field in found] == [1, 1, 1]


def test_a_contact_takes_over_whom_a_loser_reports_to() -> None:
    org = Org()
    boss, loser, master = trio(org, "Contact")
    org.call("PATCH", f"/sobjects/Contact/{loser}", {"ReportsToId": boss})
    assert "<success>true" in org.merge("Contact", master, loser)
    assert org.get("Contact", master)["ReportsToId"] == boss


@pytest.mark.parametrize("lower", [0, 1])
def test_contacts_cannot_come_to_report_to_themselves(lower: int) -> None:
    org = Org()
    pair = trio(org, "Contact")[:2]
    org.call("PATCH", f"/sobjects/Contact/{pair[lower]}", {"ReportsToId": pair[1 - lower]})
    assert "CIRCULAR_DEPENDENCY" in org.merge("Contact", *pair)


def test_each_move_is_noted_as_an_update_with_its_reason() -> None:
    org = Org()
    master, loser, _ = trio(org)
    org.create("Contact", LastName="L", AccountId=loser)
    before = len(org.notes())
    org.merge("Account", master, loser)
    assert org.notes()[before:] == [
        ("update", "contact"), ("delete", "company"), ("update", "company"), ("merge", "company")]  # fmt: skip
    moved = list(org.store.ledger())[before]["detail"]
    assert (moved["reason"], moved["before"], moved["fields"]) == ("merge", {"AccountId": loser}, {"AccountId": master})


def test_a_master_may_take_over_the_external_id_of_a_loser() -> None:
    org = Org()
    master, loser = org.create("Account", Name="A"), org.create("Account", Name="B", HubSpot_Company_Id__c="9")
    assert "<success>true" in org.merge("Account", master, loser, HubSpot_Company_Id__c="9")
    answer = org.soap(f"<p:undelete><p:ids>{loser}</p:ids></p:undelete>").text
    assert "<statusCode>DUPLICATE_VALUE</statusCode>" in answer


def refusals(org: Org) -> dict[str, str]:
    """What each impossible merge answers, by the code that is expected."""
    master, loser, gone = trio(org)
    contact = org.create("Contact", LastName="L")
    org.call("DELETE", f"/sobjects/Account/{gone}")
    child = org.create("Account", Name="Child", ParentId=loser)
    lead, converted = (org.create("Lead", LastName="L", Company="C", IsConverted=flag) for flag in (False, True))
    return {
        "MALFORMED_ID": org.merge("Account", master, "nonsense"),
        "INVALID_MERGE_RECORD": org.merge("Account", master, contact),
        "INVALID_CROSS_REFERENCE_KEY": org.merge("Account", master, "001SB00000000zz"),
        "ENTITY_IS_DELETED": org.merge("Account", master, gone),
        "CIRCULAR_DEPENDENCY": org.merge("Account", child, loser),
        "CANNOT_UPDATE_CONVERTED_LEAD": org.merge("Lead", lead, converted),
        "MERGE_FAILED": org.merge("Account", master, loser, child, gone),
        "STRING_TOO_LONG": org.merge("Account", master, loser, Phone="1" * 41),
        "INVALID_TYPE_FOR_OPERATION": org.merge("Opportunity", master, loser),
    }


def test_impossible_merges_are_refused_and_change_nothing() -> None:
    org = Org()
    for code, answer in refusals(org).items():
        assert code in answer and "<success>true" not in answer
    assert "merge" not in {verb for verb, _ in org.notes()}
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 3


def test_a_master_cannot_be_its_own_loser() -> None:
    org = Org()
    master, *_ = trio(org)
    assert "INVALID_MERGE_RECORD" in org.merge("Account", master, master)


def test_each_request_of_a_call_is_a_transaction_of_its_own() -> None:
    org = Org()
    master, *losers = trio(org)
    one = "<p:request><p:masterRecord><o:type>Account</o:type><o:Id>{}</o:Id></p:masterRecord>"
    one += "<p:recordToMergeIds>{}</p:recordToMergeIds></p:request>"
    requests = one.format(master, losers[0]) + one.format(master, losers[0]) + one.format(master, losers[1])
    answer = org.soap(f"<p:merge>{requests}</p:merge>").text
    assert (answer.count("<success>true"), answer.count("ENTITY_IS_DELETED")) == (2, 1)


def test_undelete_brings_a_loser_back_without_what_moved() -> None:
    org = Org()
    master, loser, _ = trio(org)
    contact = org.create("Contact", LastName="L", AccountId=loser)
    org.merge("Account", master, loser)
    assert "<success>true" in org.soap(f"<p:undelete><p:ids>{loser}</p:ids></p:undelete>").text
    assert org.get("Account", loser)["MasterRecordId"] is None
    assert org.get("Contact", contact)["AccountId"] == master


@pytest.mark.parametrize("days", [0, 16])
def test_only_the_recycle_bin_can_be_undeleted(days: int) -> None:
    org = Org()
    master, loser, live = trio(org)
    org.merge("Account", master, loser)
    org.advance(days * 86400)
    org.tokens["writer"] = org.login("writer")
    wanted = loser if days else live
    assert "UNDELETE_FAILED" in org.soap(f"<p:undelete><p:ids>{wanted}</p:ids></p:undelete>").text


@pytest.mark.parametrize(
    ("body", "version", "code"),
    [
        ("<p:login><p:username>u</p:username></p:login>", 66, "UNSUPPORTED_API_VERSION"),
        ("<p:login><p:username>u</p:username></p:login>", 62, "INVALID_LOGIN"),
        ("<p:getUserInfo/>", 30, "UNSUPPORTED_API_VERSION"),
        ("<p:convertCurrency/>", 66, "No operation available"),
        ("<p:query><p:queryString>SELECT</p:queryString></p:query>", 66, "MALFORMED_QUERY"),
    ],
)
def test_faults_are_http_500(body: str, version: int, code: str) -> None:
    answer = Org().soap(body, version=version)
    assert answer.status_code == 500 and code in answer.text and "soapenv:Fault" in answer.text


def test_a_bad_session_is_a_fault() -> None:
    answer = Org().soap("<p:getUserInfo/>", token="00D!no")
    assert answer.status_code == 500 and "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.text


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    org = Org()
    url = "https://org.my.salesforce.com/services/Soap/u/66.0"
    assert org.http.post(url, data=bomb, headers={"Content-Type": "text/xml"}).status_code == 500
