"""The rules of an organization: duplicates, validation, locks, record types, and how refusals look on each way in."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import Org

EMAIL = {"rule": "Contact_MR", "fields": ["Email"]}
TWIN = {"LastName": "B", "Email": "A@x.example"}
ACME = [{"field": "Name", "method": "fuzzy"}]


def ruled(**rule: Any) -> Org:
    """An organization with one contact and a rule against a second one with its email."""
    org = Org()
    spec = {"name": "Contacts_DR", "object": "Contact", "match": [EMAIL], **rule}
    org.store.set("salesforce", "duplicate_rules", [spec])
    org.create("Contact", LastName="A", Email="a@x.example")
    return org


def validated(*rules: dict[str, Any]) -> Org:
    """An organization with validation rules on accounts."""
    org = Org()
    org.store.set("salesforce", "validation_rules", [{"object": "Account", **rule} for rule in rules])
    return org


def refusal(org: Org, sobject: str, values: dict[str, Any], **headers: str) -> dict[str, Any]:
    """The only member of the array that a refused create answers."""
    answer = org.call("POST", f"/sobjects/{sobject}", values, **headers)
    assert answer.status_code == 400, answer.text
    [error] = answer.json()
    return dict(error)


def test_a_duplicate_is_refused_in_the_recorded_words() -> None:
    org = ruled()
    [first] = org.ids("SELECT Id FROM Contact")
    error = refusal(org, "Contact", TWIN)
    result = error.pop("duplicateResut")
    assert error == {"errorCode": "DUPLICATES_DETECTED", "message": "Use one of these records?"}
    [match] = result.pop("matchResults")
    assert result == {"allowSave": True, "duplicateRule": "Contacts_DR", "duplicateRuleEntityType": "Contact",
                      "errorMessage": "Use one of these records?"}  # fmt: skip
    attributes = {"type": "Contact", "url": f"/services/data/v66.0/sobjects/Contact/{first}"}
    record = {"attributes": attributes, "Id": first}
    found = {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": record}
    facts = {"entityType": "Contact", "errors": [], "rule": "Contact_MR", "size": 1, "success": True}
    assert match == {**facts, "matchEngine": "ExactMatchEngine", "matchRecords": [found]}


@pytest.mark.parametrize(
    ("action", "header", "status"),
    [
        ("block", "allowSave=true", 400),
        ("alert", "allowSave=true", 201),
        ("alert", "allowSave=false", 400),
        ("allow", "", 201),
    ],
)
def test_what_a_rule_does_depends_on_its_action_and_the_header(action: str, header: str, status: int) -> None:
    org = ruled(on_insert=action)
    answer = org.call("POST", "/sobjects/Contact", TWIN, Sforce_Duplicate_Rule_Header=header)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("change", "status"), [({"Email": "a@x.example"}, 400), ({"Title": "CEO"}, 204), ({"Email": "c@x.example"}, 204)]
)
def test_updates_count_only_where_a_matched_field_changes(change: dict[str, str], status: int) -> None:
    org = ruled(on_update="block")
    twin = org.create("Contact", LastName="B", Email="b@x.example")
    assert org.call("PATCH", f"/sobjects/Contact/{twin}", change).status_code == status


def test_record_details_show_what_the_caller_may_see() -> None:
    error = refusal(ruled(), "Contact", TWIN, Sforce_Duplicate_Rule_Header="includeRecordDetails=true")
    assert error["duplicateResut"]["matchResults"][0]["matchRecords"][0]["record"]["Email"] == "a@x.example"


def test_collections_tell_no_matches_and_do_not_compare_their_own_rows() -> None:
    org = ruled(on_insert="block")
    twin = {"attributes": {"type": "Contact"}, **TWIN}
    fresh = {"attributes": {"type": "Contact"}, "LastName": "N", "Email": "n@x.example"}
    rows = org.call("POST", "/composite/sobjects", {"records": [twin, fresh, fresh]}).json()
    error = {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}
    assert rows[0] == {"success": False, "errors": [error]}
    assert [row["success"] for row in rows[1:]] == [True, True]


@pytest.mark.parametrize(("name", "twin"), [("Acme Inc.", True), ("ACME", True), ("Ajax", False)])
def test_fuzzy_names_match_without_their_legal_form(name: str, twin: bool) -> None:
    org = Org()
    rule = {"name": "R", "object": "Account", "match": [{"rule": "M", "fields": ACME}], "on_insert": "block"}
    org.store.set("salesforce", "duplicate_rules", [rule])
    org.create("Account", Name="Acme")
    assert (org.call("POST", "/sobjects/Account", {"Name": name}).status_code == 400) is twin


def test_a_rule_may_look_into_another_type() -> None:
    org = ruled()
    match = {"rule": "Lead_to_Contact", "object": "Contact", "fields": ["Email"]}
    org.store.set("salesforce", "duplicate_rules", [{"name": "R", "object": "Lead", "match": [match]}])
    error = refusal(org, "Lead", {"LastName": "L", "Company": "C", "Email": "a@x.example"})
    assert error["duplicateResut"]["matchResults"][0]["entityType"] == "Contact"


CONDITIONS = [
    ({"field": "Name", "op": "=", "value": "ACME"}, True),
    ({"field": "Name", "op": "!=", "value": "ACME"}, False),
    ({"field": "AnnualRevenue", "op": ">", "value": 99}, True),
    ({"field": "AnnualRevenue", "op": "<=", "value": 99}, False),
    ({"field": "Phone", "op": "blank"}, True),
    ({"field": "Phone", "op": ">", "value": "1"}, False),
    ({"field": "Name", "op": "matches", "value": "A.*"}, True),
    ({"field": "Name", "op": "in", "value": ["ACME", "B"]}, True),
    ({"field": "Name", "op": "begins", "value": "ACE"}, False),
    ({"field": "$Today", "op": "=", "value": "2026-03-01"}, True),
    ({"field": "Name", "op": "=", "value": {"field": "Site"}}, True),
    ({"not": {"field": "Phone", "op": "filled"}}, True),
    ({"all": [{"op": "new"}, {"field": "Name", "op": "contains", "value": "CM"}]}, True),
    ({"any": [{"field": "Name", "op": "changed"}, {"field": "Name", "op": "was", "value": "ACME"}]}, False),
]


@pytest.mark.parametrize(("when", "refused"), CONDITIONS)
def test_a_condition_refuses_a_record(when: dict[str, Any], refused: bool) -> None:
    org = validated({"when": when, "message": "no"})
    values = {"Name": "ACME", "Site": "ACME", "AnnualRevenue": 100}
    assert (org.call("POST", "/sobjects/Account", values).status_code == 400) is refused


def test_every_broken_rule_is_named_with_its_field() -> None:
    name = {"when": {"field": "Name", "op": "=", "value": "ACME"}, "message": "no ACME accounts"}
    phone = {"when": {"field": "Phone", "op": "=", "value": "123"}, "message": "no 123 phone", "field": "Phone"}
    org = validated(name, phone, {**name, "active": False})
    answer = org.call("POST", "/sobjects/Account", {"Name": "ACME", "Phone": "123"})
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert answer.json() == [
        {"message": "no ACME accounts", "errorCode": code, "fields": []},
        {"message": "no 123 phone", "errorCode": code, "fields": ["Phone"]},
    ]
    row = {"attributes": {"type": "Account"}, "Name": "ACME", "Phone": "123"}
    [failed] = org.call("POST", "/composite/sobjects", {"records": [row]}).json()
    assert [error["fields"] for error in failed["errors"]] == [[], ["Phone"]]


def test_a_stage_cannot_be_left_without_an_amount() -> None:
    org = Org()
    moved = {"all": [{"field": "StageName", "op": "changed"}, {"field": "Amount", "op": "blank"}]}
    rule = {"object": "Opportunity", "when": moved, "message": "Amount first", "field": "Amount"}
    org.store.set("salesforce", "validation_rules", [rule])
    deal = org.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-05-01")
    refused = org.call("PATCH", f"/sobjects/Opportunity/{deal}", {"StageName": "Closed Won"})
    assert (refused.status_code, refused.json()[0]["fields"]) == (400, ["Amount"])
    assert org.get("Opportunity", deal)["StageName"] == "Prospecting"
    assert len(org.ids("SELECT Id FROM OpportunityHistory")) == 1


def test_a_locked_parent_refuses_the_first_tries_of_its_children() -> None:
    org = Org()
    account = org.create("Account", Name="A")
    org.store.set("salesforce", "locked_rows", {account: 2})
    answers = [org.call("POST", "/sobjects/Contact", {"LastName": "L", "AccountId": account}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 201]
    message = f"unable to obtain exclusive access to this record or 1 records: {account}"
    assert answers[0].json() == [{"message": message, "errorCode": "UNABLE_TO_LOCK_ROW", "fields": []}]


@pytest.mark.parametrize("path", ["/composite/sobjects", "/composite"])
def test_a_call_that_is_rolled_back_counts_as_one_try(path: str) -> None:
    org = Org()
    account = org.create("Account", Name="A")
    org.store.set("salesforce", "locked_rows", {account: 1})
    values = {"LastName": "L", "AccountId": account}
    rows = [{"attributes": {"type": "Contact"}, **values}] * 2
    parts = [{"method": "POST", "url": "/services/data/v66.0/sobjects/Contact", "referenceId": f"r{n}", "body": values}
             for n in range(2)]  # fmt: skip
    for locked in (True, False):
        answer = org.call("POST", path, {"allOrNone": True, "records": rows, "compositeRequest": parts})
        assert ("UNABLE_TO_LOCK_ROW" in answer.text) is locked
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 2


def test_a_scripted_edit_locks_a_row_for_ever() -> None:
    org = Org()
    account = org.create("Account", Name="A")
    spec = {"crm": "salesforce", "kind": "company", "id": account, "lock": -1}
    assert org.http.post("https://org.my.salesforce.com/_sandbox/edit", json=spec).json() == {"edited": True}
    for _ in range(3):
        assert org.call("PATCH", f"/sobjects/Account/{account}", {"Phone": "1"}).status_code == 400


@pytest.mark.parametrize(("seconds", "statuses"), [(0, [201, 400]), (1, [201, 201])])
def test_calls_on_children_of_one_parent_at_the_same_time_lock_each_other_out(
    seconds: int, statuses: list[int]
) -> None:
    org = Org()
    account = org.create("Account", Name="A")
    org.store.set("salesforce", "lock_seconds", 1)
    found = []
    for _ in range(2):
        org.advance(seconds)
        found.append(org.call("POST", "/sobjects/Contact", {"LastName": "L", "AccountId": account}).status_code)
    assert found == statuses
    rows = [{"attributes": {"type": "Contact"}, "LastName": "L", "AccountId": account}] * 3
    org.advance(1)
    assert all(row["success"] for row in org.call("POST", "/composite/sobjects", {"records": rows}).json())


def test_a_record_in_approval_is_locked() -> None:
    org = Org()
    account = org.create("Account", Name="A")
    org.store.set("salesforce", "approval_locked", [account])
    answer = org.call("PATCH", f"/sobjects/Account/{account}", {"Phone": "1"})
    assert answer.json()[0]["errorCode"] == "ENTITY_IS_LOCKED"


@pytest.mark.parametrize(("header", "assigned"), [({}, True), ({"Sforce_Auto_Assign": "FALSE"}, False)])
def test_an_assignment_rule_takes_over_unless_it_is_told_not_to(header: dict[str, str], assigned: bool) -> None:
    org = Org()
    owner = org.put("user", 9, LastName="Queue", IsActive=True)
    org.store.set("salesforce", "assignment_rules", {"Lead": {"id": "01QSB0000000001AAA", "owner": owner}})
    org.call("POST", "/sobjects/Lead", {"LastName": "L", "Company": "C"}, **header)
    found = org.query("SELECT OwnerId FROM Lead")["records"][0]
    assert (found["OwnerId"] == owner) is assigned


def test_record_types_are_given_by_default_shown_and_checked() -> None:
    org = Org()
    types = [{"id": f"012SB000000000{n}AAA", "developerName": name, "default": not n, "active": n < 2}
             for n, name in enumerate(("Customer", "Partner", "Old"))]  # fmt: skip
    org.store.set("salesforce", "record_types", {"Account": types})
    account = org.create("Account", Name="A")
    found = org.query(f"SELECT RecordType.DeveloperName FROM Account WHERE Id = '{account}'")["records"][0]
    assert found["RecordType"]["DeveloperName"] == "Customer"
    infos = org.call("GET", "/sobjects/Account/describe").json()["recordTypeInfos"]
    assert [(each["developerName"], each["active"]) for each in infos] == [
        ("Customer", True), ("Partner", True), ("Old", False), ("Master", True)]  # fmt: skip
    error = refusal(org, "Account", {"Name": "B", "RecordTypeId": types[2]["id"]})
    assert (error["errorCode"], error["fields"]) == ("INVALID_CROSS_REFERENCE_KEY", ["RecordTypeId"])


def test_organizations_without_record_types_have_no_such_field() -> None:
    assert Org().query("SELECT RecordTypeId FROM Account")[0]["errorCode"] == "INVALID_FIELD"
