"""The mirror answers every question as a view over the plain list of the same records does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from connectors.records import Link, Past, Record, Ref
from connectors.values import frozen
from sync.database import writing
from sync.mirror.store import Mirror
from sync.mirror.write import store_gone, store_past, store_records
from tests.book import Book
from tests.sync.desk import NOW, record, ref
from tests.sync.stores import new_store
from tests.sync.values import VALUES, records

KINDS = ("company", "contact")
FIELDS = ("name", "amount", "tags", "absent")


@contextmanager
def shelved(items: list[Record], past: list[Past] | None = None) -> Iterator[tuple[Mirror, Engine]]:
    """A mirror in memory that holds these records."""
    engine = new_store("mirror")
    with writing(engine) as connection:
        store_records(connection, items, NOW)
        store_past(connection, past or [], NOW)
    yield Mirror(engine, NOW), engine
    engine.dispose()


def told(item: Record | None) -> object:
    return item and (item.ref, dict(item.fields), set(item.links))


@settings(max_examples=30)
@given(records())
def test_records_and_their_fields_are_those_that_were_stored(items: list[Record]) -> None:
    with shelved(items) as (mirror, _):
        book = Book(items)
        for kind in KINDS:
            assert list(map(told, mirror.records(kind))) == list(map(told, book.records(kind)))
            assert list(map(told, mirror.records(kind, "name"))) == list(map(told, book.records(kind, "name")))
        assert [told(mirror.get(item.ref)) for item in items] == [told(item) for item in items]
        assert mirror.get(ref("nobody")) is None


@settings(max_examples=30)
@given(records())
def test_ties_are_seen_from_both_ends_and_only_to_records_that_live(items: list[Record]) -> None:
    with shelved(items) as (mirror, _):
        book, live = Book(items), {item.ref for item in items}
        for item in items:
            for kind in KINDS:
                wanted = tuple(other for other in book.linked(item.ref, kind) if other in live)
                assert mirror.linked(item.ref, kind) == wanted
        scanned = {item.ref: mirror.linked(item.ref, "contact") for item in mirror.records("company")}
        assert scanned == {one: mirror.linked(one, "contact") for one in scanned}


@settings(max_examples=30)
@given(records())
def test_columns_show_the_text_of_every_value(items: list[Record]) -> None:
    with shelved(items) as (mirror, _):
        for kind in KINDS:
            ours, theirs = mirror.columns(kind, FIELDS), Book(items).columns(kind, FIELDS)
            assert [ours.ref(row) for row in range(len(ours))] == [theirs.ref(row) for row in range(len(theirs))]
            for name in FIELDS:
                plain = [row for row in range(len(ours)) if _plain(items, ours.ref(row), name)]
                assert [ours.data[name][row] for row in plain] == [theirs.data[name][row] for row in plain]


def _plain(items: list[Record], one: Ref, name: str) -> bool:
    """Whether a value is text without NUL, at which SQLite ends a text that it takes out of JSON."""
    value = next(item for item in items if item.ref == one).get(name)
    return value is None or (isinstance(value, str) and "\0" not in value)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), VALUES), max_size=6))
def test_the_crms_history_comes_back_oldest_first(steps: list) -> None:  # type: ignore[type-arg]
    past = [Past(ref("a"), "stage", NOW + timedelta(days=day), value, "CRM_UI") for day, value in steps]
    with shelved([record("a")], past) as (mirror, _):
        assert mirror.history(ref("a"), "stage") == Book([]).told(*past).history(ref("a"), "stage")
        assert mirror.history(ref("a"), "name") == ()


def test_where_the_crm_keeps_no_history_our_own_sightings_speak() -> None:
    with shelved([record("a", name="one")]) as (mirror, engine):
        for day, name in enumerate(["two", "three"], 1):
            with writing(engine) as connection:
                store_records(connection, [record("a", name=name)], NOW + timedelta(days=day))
        seen = [(item.at, item.value, item.source) for item in mirror.history(ref("a"), "name")]
    assert seen == [
        (NOW + timedelta(days=1), "two", "seen by revops-sync"),
        (NOW + timedelta(days=2), "three", "seen by revops-sync"),
    ]


def test_a_record_that_is_gone_is_in_no_answer() -> None:
    with shelved([record("a", "company", [Link(ref("b"))]), record("b", name="B")]) as (mirror, engine):
        with writing(engine) as connection:
            store_gone(connection, ref("b"), "merged", "a", NOW)
        assert [item.ref.id for item in mirror.records("company")] == ["a"]
        assert mirror.get(ref("b")) is None and mirror.linked(ref("a"), "company") == ()
        assert mirror.counts() == {"memory:local": {"company": 1}} and len(mirror.columns("company", ())) == 1


def test_changed_tells_what_changed_since_a_moment() -> None:
    with shelved([record("a", name="x"), record("b", name="x")]) as (mirror, engine):
        with writing(engine) as connection:
            store_records(connection, [record("a", name="x"), record("b", name="y")], NOW + timedelta(hours=1))
        assert list(mirror.changed("company", NOW)) == [ref("a"), ref("b")]
        assert list(mirror.changed("company", NOW + timedelta(minutes=1))) == [ref("b")]


def test_the_ties_of_a_record_name_who_holds_them_and_none_twice() -> None:
    holder = record("h", "company", [Link(ref("a"), "partner", "out")])
    both = [record("a", "company", [Link(ref("p", "contact"))]), record("p", "contact", [Link(ref("a"))]), holder]
    with shelved(both) as (mirror, _):
        assert mirror.ties(ref("a")) == (
            (ref("a"), Link(ref("p", "contact"))),
            (ref("h"), Link(ref("a"), "partner", "out")),
        )


def test_pages_of_records_join_without_a_gap() -> None:
    many = [
        Record(Ref(space, "company", f"{place:04}"), frozen({})) for space in ("a:1", "b:2") for place in range(700)
    ]
    with shelved(many) as (mirror, _):
        assert [item.ref for item in mirror.records("company")] == [item.ref for item in many]
