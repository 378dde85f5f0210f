"""Installing the scheduled job: the file of credentials, the crontab, the user's units; never twice."""

from pathlib import Path

import pytest

from connectors.errors import UsageError
from sync.jobs import schedule
from sync.jobs.schedule import Units, install_cron, job_of, remove_cron, variables
from sync.render.schedule import Job
from sync.settings import load

JOB = Job(("/opt/revops-sync",), Path("/state"), None, None, "daily", 60.0)
OTHERS = "5 4 * * * /usr/bin/other\n"
TABLE = '#!/bin/sh\nif [ "$1" = -l ]; then cat "$TABLE" 2>/dev/null || { echo no crontab for you >&2; exit 1; }; '
TABLE += 'else cat > "$TABLE"; fi\n'


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file behind a `crontab` that keeps the table there."""
    tool = tmp_path / "crontab"
    tool.write_text(TABLE)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("TABLE", str(tmp_path / "table"))
    return tmp_path / "table"


def secret(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_file_of_variables_is_read_as_written(tmp_path: Path) -> None:
    text = "# a comment\nexport A=1\n\nB='x y'\nC=\"$A=\"\n D = e \n"
    assert variables(secret(tmp_path / "env", text)) == {"A": "1", "B": "x y", "C": "$A=", "D": "e"}


@pytest.mark.parametrize(
    ("text", "mode", "said"), [("A=1", 0o640, "chmod 600"), ("A=1", 0o604, "chmod 600"), ("A", 0o600, "env:1")]
)
def test_a_file_that_others_read_or_that_is_no_list_is_refused(tmp_path: Path, text: str, mode: int, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        variables(secret(tmp_path / "env", text, mode))
    assert said in str(refused.value)


def test_the_job_has_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    secret(tmp_path / "env", "A=1")
    job = job_of(load({"REVOPS_STATE": "state"}), "daily", Path("env"))
    assert (job.state, job.env_file) == (tmp_path / "state", tmp_path / "env")
    assert Path(job.program[0]).is_absolute()


def test_the_crontab_gets_one_line_however_often_and_others_stay(table: Path) -> None:
    table.write_text(OTHERS)
    assert install_cron(JOB) == "the crontab holds the line"
    once = table.read_text()
    assert install_cron(JOB) == "the crontab's line was replaced" and table.read_text() == once
    assert once.startswith(OTHERS) and len(once.splitlines()) == 2
    assert remove_cron() == "the line is out of the crontab" and table.read_text() == OTHERS
    assert remove_cron() == "the crontab held no such line"


def test_a_user_without_a_crontab_gets_one(table: Path) -> None:
    install_cron(JOB)
    assert table.read_text().count("revops-sync run") == 1


def test_where_there_is_no_crontab_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="crontab is not installed"):
        install_cron(JOB)


def test_the_units_are_written_enabled_and_removed(tmp_path: Path) -> None:
    told: list[str] = []
    units = Units(tmp_path / "user", lambda words: told.append(" ".join(words)))
    units.install(JOB)
    units.install(JOB)
    assert sorted(path.name for path in units.folder.iterdir()) == ["revops-sync.service", "revops-sync.timer"]
    assert told == ["daemon-reload", "enable --now revops-sync.timer"] * 2
    assert "gone" in units.remove() and not list(units.folder.iterdir())
    assert "no such units" in units.remove()


def test_the_units_of_a_user_stand_where_systemd_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert schedule.units().folder == tmp_path / "systemd" / "user"
