"""Search of the HubSpot sandbox against a plain reading of each operator, its limits and its lag."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.hubspot_desk import Desk

ROWS = (
    {"name": "Acme Ltd", "numberofemployees": "9", "type": "PARTNER", "founded_year": "1999"},
    {"name": "acme gmbh", "numberofemployees": "10", "closedate": "2026-01-01T00:00:00Z"},
    {"name": "Zeta", "numberofemployees": "-2.5", "closedate": "2026-01-01T00:00:00.500Z", "type": "PROSPECT"},
    {"domain": "zeta.example", "name": ""},
)


def where(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    given_value = {} if value is None else {"value": value}
    return {"propertyName": name, "operator": operator, **given_value, **more}


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (where("name", "EQ", "ACME ltd"), [0]),
        (where("name", "NEQ", "zeta"), [0, 1]),
        (where("numberofemployees", "GT", "9"), [1]),
        (where("numberofemployees", "GTE", "9"), [0, 1]),
        (where("numberofemployees", "LT", "0"), [2]),
        (where("numberofemployees", "LTE", "9"), [0, 2]),
        (where("numberofemployees", "BETWEEN", "9", highValue="10"), [0, 1]),
        (where("closedate", "GT", "1767225600000"), [2]),
        (where("closedate", "LTE", "2026-01-01"), [1]),
        (where("type", "EQ", "PARTNER"), [0]),
        (where("type", "EQ", "partner"), []),
        (where("type", "IN", values=["PARTNER", "PROSPECT"]), [0, 2]),
        (where("type", "NOT_IN", values=["PARTNER"]), [1, 2, 3]),
        (where("name", "IN", values=["acme ltd"]), [0]),
        (where("name", "IN", values=["Acme Ltd"]), []),
        (where("name", "HAS_PROPERTY"), [0, 1, 2]),
        (where("name", "NOT_HAS_PROPERTY"), [3]),
        (where("name", "CONTAINS_TOKEN", "acme"), [0, 1]),
        (where("name", "CONTAINS_TOKEN", "gm*"), [1]),
        (where("name", "NOT_CONTAINS_TOKEN", "acme"), [2]),
        (where("hs_object_id", "GT", "502"), [2, 3]),
        (where("hs_object_id", "GTE", "502"), [1, 2, 3]),
        (where("hs_lastmodifieddate", "GTE", "1790000000125"), [2, 3]),
    ],
)
def test_an_operator_finds(part: dict[str, Any], found: list[int]) -> None:
    desk = Desk()
    ids = desk.fill("company", *ROWS)
    assert desk.find("companies", part) == [ids[n] for n in found]


NUMBERS = st.lists(st.integers(-50, 50), min_size=1, max_size=8)


@given(NUMBERS, st.integers(-50, 50), st.sampled_from(["EQ", "NEQ", "LT", "LTE", "GT", "GTE"]))
@settings(max_examples=25, deadline=None)
def test_numbers_compare_as_numbers(numbers: list[int], limit: int, operator: str) -> None:
    desk = Desk()
    ids = desk.fill("company", *({"numberofemployees": str(number)} for number in numbers))
    python = {"EQ": "__eq__", "NEQ": "__ne__", "LT": "__lt__", "LTE": "__le__", "GT": "__gt__", "GTE": "__ge__"}[
        operator
    ]
    wanted = [key for key, number in zip(ids, numbers, strict=True) if getattr(number, python)(limit)]
    assert desk.find("companies", where("numberofemployees", operator, str(limit))) == wanted


def test_groups_are_alternatives() -> None:
    desk = Desk()
    ids = desk.fill("company", *ROWS)
    groups = [{"filters": [where("name", "EQ", "zeta")]}, {"filters": [where("type", "EQ", "PARTNER")]}]
    answer = desk.call("POST", "companies/search", {"filterGroups": groups}).json()
    assert [item["id"] for item in answer["results"]] == [ids[0], ids[2]]


def test_associations_can_be_searched_for() -> None:
    desk = Desk()
    company, contact = desk.make("companies", name="Acme"), desk.make("contacts", email="a@example.com")
    desk.make("contacts", email="b@example.com")
    desk.link("contacts", contact, "companies", company)
    assert desk.find("contacts", where("associations.company", "EQ", company)) == [contact]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ({"propertyName": "numberofemployees", "direction": "DESCENDING"}, [1, 0, 2, 3]),
        ({"propertyName": "hs_object_id", "direction": "DESCENDING"}, [3, 2, 1, 0]),
        ("name", [3, 1, 0, 2]),
    ],
)
def test_a_sort_orders(sort: Any, order: list[int]) -> None:
    desk = Desk()
    ids = desk.fill("company", *ROWS)
    assert desk.find("companies", sorts=[sort]) == [ids[n] for n in order]


MANY = [where("name", "HAS_PROPERTY")] * 6


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9900"},
        {"after": "10000"},
        {"filterGroups": [{"filters": MANY[:1]}] * 6},
        {"filterGroups": [{"filters": [*MANY, *MANY]}]},
        {"filterGroups": [{"filters": MANY}] * 4},
        {"filterGroups": [{"filters": [where("no_such", "EQ", "1")]}]},
        {"filterGroups": [{"filters": [where("name", "LIKE", "1")]}]},
        {"filterGroups": [{"filters": [where("numberofemployees", "EQ", "many")]}]},
        {"sorts": ["name", "domain"]},
        {"query": "x" * 3001},
    ],
)
def test_a_search_beyond_the_limits_is_refused(body: dict[str, Any]) -> None:
    assert Desk().call("POST", "companies/search", body).status_code == 400


def test_paging_ends_at_ten_thousand_though_the_total_is_told() -> None:
    desk = Desk()
    desk.fill("company", *({"name": "x"} for _ in range(10_050)))
    page = desk.call("POST", "companies/search", {"limit": 200, "after": "9800"}).json()
    assert (page["total"], len(page["results"]), "paging" in page) == (10_050, 200, False)


def test_what_was_written_is_found_after_the_lag() -> None:
    desk = Desk(search_lag_seconds=30)
    record = desk.make("companies", name="Acme")
    assert desk.find("companies") == []
    desk.sandbox.clock.advance(30)
    desk.set("companies", record, name="Beta")
    assert desk.find("companies", where("name", "EQ", "acme")) == [record]
    desk.sandbox.clock.advance(30)
    assert desk.find("companies", where("name", "EQ", "acme")) == []


def test_a_record_just_archived_is_counted_and_not_listed_and_one_just_changed_tells_its_new_value() -> None:
    desk = Desk(search_lag_seconds=30)
    gone, changed = desk.fill("company", {"name": "A"}, {"name": "B"})
    desk.call("DELETE", f"companies/{gone}")
    desk.set("companies", changed, name="C")
    found = desk.call("POST", "companies/search", {"properties": ["name"]}).json()
    assert found["total"] == 2
    assert [item["properties"]["name"] for item in found["results"]] == ["C"]


def test_a_query_looks_into_the_searchable_properties() -> None:
    desk = Desk()
    ids = desk.fill("company", *ROWS)
    assert desk.find("companies", query="acm") == ids[:2]
