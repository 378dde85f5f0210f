"""Failure modes at the edge to a CRM: answers cut anywhere or meant for another call, hostile ids and links."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from connectors.changes import Archive, Batch, Change, Connect, Create, Merge, Row, Set, Status, Way
from connectors.errors import CredentialError, RevopsError
from connectors.records import Link, Ref
from connectors.salesforce import soql
from sandbox.app import Sandbox
from sandbox.wire import Request, Response
from tests.adapter import SandboxAdapter, received
from tests.connectors.desk import SPACE, Desk, opened
from tests.connectors.salesforce_edge import WORKSPACE, Edge, scripted, writer
from tests.connectors.salesforce_org import WORKSPACE as OURS
from tests.connectors.salesforce_org import Org

ACCOUNT_ID = "001000000000001AAA"
HOSTILE = ("../gdpr-delete", "1/../gdpr-delete", "gdpr-delete?x=", "1#", "%2e%2e%2fgdpr-delete", "1' OR Id != '", "")


@pytest.fixture
def desk() -> Desk:
    return opened(Sandbox())


class Noting(SandboxAdapter):
    """The way to a sandbox, which keeps every request that went by."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.seen: list[Request] = []

    def send(self, request: requests.PreparedRequest, *rest: Any, **more: Any) -> requests.Response:
        self.seen.append(received(request))
        return super().send(request, *rest, **more)


def calls(sandbox: Sandbox) -> list[str]:
    """The paths of every call so far."""
    return [path for (path,) in sandbox.store.db.execute("SELECT path FROM call ORDER BY seq")]


def cut(verb: str, at: int) -> tuple[Status, int]:
    """What a HubSpot write comes to whose answer ends after so many bytes, and how often it took effect."""
    desk = opened(Sandbox())
    (one, two) = desk.fill("company", 2)
    changes: dict[str, Change] = {"set": Set(one, {"name": "y"}), "merge": Merge(one, (two,))}
    desk.fault("(batch/update|merge)$", {"truncate": at})
    (status,) = desk.statuses(changes[verb])
    return status, len(list(desk.sandbox.store.ledger()))


@pytest.mark.parametrize("verb", ["set", "merge"])
def test_an_answer_cut_at_any_byte_is_never_taken_for_a_whole_one(verb: str) -> None:
    assert {cut(verb, at) for at in range(0, 120)} == {(Status.UNKNOWN, 1)}


ANOTHER = {"id": "20000000099", "properties": {}, "objectWriteTraceId": "another"}


@pytest.mark.parametrize("row", [ANOTHER, {**ANOTHER, "objectWriteTraceId": ""}, {"id": None}])
def test_the_answer_to_another_call_confirms_nothing(desk: Desk, row: dict[str, Any]) -> None:
    (one,) = desk.fill("company", 1)
    desk.fault("batch/update$", {"status": 200, "body": {"status": "COMPLETE", "results": [row]}})
    assert desk.statuses(Set(one, {"name": "y"})) == [Status.UNKNOWN]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hubspot_id_leads_to_no_other_call(desk: Desk, hostile: str) -> None:
    ref = Ref(SPACE, "company", hostile)
    for act in (lambda: desk.reader.read([ref], ["name"]), lambda: desk.push(Merge(ref, (ref,)))):
        try:
            act()
        except RevopsError:
            continue
    assert not [path for path in calls(desk.sandbox) if "gdpr" in path or ".." in path]
    assert list(desk.sandbox.store.ledger()) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_salesforce_id_that_is_none_is_not_sent(hostile: str) -> None:
    edge = scripted(Response.of_json(200, []))
    ref = Ref(WORKSPACE, "company", hostile)
    changes: dict[str, Change] = {"set": Set(ref, {}), "archive": Archive(ref)}
    for verb, change in changes.items():
        (outcome,) = writer(edge).push(Batch(WORKSPACE, "company", verb, (Row("a", change),)))
        assert (outcome.status, outcome.code) == (Status.REJECTED, "MALFORMED_ID")
    assert edge.seen == []


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_hostile_texts_stay_literals_of_one_predicate(texts: list[str]) -> None:
    inside = soql.among("Email", texts).removeprefix("Email IN (").removesuffix(")")
    assert _literals(inside) == [soql.quote(text) for text in texts]


def _literals(text: str) -> list[str]:
    """The quoted texts of a list, read as SOQL does: a backslash takes the next character with it."""
    found, start, at = [], -1, 0
    while at < len(text):
        if text[at] == "\\" and start >= 0:
            at += 1
        elif text[at] == "'":
            if start >= 0:
                found.append(text[start : at + 1])
            start = -1 if start >= 0 else at
        at += 1
    assert start < 0
    return found


def test_a_link_to_the_next_page_is_not_followed_to_another_host(desk: Desk) -> None:
    row = {"id": "7", "properties": {}}
    link = {"after": "7", "link": "https://evil.example/crm/objects/2026-03/companies?after=7"}
    page = {"results": [row], "paging": {"next": link}}
    desk.fault("objects/2026-03/companies$", {"status": 200, "body": page}, method="GET")
    noted = Noting(desk.sandbox)
    desk.reader.portal.transport.use(noted)
    assert [record.ref.id for page in desk.reader.pull("company") for record in page.records] == ["7"]
    assert {request.headers["host"] for request in noted.seen} == {"api.hubapi.com"}


def test_a_403_on_ties_alone_ends_a_pull(desk: Desk) -> None:
    desk.fill("contact", 3)
    desk.fault("/associations/", {"status": 403, "body": {"category": "MISSING_SCOPES"}}, times=0)
    with pytest.raises(CredentialError):
        list(desk.reader.pull("contact"))


def test_a_number_for_an_id_keeps_every_digit(desk: Desk) -> None:
    row = {"id": 9007199254740993, "properties": {}}
    desk.fault("objects/2026-03/companies$", {"status": 200, "body": {"results": [row]}}, method="GET")
    assert [record.ref.id for page in desk.reader.pull("company") for record in page.records] == ["9007199254740993"]


@pytest.mark.parametrize(("kind", "field"), [("company", "name"), ("contact", "last_name"), ("deal", "name")])
def test_changes_of_every_kind_are_found_by_its_own_date(desk: Desk, kind: str, field: str) -> None:
    one, two = desk.fill(kind, 2)
    desk.sandbox.clock.advance(60)
    since = datetime.fromtimestamp(desk.sandbox.clock.now_ms() / 1000, UTC)
    desk.push(Set(two, {field: "new"}))
    desk.sandbox.clock.advance(60)
    found = [record.ref for page in desk.reader.pull(kind, since) for record in page.records]
    assert found == [two] != [one]


def test_a_salesforce_write_hands_no_record_to_somebody_else_and_overrides_no_rule() -> None:
    org, create = Org(), Create(OURS, "lead", "k", {"last_name": "Doe"}, "revops_key")
    ref, person, noted = org.make("company", name="Acme"), org.make("contact", last_name="Doe"), Noting(org.sandbox)
    org.writer.transport.use(noted)
    changes: dict[str, Change] = {"lead": create, "contact": Connect(person, Link(ref)), "company": Archive(ref)}
    for kind, change in changes.items():
        org.push(change, kind=kind)
    writes = [request for request in noted.seen if "/composite" in request.path]
    assert [request.method for request in writes] == ["POST", "POST", "DELETE"]
    for request in writes:
        sent = f"{request.headers} {request.body.decode()}".lower()
        assert request.headers["sforce-auto-assign"].upper() == "FALSE"
        assert not any(word in sent for word in ("allowsave", "truncation", "duplicate-rule", "duplicaterule"))


def test_a_load_by_job_names_no_assignment_rule() -> None:
    # "Create a Job", Bulk API 2.0: a rule runs only where the job names one; there is no header to keep rules off.
    org = Org()
    ref, noted = org.make("company", name="Acme"), Noting(org.sandbox)
    org.writer.transport.use(noted)
    org.writer.open(Batch(ref.workspace, "company", "set", (Row("k", Set(ref, {"phone": "1"})),), Way.JOB))
    (job,) = [request for request in noted.seen if "/jobs/ingest" in request.path]
    assert "assignment" not in f"{job.headers} {job.body.decode()}".lower()


REFUSALS = ["DUPLICATES_DETECTED", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "INVALID_FIELD_FOR_INSERT_UPDATE"]


@pytest.mark.parametrize("code", [*REFUSALS, "A_CODE_OF_TOMORROW"])
def test_a_rule_that_refuses_a_row_is_told_by_its_code_and_not_tried_again(code: str) -> None:
    fault = {"statusCode": code, "message": "canary", "fields": []}
    edge: Edge = scripted(Response.of_json(200, [{"success": False, "errors": [fault]}]))
    change = Set(Ref(WORKSPACE, "company", ACCOUNT_ID), {"phone": "1"})
    (outcome,) = writer(edge).push(Batch(WORKSPACE, "company", "set", (Row("a", change),)))
    assert (outcome.status, outcome.code, len(edge.seen)) == (Status.REJECTED, code, 1)


def test_a_text_that_is_too_long_is_refused_and_never_shortened() -> None:
    org = Org()
    ref = org.make("company", name="Acme")
    spec = next(item for item in org.reader.describe("company").fields if item.name == "phone")
    assert spec.length
    (fits,), (long,) = (org.push(Set(ref, {"phone": "1" * size})) for size in (spec.length, spec.length + 1))
    assert (fits.status, long.status) == (Status.APPLIED, Status.REJECTED)
    assert org.one(ref, "phone").get("phone") == "1" * spec.length
