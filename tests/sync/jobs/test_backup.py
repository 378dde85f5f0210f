"""The file with the values before and after, and the ledger's own backups."""

import csv
import stat
from pathlib import Path

import pytest

from connectors.errors import RefusedError, UsageError
from sync.jobs.verify import verified
from sync.ledger.backup import backup, restore
from sync.plan.file import encode, plan_hash
from tests.sync.stage import Stage
from tests.sync.stores import in_files


def applied(stage: Stage) -> Path:
    content = encode(stage.planned().plan)
    return stage.applied(content, approve=plan_hash(content)).backup


def test_a_run_leaves_the_values_before_and_after(stage: Stage) -> None:
    with stage.opened() as session:
        before = {str(one.ref): one.text("name") for one in session.mirror().records("company")}
    path = applied(stage)
    with stage.opened() as session:
        after = {str(one.ref): one.text("name") for one in session.mirror().records("company")}
        run = session.ledger.runs()[-1].id
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines(keepends=True)))
    named = [row for row in rows if row["field"] == "name" and row["record"] in before]
    assert named and {row["run"] for row in named} == {run}
    assert all(row["before"].strip() == before[row["record"]] for row in named)
    assert all(row["after"].strip() in ("", after[row["record"]]) for row in named if row["record"] in after)
    assert any(row["after"] != row["before"] for row in rows if row["record"] in after and row["after"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@in_files
def test_a_ledger_that_was_put_back_applies_nothing_before_it_is_accepted(stage: Stage, tmp_path: Path) -> None:
    content, copy = encode(stage.planned().plan), tmp_path / "ledger.copy"
    with stage.opened() as session:
        backup(session.ledger_store, copy)
    stage.applied(content, approve=plan_hash(content))
    done = len(stage.effects())
    with stage.opened() as session:
        restore(session.ledger_store, copy)
        assert verified(session)[1]
    with pytest.raises(RefusedError, match="a backup was restored"):
        stage.applied(content, approve=plan_hash(content))
    with stage.opened() as session:
        session.anchor.accept(session.journal, session.now())
        assert verified(session, deep=True)[1] == []
    with pytest.raises(RefusedError, match="restored after this plan was made"):
        stage.applied(content, approve=plan_hash(content))
    assert len(stage.effects()) == done


@in_files
def test_a_copy_is_never_written_over_and_what_is_no_ledger_is_refused(stage: Stage, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(b"something else entirely")
    with stage.opened() as session:
        with pytest.raises(UsageError, match="File exists"):
            backup(session.ledger_store, copy)
        with pytest.raises(RefusedError, match="not a ledger"):
            restore(session.ledger_store, copy)
        assert session.journal.verify()[1] == []


@in_files
def test_a_copy_whose_chain_was_broken_is_refused(stage: Stage, tmp_path: Path) -> None:
    applied(stage)
    copy = tmp_path / "copy"
    with stage.opened() as session:
        count = backup(session.ledger_store, copy)
        content = bytearray(copy.read_bytes())
        at = content.rindex(b"verified")
        content[at : at + 8] = b"reverted"
        copy.write_bytes(content)
        with pytest.raises(RefusedError, match="does not hold"):
            restore(session.ledger_store, copy)
        assert session.journal.head()[0] == count
