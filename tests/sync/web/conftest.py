"""The fixtures of the gate's tests."""

from pathlib import Path

import pytest

from tests.sync.stage import Stage
from tests.sync.web.floor import Floor, copy, prepared


@pytest.fixture(scope="session")
def prepared_stage(first_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Pulled once more, with the fields that a gate's task needs; nobody writes to it."""
    return prepared(first_stage.copy(tmp_path_factory.mktemp("prepared")))


@pytest.fixture
def floor(prepared_stage: Stage, tmp_path: Path) -> Floor:
    return copy(prepared_stage, tmp_path)
