"""The past of the mirror: as known then, byte for byte, and as known now against a CRM that forgets nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from connectors.memory import Memory
from connectors.records import FieldSpec, Link, ObjectSpec, Past, Pipeline, Record, Ref, Stage
from connectors.values import Value, frozen
from hygiene.sight import unknown, untied
from hygiene.view import View
from sync.database import writing
from sync.mirror.pull import Pull, keep_rules
from sync.mirror.store import Mirror
from sync.mirror.write import store_gone, store_past, store_records
from tests.sync.desk import NOW, SPACE, record, ref
from tests.sync.stores import new_store
from tests.sync.values import VALUES

DAY = timedelta(days=1)
KINDS = ("company", "contact", "deal")
TRACKED = ("amount", "stage")
FIELDS = ("amount", "name", "stage")


@contextmanager
def store() -> Iterator[Engine]:
    engine = new_store("mirror")
    yield engine
    engine.dispose()


def answers(view: View, refs: Iterable[Ref]) -> dict[str, Any]:
    """Everything that a view can be asked, as plain values."""
    told = sorted(refs)
    columns = {kind: view.columns(kind, FIELDS) for kind in KINDS}
    return {
        "records": {kind: [repr(item) for item in view.records(kind)] for kind in KINDS},
        "some fields": {kind: [repr(item) for item in view.records(kind, "name", "stage")] for kind in KINDS},
        "get": [repr(view.get(one)) for one in told],
        "linked": [view.linked(one, kind) for one in told for kind in KINDS],
        "scanned": [view.linked(item.ref, "contact") for item in view.records("deal")],
        "history": [view.history(one, name) for one in told for name in FIELDS],
        "columns": [(c.workspaces, list(c.ids), {n: list(d) for n, d in c.data.items()}) for c in columns.values()],
        "changed": [list(view.changed(kind, NOW + day * DAY)) for kind in KINDS for day in range(6)],
        "pipelines": view.pipelines("deal"),
        "known": [sorted(view.known(SPACE, kind)) for kind in KINDS],
    }


REFS = [ref(key, kind) for kind in KINDS for key in "ab"]
ONE = st.sampled_from(REFS)
TIE = st.builds(Link, ONE, st.sampled_from(["", "x"]), st.sampled_from(["out", "both"]))
LINKS = st.lists(TIE, max_size=3, unique=True)
DATA = st.dictionaries(st.sampled_from([*FIELDS, "created_at"]), VALUES, max_size=3)
MODIFIED = st.none() | st.integers(-9, 9).map(lambda day: NOW + day * DAY)
SEEN = st.builds(lambda one, data, links, at: Record(one, frozen(data), tuple(links), at), ONE, DATA, LINKS, MODIFIED)
DAYS = st.integers(-3, 6).map(lambda day: NOW + day * DAY)
TOLD = st.builds(Past, ONE, st.sampled_from(TRACKED), DAYS, VALUES)
GONE = st.tuples(ONE, st.sampled_from(["archived", "merged", "missing"]))
STEP = st.tuples(st.lists(SEEN, max_size=4), st.lists(TOLD, max_size=3), st.lists(GONE, max_size=1))
STEPS = st.lists(STEP, max_size=5)


@settings(max_examples=12)
@given(STEPS)
def test_what_a_view_showed_it_shows_for_ever(steps: list[Any]) -> None:
    with store() as engine:
        kept: list[Any] = []
        met = set[Ref]()
        for day, (records, told, gone) in enumerate(steps):
            at = NOW + day * DAY
            met |= {item.ref for item in records}
            past = [item for item in told if item.ref in met and (item.ref, item.at) not in _there(kept)]
            with writing(engine) as connection:
                store_records(connection, records, at)
                store_past(connection, past, at)
                for one, why in gone:
                    store_gone(connection, one, why, "", at)
            kept.append((at, answers(Mirror(engine, at), REFS), {(item.ref, item.at) for item in past}))
        for at, shown, _ in kept:
            assert answers(Mirror(engine, NOW).seen_at(at), REFS) == shown


def _there(kept: list[Any]) -> set[Any]:
    """What a CRM's history said before: it adds to it, and never rewrites."""
    return set().union(*(past for _, _, past in kept))


@dataclass
class Crm:
    """A CRM that forgets nothing: what was set, tied and deleted, by the hour; `pulled` is when somebody looked."""

    done: list[tuple[int, Ref, str, Any]] = field(default_factory=list)
    pulled: list[int] = field(default_factory=list)

    def held(self, one: Ref, name: str, hour: int) -> Any:
        """The last value set by then."""
        return next((v for at, r, n, v in reversed(self.done) if (r, n) == (one, name) and at <= hour), None)

    def begun(self, one: Ref) -> int:
        return min(at for at, r, _, _ in self.done if r == one)

    def there(self, one: Ref, hour: int) -> bool:
        return self.begun(one) <= hour and not self.held(one, "deleted", hour)

    def refs(self) -> list[Ref]:
        return sorted({r for _, r, _, _ in self.done})

    def looks(self, one: Ref, hour: int) -> list[int]:
        """The pulls until an hour that saw the record."""
        return [at for at in self.pulled if at <= hour and self.there(one, at)]

    def record(self, one: Ref, hour: int) -> Record:
        fields: dict[str, Value] = {name: self.held(one, name, hour) for name in FIELDS}
        made = NOW + self.begun(one) * HOUR
        return Record(one, frozen({**fields, "created_at": made}), tuple(self.held(one, "ties", hour) or ()))

    def past(self, one: Ref, hour: int) -> list[Past]:
        told = [(at, n, v) for at, r, n, v in self.done if r == one and n in TRACKED and at <= hour]
        return [Past(one, n, NOW + at * HOUR, v, "CRM_UI") for at, n, v in told]


HOUR = timedelta(hours=1)
SETS = st.tuples(st.integers(0, 30), ONE, st.sampled_from(FIELDS), st.sampled_from([None, "x", "y", "z"]))
TIES = st.tuples(st.integers(0, 30), ONE, st.just("ties"), st.lists(st.builds(Link, ONE), max_size=2, unique=True))
ENDS = st.tuples(st.integers(0, 30), ONE, st.just("deleted"), st.just(True))
DEEDS = st.lists(st.one_of(SETS, SETS, SETS, TIES, ENDS), max_size=25)


@contextmanager
def looked(deeds: list[Any], pulls: list[int]) -> Iterator[tuple[Crm, Mirror]]:
    """A CRM in which all that was done, and the mirror after pulls at these hours; whatever is deleted stays so."""
    first = [(0, Ref(SPACE, kind, "seed"), name, "x") for kind in KINDS for name in TRACKED]
    crm = Crm([*first, *sorted(deeds, key=lambda deed: deed[0])], sorted(pulls))
    with store() as engine:
        for hour in crm.pulled:
            at, live = NOW + hour * HOUR, [one for one in crm.refs() if crm.there(one, hour)]
            with writing(engine) as connection:
                store_records(connection, [crm.record(one, hour) for one in live], at)
                store_past(connection, [item for one in live for item in crm.past(one, hour)], at)
                for one in crm.refs():
                    if crm.begun(one) <= hour and one not in live:
                        store_gone(connection, one, "archived", "", at)
        yield crm, Mirror(engine, NOW + 40 * HOUR)


@settings(max_examples=30)
@given(DEEDS, st.lists(st.integers(1, 31), min_size=1, max_size=4, unique=True))
def test_what_was_true_is_what_the_crm_held_or_unknown(deeds: list[Any], pulls: list[int]) -> None:
    with looked(deeds, pulls) as (crm, mirror):
        for hour in range(0, crm.pulled[-1] + 1, 3):
            view = mirror.at(NOW + hour * HOUR)
            for one in crm.refs():
                _is_true(crm, one, hour, view)


def _is_true(crm: Crm, one: Ref, hour: int, view: View) -> None:
    """The record by the view, against the CRM's own book."""
    record, ever, looks = view.get(one), crm.looks(one, 99), crm.looks(one, hour)
    lost = bool(ever) and any(at <= hour and at > ever[-1] for at in crm.pulled)
    assert (record is not None) == (bool(ever) and crm.begun(one) <= hour and not lost)
    if record is None:
        return
    for name in FIELDS:
        if name in TRACKED:
            assert record.fields[name] == crm.held(one, name, min(hour, ever[-1]))
        elif looks:
            assert record.fields[name] == crm.held(one, name, looks[-1])
        else:
            assert name not in record.fields and unknown(view, one, name)
    assert untied(view, one) == (not looks)


@settings(max_examples=15)
@given(DEEDS, st.lists(st.integers(1, 31), min_size=1, max_size=3, unique=True))
def test_ties_are_those_that_either_end_was_last_seen_to_hold(deeds: list[Any], pulls: list[int]) -> None:
    with looked(deeds, pulls) as (crm, mirror):
        for hour in range(0, crm.pulled[-1] + 1, 5):
            view = mirror.at(NOW + hour * HOUR)
            live = [one for one in crm.refs() if view.get(one)]
            last = [(one, at) for one in live for at in crm.looks(one, hour)[-1:]]
            held = {(one, link.to) for one, at in last for link in crm.held(one, "ties", at) or ()}
            for one in live:
                tied = {other for other in live if {(one, other), (other, one)} & held}
                assert {other for kind in KINDS for other in view.linked(one, kind)} == tied


def test_a_history_without_its_beginning_does_not_tell_what_was_before() -> None:
    """Twenty values may be all that the CRM still has."""
    for count, empty in ((19, True), (20, False)):
        told = [Past(ref("a", "deal"), "amount", NOW + day * DAY, str(day), "CRM_UI") for day in range(count)]
        with store() as engine:
            with writing(engine) as connection:
                one = record("a", "deal", [], amount="x", created_at=NOW - 9 * DAY)
                store_records(connection, [one], NOW + 99 * DAY)
                store_past(connection, told, NOW + 99 * DAY)
            view = Mirror(engine, NOW).at(NOW - DAY)
            then = view.get(ref("a", "deal"))
        assert then is not None and ("amount" in then.fields) is empty
        assert unknown(view, then.ref, "amount") is not empty


def test_what_apply_read_back_counts_until_the_history_tells_more() -> None:
    one, told = ref("a", "deal"), [Past(ref("a", "deal"), "amount", NOW, "old", "CRM_UI")]
    with store() as engine:
        for at, value, past in ((NOW + DAY, "old", told), (NOW + 2 * DAY, "ours", [])):
            with writing(engine) as connection:
                store_records(connection, [record("a", "deal", [], amount=value, created_at=NOW)], at)
                store_past(connection, past, at)
        held = [Mirror(engine, NOW).at(NOW + day * DAY).get(one) for day in (1, 2, 3)]
    assert [item and item.get("amount") for item in held] == ["old", "ours", "ours"]


class Staged(Memory):
    """A CRM whose pipeline and fields change between pulls."""

    stage, names = "one", ("name",)

    def describe(self, kind: str) -> ObjectSpec:
        return ObjectSpec(kind, kind, tuple(FieldSpec(name, name, "string") for name in self.names))

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        return (Pipeline(SPACE, kind, "p", "P", (Stage(self.stage, self.stage),)),)


def test_definitions_are_those_of_then() -> None:
    crm = Staged([record("a", "deal", [], name="x")])
    with store() as engine:
        for day, (crm.stage, crm.names) in enumerate([("one", ("name",)), ("two", ("name", "owner"))]):
            Pull(crm, engine, lambda day=day: NOW + day * DAY).kind("deal", full=True)
        mirror = Mirror(engine, NOW + DAY)
        for view, day, stage, count in (
            (mirror.at(NOW - DAY), -1, ["one"], 1),
            (mirror.seen_at(NOW - DAY), -1, [], 0),
            (mirror.seen_at(NOW), 0, ["one"], 1),
            (mirror.at(NOW + DAY), 1, ["two"], 2),
        ):
            assert [s.id for p in view.pipelines("deal") for s in p.stages] == stage
            assert len(view.known(SPACE, "deal")) == count and view.as_of == NOW + day * DAY


def test_the_rules_in_force_are_kept_where_they_change() -> None:
    with store() as engine:
        for day, rules in enumerate(["a", "a", "b"]):
            keep_rules(engine, rules, {"version": 1}, NOW + day * DAY)
        mirror = Mirror(engine, NOW)
        assert [mirror.at(NOW + day * DAY).rules() for day in (-1, 0, 1, 2, 3)] == ["", "a", "a", "b", "b"]
