"""At the terminal before live accounts, and in a profile that can write to none."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from sync.cli.sandbox import go_live
from sync.plan.file import plan_hash
from sync.settings import load
from tests.sync.cli.terminal import Terminal


def test_the_terminal_says_what_to_do_next(at: Terminal) -> None:
    go_live(at.stage.sandbox)
    path = at.plan()
    asked = at("apply", str(path), "--approve", plan_hash(path.read_bytes()))
    assert asked.code == 4 and "revops-sync doctor" in asked.err and at.stage.effects() == []
    assert at("doctor").code == 0 and "--canary 3" in at("apply", str(path)).err
    first = at("apply", str(path), "--canary", "2")
    assert first.code == 5 and "look at them in the CRM" in first.err
    assert at("apply", str(path)).code == 0


WRITES = [["apply", "plan.json"], ["apply", "plan.json", "--canary", "3"], ["doctor", "--add-fields"]]
PROFILES = ["variable", "setting"]


def read_only(at: Terminal, profile: str) -> None:
    """From now on commands run in a read-only profile, with every credential still in the environment."""
    if profile == "variable":
        at.monkeypatch.setenv("REVOPS_READ_ONLY", "1")
    else:
        (at.folder / "reads.yaml").write_text("version: 1\nread_only: true\n")
        at.monkeypatch.setenv("REVOPS_CONFIG", str(at.folder / "reads.yaml"))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("words", WRITES, ids=" ".join)
def test_no_command_can_write_in_a_read_only_profile(at: Terminal, words: Sequence[str], profile: str) -> None:
    path = at.plan()
    assert at("approve", str(path), "--hash", plan_hash(path.read_bytes())).code == 0
    read_only(at, profile)
    said = at(*words)
    assert said.code == 4 and "read-only" in said.err and at.stage.effects() == []


def test_whatever_reads_still_works_in_a_read_only_profile(at: Terminal) -> None:
    read_only(at, "variable")
    rows = [json.loads(line) for line in at("doctor", "--format", "jsonl").out.splitlines()]
    assert [row["state"] for row in rows if "read-only" in row["what"]] == ["ok", "ok"]
    assert at("pull").code == at("plan", "--out", "plan.json").code == at("status").code == 0


def test_a_read_only_process_never_takes_in_a_writers_credential(at: Terminal, tmp_path: Path) -> None:
    environ = at.stage.environ | {"REVOPS_READ_ONLY": "1", "REVOPS_STATE": str(tmp_path)}
    settings = load(environ)
    assert settings.secrets is None and settings.writers() == ()
    held = [getattr(value, "get_secret_value", lambda text=value: text)() for _, value in settings.env]
    assert not {secret for name, secret in environ.items() if "_WRITE_" in name} & set(map(str, held))


def test_why_a_run_stopped_is_said_by_every_command_that_has_to_do_with_it(at: Terminal) -> None:
    path = at.plan()
    with at.stage.opened() as session:
        session.ledger.begin("r1", "p" * 64)
    for words in (["status"], ["plan", "--out", str(path)], ["apply", str(path)]):
        assert "run r1 stopped" in at(*words).err
