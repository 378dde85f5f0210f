"""Caps of a CRM are foreseen: a merge beyond one is not in the plan, and the reason names it."""

from dataclasses import replace

import pytest

from connectors.base import Limits
from connectors.changes import verb
from connectors.hubspot.read import LIMITS as HUBSPOT
from connectors.records import Link, Record
from sync.plan.caps import behind
from sync.plan.strategy import Strategy
from tests.sync.desk import ref
from tests.sync.plan.test_build import LIMITS, Shelf, built, company, merging, steps

PLAIN = Limits({}, merges=5)
RENAMING = replace(PLAIN, merge_renames=True)


def holding(key: str, *people: str) -> Record:
    return company(key, [Link(ref(one, "contact")) for one in people])


def absorbed(*counts: int) -> list[Record]:
    """Companies that took in so many records before."""
    return [company(str(at), absorbed=tuple(f"{at}{n}" for n in range(count))) for at, count in enumerate(counts)]


@pytest.mark.parametrize(("caps", "counts", "calls", "held"), [
    (PLAIN, (4, 0), 1, False),
    (PLAIN, (4, 1), 1, True),
    (PLAIN, (2, 2, 0), 2, True),
    (RENAMING, (3, 0), 1, False),
    (RENAMING, (4, 0), 1, True),
    (RENAMING, (0, 0, 0), 2, False),
    (RENAMING, (0, 0, 0, 0), 3, True),
    (LIMITS, (999, 999), 1, False),
    (HUBSPOT, (248, 0), 1, False),
    (HUBSPOT, (249, 0), 1, True),
])  # fmt: skip
def test_the_ids_behind_a_record_are_counted(caps: Limits, counts: tuple[int, ...], calls: int, held: bool) -> None:
    assert bool(behind(absorbed(*counts), calls, caps)) is held


def test_a_merge_beyond_the_cap_is_left_and_says_who_must_act() -> None:
    groups, (left,) = built(Shelf(*absorbed(5, 0)), merging("0", "1"), limits=PLAIN)
    assert groups == () and "at most 5 merged ids" in left.reason and "a person" in left.reason


@pytest.mark.parametrize("strategy", [Strategy.NATIVE, Strategy.SOFT])
def test_a_survivor_that_would_have_too_many_ties_is_left(strategy: Strategy) -> None:
    shelf = Shelf(holding("a", "p", "q"), holding("b", "q", "r"))
    groups, left = built(shelf, merging("a", "b"), strategy=strategy, limits=replace(LIMITS, ties=3))
    assert len(groups) == 1 and left == ()
    groups, (held,) = built(shelf, merging("a", "b"), strategy=strategy, limits=replace(LIMITS, ties=2))
    assert groups == () and "at most 2 contact records" in held.reason and "would have 3" in held.reason


def test_a_mark_is_bound_by_no_cap() -> None:
    shelf = Shelf(*absorbed(5, 0))
    (group,), _ = built(shelf, merging("0", "1"), strategy=Strategy.MARK, limits=PLAIN)
    assert [verb(change) for change in steps(group)] == ["set"]
