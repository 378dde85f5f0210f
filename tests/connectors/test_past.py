"""What a CRM remembers of a deal's fields is the same, asked for by id or met in a pull."""

import pytest

from connectors.base import Historian
from tests.sync.stage import Stage, seeded


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return seeded(tmp_path_factory.mktemp("past"))


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_the_past_by_id_is_the_past_of_a_pull(stage: Stage, crm: str) -> None:
    with stage.opened() as session:
        reader = next(item for name, item in session.readers.items() if name.startswith(crm))
        assert isinstance(reader, Historian)
        pages = list(reader.pull("deal"))
        some = [record.ref for page in pages for record in page.records][:7]
        pulled = [item for page in pages for item in page.past if item.ref in some]
        assert len(pulled) > 7 and sorted(reader.past(some), key=repr) == sorted(pulled, key=repr)
        assert reader.past([]) == ()
