"""A run that dies right after a write was verified loses nothing of what the twins agreed on by it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.changes import Set
from connectors.records import Ref
from connectors.values import Json, dump_fields, frozen
from hygiene.view import Twin
from sync.apply.guard import Bounds
from sync.forms import dump_change
from sync.jobs.apply import carry_out
from sync.jobs.check import ask, chosen
from sync.jobs.plan import Made, plan
from sync.jobs.pull import pull_all
from sync.jobs.written import agree_unfinished, written
from sync.ledger.journal import Entry, Scratch, State
from tests.sync.jobs.test_twins import CONFIG, change, pulled
from tests.sync.stage import Stage, seeded

REF = Ref("hubspot:1", "company", "7")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return seeded(tmp_path_factory.mktemp("written"), CONFIG)


@pytest.fixture
def dead(synced: Stage, tmp_path: Path) -> tuple[Stage, Twin, Made]:
    """Twins of which Salesforce's side was edited and carried over, by a run that died once that was verified."""
    stage = synced.copy(tmp_path / "state")
    with stage.opened() as session:
        twin = next(twin for twin in session.ledger.paired("company", "company") if twin.agreed)
    change(stage, twin.salesforce, "first")
    with stage.opened() as session:
        pull_all(session)
        made = plan(session, ask(session, chosen(session)))
        session.ledger.approve(made.hash, "test", {})
        with pytest.raises(Killed):
            carry_out(made.content, session, Bounds(), progress=_die)
    return stage, twin, made


def _die(done: int, total: int) -> None:
    raise Killed


@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_an_edit_after_a_run_that_died_is_a_change(dead: tuple[Stage, Twin, Made], side: str) -> None:
    stage, twin, _ = dead
    change(stage, getattr(twin, side), "second")
    with stage.opened() as session:
        assert pulled(session) == ["only this side changed it since both agreed"]
        (group,) = plan(session, ask(session, chosen(session))).plan.groups
    assert group.refs[0].crm == ("salesforce" if side == "hubspot" else "hubspot")


def test_an_edit_before_the_run_is_resumed_is_a_change(dead: tuple[Stage, Twin, Made]) -> None:
    stage, twin, made = dead
    change(stage, twin.salesforce, "second")
    assert stage.applied(made.content).report.exit_code == 0
    with stage.opened() as session:
        assert pulled(session) == ["only this side changed it since both agreed"]


def test_what_is_remembered_already_is_not_news(dead: tuple[Stage, Twin, Made]) -> None:
    stage, twin, _ = dead
    with stage.opened() as session:
        assert (agree_unfinished(session), agree_unfinished(session)) == (1, 0)
        change(stage, twin.hubspot, "second")
        pull_all(session)
    stage.applied((made := stage.planned()).content, approve=made.hash)
    with stage.opened() as session:
        # The run that died wrote an older value: what both agreed on since then stands.
        assert agree_unfinished(session) == 0 and pulled(session) == []


@pytest.mark.parametrize(("state", "found"), [(State.VERIFIED, {"phone"}), (State.UNKNOWN, set()), (None, set())])
def test_only_what_was_proved_counts(state: State | None, found: set[str]) -> None:
    journal = Scratch()
    wish = dump_change(Set(REF, frozen({"phone": "1"}), frozen({"phone": None})))
    entry = Entry("r", "k", "g", "1", State.INTENT, str(REF), {"verb": "set"}, {"change": wish}, NOW)
    journal.append([entry])
    if state is not None:
        shown: dict[str, Json] = {"shown": {str(REF): dump_fields(frozen({"phone": "1", "name": "x"}))}}
        journal.append([Entry("r", "k", "g", "1", state, str(REF), {}, shown, NOW)])
    assert {name for fields in written(journal, "r").values() for name in fields} == found
