"""Erasing a person from everything that is kept here, and saying what cannot be reached from here."""

import csv
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

from sqlalchemy import Engine

from connectors.errors import RefusedError
from connectors.records import Record, Ref
from sync.database import millis
from sync.files import write
from sync.ledger import erase as ledger
from sync.ledger.forgotten import Forgotten, addresses
from sync.mirror import erase as mirror
from sync.session import Session

OURS = b'{"plan":{'
"""How every plan file begins."""


@dataclass(frozen=True, slots=True)
class Forgot:
    """What went: rows of the mirror, values of the journal, findings and files; what is left of it `elsewhere`, and
    the runs that can no longer be undone in full."""

    refs: tuple[Ref, ...]
    rows: int
    values: int
    findings: int
    files: tuple[Path, ...] = ()
    elsewhere: tuple[Ref, ...] = ()
    runs: tuple[str, ...] = ()


def forget(session: Session, ref: Ref, folders: Iterable[Path] = ()) -> Forgot:
    """Erase a record, what was merged into it and its twins; their ids and addresses are kept away from then on.

    Plans that name them go, backups lose their rows. `RefusedError` while a run that is not finished needs them.
    """
    with session.alone("writer"), session.alone("pull"):
        refs = ledger.same_person(session.ledger_store, ref)
        seen = session.mirror()
        people = [record for one in sorted(refs) if (record := seen.get(one)) is not None]
        theirs = _own(session, people, refs)
        _free(session, refs)
        Forgotten(session.ledger_store).add(refs, theirs, session.now())
        erased = ledger.erase(session.ledger_store, refs, theirs)
        rows = mirror.erase(session.mirror_store, refs)
        left = tuple(mirror.mentions(session.mirror_store, theirs))
        files = tuple(_files({session.settings.state, session.settings.state / "waiting", *folders}, refs))
        for store in (session.mirror_store, session.ledger_store):
            _wipe(store)
    return Forgot(tuple(sorted(refs)), rows, erased.values, erased.findings, files, left, erased.runs)


def forget_expired(session: Session) -> Forgot:
    """Erase what is older than the settings' `retention` allows."""
    keep, now = session.settings.config.retention, session.now()
    with session.alone("writer"), session.alone("pull"):
        refs = mirror.expired(session.mirror_store, millis(now - timedelta(days=keep.gone_days)))
        rows = mirror.erase(session.mirror_store, refs)
        erased = ledger.erase_older(session.ledger_store, millis(now - timedelta(days=keep.values_days)))
        for store in (session.mirror_store, session.ledger_store):
            _wipe(store)
    return Forgot(tuple(refs), rows, erased.values, erased.findings, runs=erased.runs)


def _own(session: Session, people: Iterable[Record], refs: Collection[Ref]) -> set[str]:
    """The addresses that are theirs alone: a mailbox that others share says nothing of one person."""
    found = {address for record in people for address in addresses(record)}
    return {one for one in found if not {*mirror.holders(session.mirror_store, one)} - {*refs}}


def _free(session: Session, refs: Collection[Ref]) -> None:
    """`RefusedError` where a run that may be resumed still has to look at these records."""
    names = {str(ref) for ref in refs}
    for run in session.ledger.runs():
        if run.status != "done" and any(entry.ref in names for entry in session.journal.entries(run.id)):
            raise RefusedError(
                f"run {run.id} is not finished and needs these records",
                "Finish it with `revops-sync apply`, then forget them",
            )


def _files(folders: Iterable[Path], refs: Collection[Ref]) -> Iterator[Path]:
    names = [str(ref).encode() for ref in refs]
    for folder in sorted(folders):
        for path in sorted((*folder.glob("*.json"), *folder.glob("backup-*.csv"))):
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            if not any(name in content for name in names):
                continue
            if path.suffix == ".csv":
                write(path, _without(content, {str(ref) for ref in refs}))
            elif content.startswith(OURS):
                path.unlink()
            else:
                continue
            yield path


def _without(content: bytes, names: Collection[str]) -> bytes:
    """A backup without the rows of these records; the record is its second column."""
    out = StringIO()
    kept = (row for row in csv.reader(StringIO(content.decode(), newline="")) if len(row) < 2 or row[1] not in names)
    csv.writer(out, lineterminator="\n").writerows(kept)
    return out.getvalue().encode()


def _wipe(engine: Engine) -> None:
    """Leave nothing in free pages or in the log that stands beside a SQLite file."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            cursor.execute(statement)
