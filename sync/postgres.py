"""The same promises from a PostgreSQL server: a schema a store, writers one by one, bytes as the order."""

import zlib

from filelock import Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from connectors.errors import LocalError, UsageError

DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
EXAMPLE = "Name one like postgresql://USER:PASSWORD@HOST/DATABASE"


def address(url: str) -> URL:
    """The address of a database server with the driver we use; `UsageError` for what is none, without its text."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise UsageError("REVOPS_DATABASE_URL is no address of a database", EXAMPLE) from None
    driver = DRIVERS.get(found.drivername, found.drivername)
    if driver != "postgresql+psycopg":
        raise UsageError(f"REVOPS_DATABASE_URL names {found.get_backend_name()}", EXAMPLE)
    return found.set(drivername=driver)


def engine_of(url: URL, name: str, durable: bool) -> Engine:
    """The engine of one store: tables live in the schema of its name, and whoever writes holds the store alone.

    A durable store answers a commit once it is on the server's disk, the other one as soon as it is written.
    """
    commit = "on" if durable else "off"
    options = f"-c search_path={name} -c synchronous_commit={commit} -c lock_timeout=10s"
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"options": options, "client_encoding": "utf8"},
            execution_options={"store": name},
        )
    except ImportError:
        raise UsageError("the driver for PostgreSQL is not installed", "Install revops-sync[postgres]") from None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer waits for the one before it and then sees all that was committed; a reader sees one moment.
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key_of(name)})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine


def prepare(connection: Connection, name: str) -> None:
    """Make the store's schema where it is missing."""
    connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{name}"'))


def finish(connection: Connection, name: str) -> None:
    """Let every text column sort by its bytes, as SQLite does: a server's language would order ids otherwise."""
    query = text(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = :name AND data_type = 'character varying' AND collation_name IS NULL"
    )
    for table, column in connection.execute(query, {"name": name}).all():
        connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE varchar COLLATE "C"'))


def held_alone(url: str, job: str) -> Connection:
    """A connection that holds the lock of a job on the server, for processes on different machines; `Timeout` where
    another one holds it. The server lets go of it with the connection."""
    engine = create_engine(address(url), hide_parameters=True, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise LocalError(f"the database cannot be reached: {error.orig}", "Check that its server is there") from None
    if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key_of(f"job {job}")}):
        return connection
    connection.close()
    raise Timeout(job)


def key_of(name: str) -> int:
    """The number under which a server knows a lock of ours."""
    return zlib.crc32(f"revops-sync {name}".encode())
