"""`backtest`: its sentence, its rows and its days."""

import json

from tests.sync.cli.terminal import Terminal


def test_one_sentence_for_each_account_and_a_row_for_each_rule(at: Terminal) -> None:
    said = at("backtest", "--since", "2020-01-01")
    assert said.code == 0 and said.out.count("this gate would have stopped") == 2 and "were lost anyway" in said.out
    rows = json.loads(at("backtest", "--since", "2020-01-01", "--format", "json").out)["rows"]
    assert {row["rule"] for row in rows} == {"any rule", "exit_criteria", "required_field", "stage_skip"}
    assert all(row["stopped"] + row["unknown"] <= row["moves"] for row in rows)
    assert all(row["won"] + row["lost"] + row["open"] + row["gone"] == row["deals"] for row in rows)


def test_the_ids_are_those_that_are_counted(at: Terminal) -> None:
    words = ("backtest", "--since", "2020-01-01", "--rule", "stage_skip", "--format", "json")
    counts, moves = (json.loads(at(*words, *more).out)["rows"] for more in ((), ("--ids",)))
    assert sum(row["stopped"] for row in counts if row["rule"] == "stage_skip") == len(moves) > 0
    assert sum(row["deals"] for row in counts if row["rule"] == "stage_skip") == len({row["deal"] for row in moves})


def test_days_that_are_none_are_told(at: Terminal) -> None:
    for words in (["--since", "2026-01-02", "--until", "2026-01-01"], ["--since", "soon"], ["--rule", "duplicate"]):
        said = at("backtest", *words)
        assert said.code == 2 and said.err and not said.out
