"""Live answers of HubSpot, as recorded, are understood: nothing raised, nothing lost, errors of the right class."""

import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import hubspot
from connectors.changes import Batch, Create, Outcome, Row, Set, Status
from connectors.errors import Busy, CredentialError, Garbled, Rejected, RemoteError, RevopsError
from connectors.hubspot.answers import error
from connectors.hubspot.fields import value
from connectors.hubspot.portal import Portal
from connectors.hubspot.rows import record
from connectors.hubspot.ties import ties
from connectors.records import FieldSpec, Ref
from connectors.transport import Answer
from tests.connectors.edge import Edge, Said, Timeless

REFERENCE = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "recordings" / "hubspot"
pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not REFERENCE.is_dir(), reason="no reference data"),
]
ACCOUNT = Said(200, b'{"portalId": 1, "accountType": "STANDARD"}')
MODERN = re.compile(r"/(account-info|crm)/(v3/|v4/|objects/|associations/|properties/|pipelines/|owners/)")


def recordings(family: str, status: str = "2..") -> list[Any]:
    """The recordings of a family on paths that are still served, as parameters."""
    found = []
    for path in sorted((REFERENCE / family).glob("*.json")):
        told = json.loads(path.read_text())
        if MODERN.match(told["request"]["path"]) and re.fullmatch(status, str(told["response"]["status"])):
            found.append(pytest.param(told, id=path.stem))
    return found


def said(told: dict[str, Any]) -> Said:
    """The recorded body, status and HubSpot's own headers."""
    kept = {name: text for name, text in told["response"]["headers"].items() if name.startswith("x-hubspot")}
    body = told["response"]["body"]
    return Said(told["response"]["status"], b"" if body is None else json.dumps(body).encode(), kept)


def reader(*answers: Said) -> hubspot.Reader:
    """A reader of this account; it asks who it is first."""
    made = hubspot.connect(hubspot.Account("token"), Edge(ACCOUNT, *answers), Timeless())
    made.identity()
    return made


def specs(rows: list[dict[str, Any]]) -> list[FieldSpec]:
    """A specification for every property that the rows bear, of a type that its name suggests."""
    names = {name for row in rows for name in row["properties"]}
    return [FieldSpec(name, name, "datetime" if "date" in name else "string") for name in sorted(names)]


LISTS = [*recordings("crm-objects"), *recordings("crm-search"), *recordings("crm-objects-batch")]


@pytest.mark.parametrize("told", LISTS)
def test_every_recorded_row_becomes_a_record_with_nothing_lost(told: dict[str, Any]) -> None:
    body = told["response"]["body"]
    rows = body.get("results", [body] if "properties" in body else []) if isinstance(body, dict) else []
    portal = reader(ACCOUNT).portal
    fields = specs(rows)
    for row in rows:
        found = record(portal, "contact", row, fields)
        assert found.ref.id == row["id"]
        assert found.fields.keys() == row["properties"].keys()
        assert {name for name, item in found.fields.items() if item is None} == {
            name for name, text in row["properties"].items() if text in (None, "")
        }
        assert found.modified_at == (datetime.fromisoformat(row["updatedAt"]) if "updatedAt" in row else None)


@pytest.mark.parametrize("told", recordings("account"))
def test_a_recorded_account_identifies_itself(told: dict[str, Any]) -> None:
    found = hubspot.connect(hubspot.Account("token"), Edge(said(told)), Timeless()).identity()
    body = told["response"]["body"]
    assert found.workspace == f"hubspot:{body['portalId']}"
    assert found.production is (body["accountType"] == "STANDARD")


@pytest.mark.parametrize("told", [item for item in recordings("properties") if "groups" not in item.id])
def test_recorded_properties_describe_a_kind(told: dict[str, Any]) -> None:
    body = told["response"]["body"]
    rows = body.get("results", [body])
    found = reader(Said(200, json.dumps({"results": rows}).encode())).describe("deal")
    assert [item.native for item in found.fields] == [row["name"] for row in rows]


@pytest.mark.parametrize("told", [item for item in recordings("owners") if "owners-200" in item.id])
def test_recorded_owners_become_records(told: dict[str, Any]) -> None:
    rows = told["response"]["body"]["results"]
    pages = list(reader(said(told), Said(200, b'{"results": []}')).pull("owner"))
    found = [item for page in pages for item in page.records]
    assert [(item.ref.id, item.get("email"), item.get("active")) for item in found] == [
        (row["id"], row["email"], not row["archived"]) for row in rows
    ]


@pytest.mark.parametrize("told", recordings("pipelines"))
def test_recorded_pipelines_keep_their_order_and_what_closes(told: dict[str, Any]) -> None:
    (found,) = reader(said(told)).pipelines("deal")
    assert [stage.id for stage in found.stages][:2] == ["appointmentscheduled", "qualifiedtobuy"]
    assert [(stage.id, stage.won) for stage in found.stages if stage.closed] == [
        ("closedwon", True),
        ("closedlost", False),
    ]


@pytest.mark.parametrize("told", [item for item in recordings("associations") if "batch-read" in item.id])
def test_recorded_associations_become_links(told: dict[str, Any]) -> None:
    portal: Portal = reader(said(told)).portal
    found = ties(portal, "contact", ["501", "103107104018"], "company")
    assert [(link.to.id, link.label) for link in found["501"]] == [("29022297485", ""), ("29022297485", "Primary")]
    assert found["103107104018"] == []


def test_an_id_that_the_answer_passes_over_is_not_taken_for_one_without_ties() -> None:
    silent = Said(200, b'{"results": [], "status": "COMPLETE"}')
    with pytest.raises(Garbled, match="did not say"):
        ties(reader(silent).portal, "contact", ["501"], "company")


FAMILIES = ("crm-objects", "crm-objects-batch", "crm-search", "owners", "properties")
ERRORS = [item for family in FAMILIES for item in recordings(family, "4..")]
CLASSES: dict[int, type[RevopsError]] = {400: Rejected, 404: Rejected, 409: Rejected, 429: Busy, 403: CredentialError}


@pytest.mark.parametrize("told", ERRORS)
def test_a_recorded_error_is_of_the_right_class(told: dict[str, Any]) -> None:
    answer = said(told)
    found = error(Answer(answer.status, answer.headers, answer.body))
    assert type(found) is CLASSES[answer.status]
    if isinstance(found, RemoteError) and "correlationId" in told["response"]["body"]:
        assert found.request_id


def pushed(answer: Said, batch: Batch) -> dict[str, Outcome]:
    made = hubspot.writer(hubspot.Account("token"), Edge(ACCOUNT, answer), Timeless())
    return {outcome.key: outcome for outcome in made.push(batch)}


def of(stem: str) -> dict[str, Any]:
    (path,) = REFERENCE.glob(f"crm-objects-batch/{stem}*")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_a_recorded_207_of_a_create_names_the_bad_row_by_its_trace() -> None:
    fields = {"first_name": "Alex", "last_name": "Glenn"}
    email = of("002")["response"]["body"]["results"][0]["properties"]["email"]
    rows = (
        Row("0", Create("hubspot:1", "contact", "someone@example.com", fields, "email")),
        Row("1", Create("hubspot:1", "contact", email, fields, "email")),
    )
    found = pushed(said(of("002")), Batch("hubspot:1", "contact", "create", rows))
    assert (found["0"].status, found["0"].code) == (Status.REJECTED, "CONFLICT")
    assert (found["1"].status, found["1"].ref) == (Status.APPLIED, Ref("hubspot:1", "contact", "171596044870"))


def test_a_recorded_update_is_matched_by_id() -> None:
    told = of("004")
    ids = [row["id"] for row in told["response"]["body"]["results"]]
    refs = [Ref("hubspot:1", "contact", id_) for id_ in (*reversed(ids), "999")]
    rows = tuple(Row(f"k{ref.id}", Set(ref, {"title": "x"})) for ref in refs)
    found = pushed(said(told), Batch("hubspot:1", "contact", "set", rows))
    assert [found[f"k{id_}"].status for id_ in ids] == [Status.APPLIED] * len(ids)
    assert found["k999"].status is Status.UNKNOWN


@pytest.mark.parametrize("stem", ["003", "005", "006"])
def test_a_recorded_whole_refusal_is_raised_for_the_caller_to_split(stem: str) -> None:
    rows = (Row("a", Set(Ref("hubspot:1", "contact", "1"), {"title": "x"})),)
    with pytest.raises(Rejected):
        pushed(said(of(stem)), Batch("hubspot:1", "contact", "set", rows))


def test_a_recorded_probability_is_kept_to_the_last_digit() -> None:
    (told,) = [item.values[0] for item in recordings("crm-objects") if item.id.startswith("027")]
    assert isinstance(told, dict)
    text = told["response"]["body"]["results"][0]["properties"]["hs_deal_stage_probability"]
    assert str(value(text, "number")) == text
