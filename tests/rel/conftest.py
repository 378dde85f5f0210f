"""The ground that the trials stand on, made once."""

from collections.abc import Iterator

import pytest

from tests.rel.trial import Ground, ground


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("ground")) as made:
        yield made
