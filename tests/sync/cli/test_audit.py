"""`audit` at the terminal: its tables, its lists, its formats, and nothing of a person in what pipelines keep."""

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from tests.sync.cli.terminal import Terminal

PERSONAL = {
    *("email", "Email", "lastname", "LastName", "phone", "Phone", "MobilePhone", "mobilephone"),
    *("dealname", "Name", "name", "amount"),
}
"""Fields of people and companies, by the CRMs' own names."""


def rows(at: Terminal, *words: str) -> list[dict[str, Any]]:
    said = at(*words, "--format", "json")
    assert said.code == 0, said.err
    found: list[dict[str, Any]] = json.loads(said.out)["rows"]
    return found


def test_a_row_an_account_with_its_target_for_people_and_for_programs(at: Terminal) -> None:
    said = at("audit", "stale_deals", "moved_money")
    assert said.code == 0 and re.search(r"^stale_deals .* \d+(\.\d)? % .* at most 0 % +breached", said.out, re.M)
    found = rows(at, "audit", "stale_deals", "moved_money")
    assert [row["name"] for row in found[:2]] == ["stale_deals"] * 2 and found[-1]["name"] == "moved_money"
    assert found[0]["value"] == round(found[0]["count"] / found[0]["of"], 6) and found[0]["formula"]
    assert found[-1]["count"] is None and float(found[-1]["value"]) >= 0


def test_the_records_behind_a_figure_are_as_many_as_it_counts(at: Terminal) -> None:
    counted, behind = rows(at, "audit", "stale_deals"), rows(at, "audit", "stale_deals", "--ids", "--by", "owner.name")
    assert len(behind) == sum(row["count"] for row in counted) > 0
    assert all("/deal/" in row["record"] and not row["slice"].isdigit() for row in behind)


def test_a_breakdown_by_owner_shows_ids_unless_names_are_asked_for(at: Terminal) -> None:
    ids, names = (rows(at, "audit", "stale_deals", "--by", by) for by in ("owner", "owner.name"))
    assert [row["count"] for row in ids] == [row["count"] for row in names] and len(ids) > 2
    assert all(re.fullmatch(r"\w+", row["slice"]) for row in ids)
    assert all(re.fullmatch(r"\D+ \D+", row["slice"]) for row in names)


def test_the_checklist_names_its_items_and_next_steps(at: Terminal) -> None:
    found = rows(at, "audit", "--checklist")
    assert {row["item"].split()[0] for row in found} == {"review", "validate", "replace", "archive", "look", "verify"}
    assert {row["account"].partition(":")[0] for row in found} == {"hubspot", "salesforce"}


def test_what_only_histories_tell_is_unknown_of_the_past_unless_histories_are_enough(at: Terminal) -> None:
    past = rows(at, "audit", "stale_deals", "skipped_stages", "--as-of", "2026-09-30")
    stale, skipped = ([row for row in past if row["name"] == name] for name in ("stale_deals", "skipped_stages"))
    assert all(row["value"] is None and row["state"] == "unknown" and "histories" in row["note"] for row in stale)
    assert skipped and all(row["of"] > 0 for row in skipped)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nonsense"], "no such figure: nonsense"),
        (["stale_deals", "--by", "nonsense"], "nothing to break down by 'nonsense'"),
        (["--checklist", "--by", "owner"], "--checklist has its own figures"),
        (["stale_deals", "--ids", "--format", "sarif"], "sarif and junit show findings and figures"),
        (["stale_deals", "--as-of", "2999-01-01"], "has not come yet"),
    ],
)
def test_a_mistake_is_told(at: Terminal, words: list[str], why: str) -> None:
    said = at("audit", *words)
    assert said.code == 2 and why in said.err and said.out == ""


def private(at: Terminal) -> set[str]:
    """Every value of these fields in either CRM that is long enough not to stand in a text by chance."""
    fields = [row.fields for row in at.stage.sandbox.store.rows("kind IN ('contact', 'lead', 'company', 'deal')")]
    values = {str(item.get(name)) for item in fields for name in PERSONAL & item.keys()}
    return {value for value in values if len(value) > 5 and value != "None"}


CHECKS = ("required_field", "stage_skip", "orphan_contact", "inactive_contact", "close_date_push", "duplicate")


@pytest.mark.parametrize("format_", ["sarif", "junit"])
def test_pipelines_see_no_value_of_a_record(at: Terminal, format_: str) -> None:
    texts = [at("check", *CHECKS, "--format", format_).out, at("audit", "stale_deals", "--format", format_).out]
    values = private(at)
    assert len(values) > 200 and [value for value in values if any(value in text for text in texts)] == []
    assert all("/deal/" in text or "stale_deals" in text for text in texts)


def test_a_finding_of_the_check_is_one_result_and_one_failure(at: Terminal) -> None:
    found = rows(at, "check", "stage_skip", "required_field")
    (run,) = json.loads(at("check", "stage_skip", "required_field", "--format", "sarif").out)["runs"]
    assert [item["partialFingerprints"]["finding/v1"] for item in run["results"]] == [row["finding"] for row in found]
    cases = ET.fromstring(at("check", "stage_skip", "required_field", "--format", "junit").out)
    warned = [row for row in found if row["severity"] != "info"]
    assert int(cases.attrib["failures"]) == len(warned) > 0
