"""Version 2026-09 holds writes to the rules of the account; the versions before it do not."""

from typing import Any

import pytest

from tests.sandbox.hubspot_desk import Desk

NEW, OLD = "/crm/objects/2026-09", "/crm/objects/2026-03"
RULES: dict[str, Any] = {
    "create_form": {"contact": ["firstname"]},
    "conditional_required": {
        "contact": [{"property": "country", "values": ["US"], "required": ["state", "zip"]}],
        "deal": [{"property": "dealstage", "values": ["closedwon"], "required": ["amount"]}],
    },
}
GONE = "MISSING_CONDITIONAL_REQUIRED_PROPERTY"


@pytest.fixture
def desk() -> Desk:
    return Desk(**RULES)


def codes(answer: Any) -> list[tuple[str, str]]:
    """(code, property) of every error."""
    assert answer.status_code == 400, answer.text
    rows = answer.json()["errors"]
    return [(row["code"], row["context"]["propertyName"][0]) for row in rows]


def test_a_create_needs_what_the_form_needs(desk: Desk) -> None:
    body = {"properties": {"email": "a@example.com"}}
    refused = desk.call("POST", f"{NEW}/contacts", body)
    assert codes(refused) == [("MISSING_REQUIRED_PROPERTY", "firstname")]
    assert refused.json()["message"] == "The property values provided are invalid"
    assert refused.json()["errors"][0]["message"] == "A value for firstname must be provided"
    assert desk.call("POST", f"{OLD}/contacts", body).status_code == 201


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"country": "US"}, ["state", "zip"]),
        ({"country": "US", "state": "NY"}, ["zip"]),
        ({"country": "US", "state": "NY", "zip": "1"}, []),
        ({"country": "DE"}, []),
        ({"city": "Rome"}, []),
    ],
)
def test_a_rule_binds_an_update_that_touches_it(desk: Desk, given: dict[str, str], missing: list[str]) -> None:
    contact = desk.make("contacts", email="a@example.com", country="US")
    before = desk.set("contacts", contact, country="").status_code
    answer = desk.call("PATCH", f"{NEW}/contacts/{contact}", {"properties": given})
    assert (before, answer.status_code) == (200, 400 if missing else 200)
    assert [row["context"]["propertyName"][0] for row in answer.json().get("errors", [])] == missing


def test_a_stage_may_need_a_property(desk: Desk) -> None:
    deal = desk.make("deals", dealname="D", dealstage="contractsent")
    path = f"{NEW}/deals/{deal}"
    refused = desk.call("PATCH", path, {"properties": {"dealstage": "closedwon"}})
    assert codes(refused) == [(GONE, "amount")]
    text = "amount is required because of a conditional property rule based on [dealstage]"
    assert refused.json()["errors"][0]["message"] == text
    assert desk.get("deals", deal, "dealstage")["dealstage"] == "contractsent"
    assert desk.call("PATCH", path, {"properties": {"dealstage": "closedwon", "amount": "1"}}).status_code == 200
    assert codes(desk.call("PATCH", path, {"properties": {"amount": ""}})) == [(GONE, "amount")]


def test_a_batch_fails_whole_without_traces_and_in_part_with_them(desk: Desk) -> None:
    rows = [{"properties": {"firstname": "A"}}, {"properties": {"lastname": "B"}}]
    assert desk.call("POST", f"{NEW}/contacts/batch/create", {"inputs": rows}).status_code == 400
    assert desk.find("contacts") == []
    traced = [{**row, "objectWriteTraceId": str(n)} for n, row in enumerate(rows)]
    found = desk.call("POST", f"{NEW}/contacts/batch/create", {"inputs": traced})
    assert (found.status_code, len(found.json()["results"])) == (207, 1)
    assert found.json()["errors"][0]["context"]["objectWriteTraceId"] == ["1"]


@pytest.mark.parametrize(("base", "status"), [(NEW, 200), (OLD, 400)])
def test_an_odd_date_is_normalized_with_a_warning(base: str, status: int) -> None:
    desk = Desk()
    quote = desk.make("quotes", hs_title="Q", hs_expiration_date="2027-01-31")
    odd = {"properties": {"hs_expiration_date": "2027-03-01T15:30:00Z"}}
    answer = desk.call("PATCH", f"{base}/quotes/{quote}", odd)
    assert answer.status_code == status
    if status == 200:
        warning = answer.json()["warnings"][0]
        assert (warning["category"], warning["context"]["normalizedValue"]) == (
            "PROPERTY_VALUE_NORMALIZED",
            ["2027-03-01"],
        )


def oauth(desk: Desk) -> str:
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh-writer", "client_id": "sandbox-client"}
    path = "https://api.hubapi.com/oauth/2026-09/token"
    return str(desk.http.post(path, data={**form, "client_secret": "sandbox-client-secret"}).json()["access_token"])


@pytest.mark.parametrize(("base", "status"), [(NEW, 400), (OLD, 201)])
def test_a_user_without_the_permission_associates_nothing(base: str, status: int) -> None:
    desk = Desk(user_edits_associations=False)
    contact, company = desk.make("contacts", email="a@example.com"), desk.make("companies", name="A")
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    path = f"{base}/contacts/{contact}/associations/companies/{company}"
    refused = desk.call("PUT", path, types, token=oauth(desk))
    assert refused.status_code == status
    assert status == 201 or refused.json()["message"] == "Missing 'Edit Associations' permission."
    assert desk.call("PUT", path, types).status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "/crm/objects/2026-09/0-1",
        "/crm/properties/2026-09/contacts",
        "/crm/pipelines/2026-09/deals",
        "/crm/owners/2026-09",
        "/crm/associations/2026-09/contacts/companies/labels",
        "/crm-object-schemas/2026-09/schemas",
        "/crm/limits/2026-09/records",
        "/account-info/2026-09/details",
    ],
)
def test_everything_is_there_under_its_path(path: str) -> None:
    assert Desk().call("GET", path).status_code == 200
