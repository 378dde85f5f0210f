"""Reads both stores through: whether everything still holds that was written."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, tuple_

from connectors.errors import RefusedError
from connectors.records import Record
from connectors.values import load_fields
from sync.ledger.findings import open_findings
from sync.ledger.journal import ENTRY, State
from sync.ledger.store import ALIAS
from sync.mirror.arrays import Damaged, load
from sync.mirror.rows import DELTA, PAGE, RECORD, row_ref, ties_of
from sync.mirror.write import row_hash
from sync.session import Session

KEY = (RECORD.c.workspace, RECORD.c.kind, RECORD.c.id)
ANSWERS = {State.APPLIED.value, State.REJECTED.value}


def verified(session: Session, deep: bool = False) -> tuple[int, list[str]]:
    """How many entries the journal holds, and every fault found; `deep` reads every row of both stores."""
    count, faults = session.journal.verify()
    try:
        session.anchor.check(session.journal)
    except RefusedError as error:
        faults.append(str(error))
    if deep:
        faults += _ledger(session.ledger_store)
        faults += _mirror(session.mirror_store)
        faults += _kept(session.settings.state)
    return count, faults


def _ledger(engine: Engine) -> Iterator[str]:
    yield from _pages(engine, "ledger")
    last: dict[tuple[str, str], str] = {}
    with engine.connect() as connection:
        for row in connection.execute(select(ENTRY).order_by(ENTRY.c.seq)):
            if row.state in ANSWERS and last.get((row.run, row.key)) != State.INTENT:
                yield f"entry {row.seq}: {row.state} without an intent before it"
            last[row.run, row.key] = row.state
        names = {(row.workspace, row.kind, row.id): row.now_id for row in connection.execute(select(ALIAS))}
    for (workspace, kind, id_), now in names.items():
        if (workspace, kind, now) in names:
            yield f"alias {workspace}/{kind}/{id_}: leads to {now}, which was merged away itself"
    try:
        for _ in open_findings(engine):
            pass
    except (ValueError, LookupError, TypeError) as error:
        yield f"a finding cannot be read ({type(error).__name__})"


def _mirror(engine: Engine) -> Iterator[str]:
    yield from _pages(engine, "mirror")
    last = ("", "", "")
    while True:
        page = select(RECORD).where(tuple_(*KEY) > last).order_by(*KEY).limit(PAGE)
        with engine.connect() as connection:
            rows = connection.execute(page).all()
            ties = ties_of(connection, [row_ref(row) for row in rows])
        for row in rows:
            ref = row_ref(row)
            if not _sound(row, Record(ref, links=ties.get(ref, ()))):
                yield f"{ref}: its row does not bear its hash; `revops-sync pull --full` writes it anew"
        if not rows:
            break
        last = (rows[-1].workspace, rows[-1].kind, rows[-1].id)
    with engine.connect() as connection:
        for row in connection.execute(select(DELTA.c.seq, DELTA.c.before)):
            if not isinstance(row.before, dict) or "fields" not in row.before:
                yield f"delta {row.seq}: not what was written"


def _sound(row: Any, tied: Record) -> bool:
    try:
        return bool(row.hash == row_hash(replace(tied, fields=load_fields(row.data))))
    except ValueError:
        return False


def _pages(engine: Engine, name: str) -> Iterator[str]:
    """What the database itself finds wrong with its pages."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            told = connection.cursor().execute("PRAGMA integrity_check").fetchall()
        yield from (f"{name}: {line}" for (line,) in told if line != "ok")


def _kept(state: Path) -> Iterator[str]:
    for path in sorted((state / "mirror.match").glob("*.*")):
        try:
            load(path)
        except Damaged as error:
            yield f"{error}; it is made anew when needed"
