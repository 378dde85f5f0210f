"""Failure modes of the stores: an index that lags, edits while paging, hostile names and texts, half a migration."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, inspect

from connectors.errors import RemoteError
from connectors.records import Record, Ref
from connectors.values import frozen
from sandbox.app import Sandbox
from sandbox.edits import edit
from sandbox.store import Row
from sync.database import open_store, writing
from sync.ledger.store import Ledger
from sync.mirror.pull import Certificate, Pull
from sync.mirror.store import Mirror
from sync.mirror.write import store_records
from tests.connectors.desk import Desk, opened
from tests.sync.desk import NOW, ref


@pytest.fixture
def store() -> Iterator[Engine]:
    engine = open_store("mirror", "sqlite://", durable=False)
    yield engine
    engine.dispose()


@pytest.fixture
def desk() -> Desk:
    return opened(Sandbox())


def filled(desk: Desk, number: int, minutes_ago: int = 0) -> list[Ref]:
    """Companies that were changed so long ago, and one that was changed just now."""
    now = desk.sandbox.clock.now_ms()
    put(desk, "39999999999", "newest", now)
    return desk.fill("company", number, modified=now - minutes_ago * 60_000)


def put(desk: Desk, key: str, name: str, at: int) -> None:
    """A company that appears with a change of that moment."""
    facts = {"hs_object_id": key, "name": name}
    desk.sandbox.store.put(Row("hubspot", "company", key, 9999, at, at, at, False, None, facts))


def pulled(desk: Desk, store: Engine, full: bool = False, fast: float = 0) -> Certificate:
    """A pull half a minute after whatever happened before, by a clock that is so many seconds fast."""
    desk.sandbox.clock.advance(30)
    now = datetime.fromtimestamp(desk.sandbox.clock.now_ms() / 1000 + fast, UTC)
    return Pull(desk.reader, store, lambda: now).kind("company", full)


def names(store: Engine) -> dict[str, str]:
    return {item.ref.id: item.text("name") for item in Mirror(store, NOW).records("company")}


def person(desk: Desk, one: Ref, name: str) -> dict[str, Any]:
    """A person renames a company."""
    return {"crm": "hubspot", "kind": "company", "id": one.id, "fields": {"name": name}}


@pytest.mark.parametrize("lag", [2, 60, 500])
def test_a_change_that_the_index_learns_late_is_found_by_a_later_pull(desk: Desk, store: Engine, lag: int) -> None:
    one, _ = filled(desk, 2, minutes_ago=60)
    pulled(desk, store)
    desk.sandbox.store.set("hubspot", "search_lag_seconds", lag)
    edit(desk.sandbox.store, desk.sandbox.clock.now_ms(), person(desk, one, "new"))
    pulled(desk, store)
    assert names(store)[one.id] == ("new" if lag < 30 else "x")
    desk.sandbox.clock.advance(lag)
    pulled(desk, store)
    assert names(store)[one.id] == "new"


@pytest.mark.parametrize("fast", [0, 3600, 86_400, -3600])
def test_a_clock_that_is_wrong_hides_no_change(desk: Desk, store: Engine, fast: float) -> None:
    one, _ = filled(desk, 2, minutes_ago=60)
    pulled(desk, store, fast=fast)
    for name in ("new", "newer"):
        desk.sandbox.clock.advance(60)
        edit(desk.sandbox.store, desk.sandbox.clock.now_ms(), person(desk, one, name))
        pulled(desk, store, fast=fast)
        assert names(store)[one.id] == name


@pytest.mark.parametrize("page", [1, 2, 3, 4])
def test_a_record_edited_while_pages_are_read_is_brought_up_to_date(desk: Desk, store: Engine, page: int) -> None:
    refs = desk.fill("company", 350)
    rule = {"on": {"method": "GET", "path": "/companies$", "nth": page}}
    desk.sandbox.faults.add([{**rule, "do": [{"edit": person(desk, one, "new")} for one in (refs[0], refs[349])]}])
    assert pulled(desk, store).doubts == () and len(names(store)) == 350
    pulled(desk, store)
    assert [names(store)[one.id] for one in (refs[0], refs[1], refs[349])] == ["new", "x", "new"]


@pytest.mark.parametrize("minutes", [1, 9])
def test_a_row_that_was_committed_late_is_found_behind_the_cursor(desk: Desk, store: Engine, minutes: int) -> None:
    filled(desk, 2, minutes_ago=60)
    pulled(desk, store)
    pulled(desk, store)
    put(desk, "30000000001", "late", desk.sandbox.clock.now_ms() - 60_000 - minutes * 60_000)
    pulled(desk, store)
    assert names(store)["30000000001"] == "late"


def test_a_record_that_was_purged_is_noticed_by_a_full_sweep_alone(desk: Desk, store: Engine) -> None:
    one, two = desk.fill("company", 2)
    pulled(desk, store)
    desk.sandbox.store.db.execute("DELETE FROM record WHERE id = ?", (one.id,))
    assert pulled(desk, store).gone == 0 and len(names(store)) == 2
    assert pulled(desk, store, full=True).gone == 1 and names(store) == {two.id: "x"}


@pytest.mark.parametrize("hidden", [0, 2, 4])
def test_a_list_that_omits_a_record_takes_nothing_away(desk: Desk, store: Engine, hidden: int) -> None:
    refs = desk.fill("company", 5)
    pulled(desk, store)
    desk.fault("objects/2026-03/companies$", {"hide": [refs[hidden].id]}, method="GET", times=0)
    certificate = pulled(desk, store, full=True)
    assert certificate.gone == 0 and certificate.doubts and len(names(store)) == 5


@pytest.mark.parametrize("page", [1, 2, 3, 4])
def test_a_pull_that_dies_at_a_page_neither_loses_nor_deletes(desk: Desk, store: Engine, page: int) -> None:
    refs = desk.fill("company", 350)
    pulled(desk, store)
    desk.fault("objects/2026-03/companies$", {"status": 500}, method="GET", nth=page, times=0)
    with pytest.raises(RemoteError):
        pulled(desk, store, full=True)
    assert len(names(store)) == 350
    desk.sandbox.faults.clear()
    edit(desk.sandbox.store, desk.sandbox.clock.now_ms(), person(desk, refs[7], "new"))
    assert pulled(desk, store).doubts == () and names(store)[refs[7].id] == "new"


def test_an_empty_list_takes_nothing_away(desk: Desk, store: Engine) -> None:
    desk.fill("company", 5)
    pulled(desk, store)
    nothing = {"status": 200, "body": {"results": [], "total": 0}}
    desk.sandbox.faults.add([{"on": {"path": "/companies(/search)?$", "times": 0}, "do": [nothing]}])
    assert pulled(desk, store, full=True).gone == 0 and len(names(store)) == 5


@pytest.mark.parametrize("swap", [str.lower, str.upper, str.swapcase])
def test_ids_that_differ_in_case_alone_are_two_records(store: Engine, swap: Callable[[str], str]) -> None:
    one = "001xY0000000AbC"
    with writing(store) as connection:
        store_records(connection, [Record(ref(id_), frozen({"name": id_})) for id_ in (one, swap(one))], NOW)
    assert names(store) == {one: one, swap(one): swap(one)}
    engine = open_store("ledger", "sqlite://", durable=False)
    ledger = Ledger(engine, lambda: NOW)
    ledger.alias(ref(one), ref("new"), "r")
    assert (ledger.resolve(ref(one)), ledger.resolve(ref(swap(one)))) == (ref("new"), ref(swap(one)))
    engine.dispose()


HOSTILE = ['x"; DROP TABLE record; --', "a' OR 1=1", "$.name", "a.b", '"', "\\", "%s", ":name", "ключ"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_field_of_any_name_is_a_field(store: Engine, name: str) -> None:
    with writing(store) as connection:
        store_records(connection, [Record(ref("a"), frozen({name: "value", "name": "other"}))], NOW)
    mirror = Mirror(store, NOW)
    (seen,) = mirror.records("company", name)
    assert dict(seen.fields) == {name: "value"}
    assert list(mirror.columns("company", ["name"]).data["name"]) == ["other"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(store: Engine, value: str) -> None:
    for held in (value, f"{value}\0{value}", "e\u0301 é \u202e\u200b"):
        with writing(store) as connection:
            store_records(connection, [Record(ref("a"), frozen({"name": held}))], NOW)
        seen = Mirror(store, NOW).get(ref("a"))
        assert seen is not None and seen.get("name") == held


def test_half_a_character_is_replaced_and_keeps_no_record_away(desk: Desk, store: Engine) -> None:
    body = '{"results": [{"id": "7", "properties": {"name": "a\\ud83db"}}, {"id": "8", "properties": {"name": "c"}}]}'
    answer = {"status": 200, "body": body, "headers": {"Content-Type": "application/json"}}
    desk.fault("objects/2026-03/companies$", answer, method="GET")
    pulled(desk, store)
    assert names(store) == {"7": "a\ufffdb", "8": "c"}


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def dying(at: int) -> Iterator[list[str]]:
    """Ends the process at the so-manieth statement of any engine; the statements so far."""
    seen: list[str] = []

    def count(*told: Any) -> None:
        seen.append(told[2])
        if len(seen) == at:
            raise Killed

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.parametrize("name", ["mirror", "ledger"])
def test_a_migration_that_dies_at_a_statement_leaves_a_store_that_opens(tmp_path: Path, name: str) -> None:
    with dying(0) as statements:
        whole = open_store(name, f"sqlite:///{tmp_path / 'whole.db'}", durable=False)
    tables = sorted(inspect(whole).get_table_names())
    whole.dispose()
    assert len(statements) > 10
    for at in range(1, len(statements) + 1, 5):
        url = f"sqlite:///{tmp_path / f'{at}.db'}"
        with pytest.raises(Killed), dying(at):
            open_store(name, url, durable=False)
        again = open_store(name, url, durable=False)
        assert sorted(inspect(again).get_table_names()) == tables
        again.dispose()
