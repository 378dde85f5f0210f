"""The comparator sees what differs, and its explanations are kept in bounds."""

import io
import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.recorded.explained import Explanation, Explanations, load
from tests.sandbox.recorded.interactions import MADE, made, saved
from tests.sandbox.recorded.recording import read, read_all
from tests.sandbox.recorded.report import run
from tests.sandbox.recorded.shape import Tolerance, compare
from tests.sandbox.recorded.verdict import Verdict, judge

NONE = Explanations(())


@pytest.mark.parametrize("name", MADE)
def test_an_interaction_is_judged_from_itself_alone(name: str) -> None:
    assert judge(made(name)) == Verdict(made(name), "matched")


GONE = object()
CHANGES: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("read", ("updatedAt",), GONE),
    ("read", ("properties", "hs_object_id"), GONE),
    ("read", ("archived",), "false"),
    ("read", ("createdAt",), "2026-03-12"),
    ("read", ("told",), "more"),
    ("read", ("properties", "email"), 7),
    ("list", ("paging", "next", "link"), None),
    ("list", ("paging", "prev"), {}),
    ("create", ("properties", "lastname"), None),
    ("create", ("id",), 71),
    ("taken", ("category",), "OBJECT_NOT_FOUND"),
    ("taken", ("correlationId",), "71"),
    ("taken", ("subCategory",), "X"),
    ("update", ("properties", "lastname"), GONE),
    ("lost", ("errors", 0, "context"), GONE),
    ("lost", ("errors", 0, "category"), "CONFLICT"),
    ("lost", ("errors", 0, "message"), "not there"),
    ("lost", ("numErrors",), "1"),
    ("search", ("paging",), GONE),
    ("search", ("total",), "3"),
    ("search", ("results", 0, "properties", "email"), None),
    ("secondly", ("policyName",), "SECONDLY"),
    ("linked", ("results", 0, "associationTypes", 0, "category"), "USER"),
    ("linked", ("results", 0, "toObjectId"), "9"),
    ("rolling", ("policyName",), "DAILY"),
    ("expired", ("category",), "INVALID_AUTHENTICATION"),
    ("expired", ("context", "expire time"), []),
    ("upsert", ("results", 0, "new"), "false"),
    ("stale", ("results", 0, "properties", "lastname"), "B"),
    ("gone", ("category",), "OBJECT_NOT_FOUND"),
    ("custom", ("properties", "hs_createdate"), "1"),
]


def altered(name: str, path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The interaction with one part of its answer set to a value, or without it."""
    data = deepcopy(MADE[name])
    place: Any = data["response"]["body"]
    for step in path[:-1]:
        place = place[step]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


@pytest.mark.parametrize(("name", "path", "value"), CHANGES)
def test_an_altered_answer_is_seen(name: str, path: tuple[str | int, ...], value: Any) -> None:
    verdict = judge(read(altered(name, path, value), "x.json"))
    assert (verdict.word, bool(verdict.why)) == ("mismatched", True)


@pytest.mark.parametrize(("name", "status"), [("read", 201), ("create", 200), ("archived", 200), ("lost", 200)])
def test_another_status_is_seen(name: str, status: int) -> None:
    assert judge(replace(made(name), status=status)).word == "mismatched"


def test_a_header_that_differs_is_seen() -> None:
    headers = {"x-hubspot-correlation-id": "x", "x-hubspot-unheard-of": "1", "content-type": "text/html"}
    why = judge(replace(made("read"), answer_headers=headers)).why
    assert "header x-hubspot-unheard-of: only recorded" in why
    assert "header x-hubspot-ratelimit-max: only answered" in why
    assert "content-type: text/html recorded, application/json answered" in why


def test_what_cannot_be_served_or_read_is_told_and_does_not_stop_the_others() -> None:
    legacy = read(saved(("GET", "/contacts/v1/lists", None), 200, {}), "x.json")
    assert judge(legacy).word == "not served"
    nowhere = read(saved(("GET", "/marketing/v3/emails", None), 200, {}), "x.json")
    assert judge(nowhere).word == "mismatched"
    odd = read(saved(("GET", "/crm/v3/objects/contacts", None), 200, {"results": [{"name": "no id"}]}), "x.json")
    assert judge(odd).why[0].startswith("no state could be derived")


@pytest.mark.parametrize(
    ("tolerance", "differences"),
    [
        (Tolerance(), ["/a: only recorded", "/b: only answered", "/c: null recorded, text answered"]),
        (Tolerance(optional=frozenset("ab"), nullable=frozenset("c")), []),
        (Tolerance(gone=frozenset("a"), later=frozenset("b"), nullable=frozenset("c")), []),
        (Tolerance(gone=frozenset("b"), later=frozenset("a"), nullable=frozenset("c")), ["/a", "/b"]),
    ],
)
def test_what_is_tolerated_is_tolerated_on_its_side_alone(tolerance: Tolerance, differences: list[str]) -> None:
    found = compare({"a": 1, "c": None}, {"b": 1, "c": "x"}, tolerance)
    assert [one[: len(other)] for one, other in zip(found, differences, strict=True)] == differences


def test_items_of_a_list_are_paired_by_their_key_else_by_what_is_most_alike() -> None:
    assert compare([{"id": "1", "a": 1}, {"id": "2"}], [{"id": "2"}, {"id": "1", "a": 2}], Tolerance()) == []
    assert compare([{"a": 1}, {"b": "x"}], [{"b": "y"}, {"a": 2}], Tolerance()) == []
    assert compare([1], [1, 2], Tolerance()) == [": 1 items recorded, 2 answered"]


def explained(cause: str, live: bool = True, **more: str) -> str:
    """What an entry that names the file makes of a mismatch."""
    kind = "recorded" if live else "fixture"
    wrong = Verdict(replace(made("read"), kind=kind, notes="a trimmed body"), "mismatched", ("/x: only answered",))
    return Explanations((Explanation("read.json", cause, "because", **more),)).weigh(wrong).word


def test_an_entry_explains_a_mismatch_but_nothing_live_is_not_from_the_wire() -> None:
    assert explained("older API version") == "explained"
    assert explained("not from the wire") == "mismatched"
    assert explained("not from the wire", live=False) == "explained"


def test_a_rule_explains_only_differences_that_it_tells_of() -> None:
    assert explained("older API version", differs=".*: only answered", notes="trimmed") == "explained"
    assert explained("older API version", differs=".*: only answered", notes="pasted") == "mismatched"
    assert explained("older API version", differs=".*: only recorded") == "mismatched"


def test_a_stale_entry_an_unknown_class_and_too_many_explained_are_against_the_rules() -> None:
    entries = Explanations((Explanation("read.json", "a hunch", "because"),))
    fine, excused = Verdict(made("read"), "matched"), Verdict(made("taken"), "explained")
    wrong = ["unknown class: read.json: a hunch", "stale explanation: read.json"]
    assert entries.broken([fine]) == wrong
    assert NONE.broken([fine] * 9 + [excused]) == []
    assert NONE.broken([fine] * 8 + [excused]) == ["too many live recordings of hubspot explained"]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/contacts/v1/lists", 0),
        ("/services/async/50.0/job", 0),
        ("/crm/v3/objects/contacts", 1),
        ("/services/data", 1),
    ],
)
def test_only_old_and_other_interfaces_may_go_unserved(path: str, wrong: int) -> None:
    verdict = Verdict(replace(made("read"), path=path), "not served", ("because",))
    assert len(NONE.broken([verdict])) == wrong


def test_the_report_ends_in_the_sum_and_fails_on_a_mismatch(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name, data in {"good": MADE["read"], "deep/bad": altered("read", ("archived",), 1)}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data), "utf-8")
    (tmp_path / "other.json").write_text("{}", "utf-8")
    out = io.StringIO()
    assert run([tmp_path], out, NONE) == 1
    lines = out.getvalue().splitlines()
    assert lines[0] == "deep/bad.json: mismatched: /archived: number recorded, boolean answered"
    assert lines[-1] == "1 matched, 0 explained, 1 mismatched, 0 not served"
    assert run([tmp_path / "good.json"], io.StringIO(), NONE) == 0


def test_both_layouts_are_read(tmp_path: Path) -> None:
    request = {"method": "get", "path": "/services/data?q=1", "query": {"a": ["1", "2"]}, "headers": {"X-A": "b"}}
    data = {"category": "limits", "note": "n", "request": request, "response": {"status": 200, "headers": {"B": ["c"]}}}
    (tmp_path / "x.json").write_text(json.dumps(data), "utf-8")
    (found,) = read_all(tmp_path)
    assert (found.vendor, found.family, found.notes, found.path) == ("salesforce", "limits", "n", "/services/data")
    assert (found.query, found.headers, found.answer_headers) == ((("a", "1"), ("a", "2")), {"x-a": "b"}, {"b": "c"})


def test_every_entry_of_ours_has_a_known_class_and_a_reason() -> None:
    assert load().broken([]) == [] and all(len(entry.why) > 20 for entry in load().entries)
