"""Every schema that a version of this tool had comes to the newest with all its rows, wherever the process dies."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, BigInteger, Column, Integer, create_engine, insert, inspect

from sync import database
from sync.database import open_store
from sync.ledger.tables import LedgerTable
from sync.mirror.tables import MirrorTable

STORES = {"mirror": MirrorTable.metadata, "ledger": LedgerTable.metadata}
DYING = """
import itertools, os, sys
from sqlalchemy import Engine, event
from sync.database import open_store
count = itertools.count()
@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    if not statement.lstrip().startswith(("SELECT", "PRAGMA")) and next(count) == int(sys.argv[3]):
        os._exit(9)
open_store(sys.argv[2], "sqlite:///" + sys.argv[1], durable=True).dispose()
"""


def migrations(name: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / name / "migrations"))
    return config


def revisions(name: str) -> list[str]:
    """The oldest first, the newest left out."""
    return [script.revision for script in ScriptDirectory.from_config(migrations(name)).walk_revisions()][:0:-1]


OLD = [(name, revision) for name in STORES for revision in revisions(name)]


def sample(column: "Column[object]") -> object:
    return {"a": 1} if isinstance(column.type, JSON) else 7 if isinstance(column.type, BigInteger | Integer) else "x"


def made(path: Path, name: str, revision: str) -> None:
    """A store of that revision with a row in each of its tables."""
    engine, config = create_engine(f"sqlite:///{path}"), migrations(name)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        seen = inspect(connection)
        for table in (one for one in STORES[name].sorted_tables if seen.has_table(one.name)):
            there = {item["name"] for item in seen.get_columns(table.name)}
            connection.execute(insert(table), {one.name: sample(one) for one in table.columns if one.name in there})
    engine.dispose()


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as file:
        return list(file.iterdump())


def inserted(path: Path) -> set[str]:
    return {line for line in dumped(path) if line.startswith("INSERT") and "alembic_version" not in line}


@pytest.mark.parametrize(("name", "revision"), OLD)
def test_an_earlier_schema_comes_here_with_all_its_rows(tmp_path: Path, name: str, revision: str) -> None:
    path = tmp_path / f"{name}.db"
    made(path, name, revision)
    before = inserted(path)
    open_store(name, f"sqlite:///{path}", durable=True).dispose()
    after = inserted(path)
    assert before and len(before) == len(after)
    assert all(any(line.startswith(row.removesuffix(");")) for line in after) for row in before)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("name", "revision"), OLD)
def test_a_process_that_dies_at_a_statement_leaves_the_earlier_store(tmp_path: Path, name: str, revision: str) -> None:
    """The first statement and each power of two; `python -m tests.rel --only migrate` tries every one."""
    path, at = tmp_path / f"{name}.db", 0
    made(path, name, revision)
    before = dumped(path)
    while subprocess.run([sys.executable, "-c", DYING, str(path), name, str(at)], check=False).returncode:
        assert dumped(path) == before
        at = at * 2 or 1
    assert at > 1 and dumped(path) != before and inserted(path)
