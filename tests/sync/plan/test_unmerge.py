"""Undo of merges: what comes back, under which id, and what is said to stay."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.changes import Merge
from connectors.memory import LIMITS
from connectors.records import FieldSpec, Link, ObjectSpec, Record, Ref
from hygiene.match.survive import CONSENT, Rank, refused, survive
from sync.plan.model import Group
from sync.plan.strategy import Strategy, expand
from sync.plan.undo import born, undo
from sync.plan.unmerge import World
from tests.sync.desk import Desk, desk, plan_of, record, ref

NAMES = ("name", "city", "opted_out")
PEOPLE = [ref(key, "contact") for key in "pq"]
FIELDS = tuple(FieldSpec(name, name, "string") for name in (*NAMES, "merged_into", "revops_key"))
SPEC = ObjectSpec("company", "company", FIELDS, mergeable=True)


class Known:
    """Satisfies `Source`: the memory as the mirror would hold it."""

    def __init__(self, crm: Desk) -> None:
        self.book = crm.crm.book

    def get(self, one: Ref) -> Record | None:
        return self.book.records.get(one)

    def some(self, refs: Iterable[Ref]) -> Iterator[Record]:
        return (self.book.records[one] for one in refs if one in self.book.records)

    def ties(self, one: Ref) -> tuple[tuple[Ref, Link], ...]:
        return tuple((one, link) for link in self.book.records[one].links)

    def spec(self, workspace: str, kind: str) -> ObjectSpec:
        return SPEC


@st.composite
def clusters(draw: st.DrawFn) -> Desk:
    """Two to five companies with values, refusals and ties to people; merges may mint new ids."""
    rows = []
    for key in "abcde"[: draw(st.integers(2, 5))]:
        values = {name: draw(st.sampled_from([None, "x", "y"])) for name in ("name", "city")}
        tied = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
        more = {"opted_out": draw(st.sampled_from([None, False, True])), "merged_into": None, "revops_key": None}
        rows.append(record(key, "company", [Link(one) for one in tied], **values, **more))
    people = [Record(one, links=tuple(Link(row.ref) for row in rows if Link(one) in row.links)) for one in PEOPLE]
    return desk(*rows, *people, renumbers=draw(st.booleans()))


def merged(crm: Desk, strategy: Strategy) -> Group:
    """All companies as one group, as the planner makes it."""
    known = Known(crm)
    found = survive([item for one, item in crm.crm.book.records.items() if one.kind == "company"], Rank())
    recipe = expand(Merge(found.survivor, found.merged, found.carry), known, strategy, LIMITS)
    return Group("g-m", "duplicate", "f", "m", recipe.grade, recipe.steps, recipe.expects)


def undone(crm: Desk) -> tuple[dict[Ref, Ref], tuple[Group, ...]]:
    """Applies the undo of the run; old ids -> new ids, the survivor's among them."""
    groups, _ = undo(crm.journal.entries("r"), World("r", crm.resolve, lambda *_: SPEC))
    assert crm.apply(plan_of(*groups), run="undo").exit_code == 0
    return born(crm.journal.entries("undo")), groups


def state(crm: Desk, ids: dict[Ref, Ref]) -> dict[Ref, tuple[list[object], frozenset[Ref]]]:
    """Values and ties of every company by the id it had first."""
    first = {new: old for old, new in ids.items()}
    rows = {first.get(one, one): row for one, row in crm.crm.book.records.items() if one.kind == "company"}
    return {
        one: ([row.text("name"), row.text("city")], frozenset(link.to for link in row.links))
        for one, row in rows.items()
    }


def refusals(crm: Desk) -> int:
    return sum(refused(row.get(name)) for row in crm.crm.book.records.values() for name in CONSENT)


@pytest.mark.parametrize("strategy", Strategy)
@settings(max_examples=40, deadline=None)
@given(crm=clusters())
def test_apply_then_undo_is_the_state_before_up_to_the_new_ids(strategy: Strategy, crm: Desk) -> None:
    before = state(crm, {})
    group = merged(crm, strategy)
    assert crm.apply(plan_of(group)).exit_code == 0
    ids, _ = undone(crm)
    survivor = group.expects[0].ref
    assert state(crm, ids | {survivor: crm.resolve(survivor)}) == before


@pytest.mark.parametrize("strategy", Strategy)
@settings(max_examples=40, deadline=None)
@given(crm=clusters())
def test_no_refusal_is_lost_by_a_merge_or_by_its_undo(strategy: Strategy, crm: Desk) -> None:
    said, count = refusals(crm) > 0, refusals(crm)
    group = merged(crm, strategy)
    crm.apply(plan_of(group))
    head = crm.crm.book.records[crm.resolve(group.expects[0].ref)]
    assert refused(head.get("opted_out")) == said or strategy is Strategy.MARK
    undone(crm)
    assert refusals(crm) >= count


def test_what_comes_back_without_its_past_is_listed() -> None:
    rows = [record(key, name="x", created_at="2020", opted_out=None, merged_into=None, revops_key=None) for key in "ab"]
    crm = desk(*rows, renumbers=True)
    assert crm.apply(plan_of(merged(crm, Strategy.NATIVE))).exit_code == 0
    _, kept = undo(crm.journal.entries("r"), World("r", crm.resolve, lambda *_: SPEC))
    assert [item.ref for item in kept] == [str(ref("b"))] * 3
    assert all(words in item.reason for words, item in zip(("new id", "memberships", "parent"), kept, strict=True))


def test_a_record_that_said_no_is_not_made_anew_without_its_no() -> None:
    rows = [record(key, opted_out=True, merged_into=None, revops_key=None) for key in "ab"]
    crm = desk(*rows)
    crm.apply(plan_of(merged(crm, Strategy.SOFT)))
    fields = (FieldSpec("opted_out", "opted_out", "bool", writable=False), *FIELDS[-1:])
    groups, kept = undo(
        crm.journal.entries("r"), World("r", crm.resolve, lambda *_: ObjectSpec("company", "c", fields))
    )
    assert groups == () and all("said no" in item.reason for item in kept)


def test_a_restored_record_stands_for_itself_again() -> None:
    crm = desk(*(record(key, merged_into=None, revops_key=None, name=key, opted_out=None) for key in "abc"))
    crm.apply(plan_of(merged(crm, Strategy.SOFT)))
    ids, groups = undone(crm)
    assert len(ids) == 2 and len(groups) == 1 and not set(ids.values()) & set(ids)
    assert all(a != b for a, b in combinations(ids.values(), 2))
