"""Pipelines and stages are kept, change what records may hold, and stay while they are in use."""

from typing import Any

import pytest

from tests.sandbox.hubspot_desk import Desk

DEALS = "/crm/v3/pipelines/deals"
NEW: dict[str, Any] = {
    "label": "Partners",
    "displayOrder": 2,
    "stages": [
        {"label": "Won", "displayOrder": 1, "metadata": {"probability": "1.0"}},
        {"label": "Talk", "displayOrder": 0, "metadata": {"probability": 0.3}},
    ],
}


class Sales(Desk):
    """An account with one more deal pipeline."""

    def __init__(self) -> None:
        super().__init__()
        answer = self.call("POST", DEALS, NEW)
        assert answer.status_code == 201, answer.text
        self.made = answer.json()
        self.path = f"{DEALS}/{self.made['id']}"
        self.talk, self.won = (stage["id"] for stage in self.made["stages"])

    def stages(self) -> list[str]:
        """The labels of the pipeline's stages, in order."""
        return [item["label"] for item in self.call("GET", f"{self.path}/stages").json()["results"]]


def test_a_pipeline_has_its_stages_in_order() -> None:
    sales = Sales()
    assert sales.stages() == ["Talk", "Won"]
    facts = [item["metadata"] for item in sales.made["stages"]]
    assert facts == [{"isClosed": "false", "probability": "0.3"}, {"isClosed": "true", "probability": "1.0"}]


def test_deals_may_stand_in_a_new_stage_and_its_times_are_calculated() -> None:
    sales = Sales()
    deal = sales.make("deals", dealname="D", dealstage=sales.talk, pipeline=sales.made["id"])
    stamp = f"hs_v2_date_entered_{sales.talk}"
    assert sales.get("deals", deal, stamp)[stamp].startswith("2026-")
    assert sales.set("deals", deal, dealstage=sales.won).json()["properties"]["hs_is_closed_won"] == "true"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"label": "Sales Pipeline"}, 409),
        ({"stages": None}, 400),
        ({"stages": [{"label": "A", "displayOrder": 0}]}, 400),
        ({"stages": [{"label": "A", "displayOrder": 0, "metadata": {"probability": "0.25"}}]}, 400),
        ({"stages": NEW["stages"] * 2}, 400),
        ({"displayOrder": "first"}, 400),
    ],
)
def test_a_pipeline_that_does_not_fit_is_refused(change: dict[str, Any], status: int) -> None:
    desk = Desk()
    assert desk.call("POST", DEALS, {**NEW, **change}).status_code == status
    assert len(desk.call("GET", DEALS).json()["results"]) == 2


def test_a_stage_is_added_changed_and_deleted() -> None:
    sales = Sales()
    body = {"label": "Draft", "displayOrder": 1, "metadata": {"probability": "0.5"}}
    made = sales.call("POST", f"{sales.path}/stages", body).json()["id"]
    assert sales.call("PATCH", f"{sales.path}/stages/{made}", {"label": "Sent", "displayOrder": 9}).status_code == 200
    assert sales.stages() == ["Talk", "Won", "Sent"]
    assert sales.call("PUT", f"{sales.path}/stages/{made}", {**body, "displayOrder": 0}).json()["id"] == made
    assert sales.stages() == ["Draft", "Talk", "Won"]
    assert sales.call("DELETE", f"{sales.path}/stages/{made}").status_code == 204
    assert sales.call("GET", f"{sales.path}/stages/{made}").status_code == 404


def test_a_replaced_pipeline_keeps_the_stages_that_it_still_has() -> None:
    sales = Sales()
    stages = [NEW["stages"][1], {"label": "Lost", "displayOrder": 5, "metadata": {"probability": "0.0"}}]
    after = sales.call("PUT", sales.path, {**NEW, "label": "Allies", "stages": stages}).json()
    assert [item["label"] for item in after["stages"]] == ["Talk", "Lost"]
    assert after["stages"][0]["id"] == sales.talk


def test_a_deleted_pipeline_comes_back() -> None:
    sales = Sales()
    assert sales.call("PATCH", sales.path, {"archived": False}).status_code == 400
    assert sales.call("DELETE", sales.path).status_code == 204
    assert sales.call("GET", sales.path).status_code == 404
    assert sales.call("PATCH", sales.path, {"archived": False}).json()["label"] == "Partners"


@pytest.mark.parametrize(
    ("version", "query", "status"),
    [
        ("v3", "", 204),
        ("v3", "?validateDealStageUsagesBeforeDelete=true", 400),
        ("2026-03", "", 204),
        ("2026-09", "", 400),
        ("2026-09", "?validateDealStageUsagesBeforeDelete=false", 204),
    ],
)
def test_a_pipeline_in_use_is_guarded_from_2026_09_on(version: str, query: str, status: int) -> None:
    sales = Sales()
    sales.make("deals", dealname="D", dealstage=sales.talk, pipeline=sales.made["id"])
    area = "/crm/v3/pipelines" if version == "v3" else f"/crm/pipelines/{version}"
    assert sales.call("DELETE", f"{area}/0-3/{sales.made['id']}{query}").status_code == status


def test_who_changed_it_is_told() -> None:
    sales = Sales()
    sales.call("PATCH", sales.path, {"label": "Allies"})
    told = sales.call("GET", f"{sales.path}/audit").json()["results"]
    assert [(item["action"], item["portalId"]) for item in told] == [("UPDATE", 12345678), ("CREATE", 12345678)]
    sales.call("PATCH", f"{sales.path}/stages/{sales.talk}", {"label": "Meet"})
    stage = sales.call("GET", f"{sales.path}/stages/{sales.talk}/audit").json()["results"]
    assert stage[0]["rawObject"] == {"label": "Meet"}


def test_kinds_without_pipelines_say_so() -> None:
    assert Desk().call("GET", "/crm/v3/pipelines/notes").status_code == 400


def test_a_custom_type_has_pipelines_of_its_own() -> None:
    desk = Desk()
    labels = {"singular": "Car", "plural": "Cars"}
    desk.call("POST", "/crm/v3/schemas", {"name": "cars", "labels": labels, "requiredProperties": [], "properties": []})
    made = desk.call("POST", "/crm/v3/pipelines/cars", {"label": "Life", "displayOrder": 0, "stages": NEW["stages"]})
    stage = made.json()["stages"][0]["id"]
    car = desk.make("cars", hs_pipeline=made.json()["id"], hs_pipeline_stage=stage)
    assert desk.get("cars", car, f"hs_v2_date_entered_{stage}")[f"hs_v2_date_entered_{stage}"]


def test_a_new_lifecycle_stage_is_a_value_of_the_property() -> None:
    desk = Desk()
    path = "/crm/v3/pipelines/contacts/contacts-lifecycle-pipeline/stages"
    made = desk.call("POST", path, {"label": "Partner", "displayOrder": 20}).json()
    assert desk.make("contacts", email="a@example.com", lifecyclestage=made["id"])
