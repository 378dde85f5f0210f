"""What answers mean: errors by code, results by the ids they echo, and no secret in any exception."""

import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.changes import Status
from connectors.pace import Pace
from connectors.records import Ref
from connectors.salesforce import BUDGETS, match, soap
from connectors.salesforce.answers import ErrorMap, Fault, refusal, soap_fault
from connectors.salesforce.match import Result, Sent, outcomes
from connectors.transport import Answer
from sandbox.wire import Response
from tests.connectors.salesforce_edge import SECRET, TOKEN, WORKSPACE, Edge, reader, scripted

FAULT = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.'
    'sforce.com"><soapenv:Body><soapenv:Fault><faultcode>sf:{}</faultcode><faultstring>{}</faultstring>'
    "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)


def answer(status: int, content: Any = b"", headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, content if isinstance(content, bytes) else json.dumps(content).encode())


def error(code: str, message: str = "") -> list[dict[str, Any]]:
    return [{"message": message, "errorCode": code, "fields": []}]


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (401, error("INVALID_SESSION_ID"), errors.Expired),
        (401, b"<html>", errors.Expired),
        (403, error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), errors.Exhausted),
        (403, error("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."), errors.Busy),
        (403, error("INSUFFICIENT_ACCESS"), errors.CredentialError),
        (403, error("API_DISABLED_FOR_ORG"), errors.CredentialError),
        (403, b"", errors.CredentialError),
        (400, error("MALFORMED_QUERY"), errors.Rejected),
        (400, error("UNABLE_TO_LOCK_ROW"), errors.Rejected),
        (404, error("ENTITY_IS_DELETED"), errors.Rejected),
        (300, ["/services/data/v66.0/sobjects/Account/001"], errors.Rejected),
        (412, error("ENTITY_WAS_MODIFIED"), errors.Rejected),
        (429, b"", errors.Busy),
        (500, error("UNKNOWN_EXCEPTION"), errors.Ambiguous),
        (503, b"<html>down</html>", errors.Ambiguous),
        (500, FAULT.format("INVALID_SESSION_ID", "x").encode(), errors.Expired),
        (500, FAULT.format("INVALID_TYPE_FOR_OPERATION", "x").encode(), errors.Rejected),
        (500, FAULT.format("UNKNOWN_EXCEPTION", "x").encode(), errors.Ambiguous),
        (500, FAULT.format("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").encode(), errors.Exhausted),
    ],
)
def test_an_error_is_sorted_by_who_must_act(status: int, content: Any, kind: type[Exception]) -> None:
    assert type(refusal(answer(status, content))) is kind


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_no_error(status: int) -> None:
    assert refusal(answer(status)) is None


@pytest.mark.parametrize(
    ("header", "left"),
    [
        ("api-usage=10018/100000", 89982),
        ("api-usage=18/5000; per-app-api-usage=17/250(appName=sample)", 4982),
        ("api-usage=2/1", 0),
        ("nonsense", None),
    ],
)
def test_the_calls_left_today_are_learned_from_the_header(header: str, left: int | None) -> None:
    pace = Pace(BUDGETS)
    ErrorMap(pace, lambda: None)(answer(200, {}, {"sforce-limit-info": header}))
    assert pace.daily_left == left


@pytest.mark.parametrize("code", ["x y", "<b>", "a" * 200, "a\nb", ""])
def test_a_code_that_is_none_is_not_repeated(code: str) -> None:
    found = refusal(answer(400, error(code)))
    assert isinstance(found, errors.Rejected)
    assert found.code == ""


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x><faultcode>&e;</faultcode></x>',
        '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x><faultcode>&b;</faultcode></x>',
        "<x><faultcode>",
    ],
)
def test_hostile_xml_says_nothing(text: str) -> None:
    assert soap_fault(text.encode()) == ()
    assert soap.results(text.encode()) == ()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_no_exception_shows_a_secret_a_query_or_a_body(status: int) -> None:
    edge = scripted(Response.of_json(status, error("SOME_CODE", "canary-value of canary-query")))
    with pytest.raises(errors.RevopsError) as caught:
        reader(edge).identity()
    shown = f"{caught.value!r} {caught.value} {''.join(traceback.format_exception(caught.value))}"
    assert not any(canary in shown for canary in (TOKEN, SECRET, "canary-value", "SELECT"))


IDS = [f"001{number:012d}AAA" for number in range(6)]
SENT = [Sent(f"key{number}", Ref(WORKSPACE, "company", id_)) for number, id_ in enumerate(IDS)]
LOCKED, INVALID = Fault("UNABLE_TO_LOCK_ROW", "locked"), Fault("FIELD_CUSTOM_VALIDATION_EXCEPTION", "no")


def statuses(found: list[Result]) -> list[Status]:
    return [outcome.status for outcome in outcomes(SENT[: len(IDS)], found)]


def results(good: set[int], fault: Callable[[int], Fault] = lambda _: INVALID) -> list[Result]:
    return [
        Result(id_ if at in good else "", at in good, match.NONE if at in good else fault(at))
        for at, id_ in enumerate(IDS)
    ]


def test_a_refused_row_without_an_id_is_told_apart_by_its_place() -> None:
    found = outcomes(SENT, results({0, 1, 3, 4, 5}, lambda _: LOCKED))
    assert [(outcome.key, outcome.code) for outcome in found if outcome.status is Status.REJECTED] == [
        ("key2", "UNABLE_TO_LOCK_ROW")
    ]


@given(st.sets(st.integers(0, 5)), st.randoms())
def test_no_order_of_results_makes_a_row_falsely_applied_or_refused(good: set[int], random: Any) -> None:
    shuffled = results(good)
    random.shuffle(shuffled)
    assert statuses(shuffled) == [Status.APPLIED if at in good else Status.REJECTED for at in range(len(IDS))]


@given(st.sets(st.integers(0, 5)), st.lists(st.integers(0, 5), unique=True))
def test_results_that_do_not_add_up_never_refuse_a_row_that_was_applied(good: set[int], kept: list[int]) -> None:
    garbled = [results(good)[at] for at in kept]
    for at, status in enumerate(statuses(garbled)):
        assert status is not Status.APPLIED or at in good
        assert status is not Status.REJECTED or at not in good


@pytest.mark.parametrize("found", [[], [Result("001000000000099AAA", True)], [Result("", True)] * 6])
def test_an_answer_that_names_no_row_leaves_all_unknown(found: list[Result]) -> None:
    assert statuses(found) == [Status.UNKNOWN] * 6


def test_errors_out_of_place_are_not_put_under_a_row() -> None:
    found = results({0, 1, 2, 3}, lambda at: (LOCKED, INVALID)[at - 4])
    shuffled = outcomes(SENT, [found[1], found[0], *found[2:]])
    assert [outcome.code for outcome in shuffled if outcome.status is Status.REJECTED] == ["", ""]


def test_the_next_page_is_read_from_our_host_alone() -> None:
    first = {
        "totalSize": 1,
        "done": False,
        "records": [],
        "nextRecordsUrl": "https://evil/services/data/v66.0/query/01g-1",
    }
    last = {
        "totalSize": 1,
        "done": True,
        "records": [{"Id": IDS[0], "Name": "x", "IsSandbox": True, "OrganizationType": ""}],
    }
    edge = scripted(Response.of_json(200, first), Response.of_json(200, last))
    assert reader(edge).identity().production is False
    assert edge.seen[1].headers["host"] == "example.my.salesforce.com"


@pytest.mark.parametrize("next_", ["/services/data/v66.0/query/01g-1", "/services/oauth2/revoke", "//evil", ""])
def test_a_next_page_that_is_none_ends_the_query_with_an_error(next_: str) -> None:
    page = {"totalSize": 1, "done": False, "records": [], "nextRecordsUrl": next_}
    with pytest.raises(errors.Garbled):
        reader(scripted(Response.of_json(200, page))).identity()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"totalSize":0', b'{"totalSize":0,"done":true}'])
def test_a_page_of_another_shape_never_passes_for_an_empty_one(body: bytes) -> None:
    edge = Edge(lambda _: Response(200, body))
    with pytest.raises(errors.RemoteError):
        reader(edge).identity()
    assert len(edge.seen) > 1
