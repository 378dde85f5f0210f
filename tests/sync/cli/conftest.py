"""A terminal before a served sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.cli.terminal import Terminal, terminal
from tests.sync.stage import Stage


@pytest.fixture
def at(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    yield from terminal(stage, tmp_path, monkeypatch, capsys)
