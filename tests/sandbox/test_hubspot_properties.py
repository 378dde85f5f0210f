"""Properties and their groups are added, changed, archived and brought back."""

from typing import Any

import pytest

from tests.sandbox.hubspot_desk import Desk

PROPERTIES, GROUPS = "/crm/v3/properties/contacts", "/crm/v3/properties/contacts/groups"
TIER: dict[str, Any] = {
    "name": "tier",
    "label": "Tier",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [{"label": "Gold", "value": "g", "displayOrder": 2}, {"label": "Blue", "value": "b", "displayOrder": 1}],
}


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    assert made.call("POST", PROPERTIES, TIER).status_code == 201
    return made


def names(desk: Desk, query: str = "") -> set[str]:
    return {item["name"] for item in desk.call("GET", PROPERTIES + query).json()["results"]}


def test_options_replace_the_whole_list(desk: Desk) -> None:
    shown = desk.call("GET", f"{PROPERTIES}/tier").json()["options"]
    assert [(item["value"], item["displayOrder"]) for item in shown] == [("b", 1), ("g", 2)]
    change = {"options": [{"label": "Red", "value": "r"}], "label": "Rank"}
    assert desk.call("PATCH", f"{PROPERTIES}/tier", change).json()["label"] == "Rank"
    contact = desk.make("contacts", email="a@example.com", tier="r")
    assert desk.set("contacts", contact, tier="g").status_code == 400


def test_hubspots_own_definition_stays_but_its_open_options_change(desk: Desk) -> None:
    assert desk.call("PATCH", f"{PROPERTIES}/email", {"label": "Mail"}).status_code == 400
    change = {"options": [{"label": "Hot", "value": "HOT"}]}
    assert desk.call("PATCH", f"{PROPERTIES}/hs_lead_status", change).status_code == 200
    assert desk.make("contacts", email="a@example.com", hs_lead_status="HOT")


def test_an_archived_property_is_gone_until_its_name_is_used_again(desk: Desk) -> None:
    assert desk.call("DELETE", f"{PROPERTIES}/tier").status_code == 204
    assert "tier" not in names(desk)
    assert names(desk, "?archived=true") == {"tier"}
    assert desk.call("GET", f"{PROPERTIES}/tier").status_code == 404
    assert desk.call("GET", f"{PROPERTIES}/tier?archived=true").json()["archived"] is True
    assert desk.call("POST", PROPERTIES, TIER).status_code == 201
    assert names(desk, "?archived=true") == set()


def test_a_batch_reads_creates_and_archives(desk: Desk) -> None:
    size = {"name": "size", "label": "S", "type": "number", "fieldType": "number", "groupName": "contactinformation"}
    made = desk.call("POST", f"{PROPERTIES}/batch/create", {"inputs": [TIER, size]})
    assert (made.status_code, made.json()["errors"][0]["context"]) == (207, {"name": ["tier"]})
    wanted = {"archived": False, "inputs": [{"name": "size"}, {"name": "nothing"}]}
    found = desk.call("POST", f"{PROPERTIES}/batch/read", wanted)
    assert (found.status_code, [item["name"] for item in found.json()["results"]]) == (207, ["size"])
    doomed = {"inputs": [{"name": "size"}, {"name": "tier"}, {"name": "nothing"}]}
    assert desk.call("POST", f"{PROPERTIES}/batch/archive", doomed).status_code == 204
    assert names(desk, "?archived=true") == {"size", "tier"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "email"}, 409),
        ({"name": "Tier"}, 400),
        ({"groupName": "nowhere"}, 400),
        ({"fieldType": "date"}, 400),
        ({"dataSensitivity": "secret"}, 400),
        ({"options": [{"label": "A", "value": "a"}, {"label": "B", "value": "a"}]}, 400),
        ({"options": [{"value": "a"}]}, 400),
        ({"label": ""}, 400),
    ],
)
def test_a_definition_that_does_not_fit_is_refused(change: dict[str, Any], status: int) -> None:
    assert Desk().call("POST", PROPERTIES, {**TIER, **change}).status_code == status


def test_sensitive_properties_are_told_apart(desk: Desk) -> None:
    desk.call("POST", PROPERTIES, {**TIER, "name": "blood", "dataSensitivity": "sensitive"})
    assert names(desk, "?dataSensitivity=sensitive") == {"blood"}


def test_groups_are_kept(desk: Desk) -> None:
    made = desk.call("POST", GROUPS, {"name": "own", "label": "Own", "displayOrder": 9})
    assert (made.status_code, made.json()) == (
        201,
        {"name": "own", "label": "Own", "displayOrder": 9, "archived": False},
    )
    assert desk.call("POST", GROUPS, {"name": "own", "label": "Own"}).status_code == 409
    assert desk.call("PATCH", f"{GROUPS}/own", {"label": "Ours"}).json()["label"] == "Ours"
    listed = [item["name"] for item in desk.call("GET", GROUPS).json()["results"]]
    assert listed[0] == "contactinformation" and listed[-1] == "own"
    assert desk.call("DELETE", f"{GROUPS}/own").status_code == 204
    assert desk.call("GET", f"{GROUPS}/own").status_code == 404


def test_a_group_with_properties_stays(desk: Desk) -> None:
    assert desk.call("DELETE", f"{GROUPS}/contactinformation").status_code == 400


def test_history_is_told_newest_first_and_fifty_records_at_a_time(desk: Desk) -> None:
    contact = desk.make("contacts", email="a@example.com", tier="b")
    desk.sandbox.clock.advance(60)
    desk.set("contacts", contact, tier="g")
    past = desk.call("GET", f"contacts/{contact}?propertiesWithHistory=tier").json()["propertiesWithHistory"]["tier"]
    assert [item["value"] for item in past] == ["g", "b"]
    many = {"inputs": [{"id": str(n)} for n in range(51)], "propertiesWithHistory": ["tier"], "properties": []}
    assert desk.call("POST", "contacts/batch/read", many).status_code == 400
    assert desk.call("GET", "contacts?limit=51&propertiesWithHistory=tier").status_code == 400
