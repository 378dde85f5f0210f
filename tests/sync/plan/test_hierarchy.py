"""Merges within a hierarchy: what is moved first, and what is left to a person."""

from collections.abc import Sequence

import pytest

from connectors.changes import Change, Connect, Unlink
from connectors.records import Link, Record, Ref
from connectors.values import frozen
from sync.plan.hierarchy import untangled
from sync.plan.model import Unplannable
from tests.sync.desk import ref
from tests.sync.plan.test_build import Shelf

Tree = dict[str, str]


def rows(tree: Tree, kind: str, label: str = "ParentId") -> dict[str, Record]:
    """Records a to e that hang below one another."""

    def row(key: str) -> Record:
        above = [Link(ref(tree[key], kind), label, "out")] if key in tree else []
        return Record(ref(key, kind), links=tuple(above))

    return {key: row(key) for key in "abcde"}


def steps(tree: Tree, merged: str = "bc", kind: str = "company") -> Sequence[Change]:
    found = rows(tree, kind)
    return untangled(found["a"], [found[key] for key in merged], Shelf(*found.values()))


def up(key: str, to: str, kind: str = "company") -> Link:
    return Link(ref(to, kind), "ParentId", "out")


MOVES: list[tuple[Tree, list[Change]]] = [
    ({}, []),
    ({"a": "d", "b": "d"}, []),
    ({"b": "a", "c": "b"}, []),
    ({"d": "a", "e": "b"}, []),
    ({"a": "b"}, [Unlink(ref("a"), up("a", "b"))]),
    ({"a": "b", "b": "d"}, [Connect(ref("a"), up("a", "d"))]),
    ({"a": "b", "b": "c", "c": "d", "d": "e"}, [Connect(ref("a"), up("a", "d"))]),
    ({"a": "b", "b": "a"}, [Unlink(ref("a"), up("a", "b"))]),
    ({"b": "d", "d": "e"}, []),
]


@pytest.mark.parametrize(("tree", "first"), MOVES)
def test_the_survivor_moves_out_from_below_those_merged_into_it(tree: Tree, first: list[Change]) -> None:
    assert list(steps(tree)) == first


TANGLES: list[Tree] = [
    {"a": "d", "d": "b"},
    {"a": "d", "d": "e", "e": "c"},
    {"a": "b", "b": "d", "d": "c"},
    {"b": "d", "d": "a"},
    {"b": "d", "d": "c"},
]


@pytest.mark.parametrize("tree", TANGLES)
def test_a_record_that_stands_between_them_is_for_a_person(tree: Tree) -> None:
    with pytest.raises(Unplannable, match="between them"):
        steps(tree)


def test_a_contact_that_reports_to_its_duplicate_reports_to_nobody_first() -> None:
    assert steps({"b": "a"}, "b", "contact") == (Unlink(ref("b", "contact"), up("b", "a", "contact")),)


def test_where_the_crm_tells_of_the_parent_alone_nothing_is_moved_and_a_circle_is_still_seen() -> None:
    def row(key: str, parent: str | None) -> Record:
        return Record(ref(key), frozen({"parent": parent}))

    child, parent, between = row("a", "b"), row("b", None), row("d", "b")
    assert untangled(child, [parent], Shelf(child, parent)) == ()
    below = row("a", "d")
    with pytest.raises(Unplannable):
        untangled(below, [parent], Shelf(below, parent, between))


def test_a_circle_of_old_ends_the_climb() -> None:
    found = rows({"d": "e", "e": "d", "a": "d"}, "company")
    assert untangled(found["a"], [found["b"]], Shelf(*found.values())) == ()
    assert Ref("memory:local", "company", "a") == found["a"].ref
