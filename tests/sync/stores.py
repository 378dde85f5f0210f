"""Stores for tests: SQLite files, or databases on the PostgreSQL server that TEST_POSTGRES_URL names."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from sync.database import open_store
from sync.postgres import address

SERVER = os.environ.get("TEST_POSTGRES_URL", "")
in_files = pytest.mark.skipif(bool(SERVER), reason="the stores are no files of ours")
"""Of what is true of files alone: copies of them, their bytes, a disk of ours that is full."""
BUSY = 16
opened: deque[Engine] = deque(maxlen=4 * BUSY)
made: list[str] = []
numbers = count()


def new_store(name: str, place: Path | None = None, durable: bool = False) -> Engine:
    """The store of this name in a folder, or one that nobody else sees."""
    engine = open_store(name, url_of(name, place), durable)
    if SERVER:
        opened.append(engine)
        for older in list(opened)[:-BUSY]:
            older.dispose()  # a server has so many connections; whoever still needs this one gets another
    return engine


def refuse_rows(connection: Connection, table: str) -> None:
    """Let the store fail at whatever is put into a table, as a full disk would."""
    sqlite = f"CREATE TRIGGER disk_full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk_full'); END"
    server = f"ALTER TABLE {table} ADD CONSTRAINT disk_full CHECK (false) NOT VALID"
    connection.execute(text(server if SERVER else sqlite))


def url_of(name: str, place: Path | None) -> str:
    """Where that store is; the same for the same folder."""
    if SERVER:
        return database(_ready()) if place is None else _kept(f"{place}")
    return "sqlite://" if place is None else f"sqlite:///{place / name}.db"


def database(template: str = "template1") -> str:
    """The address of a new database, empty or as another one is."""
    name = f"t{os.getpid()}_{next(numbers)}"
    with _server() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))
    made.append(name)
    return f"{SERVER.rpartition('/')[0]}/{name}"


def tidy(since: int = 0) -> None:
    """Drop the databases that were made after so many others."""
    with _server() as connection:
        while len(made) > since:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{made.pop()}" WITH (FORCE)'))
    places.clear()


places: dict[str, str] = {}


def _kept(place: str) -> str:
    if place not in places:
        places[place] = database(_ready())
    return places[place]


@cache
def _ready() -> str:
    """A database of this process in which both stores have the newest schema."""
    url = database()
    for name in ("mirror", "ledger"):
        open_store(name, url, durable=False).dispose()
    made.clear()
    return url.rpartition("/")[2]


@contextmanager
def _server() -> Iterator[Connection]:
    engine = create_engine(address(SERVER), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
