"""`slo` at the terminal: its exit codes, what is kept, and what changed."""

import json

import pytest

from tests.sync.cli.terminal import Terminal

SLOS = """version: 1
slo:
  - {id: met, figure: orphan_contacts, max: 1, owner: RevOps, every: weekly}
  - {id: late, figure: stale_deals, max: 0, owner: sales, every: daily}
  - {id: spent, figure: stale_deals, max: 0, every: quarterly, budget: 0.5, periods: 4}
"""


@pytest.fixture
def slo(at: Terminal) -> Terminal:
    path = at.folder / "own.yaml"
    path.write_text(SLOS, "utf-8")
    at.monkeypatch.setenv("REVOPS_CONFIG", str(path))
    return at


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["met"], 0),
        (["late"], 1),
        (["spent"], 1),
        (["spent", "--within-budget"], 0),
        (["late", "--within-budget"], 1),
        (["met", "late"], 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst_target(slo: Terminal, words: list[str], code: int) -> None:
    said = slo("slo", *words)
    assert said.code == code and said.out


def test_a_change_is_shown_once(slo: Terminal) -> None:
    first, again = slo("slo", "--format", "json"), slo("slo", "--format", "json")
    changed = [[row["changed_from"] for row in json.loads(said.out)["rows"]] for said in (first, again)]
    assert changed == [["", "", "met", "met", "met", "met"], [""] * 6]
    assert (first.err, again.err) == (
        "2 met, 2 spending, 2 breached; 4 changed\n",
        "2 met, 2 spending, 2 breached; 0 changed\n",
    )


def test_what_is_done_in_its_period_is_not_due_again(slo: Terminal) -> None:
    assert slo("slo", "late").code == 1
    said = slo("slo", "--due", "--format", "json")
    assert {row["target"] for row in json.loads(said.out)["rows"]} == {"met", "spent"}
    said = slo("slo", "--due", "--format", "json")
    assert (said.code, json.loads(said.out)["rows"], said.err) == (0, [], "no target is due; 0 changed\n")


def test_the_history_of_a_target_has_every_look(slo: Terminal) -> None:
    for _ in range(2):
        slo("slo", "met")
    rows = json.loads(slo("slo", "met", "--history", "--format", "json").out)["rows"]
    assert [row["account"].partition(":")[0] for row in rows] == ["hubspot"] * 2 + ["salesforce"] * 2
    assert {row["state"] for row in rows} == {"met"}


@pytest.mark.parametrize(
    "words", [["nonsense"], ["--history"], ["met", "late", "--history"], ["nonsense", "--history"]]
)
def test_a_mistake_is_told(slo: Terminal, words: list[str]) -> None:
    said = slo("slo", *words)
    assert said.code == 2 and said.err and not said.out


def test_a_pipeline_sees_the_breach_and_what_is_asked(slo: Terminal) -> None:
    (run,) = json.loads(slo("slo", "late", "met", "--format", "sarif").out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["late", "late"]
    assert all("where at most 0 % is asked" in result["message"]["text"] for result in run["results"])


MISTAKES = {
    "{id: a, figure: nonsense, max: 1}": "no figure is called 'nonsense'",
    "{id: a, figure: stale_deals}": "a target needs `below`, `max` or `min`",
    "{id: a, figure: stale_deals, max: 1, nonsense: 2}": "nonsense: no such setting",
    "{id: a, figure: stale_deals, max: 1, every: hourly}": "'daily', 'weekly', 'monthly' or 'quarterly'",
    "{id: a, figure: stale_deals, max: 1}\n  - {id: a, figure: stale_deals, max: 0}": "two targets are called 'a'",
    "{id: a, figure: duplicate_rate, kind: deal, max: 1}": "deal",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_in_a_target_is_told_with_its_line(slo: Terminal, line: str) -> None:
    (slo.folder / "own.yaml").write_text(f"version: 1\nslo:\n  - {line}\n", "utf-8")
    said = slo("slo")
    assert said.code == 2 and MISTAKES[line] in said.err and "own.yaml:" in said.err
