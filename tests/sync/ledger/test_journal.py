"""The journal's chain: whatever is edited, removed, moved or put in is found; erased values are not missed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from connectors.errors import LocalError
from connectors.values import Json
from sync.database import writing
from sync.ledger.journal import DiskJournal, Entry, State
from tests.sync.desk import NOW
from tests.sync.stores import new_store, refuse_rows

COUNT = 8
COLUMNS = ("at", "run", "key", "group_id", "step", "state", "ref", "facts", "commitment", "previous", "hash")


def entry(place: int, run: str = "r") -> Entry:
    """An entry; every second one has values."""
    facts: dict[str, Json] = {"code": f"c{place}"}
    values: dict[str, Json] = {"name": f"Zoë {place}"} if place % 2 else {}
    return Entry(run, f"k{place}", "g", str(place), State.INTENT, "hubspot:1/company/1", facts, values, NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    """A ledger with a journal of eight entries, appended three at a time."""
    engine = new_store("ledger", tmp_path)
    journal = DiskJournal(engine, lambda: NOW)
    for start in range(0, COUNT, 3):
        journal.append([entry(place) for place in range(start, min(start + 3, COUNT))])
    yield engine
    engine.dispose()


def journal(store: Engine) -> DiskJournal:
    return DiskJournal(store, lambda: NOW)


def run(store: Engine, sql: str, **values: object) -> None:
    with writing(store) as connection:
        connection.execute(text(sql), values)


def test_entries_come_back_in_order_with_their_values(store: Engine) -> None:
    assert list(journal(store).entries("r")) == [entry(place) for place in range(COUNT)]
    assert journal(store).verify() == (COUNT, []) and journal(store).head()[0] == COUNT
    assert list(journal(store).entries("another")) == []


def test_an_empty_append_is_nothing(store: Engine) -> None:
    before = journal(store).head()
    journal(store).append([])
    assert journal(store).head() == before


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, COUNT), st.sampled_from(COLUMNS), st.data())
def test_any_edit_of_any_entry_is_found(store: Engine, seq: int, column: str, data: st.DataObject) -> None:
    with store.connect() as connection:
        old = connection.scalar(text(f"SELECT {column} FROM entry WHERE seq = {seq}"))
    old = json.dumps(old) if isinstance(old, dict) else old  # a server's JSON comes taken apart
    other: object = old + data.draw(st.integers(1, 10**6)) if isinstance(old, int) else _flipped(str(old), data)
    if column == "facts":
        other = json.dumps({"code": data.draw(st.text().filter(lambda item: item != f"c{seq - 1}"))})
    run(store, f"UPDATE entry SET {column} = :other WHERE seq = :seq", other=other, seq=seq)
    try:
        assert journal(store).verify()[1] != []
    finally:
        run(store, f"UPDATE entry SET {column} = :old WHERE seq = :seq", old=old, seq=seq)
    assert journal(store).verify()[1] == []


def _flipped(old: str, data: st.DataObject) -> str:
    """The text with one character changed, put in or taken out."""
    place = data.draw(st.integers(0, max(0, len(old) - 1)))
    char = data.draw(st.sampled_from("0a Z").filter(lambda item: item != old[place : place + 1]))
    return old[:place] + char + old[place + data.draw(st.integers(0, 1)) :]


@pytest.mark.parametrize("seq", range(1, COUNT))
def test_an_entry_taken_out_is_found(store: Engine, seq: int) -> None:
    run(store, "DELETE FROM value WHERE seq = :seq", seq=seq)
    run(store, "DELETE FROM entry WHERE seq = :seq", seq=seq)
    assert journal(store).verify()[1] != []
    run(store, "UPDATE entry SET seq = seq - 1 WHERE seq > :seq", seq=seq)
    run(store, "UPDATE value SET seq = seq - 1 WHERE seq > :seq", seq=seq)
    assert journal(store).verify()[1] != []


@pytest.mark.parametrize("seq", range(1, COUNT + 1))
def test_an_entry_put_in_is_found(store: Engine, seq: int) -> None:
    columns = "at, run, key, group_id, step, state, ref, facts, commitment, previous, hash"
    run(store, "UPDATE entry SET seq = -seq - 1 WHERE seq >= :seq", seq=seq)
    run(store, "UPDATE entry SET seq = -seq WHERE seq < 0")
    run(store, "UPDATE value SET seq = -seq - 1 WHERE seq >= :seq", seq=seq)
    run(store, "UPDATE value SET seq = -seq WHERE seq < 0")
    assert journal(store).verify()[1] != []
    run(store, f"INSERT INTO entry (seq, {columns}) SELECT :seq, {columns} FROM entry LIMIT 1", seq=seq)
    assert journal(store).verify()[1] != []


def test_two_entries_that_changed_places_are_found(store: Engine) -> None:
    for old, new in ((2, -2), (3, 2), (-2, 3)):
        run(store, "UPDATE entry SET seq = :new WHERE seq = :old", old=old, new=new)
    assert journal(store).verify()[1] != []


def test_a_shortened_journal_is_told_by_the_head_that_was_noted(store: Engine) -> None:
    noted = journal(store).head()
    run(store, "DELETE FROM value WHERE seq = :seq", seq=COUNT)
    run(store, "DELETE FROM entry WHERE seq = :seq", seq=COUNT)
    assert journal(store).verify()[1] == [] and journal(store).head() != noted


def test_erased_values_leave_the_chain_valid(store: Engine) -> None:
    run(store, "DELETE FROM value")
    assert journal(store).verify() == (COUNT, [])
    assert list(journal(store).entries("r")) == [replace(entry(place), values={}) for place in range(COUNT)]


@pytest.mark.parametrize(("column", "other"), [("body", '{"name":"Zoe"}'), ("salt", "00" * 16)])
def test_values_that_were_changed_or_moved_are_found(store: Engine, column: str, other: str) -> None:
    run(store, f"UPDATE value SET {column} = :other WHERE seq = 2", other=other)
    assert journal(store).verify()[1] == ["entry 2: its values were changed"]


def test_values_without_an_entry_are_found(store: Engine) -> None:
    run(store, "INSERT INTO value SELECT 99, salt, body FROM value LIMIT 1")
    assert journal(store).verify()[1] == ["entry 99: its values stand without it"]


def test_values_beside_an_entry_that_promised_none_are_found(store: Engine) -> None:
    run(store, "INSERT INTO value SELECT 1, salt, body FROM value WHERE seq = 2")
    assert journal(store).verify()[1] != []


def test_no_value_stands_in_the_chain_itself(store: Engine) -> None:
    with store.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM entry")).all())
    assert "Zoë" not in rows


def test_equal_values_are_committed_to_differently(store: Engine) -> None:
    journal(store).append([entry(1), entry(1)])
    with store.connect() as connection:
        found = list(connection.scalars(text("SELECT commitment FROM entry WHERE key = 'k1'")))
    assert len(set(found)) == len(found) == 3


def test_a_store_that_cannot_be_written_is_fatal(store: Engine) -> None:
    with writing(store) as connection:
        refuse_rows(connection, "entry")
    with pytest.raises(LocalError, match="disk_full"):
        journal(store).append([entry(1)])
