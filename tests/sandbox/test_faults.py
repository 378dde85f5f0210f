"""The fault script: what goes wrong, when, and whether the call took effect."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.faults import Fault, FaultError, Faults, Rule, Script, parse, read
from sandbox.wire import Request, Response
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


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("", "not a mapping. Give {title, modes, seed, rules}"),
        ("{tite: x, rules: []}", "tite: no such key. Use one of: modes, rules, seed, shows, title"),
        ("{rules: []}", "rules: no rules"),
        ("{seed: x, rules: [{do: [gzip]}]}", "seed: not what can stand here. Give a whole number"),
        ("[{on: {crm: pipedrive}, do: [gzip]}]", "rules[0].on.crm: not what can stand here. Give one of hubspot"),
        ("[{do: [gzip]}, {on: {path: '('}, do: [gzip]}]", "rules[1].on.path: not a regular expression"),
        ("[{on: {nth: 0}, do: [gzip]}]", "rules[0].on.nth: not what can stand here. Give a whole number, 1 or more"),
        ("[{on: {when: x}, do: [gzip]}]", "rules[0].on.when: no such key. Use one of: after_ms, body"),
        ("[{do: []}]", "rules[0].do: no actions"),
        ("[{do: [explode]}]", "rules[0].do[0]: a fault needs exactly one action, not explode. Use one of: actor"),
        ("[{do: [gzip, {delay: -1}]}]", "rules[0].do[1].delay: not what can stand here. Give a number of seconds"),
        ("[{do: [{garble: soup}]}]", "rules[0].do[0].garble: not what can stand here. Give one of empty, reorder"),
        ("[{do: [{status: 500, wait: 1}]}]", "rules[0].do[0].wait: no such key. Use one of: body, headers, status"),
        ("[{do: [", "not a document"),
    ],
)
def test_a_bad_script_is_refused_with_its_place_and_a_fix(tmp_path: Path, script: str, said: str) -> None:
    file = tmp_path / "script.yaml"
    file.write_text(script, "utf-8")
    with pytest.raises(FaultError) as caught:
        read(file)
    assert said in str(caught.value) and str(file) in str(caught.value)


def test_a_script_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match=r"cannot be read.*Name a fault script"):
        read(tmp_path / "absent.yaml")


@pytest.mark.parametrize("name", ["script.json", "script.yaml"])
def test_json_says_the_same(tmp_path: Path, name: str) -> None:
    spec = {"title": "t", "modes": ["A04"], "seed": 2, "rules": [{"on": {"nth": 2}, "do": ["gzip"]}]}
    (tmp_path / name).write_text(json.dumps(spec))
    assert read(tmp_path / name) == parse(spec) == Script("t", ("A04",), 2, ({"on": {"nth": 2}, "do": ["gzip"]},))


def test_a_call_is_known_by_its_query_and_its_body() -> None:
    rule = Rule.of({"on": {"query": "^after=5$", "body": '"id"', "method": "GET|POST"}, "do": ["gzip"]})
    right = Request("POST", "/crm", (("after", "5"),), body=b'{"id": 1}')
    assert rule.matches("hubspot", right)
    assert not rule.matches("hubspot", replace(right, query=(("after", "50"),)))
    assert not rule.matches("hubspot", replace(right, body=b"{}"))
    assert not rule.matches("hubspot", replace(right, method="PATCH"))


def test_a_rule_wakes_and_sleeps_by_the_clock_of_the_sandbox() -> None:
    desk = Desk()
    desk.call(
        "POST", "/_sandbox/faults", {"on": {"after_ms": 1000, "for_ms": 500, "times": 0}, "do": [{"status": 500}]}
    )
    seen = []
    for _ in range(4):
        seen.append(desk.call("GET", "contacts").status_code)
        desk.sandbox.clock.advance(0.5)
    assert seen == [200, 200, 500, 200]


def test_a_share_of_calls_is_struck_by_chance() -> None:
    faults = Faults([{"on": {"probability": 0.2}, "do": ["gzip"]}])
    struck = sum(bool(faults.take("hubspot", Request("GET", "/crm")).do) for _ in range(2000))
    assert 330 < struck < 470


@pytest.mark.parametrize(("path", "new", "seen"), [("a.b", 1, {"a": {"b": 1}, "r": [1]}), ("r.0", 2, {"r": [2]})])
def test_a_place_in_an_answer_is_set(path: str, new: int, seen: dict[str, Any]) -> None:
    fault = Fault(({"set_json": {path: new}},))
    assert json.loads(fault.spoil(Response.of_json(200, {"r": [1]}), False).body) == seen
