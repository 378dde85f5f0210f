"""One record over REST: what is kept, what is refused, and under which conditions."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import DATA, Org

REFUSED = [
    ("Account", {}, "REQUIRED_FIELD_MISSING", ["Name"]),
    ("Lead", {"LastName": "L"}, "REQUIRED_FIELD_MISSING", ["Company"]),
    ("Account", {"Name": None}, "REQUIRED_FIELD_MISSING", ["Name"]),
    ("Account", {"Name": "x" * 256}, "STRING_TOO_LONG", ["Name"]),
    ("Account", {"Name": "x", "Nope": 1}, "INVALID_FIELD", None),
    (
        "Account",
        {"Name": "x", "CreatedDate": "2026-01-01T00:00:00Z"},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        ["CreatedDate"],
    ),
    ("Account", {"Name": "x", "CleanStatus": "Odd"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["CleanStatus"]),
    ("Account", {"Name": "x", "NumberOfEmployees": "many"}, "JSON_PARSER_ERROR", None),
    ("Account", {"Name": "x", "NumberOfEmployees": 1e9}, "NUMBER_OUTSIDE_VALID_RANGE", ["NumberOfEmployees"]),
    ("Account", {"Name": 7}, "JSON_PARSER_ERROR", None),
    ("Contact", {"LastName": "x", "Birthdate": "1990-02-30"}, "JSON_PARSER_ERROR", None),
    ("Contact", {"LastName": "x", "Email": "nobody"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
    ("Contact", {"LastName": "x", "AccountId": "zzz"}, "MALFORMED_ID", ["AccountId"]),
    ("Contact", {"LastName": "x", "AccountId": "005SB0000000001"}, "FIELD_INTEGRITY_EXCEPTION", ["AccountId"]),
    ("Contact", {"LastName": "x", "AccountId": "001SB00000000zz"}, "INVALID_CROSS_REFERENCE_KEY", ["AccountId"]),
    ("Contact", {"LastName": "x", "Account": {"HubSpot_Company_Id__c": "9"}}, "INVALID_FIELD", []),
    ("OpportunityHistory", {}, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", []),
]


@pytest.mark.parametrize(("sobject", "values", "code", "fields"), REFUSED)
def test_what_does_not_fit_is_refused(
    sobject: str, values: dict[str, Any], code: str, fields: list[str] | None
) -> None:
    org = Org()
    answer = org.call("POST", f"/sobjects/{sobject}", values)
    error = answer.json()[0]
    assert (answer.status_code, error["errorCode"], error.get("fields")) == (400, code, fields)
    assert org.notes() == []


def test_create_answers_the_id_and_where_it_is() -> None:
    org = Org()
    answer = org.call("POST", "/sobjects/Account", {"name": "Acme", "Phone": ""})
    body = answer.json()
    assert body == {"id": body["id"], "success": True, "errors": []}
    assert answer.headers["Location"] == f"{DATA}/sobjects/Account/{body['id']}"
    assert org.get("Account", body["id"])["Name"] == "Acme"


def test_an_update_moves_the_time_stamps_and_is_noted_with_what_stood_before() -> None:
    org = Org()
    account = org.create("Account", Name="Acme", Industry="Energy")
    org.advance(90)
    assert org.call("PATCH", f"/sobjects/Account/{account}", {"Industry": None}).status_code == 204
    after = org.get("Account", account)
    assert (after["Industry"], after["SystemModstamp"]) == (None, "2026-03-01T12:01:30.000+0000")
    last = list(org.store.ledger())[-1]
    assert (last["verb"], last["detail"]["fields"], last["detail"]["before"]) == (
        "update", {"Industry": None}, {"Industry": "Energy"})  # fmt: skip


def test_numbers_and_texts_take_their_field_type() -> None:
    org = Org()
    account = org.create("Account", Name="Acme", AnnualRevenue="1000", NumberOfEmployees="7")
    found = org.get("Account", account)
    assert repr((found["AnnualRevenue"], found["NumberOfEmployees"])) == "(1000.0, 7)"


@pytest.mark.parametrize(("seconds", "status"), [(-1, 412), (0, 204), (60, 204)])
def test_if_unmodified_since_guards_an_update(seconds: int, status: int) -> None:
    org = Org()
    account = org.create("Account", Name="Acme")
    when = {
        -1: "Sun, 01 Mar 2026 11:59:59 GMT",
        0: "Sun, 01 Mar 2026 12:00:00 GMT",
        60: "Sun, 01 Mar 2026 12:01:00 GMT",
    }
    answer = org.call("PATCH", f"/sobjects/Account/{account}", {"Name": "B"}, If_Unmodified_Since=when[seconds])
    assert answer.status_code == status
    assert org.get("Account", account)["Name"] == ("Acme" if status == 412 else "B")


def test_entity_tags_guard_accounts() -> None:
    org = Org()
    account = org.create("Account", Name="Acme")
    tag = org.call("GET", f"/sobjects/Account/{account}").headers["ETag"]
    org.advance(1)
    assert org.call("PATCH", f"/sobjects/Account/{account}", {"Name": "B"}, If_Match=tag).status_code == 204
    assert org.call("PATCH", f"/sobjects/Account/{account}", {"Name": "C"}, If_Match=tag).status_code == 412


def test_if_modified_since_answers_304() -> None:
    org = Org()
    account = org.create("Account", Name="Acme")
    same = org.call("GET", f"/sobjects/Account/{account}", If_Modified_Since="Sun, 01 Mar 2026 12:00:00 GMT")
    assert (same.status_code, same.content) == (304, b"")


def test_deleted_records_are_gone_with_their_children_and_come_back_with_them() -> None:
    org = Org()
    account = org.create("Account", Name="Acme")
    contact = org.create("Contact", LastName="L", AccountId=account)
    org.create("Task", WhoId=contact, Subject="Call")
    assert org.call("DELETE", f"/sobjects/Account/{account}").status_code == 204
    again = org.call("DELETE", f"/sobjects/Contact/{contact}")
    error = [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}]
    assert (again.status_code, again.json()) == (404, error)
    org.soap(f"<p:undelete><p:ids>{account}</p:ids></p:undelete>")
    assert org.query("SELECT COUNT() FROM Task")["totalSize"] == 1 and org.get("Contact", contact)["LastName"] == "L"


def test_upsert_makes_and_then_changes() -> None:
    org = Org()
    url = "/sobjects/Account/HubSpot_Company_Id__c/77"
    made, changed = (org.call("PATCH", url, {"Name": name}) for name in ("A", "B"))
    assert (made.status_code, made.json()["created"]) == (201, True)
    assert (changed.status_code, changed.json()["created"], changed.json()["id"]) == (200, False, made.json()["id"])
    assert org.call("GET", f"{url}?fields=Name").json()["Name"] == "B"


def test_an_external_id_is_unique_whatever_its_case() -> None:
    org = Org()
    first = org.create("Account", Name="A", HubSpot_Company_Id__c="ab")
    error = org.call("POST", "/sobjects/Account", {"Name": "B", "HubSpot_Company_Id__c": "AB"}).json()[0]
    assert error["errorCode"] == "DUPLICATE_VALUE" and first[:15] in error["message"]


def test_two_records_under_one_key_answer_300() -> None:
    org = Org()
    ids = [org.create("Contact", LastName=name, Email="x@y.example") for name in "AB"]
    answer = org.call("PATCH", "/sobjects/Contact/Email/x@y.example", {"Title": "CEO"})
    assert (answer.status_code, answer.json()) == (300, [f"{DATA}/sobjects/Contact/{each}" for each in ids])


def test_history_has_a_row_for_each_change_of_a_tracked_field() -> None:
    org = Org()
    deal = org.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-05-01", Amount=100)
    for change in ({"NextStep": "call"}, {"StageName": "Closed Won", "CloseDate": "2026-06-01"}, {"Amount": 200}):
        org.advance(60)
        assert org.call("PATCH", f"/sobjects/Opportunity/{deal}", change).status_code == 204
    rows = org.query("SELECT StageName, Probability, Amount, PrevAmount, PrevCloseDate FROM OpportunityHistory")[
        "records"
    ]
    seen = [tuple(list(row.values())[1:]) for row in rows]
    assert seen == [
        ("Prospecting", 10.0, 100.0, None, None),
        ("Closed Won", 100.0, 100.0, 100.0, "2026-05-01"),
        ("Closed Won", 100.0, 200.0, 100.0, "2026-06-01"),
    ]


def test_the_stage_decides_what_follows_from_it() -> None:
    org = Org()
    deal = org.create("Opportunity", Name="D", StageName="Proposal/Price Quote", CloseDate="2026-05-01", Amount=200)
    found = org.get("Opportunity", deal)
    assert (found["Probability"], found["ExpectedRevenue"], found["ForecastCategory"]) == (75.0, 150.0, "BestCase")
    assert (found["IsClosed"], found["Fiscal"], found["LastStageChangeDate"][:10]) == (False, "2026 2", "2026-03-01")


@pytest.mark.parametrize("stage", ["No Such Stage", "Prospecting"])
def test_stage_names_are_not_restricted(stage: str) -> None:
    deal = {"Name": "D", "StageName": stage, "CloseDate": "2026-05-01"}
    assert Org().call("POST", "/sobjects/Opportunity", deal).status_code == 201


def test_updated_and_deleted_list_what_changed_in_the_span() -> None:
    org = Org()
    kept, gone = org.create("Account", Name="A"), org.create("Account", Name="B")
    org.call("DELETE", f"/sobjects/Account/{gone}")
    org.advance(120)
    span = "?start=2026-03-01T11:00:00Z&end=2026-03-01T12:01:00Z"
    assert org.call("GET", f"/sobjects/Account/updated/{span}").json()["ids"] == [kept]
    body = org.call("GET", f"/sobjects/Account/deleted/{span}").json()
    assert [item["id"] for item in body["deletedRecords"]] == [gone]
    assert body["latestDateCovered"] == "2026-03-01T12:01:00.000+0000"


@pytest.mark.parametrize("version", ["30.0", "67.0", "66"])
def test_unknown_versions_are_not_found(version: str) -> None:
    assert Org().call("GET", f"/services/data/v{version}/limits").status_code == 404


@pytest.mark.parametrize("version", [53, 62, 66])
def test_known_versions_answer_with_their_own_addresses(version: int) -> None:
    org = Org()
    org.put("company", 1, Name="Acme")
    body = org.call("GET", f"/services/data/v{version}.0/query?q=SELECT+Id+FROM+Account").json()
    assert body["records"][0]["attributes"]["url"].startswith(f"/services/data/v{version}.0/")


def test_hidden_fields_are_as_if_they_were_not_there() -> None:
    org = Org()
    org.store.set("salesforce", "hidden_fields", {"Account": ["Phone"]})
    names = [field["name"] for field in org.call("GET", "/sobjects/Account/describe").json()["fields"]]
    assert "Phone" not in names and "Fax" in names
    assert org.query("SELECT Phone FROM Account")[0]["errorCode"] == "INVALID_FIELD"


def test_custom_fields_are_added_by_a_switch() -> None:
    org = Org()
    org.store.set("salesforce", "custom_fields", {"Account": ["Score__c double:5.2 ncu Score"]})
    account = org.create("Account", Name="A", Score__c=7)
    assert org.query("SELECT Score__c FROM Account WHERE Score__c > 6.5")["records"][0]["Score__c"] == 7.0
    assert org.get("Account", account)["Score__c"] == 7.0
