"""What becomes of records: for good, for a while, merged, upserted, counted."""

from typing import Any

import pytest

from tests.sandbox.hubspot_desk import Desk


def forget(desk: Desk, **body: str) -> int:
    return desk.call("POST", "contacts/gdpr-delete", body).status_code


@pytest.mark.parametrize("by", ["id", "email"])
def test_a_deletion_for_good_leaves_nothing(by: str) -> None:
    desk = Desk()
    one, other = desk.make("contacts", email="a@example.com"), desk.make("contacts", email="b@example.com")
    new = desk.merge("contacts", one, other).json()["id"]
    company = desk.make("companies", name="A")
    desk.link("contacts", new, "companies", company)
    body = {"objectId": new} if by == "id" else {"objectId": "b@example.com", "idProperty": "email"}
    assert forget(desk, **body) == 204
    gone = [
        desk.call("GET", f"contacts/{key}?archived={way}").status_code
        for key in (one, new)
        for way in ("true", "false")
    ]
    assert gone == [404] * 4
    assert desk.linked("companies", company, "contacts") == {}
    assert int(desk.make("contacts", email="a@example.com")) > int(new)


def test_an_address_that_nobody_has_is_blocked() -> None:
    desk = Desk()
    assert forget(desk, objectId="x@example.com", idProperty="email") == 204
    assert desk.call("POST", "contacts", {"properties": {"email": "X@example.com"}}).status_code == 400
    assert forget(desk, objectId="404404") == 404
    assert desk.call("POST", "companies/gdpr-delete", {"objectId": "1"}).status_code == 400


def restore(desk: Desk, contact: str) -> int:
    return desk.call("POST", "/_sandbox/edit", {"kind": "contact", "id": contact, "restore": True}).status_code


@pytest.mark.parametrize(("days", "status"), [(1, 200), (91, 400)])
def test_a_deleted_record_comes_back_within_ninety_days(days: int, status: int) -> None:
    desk = Desk()
    contact = desk.make("contacts", email="a@example.com")
    desk.call("DELETE", f"contacts/{contact}")
    desk.sandbox.clock.advance(days * 86_400)
    assert restore(desk, contact) == status
    assert desk.call("GET", f"contacts/{contact}").status_code == (200 if status == 200 else 404)


def test_a_record_whose_address_was_taken_stays_deleted() -> None:
    desk = Desk()
    contact = desk.make("contacts", email="a@example.com")
    desk.call("DELETE", f"contacts/{contact}")
    desk.make("contacts", email="a@example.com")
    assert restore(desk, contact) == 400


def test_a_lifecycle_stage_goes_back_only_after_it_was_cleared() -> None:
    desk = Desk()
    contact = desk.make("contacts", email="a@example.com", lifecyclestage="customer")
    assert desk.set("contacts", contact, lifecyclestage="lead").status_code == 200
    assert desk.get("contacts", contact, "lifecyclestage")["lifecyclestage"] == "customer"
    desk.set("contacts", contact, lifecyclestage="")
    desk.set("contacts", contact, lifecyclestage="lead")
    assert desk.get("contacts", contact, "lifecyclestage")["lifecyclestage"] == "lead"


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("contacts", {"email": "a@example.com"}),
        ("companies", {"name": "A"}),
        ("deals", {"dealname": "D", "dealstage": "closedwon"}),
        ("tickets", {"subject": "T", "hs_pipeline_stage": "1"}),
        ("cars", {"vin": "1"}),
    ],
)
def test_every_kind_that_can_be_merged_is_readable_by_its_old_ids(kind: str, made: dict[str, str]) -> None:
    desk = Desk()
    vin = {"name": "vin", "label": "VIN", "type": "string", "fieldType": "text"}
    labels = {"singular": "Car", "plural": "Cars"}
    body = {"name": "cars", "labels": labels, "requiredProperties": [], "properties": [vin]}
    desk.call("POST", "/crm/v3/schemas", body)
    one, other = (
        desk.make(kind, **made),
        desk.make(kind, **{**made, **({"email": "b@example.com"} if "email" in made else {})}),
    )
    new = desk.merge(kind, one, other).json()["id"]
    assert [desk.call("GET", f"{kind}/{key}").json()["id"] for key in (one, other, new)] == [new] * 3


@pytest.mark.parametrize("kind", ["notes", "leads", "products"])
def test_other_kinds_are_not_merged(kind: str) -> None:
    assert Desk().merge(kind, "1", "2").status_code == 400


def row(email: str, **properties: str) -> dict[str, Any]:
    return {"id": email, "idProperty": "email", "properties": properties, "objectWriteTraceId": email}


@pytest.mark.parametrize(("switch", "status", "left"), [("whole", 400, 0), ("rows", 207, 1)])
def test_an_upsert_by_email_is_whole_or_by_rows(switch: str, status: int, left: int) -> None:
    desk = Desk(upsert_by_email=switch)
    rows = [row("a@example.com", firstname="A"), row("b@example.com", hs_lead_status="NONE")]
    assert desk.call("POST", "contacts/batch/upsert", {"inputs": rows}).status_code == status
    assert len(desk.find("contacts")) == left


@pytest.mark.parametrize(
    "name", ["custom-object-types", "custom-properties", "calculated-properties", "records", "pipelines"]
)
def test_limits_are_told(name: str) -> None:
    found = Desk().call("GET", f"/crm/limits/2026-03/{name}")
    assert found.status_code == 200
    assert any(key.lower().endswith(("usage", "types")) for key in found.json())


def test_labels_count_against_their_limit() -> None:
    desk = Desk()
    desk.call("POST", "/crm/v4/associations/contacts/companies/labels", {"name": "boss", "label": "Boss"})
    found = desk.call("GET", "/crm/limits/2026-03/associations/labels?fromObjectTypeId=0-1").json()["results"]
    assert [(item["allLabels"], item["limit"], item["usage"]) for item in found] == [(["Boss"], 50, 1)]
    for path in ("from", "0-1/to", "0-1/0-2"):
        assert desk.call("GET", f"/crm/limits/2026-03/associations/records/{path}").status_code == 200


@pytest.mark.parametrize(
    ("settings", "calls", "policy", "message"),
    [
        ({"rate_ten_seconds": 3}, 4, "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit."),
        ({"rate_day": 3}, 4, "DAILY", "You have reached your daily limit."),
    ],
)
def test_a_limit_of_calls_is_told_by_its_policy(settings: Any, calls: int, policy: str, message: str) -> None:
    desk = Desk(**settings)
    answer = [desk.call("GET", "contacts") for _ in range(calls)][-1]
    body = answer.json()
    assert (answer.status_code, body["policyName"], body["message"]) == (429, policy, message)
    assert body["errorType"] == "RATE_LIMIT"
    assert ("requestId" in body, "groupName" in body) == (policy == "DAILY", policy != "DAILY")


def test_searches_are_counted_apart() -> None:
    desk = Desk(rate_search_second=1)
    answers = [desk.call("POST", "contacts/search", {}) for _ in range(2)]
    assert answers[1].json()["category"] == "RATE_LIMITS"
    assert not any("RateLimit-Max" in name for name in answers[1].headers)
    assert desk.call("GET", "contacts").status_code == 200


def test_a_row_that_is_refused_half_way_leaves_nothing() -> None:
    desk = Desk()
    company = desk.make("companies", name="A")
    bad = {"to": {"id": company}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]}
    rows = [
        {"objectWriteTraceId": "0", "properties": {"email": "a@example.com"}, "associations": [bad]},
        {"objectWriteTraceId": "1", "properties": {"email": "b@example.com"}, "associations": [{**bad, "types": []}]},
    ]
    assert desk.call("POST", "contacts/batch/create", {"inputs": rows}).status_code == 207
    assert len(desk.find("contacts")) == 1


def test_a_handler_that_breaks_half_way_leaves_nothing() -> None:
    desk = Desk()
    desk.sandbox.store.db.execute("CREATE TRIGGER stop BEFORE INSERT ON past BEGIN SELECT RAISE(ABORT, 'broken'); END")
    assert desk.call("POST", "contacts", {"properties": {"email": "a@example.com"}}).status_code == 500
    assert desk.sandbox.store.count("kind='contact'") == 0
    assert [item["error"] for item in desk.sandbox.errors] == ["IntegrityError('broken')"]
