"""The sandbox's HTTP(S) shell and its control endpoints."""

import gzip
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.server import self_signed, serve
from sandbox.store import Row
from sandbox.wire import Request

WRITER = {"Authorization": "Bearer pat-na1-sandbox-writer"}
PERSON = {"properties": {"email": "a@example.com"}}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(clock=Clock(1_790_000_000_123))


@pytest.fixture
def url(sandbox: Sandbox) -> Iterator[str]:
    with serve(sandbox) as base_url:
        yield base_url


def test_one_connection_carries_many_calls(url: str) -> None:
    host = urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname or "", host.port)
    for _ in range(3):
        connection.request("GET", "/account-info/v3/details", headers=WRITER)
        answer = connection.getresponse()
        assert json.loads(answer.read())["portalId"] == 12345678
    assert answer.headers["Date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    connection.close()


def test_a_chunked_body_is_read(url: str) -> None:
    body = json.dumps(PERSON).encode()
    answer = requests.post(f"{url}/crm/v3/objects/contacts", data=iter([body[:7], body[7:]]), headers=WRITER, timeout=5)
    assert answer.status_code == 201


def test_a_gzipped_body_is_read(url: str) -> None:
    headers = {**WRITER, "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps(PERSON).encode())
    assert requests.post(f"{url}/crm/v3/objects/contacts", data=body, headers=headers, timeout=5).status_code == 201


def test_a_body_that_is_not_what_it_says_is_refused(url: str) -> None:
    headers = {**WRITER, "Content-Encoding": "gzip"}
    assert requests.post(f"{url}/crm/v3/objects/contacts", data=b"{}", headers=headers, timeout=5).status_code == 400


@pytest.mark.parametrize("do", ["drop_before", "drop_after", {"truncate": 10}])
def test_a_dropped_answer_breaks_the_connection(sandbox: Sandbox, url: str, do: object) -> None:
    sandbox.faults.add([{"do": [do]}])
    with pytest.raises(requests.exceptions.RequestException):
        requests.post(f"{url}/crm/v3/objects/contacts", json=PERSON, headers=WRITER, timeout=5)
    assert len(list(sandbox.store.ledger())) == (do != "drop_before")


def test_garbage_on_the_socket_harms_nobody(sandbox: Sandbox, url: str) -> None:
    with socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0)) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        raw.recv(100)
    assert requests.get(f"{url}/_sandbox/errors", timeout=5).json() == {"results": []}


def test_tls_is_real(sandbox: Sandbox, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with serve(sandbox, tls=(certificate, key)) as url:
        assert url.startswith("https://")
        answer = requests.get(f"{url}/_sandbox/clock", verify=str(certificate), timeout=5)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{url}/_sandbox/clock", timeout=5)
    assert answer.json() == {"now_ms": 1_790_000_000_123, "frozen": True}
    assert ssl.HAS_TLSv1_2


def test_control_moves_the_clock(url: str) -> None:
    moved = requests.post(f"{url}/_sandbox/clock", json={"advance_seconds": 1.5}, timeout=5).json()
    assert moved == {"now_ms": 1_790_000_001_623, "frozen": True}
    assert requests.post(f"{url}/_sandbox/clock", json={"resume": True}, timeout=5).json()["frozen"] is False


def test_control_counts_calls_by_template(url: str) -> None:
    for number in (101, 102):
        requests.get(f"{url}/crm/v3/objects/contacts/{number}", headers=WRITER, timeout=5)
    found = requests.get(f"{url}/_sandbox/metrics", timeout=5).json()
    row = {"crm": "hubspot", "method": "GET", "path": "/crm/v3/objects/contacts/{id}", "status": 404, "calls": 2}
    assert found == {"calls": 2, "results": [row]}


def test_control_shows_the_ledger_from_a_point_on(url: str) -> None:
    for name in "ab":
        person = {"properties": {"email": f"{name}@example.com"}}
        requests.post(f"{url}/crm/v3/objects/contacts", json=person, headers=WRITER, timeout=5)
    found = requests.get(f"{url}/_sandbox/ledger?after=1", timeout=5).json()["results"]
    assert [(entry["seq"], entry["verb"], entry["kind"]) for entry in found] == [(2, "create", "contact")]


def test_control_changes_settings(url: str) -> None:
    changed = requests.post(f"{url}/_sandbox/settings", json={"hubspot": {"portal_id": 7}}, timeout=5).json()
    details = requests.get(f"{url}/account-info/v3/details", headers=WRITER, timeout=5).json()
    assert changed["hubspot"]["portal_id"] == details["portalId"] == 7


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/_sandbox/nothing", "", 404),
        ("POST", "/_sandbox/faults", '{"do": ["explode"]}', 400),
        ("POST", "/_sandbox/edit", '{"kind": "contact", "id": "1", "fields": {}}', 400),
        ("GET", "/elsewhere", "", 404),
        ("DELETE", "/crm/v3/objects/contacts", "", 405),
        ("GET", "/crm/v9/objects/contacts", "", 404),
        ("POST", "/crm/v3/objects/contacts/search", "{", 400),
        ("POST", "/crm/v3/objects/contacts", "[]", 400),
    ],
)
def test_a_bad_call_is_refused(sandbox: Sandbox, method: str, path: str, body: str, status: int) -> None:
    headers = {"authorization": WRITER["Authorization"]}
    answer = sandbox.handle(Request(method, path, headers=headers, body=body.encode()))
    assert (answer.status, sandbox.errors) == (status, [])


def test_a_bug_is_an_outage_that_is_remembered(sandbox: Sandbox) -> None:
    sandbox.store.set("hubspot", "time_zone", "Nowhere/Land")
    headers = {"authorization": WRITER["Authorization"]}
    answer = sandbox.handle(Request("GET", "/account-info/v3/details", headers=headers))
    assert (answer.status, json.loads(answer.body)["message"]) == (500, "internal error")
    assert "ZoneInfoNotFoundError" in sandbox.errors[0]["error"]


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_a_person_edits_either_crm(sandbox: Sandbox, crm: str) -> None:
    key = "501" if crm == "hubspot" else "001SB0000000001YAA"
    sandbox.store.put(Row(crm, "company", key, 1, 0, 0, 0, False, None, {"name": "Acme", "Name": "Acme"}))
    spec = {
        "crm": crm,
        "kind": "company",
        "id": key,
        "fields": {"website" if crm == "hubspot" else "Website": "acme.example"},
    }
    answer = sandbox.handle(Request("POST", "/_sandbox/edit", body=json.dumps(spec).encode()))
    entry = next(sandbox.store.ledger())
    assert (answer.status, entry["crm"], entry["verb"], entry["id"]) == (200, crm, "update", key)


def test_salesforce_is_served_beside_hubspot(sandbox: Sandbox) -> None:
    answer = sandbox.handle(Request("GET", "/services/data/v66.0/limits", headers={"authorization": "Bearer nobody"}))
    assert (answer.status, json.loads(answer.body)[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
