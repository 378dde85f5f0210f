"""No request, however hostile, makes the sandbox stumble; each that once did has its row."""

import json
from itertools import islice
from typing import Any

import pytest

from sandbox.salesforce.wildcards import compiled
from sandbox.server import serve
from sandbox.wire import Request
from tests.sandbox.hostile import inside, wire
from tests.sandbox.hostile.judge import wrong
from tests.sandbox.hubspot_desk import WRITER, Desk
from tests.sandbox.salesforce_org import DATA, Org

DEEP = 10_000
COMPLICATED = b"QUERY_TOO_COMPLICATED"
CONTACTS = "/crm/v3/objects/contacts"


@pytest.mark.parametrize("seed", [11, 12])
def test_no_call_breaks_the_sandbox(seed: int) -> None:
    report = inside.calls(550, seed)
    assert report.requests == 550
    assert [item for item in report.violations if not item[:1].isdigit()] == []


def test_hostile_calls_reach_the_handlers() -> None:
    answers = inside.calls(300, 13).answers
    assert {kind for kind, _ in answers} == {"operation", "soql", "soap", "parts", "address", "login"}
    assert {200, 400, 404} <= {status for kind, status in answers if kind == "operation"}


def test_no_order_breaks_the_sandbox() -> None:
    report = inside.control_calls(60, 14)
    assert report.requests == 60
    assert [item for item in report.violations if not item[:1].isdigit()] == []


def test_no_bytes_break_the_server() -> None:
    sandbox = inside.sandbox()
    with serve(sandbox) as url:
        port = int(url.rpartition(":")[2])
        told = islice((item for item in wire.messages(150, 15) if item != wire.BIG), 200)
        assert [(what, item[:200]) for item in told for what in wire.wrong(port, item)] == []
    assert sandbox.errors == []


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (500, {}, b"{}"),
        (200, {}, b"Traceback (most recent call last)"),
        (200, {"Location": "a\r\nb"}, b""),
        (200, {"Content-Type": "application/json"}, b'{"a": NaN}'),
        (200, {"Content-Type": "application/json"}, b'"\xff"'),
    ],
)
def test_a_rule_that_is_broken_is_seen(status: int, headers: dict[str, str], body: bytes) -> None:
    assert list(wrong(status, headers, body, 0.0))
    assert list(wrong(500, {}, b"<soapenv:Fault>", 0.0)) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * DEEP, 400),
        (b'{"properties":' * DEEP, 400),
        (b'{"properties": {"amount": NaN}}', 400),
        (b'{"properties": {"amount": 1e999}}', 400),
        (b'{"properties": {"amount": ' + b"9" * 5000 + b"}}", 400),
        (b'{"properties": {"firstname": "\\ud800"}}', 201),
        (b'{"properties": {"firstname": "\\ud83d\\ude00"}}', 201),
    ],
)
def test_json_that_hubspot_once_stumbled_over(body: bytes, status: int) -> None:
    desk = Desk()
    answer = desk.sandbox.handle(Request("POST", CONTACTS, (), {"authorization": f"Bearer {WRITER}"}, body))
    assert (answer.status, desk.sandbox.errors) == (status, [])
    assert list(wrong(answer.status, answer.headers, answer.body, 0.0)) == []


def test_half_a_surrogate_pair_is_a_question_mark() -> None:
    assert Request("POST", "/", body=b'{"a": "x\\ud800", "b": "\\ud83d\\ude00"}').json() == {
        "a": "x?",
        "b": "\U0001f600",
    }


def test_an_id_property_that_is_no_name_is_refused() -> None:
    part = {"id": "1", "idProperty": {"value": "email"}, "properties": {}}
    assert Desk().call("POST", "contacts/batch/update", {"inputs": [part]}).status_code == 400


def test_a_form_that_is_no_utf8_is_refused() -> None:
    assert Desk().sandbox.handle(Request("POST", "/oauth/v1/token", body=b"grant_type=\xc3(")).status == 400


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/parameterizedSearch", {"q": "a", "sobjects": "x"}, "JSON_PARSER_ERROR"),
        ("/parameterizedSearch", {"q": "a", "sobjects": ["x"]}, "JSON_PARSER_ERROR"),
        ("/parameterizedSearch", {"q": "a", "overallLimit": "many"}, "JSON_PARSER_ERROR"),
        ("/composite/sobjects/Account", {"ids": [], "fields": [["Name"]]}, "JSON_PARSER_ERROR"),
        ("/composite/sobjects/Account", {"ids": 5, "fields": ["Name"]}, "JSON_PARSER_ERROR"),
        ("/composite/batch", {"batchRequests": [["x"]]}, "JSON_PARSER_ERROR"),
    ],
)
def test_a_value_of_another_type_is_refused(path: str, body: dict[str, Any], code: str) -> None:
    org = Org()
    answer = org.call("POST", path, body)
    assert (answer.status_code, answer.json()[0]["errorCode"], org.sandbox.errors) == (400, code, [])


@pytest.mark.parametrize("text", ["a@b", "0x10", "²", "٣", "1_0", "-1", "9" * 30])
@pytest.mark.parametrize("path", ["/recent?limit=", "/jobs/ingest?queryLocator="])
def test_a_number_that_is_none_is_refused_by_salesforce(path: str, text: str) -> None:
    org = Org()
    assert org.call("GET", path + text).status_code == 400 and org.sandbox.errors == []


@pytest.mark.parametrize("text", ["²", "٣", "1_0", "9" * 30])
@pytest.mark.parametrize("path", ["contacts?after=", "contacts?limit=", "contacts/501/associations/companies?after="])
def test_a_number_that_is_none_never_breaks_hubspot(path: str, text: str) -> None:
    desk = Desk()
    desk.fill("contact", {"email": "a@b.example"})
    assert desk.call("GET", path + text).status_code < 500 and desk.sandbox.errors == []


@pytest.mark.parametrize("text", ["x", "Sun, 99 Foo 2026", "Sun, 01 Mar 99999 12:00:00 GMT"])
def test_a_date_that_is_none_is_no_condition(text: str) -> None:
    org = Org()
    assert org.call("GET", "/sobjects/Account/describe", If_Modified_Since=text).status_code == 200
    assert org.sandbox.errors == []


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ({"url": "http://["}, 404),
        ({"url": f"{DATA}/limits", "httpHeaders": [1]}, 400),
        ({"url": None, "method": 5}, 404),
    ],
)
def test_a_part_that_is_no_request_is_refused_by_itself(part: dict[str, Any], status: int) -> None:
    org = Org()
    good = {"method": "GET", "url": f"{DATA}/limits", "referenceId": "good"}
    answer = org.call(
        "POST", "/composite", {"compositeRequest": [{"method": "GET", "referenceId": "bad", **part}, good]}
    )
    assert [item["httpStatusCode"] for item in answer.json()["compositeResponse"]] == [status, 200]
    assert org.sandbox.errors == []


@pytest.mark.parametrize(
    ("where", "known"),
    [
        ("(" * 5000 + "Name = 'a'" + ")" * 5000, COMPLICATED),
        ("NOT (" * 300 + "Name = 'a'" + ")" * 300, COMPLICATED),
        (" OR ".join(["Name = 'b'"] * 1500), b'"totalSize": 0'),
        (" AND ".join(["Name != 'b'"] * 1500), b'"totalSize": 1'),
        (f"Name LIKE '{'%a' * 300}%'", b'"totalSize": 0'),
        (f"Name LIKE '{'a' * 60_000}%'", b'"totalSize": 0'),
        ("Name = 'a' ORDER BY " + ", ".join(["Name"] * 33), b"ORDER BY takes at most 32 fields"),
        ("Name = 'a' ORDER BY " + ", ".join(["Name"] * 32), b'"totalSize": 0'),
        ("Name = 'a' LIMIT " + "9" * 5000, b"MALFORMED_QUERY"),
    ],
)
def test_soql_that_once_broke_or_held_up_the_sandbox(where: str, known: bytes) -> None:
    org = Org()
    org.create("Account", Name="a" * 200)
    assert known in json.dumps(org.query(f"SELECT Id FROM Account WHERE {where}")).encode()
    assert org.sandbox.errors == []


def test_a_deep_search_is_refused() -> None:
    answer = Org().query(f"FIND {{{'(' * 5000}ab{')' * 5000}}} RETURNING Account", "/search")
    assert answer[0]["errorCode"] == COMPLICATED.decode()


def test_an_unknown_encoding_of_xml_is_a_fault() -> None:
    org = Org()
    body = b'<?xml version="1.0" encoding="nothing"?><x/>'
    answer = org.sandbox.handle(Request("POST", "/services/Soap/u/66.0", body=body))
    assert b"<soapenv:Fault>" in answer.body and org.sandbox.errors == []


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("a%", {"a": True, "abc": True, "ba": False}),
        ("%a", {"a": True, "ab": False, "ba": True}),
        ("a%a", {"a": False, "aa": True, "aba": True, "abab": False}),
        ("%a_%b%", {"ab": False, "axb": True, "xaxyb": True}),
        (r"10\%%", {"10%": True, "10% off": True, "100": False}),
        (r"a\_b", {"a_b": True, "axb": False}),
        ("_%_", {"a": False, "ab": True, "a\nb": True}),
        ("", {"": True, "a": False}),
    ],
)
def test_wildcards(pattern: str, texts: dict[str, bool]) -> None:
    assert {text: compiled(pattern, "%", "_")(text) for text in texts} == texts


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("clock", "x"),
        ("edit", {"kind": {}, "id": "1", "archive": True}),
        ("edit", {"kind": "contact", "id": ["1"], "archive": True}),
        ("settings", [1]),
        ("settings", {"hubspot": {"searchlag": 1}}),
        ("settings", {"hubspot": {"tokens": 5}}),
        ("settings", {"pipedrive": {}}),
    ],
)
def test_an_order_that_means_nothing_is_refused(name: str, order: Any) -> None:
    answer = Desk().call("POST", f"/_sandbox/{name}", order)
    assert answer.status_code == 400 and answer.json()["message"]


def test_a_refused_order_of_settings_changes_none() -> None:
    desk = Desk()
    assert desk.call("POST", "/_sandbox/settings", {"hubspot": {"portal_id": 5, "tokens": 5}}).status_code == 400
    assert desk.call("GET", "/_sandbox/settings").json()["hubspot"]["portal_id"] == 12345678


@pytest.mark.parametrize(
    "message",
    [
        wire.BIG,
        wire.POST + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + wire.FINE[:10] + b"\xff" * 10,
        wire.POST + b"Content-Length: 1_0\r\n\r\n0123456789",
        wire.POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        wire.POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
        wire.POST + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        wire.POST + b"Transfer-Encoding: chunked\r\n\r\n4000001\r\n{}",
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(message: bytes) -> None:
    sandbox = inside.sandbox()
    with serve(sandbox) as url:
        heard = wire.sent(int(url.rpartition(":")[2]), message)
    assert heard.startswith(b"HTTP/1.1 400") and sandbox.errors == []


def test_a_method_that_nobody_serves_is_refused_in_the_vendors_words() -> None:
    with serve(inside.sandbox()) as url:
        heard = wire.sent(int(url.rpartition(":")[2]), b"BREW /crm/v3/owners HTTP/1.0\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 405") and b"HTTP 405 Method Not Allowed" in heard
