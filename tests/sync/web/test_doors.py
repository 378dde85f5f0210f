"""The gate starts only where it can be reached safely, with secrets worth the name, and without the means to write."""

import pytest

from connectors.errors import CredentialError, UsageError
from sync.environment import Secrets
from sync.settings import load
from sync.web.doors import doors, unarmed
from tests.sync.web.house import FLOW, PATH, SECRET, SECRETS, TOKEN


def opened(host: str = "127.0.0.1", **more: str) -> object:
    return doors(load(more).env, host, 8802)


def test_a_door_is_open_where_it_has_a_secret() -> None:
    found = doors(load(SECRETS).env, "127.0.0.1", 8802)
    assert found.url == "http://127.0.0.1:8802"
    assert found.open == ("/gate/hubspot", "/gate/salesforce", "/gate", "/gate/salesforce/SECRET")
    assert doors(load({"REVOPS_GATE_TOKEN": TOKEN}).env, "::1", 1).open == ("/gate",)


def test_the_public_address_is_the_one_that_is_set() -> None:
    env = load({"REVOPS_GATE_TOKEN": TOKEN, "REVOPS_GATE_URL": "https://gate.example/revops/"}).env
    assert doors(env, "0.0.0.0", 8802).url == "https://gate.example/revops"


@pytest.mark.parametrize(
    ("host", "more", "words"),
    [
        ("127.0.0.1", {}, "no door"),
        ("127.0.0.1", {"REVOPS_GATE_TOKEN": "short"}, "REVOPS_GATE_TOKEN: shorter"),
        ("127.0.0.1", {"REVOPS_HUBSPOT_WEBHOOK_SECRETS": f"{SECRET},short"}, "REVOPS_HUBSPOT_WEBHOOK_SECRETS"),
        ("0.0.0.0", {"REVOPS_GATE_TOKEN": TOKEN}, "https"),
        ("0.0.0.0", {"REVOPS_GATE_TOKEN": TOKEN, "REVOPS_GATE_URL": "http://gate.example"}, "https"),
        ("127.0.0.1", {"REVOPS_GATE_TOKEN": TOKEN, "REVOPS_GATE_URL": "http://gate.example"}, "https"),
        ("127.0.0.1", {"REVOPS_GATE_TOKEN": TOKEN, "REVOPS_GATE_URL": "gate.example"}, "no address"),
        ("127.0.0.1", {"REVOPS_GATE_TOKEN": TOKEN, "REVOPS_GATE_URL": "https://a.example/?x=1"}, "no address"),
    ],
)
def test_what_would_be_unsafe_is_refused(host: str, more: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        opened(host, **more)


def test_no_secret_is_shown() -> None:
    env = load(SECRETS).env
    shown = f"{env!r}{doors(env, '127.0.0.1', 1)!r}"
    assert not [secret for secret in (SECRET, FLOW, PATH, TOKEN) if secret in shown]


@pytest.mark.parametrize("name", [name.upper() for name in Secrets.model_fields])
def test_a_writers_credential_in_the_environment_ends_it(name: str) -> None:
    unarmed({"HUBSPOT_ACCESS_TOKEN": "reader", name: ""})
    with pytest.raises(CredentialError, match=name):
        unarmed({"HUBSPOT_ACCESS_TOKEN": "reader", name: "x"})
