"""Copies a SQLite ledger while it is in use, and puts a copy back."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from connectors.errors import RefusedError, UsageError
from sync.database import open_store
from sync.ledger.journal import DiskJournal


def backup(engine: Engine, to: Path) -> int:
    """Write a copy that is whole as of one moment, readable by its owner alone; how many entries its journal holds.

    `UsageError` where the file is there already or cannot be made.
    """
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise UsageError(f"{to}: {error.strerror}", "Name a new file in a folder that can be written") from None
    with closing(sqlite3.connect(_file(engine))) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
    return _checked(to)


def restore(engine: Engine, source: Path) -> int:
    """Put a copy in the place of the ledger, once its chain has been checked; how many entries it holds."""
    if not source.is_file():
        raise UsageError(f"{source}: no such file", "Name a copy made by `revops-sync journal backup`")
    count = _checked(source)
    place = _file(engine)
    engine.dispose()
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(place)) as target:
        copy.backup(target)
    return count


def _checked(path: Path) -> int:
    """How many entries a copy's journal holds; `RefusedError` where it is no sound ledger. The copy is not touched."""
    with closing(sqlite3.connect(":memory:")) as whole, closing(sqlite3.connect(path)) as copy:
        try:
            copy.backup(whole)
            tables = {row[0] for row in whole.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.DatabaseError:
            tables = set()
    if not {"entry", "value", "approval"} <= tables:
        raise RefusedError(f"{path} is not a ledger of this tool", "Name a copy made by `revops-sync journal backup`")
    return _entries(path)


def _entries(path: Path) -> int:
    engine = open_store("ledger", f"sqlite:///{path}", durable=True)
    try:
        count, faults = DiskJournal(engine, datetime.now).verify()
    finally:
        engine.dispose()
    if faults:
        raise RefusedError(f"{path}: its journal does not hold: {faults[0]}", "Use another copy")
    return count


def _file(engine: Engine) -> str:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        raise UsageError("the ledger is not a file", "Back it up with its server's own tool (pg_dump)")
    return engine.url.database
