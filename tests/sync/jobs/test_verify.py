"""Reading the stores through finds what was changed behind our back."""

from pathlib import Path

import pytest
from sqlalchemy import text

from sync.database import writing
from sync.jobs.verify import verified
from sync.plan.file import encode, plan_hash
from tests.sync.stage import Stage
from tests.sync.stores import in_files

DAMAGE = {
    "a value in the mirror": (
        "mirror",
        "UPDATE record SET data = '{\"x\": 1}' WHERE kind = 'company'",
    ),
    "a tie in the mirror": ("mirror", "DELETE FROM link WHERE kind = 'contact'"),
    "a past value": ("mirror", "UPDATE delta SET before = '[]'"),
    "an answer without an intent": ("ledger", "UPDATE entry SET state = 'halted' WHERE state = 'intent'"),
    "an entry": ("ledger", "UPDATE entry SET ref = 'hubspot:1/company/2' WHERE seq = 2"),
    "a value in the journal": ("ledger", "UPDATE value SET body = '{}' WHERE seq = (SELECT min(seq) FROM value)"),
    "the end of the journal": ("ledger", "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)"),
    "a finding": ("ledger", "UPDATE finding SET body = '{}', closed_at = NULL"),
    "an alias": ("ledger", "UPDATE alias SET now_id = id"),
}


@pytest.fixture(scope="module")
def worked(first_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A state in which a plan was applied."""
    stage = first_stage.copy(tmp_path_factory.mktemp("worked") / "state")
    content = encode(stage.planned().plan)
    stage.applied(content, approve=plan_hash(content))
    return stage


def test_what_nobody_touched_holds(worked: Stage) -> None:
    with worked.opened() as session:
        count, faults = verified(session, deep=True)
    assert count and faults == []


@pytest.mark.parametrize("what", DAMAGE)
def test_every_change_behind_our_back_is_found(worked: Stage, tmp_path: Path, what: str) -> None:
    stage, (name, statement) = worked.copy(tmp_path / "state"), DAMAGE[what]
    with stage.opened() as session:
        store = session.mirror_store if name == "mirror" else session.ledger_store
        with writing(store) as connection:
            assert connection.execute(text(statement)).rowcount
        assert verified(session, deep=True)[1]


@in_files
def test_a_damaged_file_beside_the_mirror_is_found(worked: Stage, tmp_path: Path) -> None:
    stage = worked.copy(tmp_path / "state")
    path = next((stage.state / "mirror.match").glob("*.columns"))
    path.write_bytes(path.read_bytes()[:-1])
    with stage.opened() as session:
        assert any("cut short" in fault for fault in verified(session, deep=True)[1])
