"""`revops-sync sandbox` as a person starts it: what it prints points the tool at what it serves."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.cli.terminal import Terminal

LIST = "id,Firm,Web\n1,Acme GmbH,acme.example\n2,Beta SA,beta.example\n"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A sandbox with TLS and two origins in a process of its own, and what it exports."""
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "slow.yaml").write_text("rules: [{on: {times: 0}, do: [{set_headers: {X-Fault: '1'}}]}]")
    load = ["--empty", "--load", "salesforce:companies=list.csv", "--map", "name=Firm,domain=Web"]
    command = [sys.executable, "-m", "sync", "sandbox", "--port", "0", "--tls", "--two-origins", *load]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    faults = ["--faults", "slow.yaml"]
    with subprocess.Popen([*command, *faults], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        exported = [line.removeprefix("export ").strip().partition("=") for line in lines]
        yield process, {**environ, **{name: value for name, _, value in exported}}
        process.terminate()


def test_the_tool_pulls_from_what_was_exported(
    served: tuple[subprocess.Popen[str], dict[str, str]], tmp_path: Path
) -> None:
    process, environ = served
    assert environ["HUBSPOT_BASE_URL"].startswith("https://127.0.0.1:")
    assert environ["SALESFORCE_INSTANCE_URL"].startswith("https://localhost:")
    pull = [sys.executable, "-m", "sync", "pull", "--format", "json"]
    done = subprocess.run(
        pull, cwd=tmp_path, env={**environ, "REVOPS_STATE": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0 and not Path(environ["REVOPS_CA_BUNDLE"]).parent.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--load", "pipedrive:companies=x.csv", "--map", "name=Firm"], "or salesforce:KIND=FILE"),
        (["--load", "companies=absent.csv"], "Give TARGET=COLUMN pairs"),
        (["--load", "companies=absent.csv", "--map", "name=Firm"], "No such file"),
        (["--faults", "absent.yaml"], "absent.yaml: cannot be read"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_a_fix(at: Terminal, words: list[str], said: str) -> None:
    refused = at("sandbox", "--empty", "--port", "0", *words)
    assert refused.code == 2 and said in refused.err
