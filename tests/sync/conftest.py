"""The fixtures that the tests of the upper layer share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.sync import stores
from tests.sync.stage import Stage, seeded

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def first_stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Seeded and pulled once; nobody writes to it."""
    return seeded(tmp_path_factory.mktemp("stage"))


@pytest.fixture
def stage(first_stage: Stage, tmp_path: Path) -> Stage:
    return first_stage.copy(tmp_path / "state")


@pytest.fixture(autouse=bool(stores.SERVER))
def tidied(first_stage: Stage) -> Iterator[None]:
    """No database of a test outlives it; the first stage's does."""
    since = len(stores.made)
    yield
    stores.tidy(since)
