"""What verifying the journal says of each damage, word for word, and what its anchors are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from connectors.values import Json
from sync.database import writing
from sync.ledger.journal import DiskJournal, Entry, Scratch, State, chained, commitment
from tests.sync.desk import NOW
from tests.sync.stores import SERVER, new_store

GENESIS = "0" * 64
MOVED = "entry 3: does not follow the entry before it"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    """Three entries, the second one with values."""
    engine = new_store("ledger", tmp_path)
    values: list[dict[str, Json]] = [{}, {"name": "Zoë"}, {}]
    entries = [Entry("r", f"k{at}", "g", "1", State.INTENT, "x", {"a": "b"}, item) for at, item in enumerate(values)]
    DiskJournal(engine, lambda: NOW).append(entries)
    yield engine
    engine.dispose()


on_sqlite = pytest.mark.skipif(bool(SERVER), reason="PostgreSQL itself refuses JSON that is none")
DAMAGES = [
    ("UPDATE entry SET run = 'other' WHERE seq = 2", ["entry 2: was changed"]),
    pytest.param("UPDATE entry SET facts = '{' WHERE seq = 2", ["entry 2: cannot be read"], marks=on_sqlite),
    ('UPDATE entry SET facts = \'{"a":"c"}\' WHERE seq = 2', ["entry 2: was changed"]),
    ("UPDATE entry SET hash = 'no' WHERE seq = 2", ["entry 2: was changed", MOVED]),
    ("UPDATE entry SET previous = 'no' WHERE seq = 3", [MOVED, "entry 3: was changed"]),
    ("UPDATE value SET body = '{}' WHERE seq = 2", ["entry 2: its values were changed"]),
    ("UPDATE value SET salt = 'zz' WHERE seq = 2", ["entry 2: cannot be read"]),
    ("INSERT INTO value SELECT 9, salt, body FROM value", ["entry 9: its values stand without it"]),
    ("UPDATE entry SET seq = 4 WHERE seq = 3", ["entry 4: stands at place 3", "entry 4: was changed"]),
]


@pytest.mark.parametrize(("sql", "faults"), DAMAGES)
def test_each_damage_has_its_word(store: Engine, sql: str, faults: list[str]) -> None:
    with writing(store) as connection:
        connection.execute(text(sql))
    assert DiskJournal(store, lambda: NOW).verify() == (3, faults)


def test_the_anchors_of_a_journal_are_its_hashes(store: Engine) -> None:
    journal = DiskJournal(store, lambda: NOW)
    with store.connect() as connection:
        hashes = list(connection.scalars(text("SELECT hash FROM entry ORDER BY seq")))
        first = connection.execute(text("SELECT previous, commitment FROM entry WHERE seq = 1")).one()
    assert [journal.hash_of(seq) for seq in range(5)] == [GENESIS, *hashes, None]
    assert journal.head() == (3, hashes[-1]) and tuple(first) == (GENESIS, "")


def test_an_empty_journal_has_an_anchor_too(tmp_path: Path) -> None:
    engine = new_store("ledger", tmp_path)
    journal = DiskJournal(engine, lambda: NOW)
    assert journal.head() == (0, GENESIS) and journal.verify() == (0, [])
    engine.dispose()


def test_the_chains_formulas_are_fixed_for_ever() -> None:
    names = ("seq", "at", "run", "key", "group_id", "step", "state", "ref", "facts", "commitment")
    row = {name: place for place, name in enumerate(names)}
    assert chained(GENESIS, row | {"more": 1}).startswith("216318f3b8d4c7b46be38132")
    assert commitment("00ff", "Zoë").startswith("ba5793ed51cb0ee748c0b83b")


def test_a_journal_in_memory_tells_its_runs_apart() -> None:
    scratch = Scratch()
    entries = [Entry(run, "k", "g", "1", State.INTENT, "") for run in ("a", "b", "a")]
    scratch.append(entries)
    assert list(scratch.entries("a")) == [entries[0], entries[2]] and list(scratch.entries("c")) == []
