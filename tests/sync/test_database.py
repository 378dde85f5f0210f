"""Opening a store: fresh, again, private to its owner, and never one that a newer tool wrote."""

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from connectors.errors import LocalError
from sync.database import millis, moment, open_store, writing
from sync.ledger.tables import LedgerTable
from sync.mirror.tables import MirrorTable
from tests.sync.desk import NOW

STORES = {"mirror": MirrorTable.metadata, "ledger": LedgerTable.metadata}


def url(folder: Path, name: str = "ledger") -> str:
    return f"sqlite:///{folder / 'state' / f'{name}.db'}"


@pytest.mark.parametrize("name", STORES)
def test_a_fresh_store_has_the_tables_that_the_code_describes(tmp_path: Path, name: str) -> None:
    engine = open_store(name, url(tmp_path, name), durable=True)
    seen = inspect(engine)
    for table in STORES[name].sorted_tables:
        columns = {item["name"]: item["nullable"] for item in seen.get_columns(table.name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}, table.name
        indexes = {str(item["name"]) for item in seen.get_indexes(table.name)}
        assert indexes == {str(index.name) for index in table.indexes}, table.name
    engine.dispose()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        engine = open_store("ledger", url(tmp_path), durable=True)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        engine.dispose()


def test_nobody_else_may_read_what_stands_in_a_store(tmp_path: Path) -> None:
    engine = open_store("ledger", url(tmp_path), durable=True)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE some (thing TEXT)"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert set(modes.values()) == {0o600} and "ledger.db" in modes
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    engine.dispose()


def test_a_file_that_was_open_to_all_is_closed(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "ledger.db").touch(0o644)
    open_store("ledger", url(tmp_path), durable=True).dispose()
    assert stat.S_IMODE((tmp_path / "state" / "ledger.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", STORES)
def test_a_store_of_a_newer_tool_is_refused(tmp_path: Path, name: str) -> None:
    engine = open_store(name, url(tmp_path, name), durable=True)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(LocalError, match="9999"):
        open_store(name, url(tmp_path, name), durable=True)


def test_what_is_no_store_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "ledger.db").write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(LocalError, match="cannot be opened"):
        open_store("ledger", url(tmp_path), durable=True)


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_a_durable_store_reaches_the_disk_with_every_commit(tmp_path: Path, durable: bool, level: int) -> None:
    engine = open_store("ledger", url(tmp_path), durable)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == level
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()


def test_a_block_that_raises_leaves_nothing(tmp_path: Path) -> None:
    engine = open_store("ledger", url(tmp_path), durable=True)
    with pytest.raises(RuntimeError), writing(engine) as connection:
        connection.execute(text("CREATE TABLE some (thing TEXT)"))
        raise RuntimeError
    assert "some" not in inspect(engine).get_table_names()
    engine.dispose()


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    engine = open_store("ledger", url(tmp_path), durable=True)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE some (thing INTEGER)"))

    def add() -> None:
        for _ in range(20):
            with writing(engine) as connection:
                count = connection.scalar(text("SELECT count(*) FROM some"))
                connection.execute(text("INSERT INTO some VALUES (:count)"), {"count": count})

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert list(connection.scalars(text("SELECT thing FROM some"))) == list(range(60))
    engine.dispose()


def test_a_moment_is_kept_to_the_millisecond() -> None:
    assert moment(millis(NOW)) == NOW
