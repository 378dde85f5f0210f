"""The fault script: what goes wrong, when, and whether the call took effect."""

from typing import Any

import pytest
import requests

from sandbox.faults import Faults, Rule
from sandbox.wire import Request
from tests.sandbox.hubspot_desk import START, WRITER, Desk

CREATE = {"method": "POST", "path": "/objects/contacts$"}


def broken(do: list[Any], **on: Any) -> Desk:
    """A desk whose next contact create goes wrong."""
    desk = Desk()
    answer = desk.call("POST", "/_sandbox/faults", {"on": {**CREATE, **on}, "do": do})
    assert answer.status_code == 200, answer.text
    return desk


def create(desk: Desk) -> requests.Response:
    return desk.call("POST", "contacts", {"properties": {"email": "a@example.com"}})


@pytest.mark.parametrize(
    ("do", "error", "applied"),
    [
        ("drop_before", requests.exceptions.ConnectTimeout, False),
        ("drop_after", requests.exceptions.ConnectionError, True),
        ({"apply_then": "drop"}, requests.exceptions.ConnectionError, True),
        ({"truncate": 20}, requests.exceptions.ChunkedEncodingError, True),
    ],
)
def test_a_broken_connection_says_nothing_but_the_ledger_does(do: Any, error: type[Exception], applied: bool) -> None:
    desk = broken([do])
    with pytest.raises(error):
        create(desk)
    assert desk.verbs() == ["create"] * applied


@pytest.mark.parametrize(("do", "applied"), [({"status": 502, "body": "<html>"}, False), ({"apply_then": 502}, True)])
def test_a_scripted_status_replaces_or_follows_the_call(do: Any, applied: bool) -> None:
    desk = broken([do])
    assert create(desk).status_code == 502
    assert desk.verbs() == ["create"] * applied


def test_a_rule_counts_its_calls() -> None:
    desk = broken([{"status": 500}], nth=2, times=2)
    codes = [desk.call("POST", "contacts", {"properties": {"email": f"{n}@example.com"}}).status_code for n in range(4)]
    assert codes == [201, 500, 500, 201]


def test_a_rule_may_last_for_ever_and_be_lifted() -> None:
    desk = broken([{"status": 503}], times=0)
    assert [create(desk).status_code for _ in range(3)] == [503] * 3
    desk.call("DELETE", "/_sandbox/faults")
    assert create(desk).status_code == 201


def test_a_delay_moves_the_clock_and_beats_the_timeout() -> None:
    desk = broken([{"delay": 30}])
    with pytest.raises(requests.exceptions.ReadTimeout):
        desk.http.post("https://x/crm/v3/objects/contacts", json={"properties": {"email": "a@b.example"}}, timeout=10)
    assert desk.sandbox.clock.now_ms() == START + 30_000
    assert desk.verbs() == ["create"]


def test_an_expired_token_stays_expired() -> None:
    desk = broken(["expire_token"])
    assert [create(desk).json()["category"] for _ in range(2)] == ["EXPIRED_AUTHENTICATION"] * 2
    assert desk.call("GET", "contacts", token="pat-na1-sandbox-reader").status_code == 200


def test_hidden_records_are_missing_in_lists_alone() -> None:
    desk = Desk()
    one, two = desk.fill("contact", {"email": "a@example.com"}, {"email": "b@example.com"})
    desk.sandbox.faults.add([{"on": {"times": 0}, "do": [{"hide": [one]}]}])
    assert [item["id"] for item in desk.call("GET", "contacts").json()["results"]] == [two]
    assert desk.call("GET", f"contacts/{one}").status_code == 200


def test_a_stale_index_is_behind_for_that_write() -> None:
    desk = broken([{"stale_index": 60}])
    create(desk)
    later = desk.make("contacts", email="b@example.com")
    assert desk.find("contacts") == [later]
    desk.sandbox.clock.advance(60)
    assert len(desk.find("contacts")) == 2


@pytest.mark.parametrize(("when", "final"), [("before", "tool"), ("after", "person")])
def test_a_person_edits_around_the_call(when: str, final: str) -> None:
    desk = Desk()
    (record,) = desk.fill("contact", {"email": "a@example.com"})
    edit = {"crm": "hubspot", "kind": "contact", "id": record, "fields": {"jobtitle": "person"}}
    desk.sandbox.faults.add([{"on": {"method": "PATCH"}, "do": [{"edit": edit, "when": when}]}])
    desk.set("contacts", record, jobtitle="tool")
    assert desk.get("contacts", record, "jobtitle")["jobtitle"] == final


def test_a_redirect_names_another_place() -> None:
    desk = broken([{"redirect": "https://elsewhere.example/x"}])
    headers = {"Authorization": f"Bearer {WRITER}"}
    answer = desk.http.post("https://x/crm/v3/objects/contacts", headers=headers, json={}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "https://elsewhere.example/x")


@pytest.mark.parametrize(("how", "kept"), [("empty", 0), ("reorder", 2)])
def test_a_garbled_answer_looks_well(how: str, kept: int) -> None:
    desk = Desk()
    ids = desk.fill("contact", {"email": "a@example.com"}, {"email": "b@example.com"})
    desk.sandbox.faults.add([{"do": [{"garble": how}]}])
    assert [item["id"] for item in desk.call("GET", "contacts").json()["results"]] == ids[::-1][:kept]


def test_rules_are_told_apart_by_crm_method_and_path() -> None:
    rule = Rule.of({"on": {"crm": "hubspot", "method": "get", "path": "objects/co"}, "do": ["drop_before"]})
    assert rule.matches("hubspot", Request("GET", "/crm/v3/objects/contacts"))
    assert not rule.matches("salesforce", Request("GET", "/crm/v3/objects/contacts"))
    assert not rule.matches("hubspot", Request("POST", "/crm/v3/objects/contacts"))
    assert not rule.matches("hubspot", Request("GET", "/crm/v3/objects/deals"))


@pytest.mark.parametrize("do", [["explode"], [{"status": 500, "delay": 1}], [{}]])
def test_a_malformed_rule_adds_nothing(do: list[Any]) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match="exactly one"):
        faults.add([{"do": ["drop_before"]}, {"do": do}])
    assert faults.take("hubspot", Request("GET", "/crm")).do == ()
