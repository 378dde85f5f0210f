"""What is kept outside the ledger: the anchor beside it and copies of it; damage is refused in words."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.errors import RefusedError, UsageError
from sync.database import open_store
from sync.ledger.anchor import Anchor
from sync.ledger.backup import backup, restore
from sync.ledger.contact import Contact, Contacts
from sync.ledger.journal import DiskJournal, Entry, State
from tests.sync.desk import NOW

LATER = NOW + timedelta(seconds=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[DiskJournal]:
    engine = open_store("ledger", f"sqlite:///{tmp_path / 'ledger.db'}", durable=False)
    yield DiskJournal(engine, lambda: NOW)
    engine.dispose()


def append(journal: DiskJournal, key: str = "k") -> None:
    journal.append([Entry("r", key, "g", "1", State.INTENT, "")])


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b"7", b"{}", b'{"seq": "1"}', b'{"seq": null}'])
def test_an_anchor_that_cannot_be_read_is_refused(journal: DiskJournal, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "anchor").write_bytes(content)
    anchor = Anchor(tmp_path / "anchor")
    with pytest.raises(RefusedError, match=r"anchor cannot be read\n  Run `revops-sync pull --full`"):
        anchor.check(journal)
    with pytest.raises(RefusedError):
        anchor.admits(NOW)


def test_an_anchor_that_is_a_folder_is_refused(journal: DiskJournal, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="cannot be read"):
        Anchor(tmp_path).check(journal)


def test_an_anchor_holds_the_journal_to_what_it_was(journal: DiskJournal, tmp_path: Path) -> None:
    anchor = Anchor(tmp_path / "anchor")
    anchor.check(journal)
    append(journal)
    anchor.keep(journal)
    append(journal, "more")
    anchor.check(journal)
    fresh = DiskJournal(open_store("ledger", "sqlite://", durable=False), lambda: NOW)
    with pytest.raises(RefusedError, match=r"a backup was restored\n  Run `revops-sync pull --full`"):
        anchor.check(fresh)
    fresh.engine.dispose()


def test_plans_made_before_a_restored_ledger_was_accepted_are_void(journal: DiskJournal, tmp_path: Path) -> None:
    anchor = Anchor(tmp_path / "anchor")
    assert anchor.admits(NOW)
    anchor.accept(journal, LATER)
    append(journal)
    anchor.keep(journal)
    assert [anchor.admits(at) for at in (NOW, LATER)] == [False, True]


def test_a_copy_is_put_back_whole_and_is_nobody_elses_to_read(journal: DiskJournal, tmp_path: Path) -> None:
    append(journal)
    copy = tmp_path / "copy"
    assert backup(journal.engine, copy) == 1 and copy.stat().st_mode & 0o777 == 0o600
    append(journal, "lost")
    assert restore(journal.engine, copy) == 1 and [item.key for item in journal.entries("r")] == ["k"]


def test_a_copy_that_is_not_there_or_is_there_already_is_named(journal: DiskJournal, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none: no such file\n  Name a copy made by"):
        restore(journal.engine, tmp_path / "none")
    with pytest.raises(UsageError, match=r"ledger\.db: File exists\n  Name a new file in a folder"):
        backup(journal.engine, tmp_path / "ledger.db")


def test_a_ledger_that_is_no_file_is_left_to_its_server(tmp_path: Path) -> None:
    engine = open_store("ledger", "sqlite://", durable=False)
    with pytest.raises(
        UsageError, match=r"the ledger is not a file\n  Back it up with its server's own tool \(pg_dump\)$"
    ):
        backup(engine, tmp_path / "copy")
    engine.dispose()


@pytest.mark.parametrize("content", [b"", b"no ledger at all, just text"])
def test_a_copy_that_is_no_ledger_is_refused(journal: DiskJournal, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy").write_bytes(content)
    append(journal)
    with pytest.raises(RefusedError, match="is not a ledger of this tool"):
        restore(journal.engine, tmp_path / "copy")
    assert len(list(journal.entries("r"))) == 1


def test_the_first_run_that_proved_an_account_stays_the_one_that_did(journal: DiskJournal) -> None:
    contacts = Contacts(journal.engine, lambda: NOW)
    assert contacts.of("x:1") == Contact("x:1")
    contacts.proved("x:1", "r1")
    contacts.examined("x:1", "v1", True)
    contacts.proved("x:1", "r2")
    assert contacts.of("x:1") == Contact("x:1", "v1", NOW, "r1") and contacts.of("x:2") == Contact("x:2")
