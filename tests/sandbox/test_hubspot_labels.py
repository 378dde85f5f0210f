"""Association labels of the account's own, limits, and the v3 endpoints that call types by name."""

from typing import Any

import pytest

from tests.sandbox.hubspot_desk import Desk

LABELS = "/crm/v4/associations/contacts/companies/labels"
CONFIGURED = "/crm/v4/associations/definitions/configurations"
V3 = "/crm/v3/associations/contacts/companies"


class Office(Desk):
    """A contact and a company, not yet joined."""

    def __init__(self) -> None:
        super().__init__()
        self.ann, self.acme = self.make("contacts", email="a@example.com"), self.make("companies", name="Acme")

    def label(self, **body: str) -> list[dict[str, Any]]:
        """The two directions of a new label."""
        answer = self.call("POST", LABELS, {"name": "boss", "label": "Boss", **body})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def v3(self, verb: str, *types: str) -> Any:
        """A v3 batch over the pair."""
        ends = {"from": {"id": self.ann}, "to": {"id": self.acme}}
        return self.call("POST", f"{V3}/batch/{verb}", {"inputs": [{**ends, "type": name} for name in types]})


def test_a_label_has_a_number_for_each_direction() -> None:
    office = Office()
    there, back = office.label(inverseLabel="Works for")
    assert (there["label"], back["label"]) == ("Boss", "Works for")
    office.link("contacts", office.ann, "companies", office.acme, there["typeId"])
    assert there["typeId"] in office.linked("contacts", office.ann, "companies")[office.acme]
    assert back["typeId"] in office.linked("companies", office.acme, "contacts")[office.ann]


def test_a_label_is_renamed_and_deleted() -> None:
    office = Office()
    number = office.label()[0]["typeId"]
    office.link("contacts", office.ann, "companies", office.acme, number)
    assert office.call("PUT", LABELS, {"associationTypeId": number, "label": "Chief"}).status_code == 204
    shown = {item["typeId"]: item["label"] for item in office.call("GET", LABELS).json()["results"]}
    assert shown[number] == "Chief"
    assert office.call("DELETE", f"{LABELS}/{number}").status_code == 204
    assert office.linked("contacts", office.ann, "companies") == {office.acme: [279]}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (LABELS, {"label": "Boss"}, 400),
        (LABELS, {"label": "Boss", "name": "boss"}, 409),
        ("/crm/v4/associations/notes/contacts/labels", {"label": "A", "name": "a"}, 400),
    ],
)
def test_a_label_that_does_not_fit_is_refused(path: str, body: dict[str, str], status: int) -> None:
    office = Office()
    office.label()
    assert office.call("POST", path, body).status_code == status


@pytest.mark.parametrize("number", ["279", "1", "99"])
def test_hubspots_own_types_are_no_labels_to_delete(number: str) -> None:
    assert Office().call("DELETE", f"{LABELS}/{number}").status_code == 404


def test_a_limit_is_set_told_and_lifted() -> None:
    office, path = Office(), f"{CONFIGURED}/contacts/companies"
    row = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}
    made = office.call("POST", f"{path}/batch/create", {"inputs": [row, {**row, "typeId": 5}]})
    assert (made.status_code, made.json()["results"][0]["userEnforcedMaxToObjectIds"]) == (207, 1)
    assert len(office.call("GET", f"{CONFIGURED}/all").json()["results"]) == 1
    assert office.call("POST", f"{path}/batch/purge", {"inputs": [row]}).status_code == 204
    assert office.call("GET", path).json() == {"results": []}


def test_v3_calls_types_by_name() -> None:
    shown = Office().call("GET", f"{V3}/types").json()["results"]
    assert {"id": "1", "name": "contact_to_company"} in shown
    assert {"id": "279", "name": "contact_to_company_unlabeled"} in shown


def test_a_v3_batch_answers_with_both_directions() -> None:
    office = Office()
    found = office.v3("create", "contact_to_company")
    assert found.status_code == 200
    ends = [(item["from"]["id"], item["type"]) for item in found.json()["results"]]
    assert ends == [(office.ann, "contact_to_company"), (office.acme, "company_to_contact")]
    read = office.call("POST", f"{V3}/batch/read", {"inputs": [{"id": office.ann}]}).json()["results"]
    names = {"contact_to_company", "contact_to_company_unlabeled"}
    assert {item["type"] for item in read[0]["to"]} == names


def test_a_v3_batch_tells_of_a_record_that_is_not_there() -> None:
    office = Office()
    office.acme = "9993051"
    error = office.v3("create", "contact_to_company").json()["errors"][0]
    assert (error["subCategory"], error["message"]) == (
        "crm.associations.TO_OBJECT_NOT_FOUND",
        "No company with ID 9993051 exists",
    )


@pytest.mark.parametrize(("name", "left"), [("contact_to_company", [279]), ("contact_to_company_unlabeled", [])])
def test_a_v3_batch_archives_by_type(name: str, left: list[int]) -> None:
    office = Office()
    office.v3("create", "contact_to_company")
    assert office.v3("archive", name).status_code == 204
    assert office.linked("contacts", office.ann, "companies").get(office.acme, []) == left


def test_v3_joins_one_pair_and_parts_it() -> None:
    office = Office()
    path = f"contacts/{office.ann}/associations/companies"
    assert office.call("PUT", f"{path}/{office.acme}/contact_to_company").json()["id"] == office.ann
    found = office.call("GET", path).json()["results"]
    assert {item["id"] for item in found} == {office.acme}
    assert office.call("DELETE", f"{path}/{office.acme}/279").status_code == 204
    assert office.call("GET", path).json() == {"results": []}


def test_the_status_of_a_v3_batch_is_a_switch() -> None:
    office = Office()
    office.sandbox.store.set("hubspot", "v3_associations_status", 201)
    assert office.v3("create", "279").status_code == 201
