"""Cron lines, systemd units and the workflow: what their own readers make of them."""

import shlex
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from connectors.errors import UsageError
from sync.render.schedule import BOUNDS, MARK, NAMED, Job, calendars, cron, crontab, expanded, github, service, timer

ODD = Path("/srv/50% of $HOME/it's \\ here")
JOB = Job(("/opt/bin/revops-sync",), ODD, ODD / "revops.yaml", ODD / "env", "0 6 * * 1-5", 60.0)
SYSTEMD = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")


def field(at: int) -> st.SearchStrategy[str]:
    low, high = BOUNDS[at]
    number = st.integers(low, high)
    span = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    step = st.tuples(st.one_of(st.just("*"), span), st.integers(1, 9)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    return st.one_of(
        st.just("*"), st.lists(st.one_of(number.map(str), span, step), min_size=1, max_size=3).map(",".join)
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [("5", [5]), ("1-3", [1, 2, 3]), ("*/20", [0, 20, 40]), ("10-20/5,59", [10, 15, 20, 59])],
)
def test_a_cron_field_names_its_values(text: str, values: list[int]) -> None:
    assert expanded(text, (0, 59)) == values


@pytest.mark.parametrize(
    "every",
    [
        "often",
        "* * * *",
        "60 * * * *",
        "5-1 * * * *",
        "a * * * *",
        "*/0 * * * *",
        "5/2 * * * *",
        "1- * * * *",
        "@reboot",
    ],
)
def test_what_is_no_time_is_refused(every: str) -> None:
    with pytest.raises(UsageError):
        cron(every)


@given(st.tuples(*(field(at) for at in range(5))).map(" ".join))
def test_any_cron_expression_has_calendars_of_one_shape(every: str) -> None:
    for line in calendars(every):
        day, clock = line.rsplit(" ", 1)
        assert clock.endswith(":00") and day.split()[-1].startswith("*-")


@needs_systemd
@pytest.mark.parametrize("every", [*NAMED, "*/15 8-18 * * 1-5", "0 6 13 * 5", "30 2 29 2 *", "0 0 */2 * 0,7"])
def test_systemd_starts_it_at_a_moment_that_cron_names(every: str) -> None:
    call = [SYSTEMD or "", "calendar", "--iterations=1", *calendars(every)]
    told = subprocess.run(call, capture_output=True, text=True, env={"TZ": "UTC", "LC_ALL": "C"}, check=True).stdout
    minute, hour, day, month, week = cron(every)
    for line in (line for line in told.splitlines() if "Next elapse" in line or "(in UTC)" in line):
        when = datetime.strptime(" ".join(line.split()[-3:-1]), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - in UTC
        assert when.minute in expanded(minute, BOUNDS[0]) and when.hour in expanded(hour, BOUNDS[1])
        assert when.month in expanded(month, BOUNDS[3])
        in_week = when.isoweekday() % 7 in {number % 7 for number in expanded(week, BOUNDS[4])}
        assert when.day in expanded(day, BOUNDS[2]) or in_week


@needs_systemd
@pytest.mark.parametrize("state", [ODD, Path("/var/lib/revops")])
def test_systemd_takes_the_units(tmp_path: Path, state: Path) -> None:
    job = Job((shutil.which("true") or "", "-x"), state, state / "c.yaml", state / "env", "daily", 60.0)
    (tmp_path / "revops-sync.service").write_text(service(job))
    (tmp_path / "revops-sync.timer").write_text(timer(job))
    files = [str(tmp_path / f"revops-sync.{end}") for end in ("service", "timer")]
    done = subprocess.run([SYSTEMD or "", "verify", *files], capture_output=True, text=True)
    assert done.returncode == 0 and str(tmp_path) not in done.stderr


def test_a_shell_reads_the_paths_of_the_cron_line_whole() -> None:
    line = crontab(JOB)
    command = line.removeprefix("0 6 * * 1-5 ").removesuffix(MARK).replace("\\%", "%")
    assert shlex.split(command) == [
        *("/usr/bin/env", f"REVOPS_STATE={ODD}", f"REVOPS_CONFIG={ODD / 'revops.yaml'}", "/opt/bin/revops-sync", "run"),
        *("--env-file", str(ODD / "env"), ">>", str(ODD / "run.log"), "2>&1"),
    ]
    assert "%" not in line.replace("\\%", "")


def test_a_path_with_a_line_break_is_refused() -> None:
    job = Job(("/x",), Path("/a\nb"), None, None, "daily", 1.0)
    for make in (crontab, service):
        with pytest.raises(UsageError, match="line break"):
            make(job)


def test_the_workflow_plans_without_a_writer_and_applies_only_after_a_merge() -> None:
    flow = YAML(typ="safe", pure=True).load(github("weekdays"))
    assert flow["on"]["schedule"] == [{"cron": "0 6 * * 1-5"}]
    plan, apply = flow["jobs"]["plan"], flow["jobs"]["apply"]
    assert "WRITE" not in f"{flow['env']} {plan}" and "HUBSPOT_WRITE_TOKEN" in apply["env"]
    assert apply["environment"] == "production" and "pull_request.merged == true" in apply["if"]
    assert "--approve" in apply["steps"][-1]["run"]


def test_no_script_of_the_workflow_is_built_from_text_of_others() -> None:
    flow = YAML(typ="safe", pure=True).load(github("daily"))
    scripts = [step["run"] for job in flow["jobs"].values() for step in job["steps"] if "run" in step]
    assert scripts and not any("${{" in script for script in scripts)
    for script in scripts:
        subprocess.run(["/bin/bash", "-n"], input=script, text=True, check=True)
