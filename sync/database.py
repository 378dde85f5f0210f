"""Opens a store: one engine with the right promises, brought up to the newest schema."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Insert, MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from connectors.errors import LocalError
from sync import postgres

HERE = Path(__file__).parent
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
MIRROR = MetaData(naming_convention=NAMING)
LEDGER = MetaData(naming_convention=NAMING)


def open_store(name: str, url: str, durable: bool) -> Engine:
    """The engine of the store `mirror` or `ledger`, migrated; a SQLite file is made private to its owner.

    A durable store reaches the disk with every commit (SQLite: WAL with synchronous FULL); the other one may lose
    its last commits in a power cut, never its integrity.
    """
    if not url.startswith("sqlite:"):
        engine = postgres.engine_of(postgres.address(url), name, durable)
        mend = "Check that the server is there and that its user may create a schema"
    else:
        engine = create_engine(url, hide_parameters=True, execution_options={"store": name})
        _private(engine.url.database)
        event.listen(engine, "connect", _durable if durable else _quick)
        event.listen(engine, "begin", _begin)
        mend = "Check the state directory's disk space and rights"
    try:
        migrate(engine, name)
    except (OperationalError, DatabaseError) as error:
        raise LocalError(f"the {name} store cannot be opened: {error.orig}", mend) from None
    return engine


def migrate(engine: Engine, name: str) -> None:
    """Bring a store to the newest schema in one transaction; a newer one than this tool knows is refused.

    A SQLite store of an older schema is copied beside itself first; the copy goes once the new schema stands.
    """
    config = Config()
    config.set_main_option("script_location", str(HERE / name / "migrations"))
    known = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        if _revision(connection) == known.get_current_head():
            _tidy(engine)
            return
    server = engine.dialect.name != "sqlite"
    with engine.execution_options(writes=True).begin() as connection:
        if server:
            postgres.prepare(connection, name)
        current = _revision(connection)  # another process may have been faster
        if current is not None and current not in {script.revision for script in known.walk_revisions()}:
            raise LocalError(
                f"the {name} store has the schema {current}, which this version does not know",
                "Use the newer revops-sync that wrote it",
            )
        copy = _copied(engine, current) if current not in (None, known.get_current_head()) else None
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if server:
            postgres.finish(connection, name)
    if copy:
        _tidy(engine)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _copied(engine: Engine, revision: str | None) -> Path | None:
    """A copy of a SQLite file, as it was before a migration."""
    place = engine.url.database
    if engine.dialect.name != "sqlite" or not place or place == ":memory:":
        return None
    copy = Path(f"{place}.before-{revision}")
    _private(str(copy))
    with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _tidy(engine: Engine) -> None:
    """Copies of older schemas go: also one whose maker died, for it holds values that nobody could erase."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        place = Path(engine.url.database)
        for copy in place.parent.glob(f"{place.name}.before-*"):
            copy.unlink(missing_ok=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: committed at the end of the block, rolled back when it raises.

    `LocalError` where the store does not take it: then nothing more may be sent to any CRM.
    """
    try:
        with engine.connect() as connection, connection.execution_options(writes=True).begin():
            yield connection
    except DatabaseError as error:
        name = engine.get_execution_options().get("store", "store")
        raise LocalError(f"the {name} cannot be written: {error.orig}", "Free the disk, then run this again") from None


def _private(path: str | None) -> None:
    """Only the owner may read the file and what stands beside it; it is created that way."""
    if path and path != ":memory:" and not path.startswith("file:"):
        Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        Path(path).chmod(0o600)


def _pragmas(connection: DBAPIConnection, synchronous: str) -> None:
    # The driver must not begin transactions by itself: it would take the write lock too late (see `_begin`).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "busy_timeout=10000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    _pragmas(connection, "FULL")


def _quick(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    _pragmas(connection, "NORMAL")


def _begin(connection: Connection) -> None:
    # An upgrade from reading to writing fails at once in WAL, whatever the busy timeout: writers say so beforehand.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # It takes no lock and cannot fail; sent past SQLAlchemy's own bookkeeping, a read costs half.
        connection.connection.cursor().execute("BEGIN")


def millis(at: datetime) -> int:
    """A moment as the stores keep it."""
    return round(at.timestamp() * 1000)


def moment(at: int) -> datetime:
    """The moment that `millis` gave."""
    return datetime.fromtimestamp(at / 1000, UTC)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], kept: tuple[str, ...] = ()) -> None:
    """Insert rows, replacing those with the same primary key but for the columns that are `kept` as they stand."""
    connection.execute(_upsert(connection.dialect.name, table, kept), rows)


@cache
def _upsert(dialect: str, table: Table, kept: tuple[str, ...]) -> Insert:
    """Built once: SQLAlchemy finds what it compiled by the statement itself."""
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    key = [column.name for column in table.primary_key]
    rest = {item.name: statement.excluded[item.name] for item in table.columns if item.name not in (*key, *kept)}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)
