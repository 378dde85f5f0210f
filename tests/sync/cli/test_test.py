"""`test` as a person and a pipeline meet it."""

import json
from pathlib import Path

import pytest

from tests.sync.cli.terminal import Terminal

LABELS = """
- { same: true, a: { name: Acme Bank, phone: +1 212 555 0100 }, b: { name: ACME Bank, phone: +1 212 555 0100 } }
- { same: false, a: { name: Acme Bank }, b: { name: Globex } }
"""


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "labels.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(LABELS, "utf-8")
    return path


def test_without_labels_it_says_how_to_get_some(at: Terminal) -> None:
    said = at("test")
    assert said.code == 2 and "config/labels.yaml" in said.err and said.out == ""


def test_a_rule_that_loses_ground_fails_a_pipeline(at: Terminal, labels: Path) -> None:
    good = at("test", "--format", "json")
    Path("base.json").write_text(good.out, "utf-8")
    assert good.code == 0 == at("test", "--baseline", "base.json").code
    labels.write_text(LABELS.replace("same: false", "same: true"), "utf-8")
    bad = at("test", "--baseline", "base.json")
    assert bad.code == 1 and "recall fell from" in bad.err


def test_values_are_shown_to_those_alone_who_ask(at: Terminal, labels: Path) -> None:
    labels.write_text(LABELS.replace("same: false", "same: true"), "utf-8")
    plain, shown = at("test"), at("test", "--reveal")
    assert "Globex" not in plain.out and "missed" in plain.out and "Globex" in shown.out


def test_a_decision_of_a_review_is_a_label(at: Terminal) -> None:
    waiting = json.loads(at("review", "--format", "json").out)["rows"] if at("dedupe").code == 0 else []
    assert at("review", "reject", waiting[0]["finding"]).code == 0
    facts = json.loads(at("test", "--format", "json", "--suggest").out)
    assert facts["labels"]["different"] >= 1 and facts["suggestion"] == ""


@pytest.mark.parametrize("words", [["--csv", "x.csv"], ["--truth", "x.csv"], ["--csv", "a.csv", "--truth", "b.csv"]])
def test_half_a_question_is_refused(at: Terminal, words: list[str]) -> None:
    assert at("test", *words).code == 2
