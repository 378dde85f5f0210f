"""The command line as a person meets it: the program's own entry, with its environment, output and exit code."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.server import serve
from sync.cli import main
from tests.sync.stage import Stage


@dataclass(frozen=True)
class Said:
    """What a command left."""

    code: int
    out: str
    err: str


@dataclass
class Terminal:
    """Runs commands in process, in a folder of their own and with just the variables of one stage."""

    stage: Stage
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Said:
        self.monkeypatch.setattr(sys, "argv", ["revops-sync", *words])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        said = self.capsys.readouterr()
        return Said(int(str(end.value.code or 0)), said.out, said.err)

    def point(self, stage: Stage, url: str) -> None:
        """From now on commands work on this stage, served there."""
        self.stage = stage
        for name in [name for name in stage.environ if name.isupper()]:
            self.monkeypatch.setenv(name, stage.environ[name])
        for name in ("HUBSPOT_BASE_URL", "SALESFORCE_INSTANCE_URL"):
            self.monkeypatch.setenv(name, url)

    def plan(self, *words: str) -> Path:
        """A plan of every check, as a file."""
        path = self.folder / "plan.json"
        assert self("plan", "--out", str(path), *words).code == 0
        return path


def terminal(
    stage: Stage, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    """A terminal before a stage that is served on loopback."""
    found = Terminal(stage, folder, monkeypatch, capsys)
    monkeypatch.chdir(folder)
    with serve(stage.sandbox) as url:
        found.point(stage, url)
        yield found
