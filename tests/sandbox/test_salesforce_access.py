"""What a user with a smaller profile sees and may do."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import Org


def limited() -> Org:
    """An organization with a session of the limited user as `limited`."""
    org = Org()
    org.tokens["limited"] = org.login("limited")
    return org


def test_hidden_fields_are_not_described_shown_or_queried() -> None:
    org = limited()
    account = org.create("Account", Name="A", AnnualRevenue=5)
    fields = org.call("GET", "/sobjects/Account/describe", who="limited").json()["fields"]
    assert "AnnualRevenue" not in {field["name"] for field in fields}
    assert "AnnualRevenue" not in org.call("GET", f"/sobjects/Account/{account}", who="limited").json()
    refused = org.call("GET", "/query?q=SELECT+AnnualRevenue+FROM+Account", who="limited")
    assert refused.json()[0]["errorCode"] == "INVALID_FIELD" and "No such column" in refused.text
    assert org.get("Account", account)["AnnualRevenue"] == 5.0


@pytest.mark.parametrize(
    ("sobject", "values", "status", "code"),
    [
        ("Account", {"Name": "A", "AnnualRevenue": 1}, 400, "INVALID_FIELD"),
        ("Account", {"Name": "A", "Rating": "Hot"}, 400, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Lead", {"LastName": "L", "Company": "C"}, 400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ("Event", {"Subject": "S"}, 404, "NOT_FOUND"),
    ],
)
def test_what_the_profile_does_not_allow_cannot_be_made(
    sobject: str, values: dict[str, Any], status: int, code: str
) -> None:
    answer = limited().call("POST", f"/sobjects/{sobject}", values, who="limited")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_read_only_objects_can_be_read_and_nothing_else() -> None:
    org = limited()
    lead = org.create("Lead", LastName="L", Company="C")
    assert org.call("GET", f"/sobjects/Lead/{lead}", who="limited").status_code == 200
    for method, body in (("PATCH", {"Title": "T"}), ("DELETE", None)):
        answer = org.call(method, f"/sobjects/Lead/{lead}", body, who="limited")
        assert answer.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    facts = org.call("GET", "/sobjects/Lead/describe", who="limited").json()
    assert [facts[name] for name in ("queryable", "createable", "updateable", "mergeable")] == [True, *[False] * 3]


def test_read_only_fields_say_so_in_the_describe() -> None:
    fields = limited().call("GET", "/sobjects/Account/describe", who="limited").json()["fields"]
    [rating] = [field for field in fields if field["name"] == "Rating"]
    assert (rating["createable"], rating["updateable"]) == (False, False)


def test_what_a_user_cannot_see_is_still_kept_in_order() -> None:
    org = limited()
    profile = {"hidden": {"Contact": ["AccountId"]}, "objects": {"Task": ""}}
    org.store.set("salesforce", "profiles", {"limited": profile})
    account = org.create("Account", Name="A")
    contact = org.create("Contact", LastName="L", AccountId=account)
    org.create("Task", WhoId=contact)
    assert org.call("DELETE", f"/sobjects/Account/{account}", who="limited").status_code == 204
    assert org.query("SELECT COUNT() FROM Task")["totalSize"] == 0


def test_a_reference_to_what_a_user_cannot_see_is_refused() -> None:
    org = limited()
    org.store.set("salesforce", "profiles", {"limited": {"objects": {"Account": ""}}})
    account = org.create("Account", Name="A")
    answer = org.call("POST", "/sobjects/Contact", {"LastName": "L", "AccountId": account}, who="limited")
    message = f"insufficient access rights on cross-reference id: {account[:15]}"
    code = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    assert answer.json() == [{"message": message, "errorCode": code, "fields": []}]


def test_no_way_leads_to_records_that_a_user_cannot_see() -> None:
    org = limited()
    org.store.set("salesforce", "profiles", {"limited": {"objects": {"Account": ""}}})
    org.create("Contact", LastName="L", AccountId=org.create("Account", Name="A"))
    query = "/query?q=SELECT+{}+FROM+Contact"
    assert org.call("GET", query.format("AccountId"), who="limited").json()["totalSize"] == 1
    assert org.call("GET", query.format("Account.Name"), who="limited").json()[0]["errorCode"] == "INVALID_FIELD"
    assert org.call("GET", "/query?q=SELECT+Id+FROM+Account", who="limited").json()[0]["errorCode"] == "INVALID_TYPE"
