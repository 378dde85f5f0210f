"""Writing the mirror: an equal row writes nothing, a changed one keeps what it held before."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import Connection, Engine, select, text

from connectors.base import Gone, Reading
from connectors.records import Link, Record, Ref
from connectors.values import dump_fields
from sync.database import writing
from sync.mirror.rows import DELTA
from sync.mirror.store import Mirror
from sync.mirror.write import row_hash, store_gone, store_readings, store_records
from tests.sync.desk import NOW, record, ref
from tests.sync.stores import SERVER, new_store
from tests.sync.values import records

LATER = NOW + timedelta(hours=1)
TIE = Link(ref("p", "contact"))


@pytest.fixture
def store() -> Iterator[Engine]:
    engine = new_store("mirror")
    yield engine
    engine.dispose()


def deltas(connection: Connection) -> list[dict[str, object]]:
    return list(connection.scalars(select(DELTA.c.before).order_by(DELTA.c.seq)))


@pytest.mark.skipif(bool(SERVER), reason="only SQLite counts what a connection changed")
@settings(max_examples=30)
@given(records())
def test_equal_rows_write_nothing(items: list[Record]) -> None:
    engine = new_store("mirror")
    with writing(engine) as connection:
        assert store_records(connection, items, NOW) == len(items)
        before = connection.scalar(text("SELECT total_changes()"))
        assert store_records(connection, items, LATER) == 0
        assert connection.scalar(text("SELECT total_changes()")) == before
    engine.dispose()


@settings(max_examples=30)
@given(records(), records())
def test_a_delta_holds_all_that_is_needed_to_go_back(old: list[Record], new: list[Record]) -> None:
    engine = new_store("mirror")
    with writing(engine) as connection:
        store_records(connection, old, NOW)
        store_records(connection, new, LATER)
        rows = connection.execute(select(DELTA.c.kind, DELTA.c.id, DELTA.c.before)).all()
    engine.dispose()
    then, now = ({item.ref: item for item in items} for items in (old, new))
    changed = {one for one in then.keys() & now.keys() if row_hash(then[one]) != row_hash(now[one])}
    assert {(row.kind, row.id) for row in rows} == {(one.kind, one.id) for one in changed}
    for one in changed:
        before = next(item for kind, id_, item in rows if (kind, id_) == (one.kind, one.id))
        _went_back(then[one], now[one], before)


def _went_back(then: Record, now: Record, before: Mapping[str, Any]) -> None:
    fields = {**dump_fields(now.fields), **before["fields"]}
    held = dump_fields(then.fields)
    assert {name: value for name, value in fields.items() if value is not None} == {
        name: value for name, value in held.items() if value is not None
    }
    assert ("links" in before) == (set(then.links) != set(now.links))


def test_a_change_of_ties_alone_is_a_change(store: Engine) -> None:
    with writing(store) as connection:
        store_records(connection, [record("a", name="x")], NOW)
        assert store_records(connection, [record("a", "company", [TIE], name="x")], LATER) == 1
        assert deltas(connection) == [{"fields": {}, "links": []}]


def test_a_record_that_is_gone_is_marked_once_and_comes_back_when_seen(store: Engine) -> None:
    with writing(store) as connection:
        store_records(connection, [record("a", name="x")], NOW)
        assert [store_gone(connection, ref("a"), "merged", "b", NOW) for _ in range(2)] == [True, False]
        assert not store_gone(connection, ref("never seen"), "archived", "", NOW)
        assert store_records(connection, [record("a", name="x")], LATER) == 1
        assert deltas(connection)[-1] == {"fields": {}, "gone": "merged", "merged_into": "b"}
    assert Mirror(store, NOW).get(ref("a")) is not None


def test_a_read_back_is_laid_over_what_the_mirror_holds(store: Engine) -> None:
    with writing(store) as connection:
        store_records(connection, [record("a", "company", [TIE], name="x", city="Bonn"), record("b")], NOW)
        readings: dict[Ref, Reading] = {
            ref("a"): record("a", name="y"),
            ref("b"): Gone(ref("b"), ref("new")),
            ref("new"): record("new"),
        }
        store_readings(connection, readings, LATER)
    mirror = Mirror(store, NOW)
    kept = mirror.get(ref("a"))
    assert kept and dict(kept.fields) == {"city": "Bonn", "name": "y"} and kept.links == (TIE,)
    assert mirror.get(ref("b")) is None and mirror.get(ref("new")) is not None


def test_the_same_record_twice_on_a_page_counts_once(store: Engine) -> None:
    with writing(store) as connection:
        assert store_records(connection, [record("a", name="x"), record("a", name="y")], NOW) == 1
    kept = Mirror(store, NOW).get(ref("a"))
    assert kept and kept.get("name") == "y"
