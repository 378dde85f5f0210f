"""`run` as cron starts it: a process with an empty environment, no terminal and a home that cannot be written."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.sync.cli.terminal import Terminal

ROOT = Path(__file__).parents[3]


def env_file(at: Terminal, folder: Path) -> Path:
    """The credentials of the stage, in a file of their own."""
    import os

    path = folder / "env"
    wanted = {
        **at.stage.environ,
        **{name: os.environ[name] for name in ("HUBSPOT_BASE_URL", "SALESFORCE_INSTANCE_URL")},
    }
    path.write_text("".join(f"{name}={value}\n" for name, value in wanted.items()))
    path.chmod(0o600)
    return path


def bare(at: Terminal, folder: Path) -> list[str]:
    """The command that runs it with nothing in its environment."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sync.cli import main; main()"
    empty = [shutil.which("env") or "", "-i", "HOME=/nonexistent", sys.executable, "-B", "-c", start]
    return [*empty, "run", "--env-file", str(env_file(at, folder))]


def test_it_runs_in_an_empty_environment_and_leaves_files_in_the_state_folder_alone(
    at: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    call = bare(at, tmp_path)
    done = subprocess.run(call, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0 and "groups wait: revops-sync show" in done.stderr, done.stderr
    assert (at.stage.state / "waiting" / "plan.json").stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == []


def test_a_dry_run_shows_both_parts_and_keeps_nothing(at: Terminal) -> None:
    said = at("run", "--dry-run", "--format", "csv")
    assert said.code == 0 and said.out.startswith("would,group,check,grade,record\nwait,")
    assert not (at.stage.state / "waiting").exists() and at("history", "--format", "csv").out.count("\n") == 1


def test_the_command_shows_counts_and_history_remembers(at: Terminal) -> None:
    assert at("run", "--format", "json").code == 0
    said = at("history", "--format", "csv")
    assert ",run,waiting," in said.out and said.out.splitlines()[1].endswith(",0")


@pytest.mark.parametrize(
    ("words", "inside"),
    [
        (["cron", "--every", "weekdays"], "0 6 * * 1-5 /usr/bin/env REVOPS_STATE=/"),
        (["systemd"], "OnCalendar=*-*-* 06:00:00"),
        (["github"], "gh pr comment"),
    ],
)
def test_a_schedule_is_printed(at: Terminal, words: list[str], inside: str) -> None:
    said = at("schedule", *words)
    assert said.code == 0 and inside in said.out and said.err == ""


@pytest.mark.parametrize(
    "words",
    [
        ["cron", "--every", "often"],
        ["github", "--install"],
        ["cron", "--install", "--remove"],
        ["cron", "--env-file", "x"],
    ],
)
def test_a_schedule_that_cannot_be_is_refused(at: Terminal, words: list[str]) -> None:
    assert at("schedule", *words).code == 2


def test_the_workflow_is_yaml(at: Terminal) -> None:
    assert set(YAML(typ="safe", pure=True).load(at("schedule", "github").out)["jobs"]) == {"plan", "apply"}
