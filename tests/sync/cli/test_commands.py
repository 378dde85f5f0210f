"""Every command alone: its help, its exit code, its formats, and what it says where there is nothing."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sync.cli import cli
from sync.plan.file import plan_hash
from tests.sync.cli.terminal import Terminal
from tests.sync.stage import Stage

NAMES = sorted(path.stem for path in Path(cli.list_commands.__code__.co_filename).parent.glob("[a-z]*.py"))
TREE = Path(__file__).parents[3]


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, with nothing else in its environment."""
    command = [sys.executable, "-m", "sync", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=TREE, env=environ, timeout=60)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(at: Terminal, name: str) -> None:
    said = at(name, "--help")
    assert said.code == 0 and said.out.startswith(f"Usage: revops-sync {name}") and said.err == ""


def test_the_program_lists_its_commands_and_exit_codes(at: Terminal) -> None:
    said = at("--help")
    assert said.code == 0 and all(f"  {name} " in said.out for name in NAMES) and "Exit codes" in said.out


USAGE = [
    ["no-such-command"],
    ["plan", "--no-such-option"],
    ["plan", "--check", "no_such_check"],
    ["pull", "--kind", "no_such_kind"],
    ["dedupe", "sheep"],
    ["check", "no_such_check"],
    ["show", "none.json"],
    ["apply", "none.json"],
    ["approve", "none.json"],
    ["undo", "no-such-run", "--out", "x.json"],
    ["explain", "not a ref"],
    ["explain", "hubspot:1/company/404"],
    ["review", "reject", "0000"],
    ["apply"],
]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_a_mistake_of_the_user_ends_in_2_and_is_told_on_stderr(at: Terminal, words: list[str]) -> None:
    said = at(*words)
    assert said.code == 2 and said.out == "" and said.err != "" and "Traceback" not in said.err
    assert at.stage.effects() == []


@pytest.mark.parametrize("words", [["dedupe", "--dry-run"], ["dedupe"], ["plan"], ["check"]], ids=" ".join)
def test_on_an_empty_state_a_command_says_what_to_do(at: Terminal, tmp_path: Path, words: list[str]) -> None:
    at.monkeypatch.setenv("REVOPS_STATE", str(tmp_path / "new"))
    said = at(*words)
    assert said.code == 4 and said.out == "" and "revops-sync pull" in said.err


def test_without_credentials_a_command_says_which_are_missing() -> None:
    said = run("pull", REVOPS_STATE="/nonexistent/state")
    assert said.returncode == 2 and said.stdout == "" and "HUBSPOT_ACCESS_TOKEN" in said.stderr


def test_every_mistake_in_the_settings_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("verison: 1\n")
    said = run("status", REVOPS_CONFIG=str(tmp_path / "r.yaml"), REVOPS_STAET="x")
    assert said.returncode == 2 and "r.yaml:1" in said.stderr and "REVOPS_STAET" in said.stderr


def test_check_fails_on_what_it_is_told_to_fail_on(at: Terminal) -> None:
    assert at("check").code == 0 and at("check", "--fail-on", "info").code == 1
    assert at("plan", "--detailed-exitcode").code == 10


@pytest.mark.parametrize("words", [["check"], ["plan"], ["dedupe", "contacts"], ["status"], ["review"]], ids=" ".join)
def test_data_comes_in_the_format_that_was_asked_for(at: Terminal, words: list[str]) -> None:
    at("check")
    assert json.loads(at(*words, "--format", "json").out)["rows"]
    rows = [json.loads(line) for line in at(*words, "--format", "jsonl").out.splitlines()]
    table = list(csv.reader(io.StringIO(at(*words, "--format", "csv").out)))
    assert len(table) == len(rows) + 1 and table[0] == list(rows[0])
    assert at(*words, "--format", "md").out.count("\n") > len(rows)


def test_a_dry_run_writes_nothing_and_never_asks_for_a_writers_credential(at: Terminal) -> None:
    # An id without its secret ends in an error as soon as anything asks for the writer.
    at.monkeypatch.delenv("SALESFORCE_WRITE_CLIENT_SECRET")
    store = at.stage.sandbox.store
    (before,) = store.db.execute("SELECT max(seq) FROM call").fetchone()
    assert at("dedupe", "--dry-run").code == 0 and at.stage.effects() == []
    calls = store.db.execute("SELECT method, path FROM call WHERE seq > ?", (before,)).fetchall()
    assert [path for method, path in calls if method != "GET"] == ["/services/oauth2/token"]
    path = at.plan()
    assert at("apply", str(path), "--approve", plan_hash(path.read_bytes())).code == 2 and at.stage.effects() == []


def test_dedupe_shows_the_same_plan_with_and_without_dry_run(at: Terminal) -> None:
    plain, dry = (json.loads(at("dedupe", *words, "--format", "json").out) for words in ([], ["--dry-run"]))
    assert plain["rows"] == dry["rows"] and plain["groups"] > 0 and at.stage.effects() == []


@pytest.mark.parametrize(("word", "kind"), [("companies", "company"), ("contacts", "contact"), ("leads", "lead")])
def test_dedupe_of_one_kind_plans_for_that_kind(at: Terminal, word: str, kind: str) -> None:
    rows = json.loads(at("dedupe", word, "--format", "json").out)["rows"]
    assert {row["record"].split("/")[1] for row in rows} <= {kind}


def test_init_writes_a_file_to_edit_and_never_over_one(at: Terminal, tmp_path: Path) -> None:
    assert at("init", "--dir", str(tmp_path / "new")).code == 0
    written = (tmp_path / "new" / "revops.yaml").read_text()
    assert "version: 1" in written and at("init", "--dir", str(tmp_path / "new")).code == 2
    at.monkeypatch.setenv("REVOPS_CONFIG", str(tmp_path / "new" / "revops.yaml"))
    assert at("status").code == 0


def test_doctor_tells_who_we_are(at: Terminal) -> None:
    said = at("doctor", "--format", "jsonl")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 0 and {row["state"] for row in rows} <= {"ok", "warning"}
    assert {"hubspot:12345678"} <= {row["where"] for row in rows} and at.stage.effects() == []


def test_pull_brings_what_changed_and_all_of_it_when_told_to(at: Terminal) -> None:
    rows = [json.loads(line) for line in at("pull", "--format", "jsonl").out.splitlines()]
    assert {row["mode"] for row in rows} == {"changes"} and sum(row["changed"] for row in rows) == 0
    full = [
        json.loads(line) for line in at("pull", "--full", "--kind", "company", "--format", "jsonl").out.splitlines()
    ]
    assert [(row["kind"], row["mode"], row["seen"], row["certified"]) for row in full] == [
        ("company", "full", 40, True)
    ] * 2


def test_a_pair_that_a_person_rejected_is_not_asked_about_again(at: Terminal) -> None:
    at("check")
    waiting = [json.loads(line)["finding"] for line in at("review", "--format", "jsonl").out.splitlines()]
    assert at("review", "reject", waiting[0]).code == 0 and at("check").code == 0
    left = [json.loads(line)["finding"] for line in at("review", "--format", "jsonl").out.splitlines()]
    assert waiting[0] not in left and len(left) == len(waiting) - 1


def test_a_pair_that_a_person_accepted_is_planned(at: Terminal, stage: Stage) -> None:
    at("check")
    key = json.loads(at("review", "--format", "jsonl").out.splitlines()[0])["finding"]
    before = {row["group"] for row in json.loads(at("plan", "--format", "json").out)["rows"]}
    assert at("review", "accept", key[:12]).code == 0
    after = {row["group"] for row in json.loads(at("plan", "--format", "json").out)["rows"]}
    assert after - before and stage.effects() == []


def test_a_fault_of_ours_is_told_without_the_values_it_met(at: Terminal) -> None:
    (at.stage.state / "ledger.db").write_bytes(b"x" * 4096)
    said = at("status")
    assert said.code == 5 and "Traceback" not in said.err and said.out == ""
