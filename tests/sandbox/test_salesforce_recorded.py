"""What the sandbox answers has the shape of recorded live responses."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.salesforce_org import Org

REFERENCE = Path(os.environ.get("REVOPS_REFERENCE", "../shared"))
RECORDINGS = REFERENCE / "recordings" / "salesforce"
DESCRIBES = REFERENCE / "specs" / "salesforce" / "describe"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not RECORDINGS.exists(), reason="no reference data"),
]
CREATE = {"records": [{"attributes": {"type": "Account"}, "Name": "A"}]}
TAKEN = {"attributes": {"type": "Account"}, "Name": "A", "HubSpot_Company_Id__c": "1"}
PARTIAL = {"records": [TAKEN, *CREATE["records"]]}
UPSERT = {"records": [{"LastName": "A", "Email": "a@b.example"}]}


def recorded(name: str) -> dict[str, Any]:
    """The recorded response of that name: status and body."""
    [path] = RECORDINGS.glob(f"{name}*.json")
    found: dict[str, Any] = json.loads(path.read_text())["response"]
    return found


def shape(value: Any) -> Any:
    """The keys and types of a JSON value; a list has the shape of its first member."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


BODIES = [
    ("query-200-00d47", "GET", "/query?q=SELECT+Name+FROM+Account", None),
    ("query-200-93d88", "GET", "/query?q=SELECT+COUNT(Id)+FROM+Account", None),
    ("query-200-4e3c2", "GET", "/query?q=SELECT+Id+FROM+Lead", None),
    ("limits-200-995af", "GET", "/limits/recordCount?sObjects=Event", None),
    ("sobject-201-119bf", "POST", "/sobjects/Account", {"Name": "A"}),
    ("sobject-204-0a316", "PATCH", "/sobjects/Account/{account}", {"Name": "B"}),
    ("sobject-204-4db36", "DELETE", "/sobjects/Account/{account}", None),
    ("error-400-faa59", "POST", "/sobjects/Account", {}),
    ("error-404-e6a11", "GET", "/sobjects/Account/23foo", None),
    ("error-404-17d5b", "PATCH", "/sobjects/Account/Namez/bar", {"Name": "x"}),
    ("error-404-f0ee9", "DELETE", "/sobjects/Account/{gone}", None),
    ("collections-200-16c16", "POST", "/composite/sobjects", CREATE),
    ("collections-200-4cb21", "POST", "/composite/sobjects", PARTIAL),
    ("collections-200-cdbdc", "POST", "/composite/sobjects", {**PARTIAL, "allOrNone": True}),
    ("collections-200-840d4", "PATCH", "/composite/sobjects/Contact/Email", UPSERT),
]


def organization() -> tuple[Org, dict[str, str]]:
    """An organization with a live and a deleted account."""
    org = Org()
    ids = {
        "account": org.create("Account", Name="A", HubSpot_Company_Id__c="1"),
        "gone": org.create("Account", Name="B"),
    }
    org.call("DELETE", f"/sobjects/Account/{ids['gone']}")
    return org, ids


@pytest.mark.parametrize(("name", "method", "url", "body"), BODIES)
def test_statuses_and_bodies_have_the_recorded_shape(name: str, method: str, url: str, body: Any) -> None:
    org, ids = organization()
    answer, model = org.call(method, url.format(**ids), body), recorded(name)
    assert answer.status_code == model["status"]
    assert shape(answer.json() if answer.content else None) == shape(model["body"])
    assert answer.headers["Sforce-Limit-Info"].startswith("api-usage=")


@pytest.mark.parametrize(
    ("name", "url"),
    [("error-404-17d5b", "/sobjects/Account/Namez/bar"), ("error-404-e6a11", "/sobjects/Account/23foo")],
)
def test_refusals_have_the_recorded_words(name: str, url: str) -> None:
    org, _ = organization()
    assert org.call("PATCH", url, {}).json() == recorded(name)["body"]


def test_a_composite_answers_as_recorded_to_the_letter() -> None:
    org = Org()
    path = "/services/data/v66.0/query/?q=select count() from XYZZY"
    body = {"compositeRequest": [{"referenceId": "refXYZZY", "method": "GET", "url": path}]}
    model = recorded("composite-200-e6e40")["body"]["compositeResponse"][1]
    assert org.call("POST", "/composite", body).json()["compositeResponse"] == [model]


def test_a_token_answer_has_the_recorded_keys() -> None:
    form = {"client_id": "sandbox-reader", "client_secret": "sandbox-reader-secret"}
    answer = Org().token(grant_type="client_credentials", **form)
    assert set(recorded("oauth-200-ac0d5")["body"]) <= set(answer.json())
    assert answer.headers["Cache-Control"] == "no-cache, no-store"


def test_versions_have_the_recorded_keys() -> None:
    org = Org()
    answer = org.call("GET", "/services/data")
    assert shape(answer.json()) == shape(recorded("versions-200")["body"])
    assert "Sforce-Limit-Info" not in answer.headers


MODELS = ["Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole"]
FACTS = ("type", "label", "length", "nillable", "createable", "updateable", "defaultedOnCreate", "restrictedPicklist")
MORE = ("relationshipName", "referenceTo", "precision", "scale", "soapType", "nameField", "aggregatable", "sortable")
# There are no queues here that could own a lead.
APART = {("Lead", "OwnerId")}


def fields_of(describe: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in describe["fields"]}


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_described_as_in_a_live_organization(name: str) -> None:
    live = fields_of(json.loads((DESCRIBES / f"{name}.v5x-cumulusci.json").read_text()))
    ours = fields_of(Org().call("GET", f"/sobjects/{name}/describe").json())
    for field in set(live) & set(ours) - {field for kind, field in APART if kind == name}:
        facts = {fact: (ours[field][fact], live[field][fact]) for fact in (*FACTS, *MORE)}
        assert {fact: pair for fact, pair in facts.items() if pair[0] != pair[1]} == {}, field


@pytest.mark.parametrize("name", MODELS)
def test_a_describe_has_the_keys_of_a_live_one(name: str) -> None:
    live = json.loads((DESCRIBES / f"{name}.v5x-cumulusci.json").read_text())
    ours = Org().call("GET", f"/sobjects/{name}/describe").json()
    assert set(live) - set(ours) == set()
    assert set(live["fields"][0]) - set(ours["fields"][0]) == set()
    flags = {key: ours[key] for key, value in live.items() if isinstance(value, bool)}
    assert flags == {key: live[key] for key in flags}


def test_the_global_describe_has_the_keys_of_a_live_one() -> None:
    live = json.loads((DESCRIBES / "_global.v5x-cumulusci.json").read_text())
    ours = Org().call("GET", "/sobjects").json()
    assert set(ours) == set(live)
    keys = set(next(item for item in live["sobjects"] if item["name"] == "Account"))
    assert all(keys - set(item) == set() for item in ours["sobjects"])
