"""Labels of every sort end in one report, and a rule change that loses ground is told."""

import json
from pathlib import Path

import pytest

from connectors.errors import UsageError
from hygiene.checks.duplicate import Duplicate
from hygiene.match.score import Verdict
from hygiene.match.table import TABLES
from hygiene.view import Judgement
from sync import labels
from sync.jobs.preflight import preflight, read
from sync.jobs.rules import Report, losses, of_judgements, of_listing, of_pairs, truth_of
from sync.jobs.suggest import suggest
from tests.book import Book, record

CHECKS = {kind: Duplicate(kind=kind) for kind in TABLES}
ACME = {"name": "Acme Holdings", "phone": "+1 212 555 0100", "street": "1 Main Street", "city": "New York"}
FILE = """
- same: true
  a: { name: Acme Bank, street: 1 Main St, postcode: 02139 }
  b: { name: ACME Bank, street: 1 Main Street, postcode: 02139 }
- same: false
  a: { name: Acme Bank, city: Boston, street: 1 Main St }
  b: { name: Acme Bank, city: Boston, street: 1 Main St }
- { same: true, a: { name: Acme Bank }, b: { name: Globex }, note: renamed }
"""


def written(folder: Path, text: str, name: str = "labels.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def report(folder: Path, text: str = FILE) -> Report:
    return of_pairs(labels.read(written(folder, text)), CHECKS, None)


def test_a_report_counts_what_each_band_finds(tmp_path: Path) -> None:
    auto = report(tmp_path).measures["auto"]
    assert (auto.found, auto.right, auto.true) == (2, 1, 2) and auto.precision == auto.recall == auto.f1 == 0.5


def test_wrong_and_missed_pairs_are_told_by_place_and_evidence_without_values(tmp_path: Path) -> None:
    wrong, missed = report(tmp_path).errors()
    assert (wrong.verdict, missed.verdict) == (Verdict.AUTO, Verdict.NO) and not missed.compared
    assert wrong.where.endswith("labels.yaml:5") and missed.where.endswith("labels.yaml:8")
    assert "Acme" not in f"{report(tmp_path).facts()}{wrong.reasons}" and "Acme Bank" in wrong.values[0]


def test_a_value_is_the_text_that_is_written(tmp_path: Path) -> None:
    side = labels.read(written(tmp_path, FILE))[0].a
    assert isinstance(side, dict) and side["postcode"] == "02139"


def test_decisions_of_a_review_are_labels_and_those_of_gone_records_are_counted() -> None:
    rows = [record("company", "1", **ACME), record("company", "2", **ACME), record("company", "3", name="Globex")]
    refs = [row.ref for row in rows]
    said = {(refs[0], refs[1]): Judgement.DUPLICATE, (refs[0], refs[2]): Judgement.DISTINCT}
    gone = {(refs[0], record("company", "9").ref): Judgement.DISTINCT}
    done = of_judgements(Book(rows, judgements=said | gone), CHECKS)
    assert done.absent == 1 and [(case.same, case.verdict) for case in done.cases] == [(True, 2), (False, 0)]


def test_two_refs_are_compared_as_they_stand_in_the_mirror(tmp_path: Path) -> None:
    book = Book([record("company", key, **ACME) for key in "12"])
    text = "- { same: true, a: hubspot:1/company/1, b: hubspot:1/company/2 }"
    done = of_pairs(labels.read(written(tmp_path, text)), CHECKS, book)
    assert done.measures["auto"].recall == 1 and done.measures["auto"].found == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- { same: true, a: { name: A } }", "labels.yaml:1: b:"),
        ("\n- { same: maybe, a: { name: A }, b: { name: B } }", "labels.yaml:2: same:"),
        ("- { same: true, a: { name: A }, b: hubspot:1/company/1 }", "do not go together"),
        ("- { same: true, a: x, b: y }", "not a ref"),
        ("same: true", "not a list"),
        ("- [", "labels.yaml:"),
        ("- { same: true, a: { color: A }, b: { name: B } }", "no field 'color'"),
        ("- { kind: goat, same: true, a: { name: A }, b: { name: B } }", "no match table for 'goat'"),
    ],
)
def test_a_mistake_in_the_labels_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as mistake:
        report(tmp_path, text)
    assert told in str(mistake.value) and mistake.value.act


def listed(folder: Path, rows: int, wrong: int) -> Report:
    """Pairs of names at one address; of `wrong` of them the truth says that they are not one."""
    lines = [f"{at}{side},Firm{at}x{at} Trading,{at} Long Road,Town{at}" for at in range(rows) for side in "ab"]
    listing = read(
        written(folder, "\n".join(["id,name,street,city", *lines]), "l.csv"),
        "company",
        dict.fromkeys(()) | {name: name for name in ("id", "name", "street", "city")},
    )
    truth = [f"{at}{side},{at}{side * (at < wrong)}" for at in range(rows) for side in "ab"]
    path = written(folder, "\n".join(["id,cluster_id", *truth]), "t.csv")
    return of_listing(listing, preflight(listing, CHECKS["company"]), truth_of(path, listing))


def test_a_file_and_its_truth_are_a_report(tmp_path: Path) -> None:
    auto = listed(tmp_path, 8, 2).measures["auto"]
    assert (auto.found, auto.right, auto.true) == (8, 6, 6)


def test_a_truth_must_speak_of_every_row(tmp_path: Path) -> None:
    listing = read(written(tmp_path, "id,name\n1,A\n2,B\n", "l.csv"), "company", {"id": "id", "name": "name"})
    for text, told in (
        ("1,x\n", "no cluster for 1 rows"),
        ("1,x\n3,x\n", "line 3: no row has the id"),
        ("1,x\n1,x\n", "twice"),
    ):
        with pytest.raises(UsageError, match=told):
            truth_of(written(tmp_path, f"id,cluster_id\n{text}", "t.csv"), listing)


def test_ground_lost_against_a_baseline_or_a_minimum_is_told(tmp_path: Path) -> None:
    good = json.dumps(listed(tmp_path, 6, 0).facts())
    baseline, bad = written(tmp_path, good, "base.json"), listed(tmp_path, 6, 2)
    assert list(losses(listed(tmp_path, 6, 0), {"precision": 1.0, "recall": 1.0}, baseline)) == []
    assert [text.split(" fell")[0] for text in losses(bad, {}, baseline)] == [
        "auto precision",
        "auto and review precision",
    ]
    assert list(losses(bad, {"precision": 0.9, "recall": 0.9}, None)) == ["auto precision is 0.6667, less than 0.9"]


def test_a_baseline_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a baseline"):
        list(losses(report(tmp_path), {}, written(tmp_path, "[]", "base.json")))


def test_weights_are_offered_as_a_diff_that_changes_no_file(tmp_path: Path) -> None:
    rules = written(tmp_path, Path(__file__).parents[3].joinpath("config/match.yaml").read_text("utf-8"), "match.yaml")
    before, (diff, said) = rules.read_bytes(), suggest(listed(tmp_path, 60, 30).cases, CHECKS, rules)
    moved = [line for line in diff.splitlines() if line.startswith("+    - {")]
    assert moved and all("compare:" in line for line in moved) and "labels kept out" in said[0]
    assert rules.read_bytes() == before


def test_few_labels_offer_nothing_and_say_so(tmp_path: Path) -> None:
    diff, said = suggest(report(tmp_path).cases, CHECKS, None)
    assert diff == "" and "too few labels" in said[0]
