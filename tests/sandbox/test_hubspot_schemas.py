"""Custom object types live like HubSpot's own, wherever a type may stand."""

from typing import Any

import pytest

from tests.sandbox.hubspot_desk import Desk

CAR: dict[str, Any] = {
    "name": "cars",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "vin",
    "requiredProperties": ["vin"],
    "searchableProperties": ["vin"],
    "associatedObjects": ["CONTACT"],
    "properties": [
        {"name": "vin", "label": "VIN", "type": "string", "fieldType": "text", "hasUniqueValue": True},
        {"name": "year", "label": "Year", "type": "number", "fieldType": "number"},
    ],
}
KIND, SCHEMAS = "2-1000001", "/crm/v3/schemas"
BROKEN: list[tuple[dict[str, Any], int]] = [
    ({"name": "deals"}, 409),
    ({"name": "1car"}, 400),
    ({"name": None}, 400),
    ({"requiredProperties": ["color"]}, 400),
    ({"associatedObjects": ["butterflies"]}, 400),
    ({"properties": [{"name": "vin"}]}, 400),
    ({"properties": 3}, 400),
]


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    assert made.call("POST", SCHEMAS, CAR).status_code == 201
    return made


@pytest.mark.parametrize("name", [KIND, "cars", "p_cars", "p12345678_cars", "P12345678_CARS"])
def test_a_custom_type_goes_by_all_its_names(desk: Desk, name: str) -> None:
    car = desk.make(name, vin="A1", year="2020")
    assert desk.get(name, car, "year")["year"] == "2020"
    assert desk.find(name, {"propertyName": "year", "operator": "GT", "value": "2019"}) == [car]
    assert desk.call("GET", f"{SCHEMAS}/{name}").json()["objectTypeId"] == KIND
    names = [item["name"] for item in desk.call("GET", f"/crm/v3/properties/{name}").json()["results"]]
    assert {"vin", "year", "hs_object_id", "hs_createdate", "hs_pipeline_stage"} <= set(names)


@pytest.mark.parametrize(
    "path", ["/crm/v3/schemas", "/crm-object-schemas/v3/schemas", "/crm-object-schemas/2026-03/schemas"]
)
def test_a_schema_is_listed_under_every_path(desk: Desk, path: str) -> None:
    assert [item["name"] for item in desk.call("GET", path).json()["results"]] == ["cars"]


def test_a_schema_tells_its_associations_both_ways(desk: Desk) -> None:
    found = desk.call("GET", f"{SCHEMAS}/cars").json()["associations"]
    ends = {(item["fromObjectTypeId"], item["toObjectTypeId"]) for item in found}
    assert {(KIND, "0-1"), ("0-1", KIND), (KIND, "0-47"), ("0-47", KIND)} <= ends
    assert {item["name"] for item in found} >= {"cars_to_contact", "cars_to_note"}


@pytest.mark.parametrize(("change", "status"), BROKEN)
def test_a_schema_that_does_not_fit_is_refused(change: dict[str, Any], status: int) -> None:
    desk = Desk()
    assert desk.call("POST", SCHEMAS, {**CAR, **change}).status_code == status
    assert desk.call("GET", SCHEMAS).json() == {"results": []}


def test_required_and_unique_properties_hold_for_records(desk: Desk) -> None:
    car = desk.make("cars", vin="A1")
    assert desk.call("POST", "cars", {"properties": {"year": "2020"}}).status_code == 400
    again = desk.call("POST", "cars", {"properties": {"vin": "A1"}})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "CONFLICTING_UNIQUE_VALUE")
    assert desk.call("GET", "cars/A1?idProperty=vin").json()["id"] == car


def test_a_batch_upsert_goes_by_a_unique_property(desk: Desk) -> None:
    car = desk.make("cars", vin="A1")
    rows = [{"id": vin, "idProperty": "vin", "properties": {"year": "2021"}} for vin in ("A1", "B2")]
    found = desk.call("POST", "cars/batch/upsert", {"inputs": rows}).json()["results"]
    assert [item["new"] for item in found] == [False, True]
    assert found[0]["id"] == car
    assert {**desk.get("cars", found[1]["id"]), "vin": "B2", "year": "2021"} == desk.get(
        "cars", found[1]["id"], "vin", "year"
    )


def test_records_of_a_custom_type_are_associated(desk: Desk) -> None:
    car, contact = desk.make("cars", vin="A1"), desk.make("contacts", email="a@example.com")
    assert desk.link("cars", car, "contacts", contact).status_code == 200
    there = desk.call("GET", f"/crm/v4/objects/contacts/{contact}/associations/cars").json()["results"]
    assert (there[0]["toObjectId"], there[0]["associationTypes"][0]["category"]) == (int(car), "USER_DEFINED")
    seen = desk.call("GET", f"cars/{car}?associations=contacts").json()["associations"]
    assert seen == {"contacts": {"results": [{"id": contact, "type": "cars_to_contact"}]}}


def test_a_change_of_the_schema_shows(desk: Desk) -> None:
    change = {"labels": {"plural": "Autos"}, "requiredProperties": [], "description": "They drive"}
    changed = desk.call("PATCH", f"{SCHEMAS}/cars", change).json()
    assert (changed["labels"], changed["description"]) == ({"singular": "Car", "plural": "Autos"}, "They drive")
    assert desk.call("POST", "cars", {"properties": {"year": "2020"}}).status_code == 201


def test_a_type_with_records_is_not_deleted(desk: Desk) -> None:
    car = desk.make("cars", vin="A1")
    assert desk.call("DELETE", f"{SCHEMAS}/cars").status_code == 400
    desk.call("DELETE", f"cars/{car}")
    assert desk.call("DELETE", f"{SCHEMAS}/cars").status_code == 204
    assert desk.call("GET", "cars").json()["message"] == "Unable to infer object type from: cars"


def test_a_deleted_type_can_be_seen_and_purged_and_its_name_is_free_again(desk: Desk) -> None:
    desk.call("DELETE", f"{SCHEMAS}/cars")
    assert [item["name"] for item in desk.call("GET", f"{SCHEMAS}?archived=true").json()["results"]] == ["cars"]
    assert desk.call("DELETE", f"{SCHEMAS}/cars?archived=true").status_code == 204
    again = desk.call("POST", SCHEMAS, CAR).json()
    assert (again["objectTypeId"], len(again["associations"])) == ("2-1000002", 12)


def test_another_association_is_defined_and_removed(desk: Desk) -> None:
    body = {"fromObjectTypeId": KIND, "toObjectTypeId": "0-3", "name": "car_to_deal"}
    made = desk.call("POST", f"{SCHEMAS}/cars/associations", body)
    assert (made.status_code, made.json()["toObjectTypeId"]) == (201, "0-3")
    assert desk.call("POST", f"{SCHEMAS}/cars/associations", body).status_code == 409
    assert desk.call("DELETE", f"{SCHEMAS}/cars/associations/{made.json()['id']}").status_code == 204
    assert desk.call("GET", "/crm/v4/associations/cars/deals/labels").json() == {"results": []}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("products", {"name": "Chair", "price": "10.5"}),
        ("line_items", {"quantity": "2", "price": "10"}),
        ("quotes", {"hs_title": "Q", "hs_expiration_date": "2027-01-31"}),
        ("communications", {"hs_timestamp": "2026-01-01", "hs_communication_channel_type": "SMS"}),
        ("0-116", {"hs_timestamp": "2026-01-01"}),
    ],
)
def test_hubspots_other_types_hold_records(kind: str, properties: dict[str, str]) -> None:
    desk = Desk()
    made = desk.make(kind, **properties)
    name, value = next(iter(properties.items()))
    assert desk.get(kind, made, name)[name].startswith(value)
    assert desk.find(kind) == [made]
