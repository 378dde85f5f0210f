"""A process's hold on stores and CRMs: one writer at a time, and nothing without a credential."""

import stat
from dataclasses import replace

import pytest

from connectors.errors import CredentialError, RefusedError
from sync.session import Session
from sync.settings import load
from tests.sync.stage import Stage


def test_a_second_writer_is_refused_while_the_first_one_writes(stage: Stage) -> None:
    with stage.opened() as first, stage.opened() as second:
        with first.writing() as (_, fence):
            with pytest.raises(RefusedError, match="another revops-sync is writing"), second.writing():
                pass
            fence()
        with second.writing() as (_, fence):
            fence()


def test_a_writer_that_lost_its_lock_unseen_is_fenced_off(stage: Stage) -> None:
    with stage.opened() as first, stage.opened() as second, first.writing() as (_, fence):
        second.ledger.take_lease("somebody else")
        with pytest.raises(RefusedError, match="somebody else"):
            fence()


def test_the_lock_is_let_go_when_the_work_fails(stage: Stage) -> None:
    with stage.opened() as session:
        with pytest.raises(RuntimeError), session.writing():
            raise RuntimeError
        with session.writing() as (writers, _):
            assert set(writers) == set(session.readers)


def test_only_a_crm_with_a_writers_credential_has_a_writer(stage: Stage) -> None:
    bare = {name: value for name, value in stage.environ.items() if "HUBSPOT_WRITE" not in name}
    with replace(stage, environ=bare).opened() as session, session.writing() as (writers, _):
        assert [name.partition(":")[0] for name in writers] == ["salesforce"]


def test_without_any_credential_the_way_to_get_one_is_told(stage: Stage) -> None:
    with pytest.raises(CredentialError, match="no CRM is configured") as told:
        _ = Session(load({"REVOPS_STATE": str(stage.state)})).readers
    assert "revops-sync sandbox" in told.value.act


def test_a_secret_that_is_missing_is_named(stage: Stage) -> None:
    bare = {name: value for name, value in stage.environ.items() if name != "SALESFORCE_CLIENT_SECRET"}
    with pytest.raises(CredentialError, match="SALESFORCE_CLIENT_ID is set without a secret"):
        _ = Session(load(bare), adapter=stage.adapter).readers


def test_the_stores_are_opened_only_when_asked_for(stage: Stage) -> None:
    state = stage.state.parent / "fresh"
    with stage.opened(REVOPS_STATE=str(state)) as session:
        assert len(session.readers) == 2 and not state.exists()
        assert session.mirror().counts() == {}
        assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.glob("*.db")} == {
            "mirror.db": 0o600,
            "ledger.db": 0o600,
        }


def test_calls_are_those_of_the_readers(stage: Stage) -> None:
    with stage.opened() as session:
        assert session.calls == 0
        made = sum(reader.calls for reader in session.readers.values())
        assert session.calls == made > 0
