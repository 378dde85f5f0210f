"""One origin for both CRMs or one for each, in the clear or with TLS by an authority made for the run."""

import json
import socket
import ssl
import stat
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.app import Sandbox
from sandbox.certificates import Trust, make
from sandbox.clock import Clock
from sandbox.server import serve_apart

TOKEN = {"Authorization": "Bearer pat-na1-sandbox-writer"}


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def origins() -> Iterator[dict[str, str]]:
    with serve_apart(Sandbox(clock=Clock(1_790_000_000_123))) as (hubspot, salesforce):
        yield {"hubspot": hubspot, "salesforce": salesforce}


def called(url: str, path: str, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
    place = urlsplit(url)
    host = place.hostname or ""
    connection = HTTPSConnection(host, place.port, context=context) if context else HTTPConnection(host, place.port)
    connection.request("GET", path, headers=TOKEN)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize(
    ("crm", "path", "status", "said"),
    [
        ("hubspot", "/account-info/v3/details", 200, b"portalId"),
        ("hubspot", "/crm/v3/objects/contacts", 200, b"results"),
        ("hubspot", "/services/data", 404, b'"status"'),
        ("hubspot", "/services/data/v66.0/limits", 404, b'"status"'),
        ("hubspot", "/services/oauth2/token", 404, b'"status"'),
        ("salesforce", "/services/data", 200, b"version"),
        ("salesforce", "/services/data/v66.0/limits", 401, b"INVALID_SESSION_ID"),
        ("salesforce", "/crm/v3/objects/contacts", 404, b"NOT_FOUND"),
        ("salesforce", "/account-info/v3/details", 404, b"NOT_FOUND"),
        ("salesforce", "/oauth/v1/token", 404, b"NOT_FOUND"),
        ("hubspot", "/_sandbox/clock", 200, b"now_ms"),
        ("salesforce", "/_sandbox/clock", 200, b"now_ms"),
    ],
)
def test_an_origin_serves_its_own_crm_alone(
    origins: dict[str, str], crm: str, path: str, status: int, said: bytes
) -> None:
    found, body = called(origins[crm], path)
    assert found == status and said in body


def test_the_origins_differ_in_host_and_port(origins: dict[str, str]) -> None:
    places = [urlsplit(url) for url in origins.values()]
    assert [place.hostname for place in places] == ["127.0.0.1", "localhost"]
    assert places[0].port != places[1].port


def test_a_call_is_counted_for_the_crm_whose_host_was_called(origins: dict[str, str]) -> None:
    called(origins["salesforce"], "/crm/v3/objects/contacts")
    counted = json.loads(called(origins["hubspot"], "/_sandbox/metrics")[1])["results"]
    assert [(row["crm"], row["status"]) for row in counted] == [("salesforce", 404)]


def test_both_origins_prove_who_they_are(trust: Trust) -> None:
    context = ssl.create_default_context(cafile=str(trust.ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with serve_apart(Sandbox(), tls=(trust.chain, trust.key)) as urls:
        assert [called(url, "/_sandbox/clock", context)[0] for url in urls] == [200, 200]
        with pytest.raises(ssl.SSLCertVerificationError):
            called(urls[0], "/_sandbox/clock", ssl.create_default_context())


def test_a_name_that_the_certificate_does_not_hold_is_refused(trust: Trust) -> None:
    context = ssl.create_default_context(cafile=str(trust.ca))
    with serve_apart(Sandbox(), tls=(trust.chain, trust.key)) as (url, _):
        raw = socket.create_connection(("127.0.0.1", urlsplit(url).port or 0))
        with raw, pytest.raises(ssl.SSLCertVerificationError, match=r"api\.hubapi\.com"):
            context.wrap_socket(raw, server_hostname="api.hubapi.com")


def test_the_key_is_for_its_owner_alone(trust: Trust) -> None:
    assert stat.S_IMODE(trust.key.stat().st_mode) == 0o600
    assert b"PRIVATE" not in trust.ca.read_bytes() + trust.chain.read_bytes()


def test_every_authority_is_its_own(trust: Trust, tmp_path: Path) -> None:
    assert make(tmp_path).ca.read_bytes() != trust.ca.read_bytes()
