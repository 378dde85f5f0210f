"""The plan that undoes a run: what it writes back, and what it leaves in place and says so."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.changes import Archive, Change, Connect, Create, Merge, Set, Settle, Unlink
from connectors.records import Link
from connectors.values import frozen, same
from sync.plan.model import Group
from sync.plan.undo import Kept, undo
from sync.plan.unmerge import World
from tests.sync.desk import Desk, desk, expected, group, plan_of, pretends, record, ref

KEYS = "abc"
NAMES = ("name", "city", "merged_into")
TEXTS = st.sampled_from([None, "", "x", "y", " x "])
TIE = Link(ref("p", "contact"))


def undone(crm: Desk, run: str = "r") -> tuple[tuple[Group, ...], tuple[Kept, ...]]:
    return undo(crm.journal.entries(run), World(run, crm.resolve, lambda _, kind: crm.crm.describe(kind)))


def shown(crm: Desk) -> dict[str, list[object]]:
    """The fields as a CRM would show them: blank and missing are one."""
    records = crm.crm.book.records.values()
    return {item.ref.id: [item.text(name) for name in NAMES] for item in records if item.ref.kind == "company"}


@st.composite
def rewrites(draw: st.DrawFn) -> tuple[Desk, list[Group]]:
    """Three records and groups of sets on them, each record in one group at most."""
    fields = st.dictionaries(st.sampled_from(NAMES), TEXTS, min_size=1).map(frozen)
    crm = desk(*(record(key, **draw(fields)) for key in KEYS))
    groups = []
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True)):
        change = draw(st.sampled_from([Set, Settle]))
        groups.append(group(key, change(ref(key), draw(fields))))
    return crm, groups


@settings(max_examples=80)
@given(rewrites())
def test_undo_writes_back_whatever_a_run_changed(made: tuple[Desk, list[Group]]) -> None:
    crm, groups = made
    before = shown(crm)
    assert crm.apply(plan_of(*groups)).exit_code == 0
    back, kept = undone(crm)
    assert kept == () and crm.apply(plan_of(*back), run="undo").exit_code == 0
    assert all(same(a, b) for key in KEYS for a, b in zip(shown(crm)[key], before[key], strict=True))  # type: ignore[arg-type]


@settings(max_examples=40)
@given(rewrites())
def test_undo_of_an_undo_writes_the_run_again(made: tuple[Desk, list[Group]]) -> None:
    crm, groups = made
    crm.apply(plan_of(*groups))
    after = shown(crm)
    crm.apply(plan_of(*undone(crm)[0]), run="undo")
    assert crm.apply(plan_of(*undone(crm, "undo")[0]), run="redo").exit_code == 0
    assert shown(crm) == after


def test_a_mark_is_taken_off_again() -> None:
    crm = desk(record("a"), record("b", merged_into=None))
    crm.apply(plan_of(group("m", Set(ref("b"), frozen({"merged_into": "a"}), frozen({"merged_into": None})))))
    ((back,), _) = undone(crm)
    assert [step.change for step in back.steps] == [
        Set(ref("b"), frozen({"merged_into": None}), frozen({"merged_into": "a"}))
    ]
    assert back.expects == (expected("b", merged_into="a"),)


def test_ties_are_taken_back_in_the_opposite_order() -> None:
    crm = desk(record("a"), record("b", "company", [TIE]), record("p", "contact", [Link(ref("b"))]))
    crm.apply(plan_of(group("t", Connect(ref("a"), TIE), Unlink(ref("b"), TIE))))
    ((back,), kept) = undone(crm)
    assert [step.change for step in back.steps] == [Connect(ref("b"), TIE), Unlink(ref("a"), TIE)] and kept == ()


def test_a_lookup_points_again_where_it_pointed() -> None:
    first, second = Link(ref("b"), "parent", "out"), Link(ref("c"), "parent", "out")
    crm = desk(record("a", "company", [first]), record("b"), record("c"))
    crm.apply(plan_of(group("t", Connect(ref("a"), second))))
    ((back,), kept) = undone(crm)
    assert [step.change for step in back.steps] == [Connect(ref("a"), first)] and kept == ()


LASTING: list[tuple[Sequence[Change], str]] = [
    ([Set(ref("a"), frozen({"name": "x"})), Merge(ref("a"), (ref("b"),))], "no field revops_key"),
    ([Set(ref("a"), frozen({"name": "x"})), Archive(ref("b"))], "no field revops_key"),
    ([Create("memory:local", "company", "k", frozen({}), "revops_key")], "for a person"),
]


@pytest.mark.parametrize(("changes", "why"), LASTING, ids=[why for _, why in LASTING])
def test_a_group_with_a_lasting_effect_is_left_whole_and_listed(changes: Sequence[Change], why: str) -> None:
    crm = desk(record("a", name="A"), record("b", name="B"), record("p", "contact"))
    assert crm.apply(plan_of(group("g", *changes))).exit_code == 0
    groups, kept = undone(crm)
    assert groups == () and len(kept) == len(changes) and all(why in item.reason for item in kept)


def test_what_the_run_did_not_do_is_not_undone() -> None:
    crm = desk(record("a", name="x"), record("b", name="old"), record("c", name="edited"))
    change = frozen({"name": "x"})
    late = group("c", Set(ref("c"), change), expects=[expected("c", name="old")])
    crm.apply(plan_of(group("b", Set(ref("b"), change)), group("a", Set(ref("a"), change)), late), pretends)
    assert undone(crm) == ((), ())


def test_a_record_edited_after_the_run_is_not_written_over_by_its_undo() -> None:
    crm = desk(record("a", name="old"))
    crm.apply(plan_of(group("a", Set(ref("a"), frozen({"name": "x"})))))
    crm.edit("a", name="somebody's")
    assert crm.apply(plan_of(*undone(crm)[0]), run="undo").states == {"halted": 1}
    assert crm.value("a", "name") == "somebody's"


def test_what_somebody_else_did_meanwhile_is_not_undone_as_ours() -> None:
    crm = desk(record("a", name="old"))
    plan = plan_of(group("a", Set(ref("a"), frozen({"name": "x"}))))
    crm.apply(plan, *[lambda writer, batch: ()] * 3)
    crm.edit("a", name="x")
    assert crm.apply(plan).exit_code == 0 and undone(crm) == ((), ())
