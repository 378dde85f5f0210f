"""Records of the HubSpot sandbox: reads, writes, batches, history and what HubSpot fills in by itself."""

import pytest

from tests.sandbox.hubspot_desk import READER, START, Desk


@pytest.mark.parametrize("name", ["contacts", "contact", "Contact", "0-1"])
def test_a_type_has_many_names(name: str) -> None:
    desk = Desk()
    record = desk.make("contacts", email="a@example.com")
    assert desk.get(name, record, "email")["email"] == "a@example.com"
    assert desk.call("GET", f"/crm/objects/2026-03/{name}/{record}").status_code == 200


def test_pages_cover_every_live_record_once() -> None:
    desk = Desk()
    ids = desk.fill("company", *({"name": f"c{n}"} for n in range(23)))
    desk.call("DELETE", f"companies/{ids[3]}")
    seen, after = [], "0"
    while after:
        page = desk.call("GET", f"companies?limit=7&after={after}").json()
        seen += [item["id"] for item in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after")
    assert seen == [key for key in ids if key != ids[3]]


@pytest.mark.parametrize(("query", "status"), [("limit=100", 200), ("limit=101", 400), ("limit=0", 400)])
def test_a_page_has_at_most_100(query: str, status: int) -> None:
    assert Desk().call("GET", f"companies?{query}").status_code == status


def test_a_page_with_history_has_at_most_50() -> None:
    assert Desk().call("GET", "companies?limit=51&propertiesWithHistory=name").status_code == 400


def test_a_missing_value_is_null_and_an_unknown_name_is_left_out() -> None:
    desk = Desk()
    record = desk.make("companies", name="Acme")
    shown = desk.get("companies", record, "phone", "no_such_thing")
    assert (shown["phone"], "no_such_thing" in shown) == (None, False)


@pytest.mark.parametrize(
    ("kind", "properties", "code"),
    [
        ("contacts", {"email": "not an address"}, "INVALID_EMAIL"),
        ("contacts", {"emial": "a@example.com"}, "PROPERTY_DOESNT_EXIST"),
        ("contacts", {"firstname": "A", "lifecyclestage": "nonsense"}, "INVALID_OPTION"),
        ("contacts", {"firstname": "A", "hs_object_id": "5"}, "READ_ONLY_VALUE"),
        ("contacts", {"firstname": "A", "hubspot_owner_id": "5"}, "INVALID_OWNER_ID"),
        ("companies", {"name": "A", "numberofemployees": "many"}, "INVALID_NUMBER"),
        ("deals", {"dealname": "D", "dealstage": "closedwon", "closedate": "soon"}, "INVALID_LONG"),
        ("deals", {"dealname": "D", "dealstage": "no_stage"}, "INVALID_OPTION"),
        ("deals", {"dealname": "D", "dealstage": "1000000001", "pipeline": "default"}, "INVALID_OPTION"),
    ],
)
def test_a_bad_value_is_refused_with_its_code(kind: str, properties: dict[str, str], code: str) -> None:
    desk = Desk()
    answer = desk.call("POST", kind, {"properties": properties})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert desk.verbs() == []


@pytest.mark.parametrize("kind", ["contacts", "companies", "deals", "tickets", "leads", "tasks", "notes", "emails"])
def test_a_create_without_required_values_is_refused(kind: str) -> None:
    assert Desk().call("POST", kind, {"properties": {}}).status_code == 400


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1766000000000", "2025-12-17T19:33:20Z"),
        ("2026-01-31", "2026-01-31T00:00:00Z"),
        ("2026-01-31T01:02:03.004+01:00", "2026-01-31T00:02:03.004Z"),
    ],
)
def test_a_datetime_is_kept_as_an_instant(given: str, kept: str) -> None:
    desk = Desk()
    record = desk.make("deals", dealname="D", dealstage="contractsent", closedate=given)
    assert desk.get("deals", record, "closedate")["closedate"] == kept


def test_an_empty_string_clears() -> None:
    desk = Desk()
    record = desk.make("contacts", email="a@example.com", phone="1")
    desk.set("contacts", record, phone="")
    assert not desk.get("contacts", record, "phone")["phone"]
    assert desk.find("contacts", {"propertyName": "phone", "operator": "HAS_PROPERTY"}) == []


def test_a_lifecycle_stage_goes_back_only_over_empty() -> None:
    desk = Desk()
    record = desk.make("contacts", email="a@example.com", lifecyclestage="opportunity")
    assert desk.set("contacts", record, lifecyclestage="lead").status_code == 200
    assert desk.get("contacts", record, "lifecyclestage")["lifecyclestage"] == "opportunity"
    desk.set("contacts", record, lifecyclestage="")
    desk.set("contacts", record, lifecyclestage="lead")
    assert desk.get("contacts", record, "lifecyclestage")["lifecyclestage"] == "lead"


def test_history_is_newest_first_and_names_its_source() -> None:
    desk = Desk()
    record = desk.make("deals", dealname="D", dealstage="appointmentscheduled")
    desk.sandbox.clock.advance(60)
    desk.set("deals", record, dealstage="contractsent")
    versions = desk.call("GET", f"deals/{record}?propertiesWithHistory=dealstage").json()["propertiesWithHistory"]
    assert [item["value"] for item in versions["dealstage"]] == ["contractsent", "appointmentscheduled"]
    assert {item["sourceType"] for item in versions["dealstage"]} == {"INTEGRATION"}


def test_stage_times_follow_the_history() -> None:
    desk = Desk()
    record = desk.make("deals", dealname="D", dealstage="appointmentscheduled")
    desk.sandbox.clock.advance(60)
    desk.set("deals", record, dealstage="contractsent")
    desk.sandbox.clock.advance(5)
    names = [
        "hs_v2_cumulative_time_in_appointmentscheduled",
        "hs_v2_latest_time_in_contractsent",
        "hs_v2_date_exited_contractsent",
    ]
    shown = desk.get("deals", record, *names)
    assert [shown[name] for name in names] == ["60000", "5000", None]


def test_a_deal_that_closes_gets_its_date() -> None:
    desk = Desk()
    record = desk.make("deals", dealname="D", dealstage="contractsent", amount="100")
    desk.set("deals", record, dealstage="closedwon")
    shown = desk.get("deals", record, "hs_is_closed_won", "closedate", "hs_closed_amount")
    assert (shown["hs_is_closed_won"], shown["hs_closed_amount"]) == ("true", "100")
    assert shown["closedate"].startswith("2026-")


def test_a_write_that_changes_nothing_leaves_no_trace() -> None:
    desk = Desk()
    record = desk.make("contacts", email="a@example.com")
    desk.sandbox.clock.advance(60)
    desk.set("contacts", record, email="A@example.com")
    assert desk.verbs() == ["create"]


def test_an_archived_record_is_gone_but_for_those_who_ask() -> None:
    desk = Desk()
    record = desk.make("contacts", email="a@example.com")
    assert desk.call("DELETE", f"contacts/{record}").status_code == 204
    assert desk.call("GET", f"contacts/{record}").status_code == 404
    assert desk.call("GET", f"contacts/{record}?archived=true").json()["archived"] is True
    assert [item["id"] for item in desk.call("GET", "contacts?archived=true").json()["results"]] == [record]
    assert desk.make("contacts", email="a@example.com") != record


def test_a_record_is_found_by_its_email() -> None:
    desk = Desk()
    record = desk.make("contacts", email="a@example.com")
    assert desk.call("GET", "contacts/A@Example.com?idProperty=email").json()["id"] == record
    assert desk.call("GET", "contacts/Ann?idProperty=firstname").status_code == 400


def test_a_reader_may_not_write() -> None:
    answer = Desk().call("POST", "contacts", {"properties": {"email": "a@example.com"}}, token=READER)
    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")


def test_an_unknown_token_is_nobody() -> None:
    answer = Desk().call("GET", "contacts", token="pat-na1-other")
    assert (answer.status_code, answer.headers["x-hubspot-auth-failure"]) == (401, "401 Unauthorized")


def test_traced_creates_fail_one_by_one() -> None:
    desk = Desk()
    taken = desk.make("contacts", email="a@example.com")
    rows = [{"objectWriteTraceId": mark, "properties": {"email": f"{mark}@example.com"}} for mark in "ab"]
    answer = desk.call("POST", "contacts/batch/create", {"inputs": rows})
    assert (answer.status_code, len(answer.json()["results"])) == (207, 1)
    assert answer.json()["errors"][0]["context"] == {"objectWriteTraceId": ["a"], "existingId": [taken]}


def test_untraced_creates_fail_all_together() -> None:
    desk = Desk()
    rows = [{"properties": {"email": "a@example.com"}}, {"properties": {"email": "nonsense"}}]
    assert desk.call("POST", "contacts/batch/create", {"inputs": rows}).status_code == 400
    assert desk.verbs() == []


def test_a_batch_update_names_the_ids_it_did_not_find() -> None:
    desk = Desk()
    record = desk.make("companies", name="Acme")
    rows = [{"id": key, "properties": {"city": "Bonn"}} for key in (record, "404")]
    answer = desk.call("POST", "companies/batch/update", {"inputs": rows}).json()
    assert [item["id"] for item in answer["results"]] == [record]
    assert answer["errors"][0]["context"]["ids"] == ["404"]


@pytest.mark.parametrize("verb", ["read", "create", "update", "upsert", "archive"])
def test_a_batch_has_at_most_100_rows(verb: str) -> None:
    rows = [{"id": str(n), "idProperty": "email", "properties": {}} for n in range(101)]
    assert Desk().call("POST", f"contacts/batch/{verb}", {"inputs": rows}).status_code == 400


def test_upsert_creates_once_and_updates_after() -> None:
    desk = Desk()
    spec = {
        "name": "crm_key",
        "label": "Key",
        "type": "string",
        "fieldType": "text",
        "groupName": "companyinformation",
        "hasUniqueValue": True,
    }
    assert desk.call("POST", "/crm/v3/properties/companies", spec).status_code == 201
    row = {"idProperty": "crm_key", "id": "k1", "properties": {"name": "Acme"}}
    answers = [desk.call("POST", "companies/batch/upsert", {"inputs": [row]}).json()["results"][0] for _ in range(2)]
    assert [item["new"] for item in answers] == [True, False]
    assert answers[0]["id"] == answers[1]["id"]


def test_a_unique_value_is_unique() -> None:
    desk = Desk()
    spec = {
        "name": "crm_key",
        "label": "Key",
        "type": "string",
        "fieldType": "text",
        "groupName": "companyinformation",
        "hasUniqueValue": True,
    }
    desk.call("POST", "/crm/v3/properties/companies", spec)
    desk.make("companies", name="A", crm_key="1")
    assert desk.call("POST", "companies", {"properties": {"name": "B", "crm_key": "1"}}).status_code == 400


def test_a_refresh_token_buys_thirty_minutes() -> None:
    desk = Desk()
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh-reader", "client_id": "sandbox-client"}
    answer = desk.http.post(
        "https://api.hubapi.com/oauth/v1/token", data={**form, "client_secret": "sandbox-client-secret"}
    )
    token = answer.json()["access_token"]
    first = desk.call("GET", "contacts", token=token)
    desk.sandbox.clock.advance(1801)
    later = desk.call("GET", "contacts", token=token)
    assert [first.status_code, later.status_code] == [200, 401]
    assert "X-HubSpot-RateLimit-Daily" not in first.headers
    assert later.json()["category"] == "EXPIRED_AUTHENTICATION"


def test_the_ten_second_limit_rolls() -> None:
    desk = Desk(rate_ten_seconds=3)
    codes = [desk.call("GET", "contacts").status_code for _ in range(4)]
    desk.sandbox.clock.advance(10)
    assert [*codes, desk.call("GET", "contacts").status_code] == [200, 200, 200, 429, 200]


def test_the_daily_limit_ends_at_the_accounts_midnight() -> None:
    desk = Desk(rate_day=2)
    answers = [desk.call("GET", "contacts") for _ in range(3)]
    assert [item.status_code for item in answers] == [200, 200, 429]
    assert answers[2].json()["policyName"] == "DAILY"
    desk.sandbox.clock.set(START + 86_400_000)
    assert desk.call("GET", "contacts").status_code == 200


def test_an_update_tells_what_was_written_and_not_what_else_people_entered() -> None:
    desk = Desk()
    contact = desk.make("contacts", email="a@example.com", firstname="A", phone="1")
    told = desk.set("contacts", contact, firstname="B", phone="").json()["properties"]
    assert (told["firstname"], told["phone"], told["lifecyclestage"]) == ("B", "", "lead")
    assert "email" not in told


def test_a_batch_refused_whole_tells_the_wrong_values_of_all_rows() -> None:
    desk = Desk()
    ids = [desk.make("contacts", firstname=name) for name in "AB"]
    rows = [{"id": record, "properties": {"nope": "1"}} for record in ids]
    refused = desk.call("POST", "contacts/batch/update", {"inputs": rows})
    assert (refused.status_code, len(refused.json()["errors"])) == (400, 2)
