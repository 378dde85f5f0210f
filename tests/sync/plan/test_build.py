"""Findings become groups: what agrees is written together, what does not is left to a person."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from types import MappingProxyType

import pytest

from connectors.base import Limits
from connectors.changes import Archive, Change, Connect, Merge, Set, Settle, Survivor, verb
from connectors.errors import RefusedError
from connectors.records import FieldSpec, Link, ObjectSpec, Record, Ref
from connectors.values import Value, frozen
from hygiene.check import Band, Finding
from sync.plan.build import Left, Policy, build
from sync.plan.guards import Bound, Guarded, check_share, touched
from sync.plan.model import Grade, Group
from sync.plan.strategy import Strategy
from tests.sync.desk import ref

LIMITS = Limits(MappingProxyType({}))
WIDE = Limits(MappingProxyType({}), merge_parties=3, merge_carries=True)
FIELDS = ("name", "phone", "city", "code", "merged_into", "opted_out")


class Shelf:
    """Satisfies `strategy.Source`: records, with every field writable, `code` unique and `made` read-only."""

    def __init__(self, *records: Record, mergeable: bool = True, fields: Sequence[str] = FIELDS) -> None:
        self.records = {item.ref: item for item in records}
        specs = tuple(FieldSpec(name, name, "string", unique=name == "code") for name in fields)
        made = FieldSpec("made", "made", "string", writable=False)
        self._spec = ObjectSpec("company", "company", (*specs, made), mergeable)

    def get(self, one: Ref) -> Record | None:
        return self.records.get(one)

    def some(self, refs: Iterable[Ref]) -> Iterator[Record]:
        return (self.records[one] for one in refs if one in self.records)

    def ties(self, one: Ref) -> tuple[tuple[Ref, Link], ...]:
        own = [(one, link) for link in self.records[one].links]
        back = [(item.ref, link) for item in self.records.values() for link in item.links if link.to == one]
        return (*own, *back)

    def spec(self, workspace: str, kind: str) -> ObjectSpec | None:
        return self._spec


def company(key: str, links: Sequence[Link] = (), /, **fields: Value) -> Record:
    return Record(ref(key), frozen(fields), tuple(links))


def merging(*keys: str, **carry: Value) -> Finding:
    """A finding that these records are one, the first of them the survivor."""
    refs = tuple(map(ref, keys))
    return Finding("duplicate", refs, "one", changes=(Merge(refs[0], refs[1:], frozen(carry)),))


def setting(key: str, check: str = "test", **after: Value) -> Finding:
    return Finding(check, (ref(key),), check, changes=(Set(ref(key), frozen(after)),))


def built(
    shelf: Shelf, *findings: Finding, strategy: Strategy = Strategy.NATIVE, limits: Limits = LIMITS
) -> tuple[tuple[Group, ...], tuple[Left, ...]]:
    return build(findings, shelf, Policy(lambda workspace, kind: strategy, {"memory:local": limits}))


def steps(group: Group) -> list[Change]:
    return [step.change for step in group.steps]


A = company("a", name="A", phone="1", made="x")
B = company("b", name="B", city="Bonn", made="y")
C = company("c", name="A", code="c-1")


def test_two_checks_that_touch_one_record_become_one_set() -> None:
    (group,), left = built(Shelf(A), setting("a", "one", city="X"), setting("a", "two", phone="2", city="X"))
    assert steps(group) == [Set(ref("a"), frozen({"city": "X", "phone": "2"}), frozen({"city": None, "phone": "1"}))]
    assert group.check == "one+two" and left == ()


def test_checks_that_disagree_are_both_left_to_a_person() -> None:
    groups, left = built(Shelf(A), setting("a", "one", city="X"), setting("a", "two", city="Y"))
    assert groups == () and len(left) == 2 and all("disagree about city" in item.reason for item in left)


def test_a_record_that_is_merged_is_not_set_in_the_same_plan() -> None:
    (group,), (left,) = built(Shelf(A, B), merging("a", "b"), setting("b", city="X"))
    assert group.merges == 1 and "part of a merge" in left.reason


def test_no_record_stands_in_two_groups() -> None:
    groups, left = built(Shelf(A, B, C), merging("a", "b"), merging("b", "c"))
    assert len(groups) == len(left) == 1 and "same record" in left[0].reason


@pytest.mark.parametrize("band", [Band.REVIEW])
def test_what_waits_for_a_person_is_not_planned(band: Band) -> None:
    finding = Finding("duplicate", (ref("a"), ref("b")), "?", changes=merging("a", "b").changes, band=band)
    assert built(Shelf(A, B), finding) == ((), ())


def test_the_order_does_not_depend_on_who_found_first() -> None:
    findings = [merging("a", "b"), setting("c", city="X")]
    assert built(Shelf(A, B, C), *findings) == built(Shelf(A, B, C), *reversed(findings))


def test_a_native_merge_sets_first_and_settles_what_a_merge_may_lose() -> None:
    (group,), _ = built(Shelf(A, B), merging("a", "b", city="Bonn"))
    assert steps(group) == [
        Set(ref("a"), frozen({"city": "Bonn"}), frozen({"city": None})),
        Merge(ref("a"), (ref("b"),)),
        Settle(Survivor("2"), frozen({"city": "Bonn", "name": "A"})),
    ]
    assert group.grade is Grade.IRREVERSIBLE and group.merges == 1


def test_a_merge_of_many_goes_on_with_whatever_record_each_call_left() -> None:
    (group,), _ = built(Shelf(A, B, C), merging("a", "b", "c"))
    first, second, settle = steps(group)
    assert (first, second) == (Merge(ref("a"), (ref("b"),)), Merge(Survivor("1"), (ref("c"),)))
    assert isinstance(settle, Settle) and settle.ref == Survivor("2")


def test_a_crm_whose_merge_names_values_needs_no_set_before_it() -> None:
    (group,), _ = built(Shelf(A, B, C), merging("a", "b", "c", city="Bonn"), limits=WIDE)
    assert steps(group)[0] == Merge(ref("a"), (ref("b"), ref("c")), frozen({"city": "Bonn"}))


def test_a_value_that_must_be_unique_moves_only_once_the_other_record_is_gone() -> None:
    (group,), _ = built(Shelf(A, C), merging("a", "c", code="c-1"))
    merge, settle = steps(group)
    assert isinstance(merge, Merge) and isinstance(settle, Settle) and settle.after["code"] == "c-1"
    (soft,), _ = built(Shelf(A, C), merging("a", "c", code="c-1"), strategy=Strategy.SOFT)
    assert [verb(change) for change in steps(soft)] == ["archive", "settle"]


def test_a_group_expects_of_every_party_all_that_may_be_written() -> None:
    (group,), _ = built(Shelf(A, B), merging("a", "b"))
    assert [(item.ref.id, dict(item.fields)) for item in group.expects] == [
        ("a", {"name": "A", "phone": "1"}),
        ("b", {"name": "B", "city": "Bonn"}),
    ]


def test_consent_is_carried_and_settled_never_left_to_the_crms_merge() -> None:
    out, open_ = company("a", opted_out=False), company("b", opted_out=True)
    (group,), _ = built(Shelf(out, open_), merging("a", "b", opted_out=True))
    assert steps(group)[-1] == Settle(Survivor("2"), frozen({"opted_out": True}))


def test_a_soft_merge_adds_before_it_archives() -> None:
    tied = company("b", [Link(Ref("memory:local", "contact", "p"))], name="B")
    holder = company("c", [Link(ref("b"), "partner", "out")])
    (group,), _ = built(Shelf(A, tied, holder), merging("a", "b", city="X"), strategy=Strategy.SOFT)
    assert steps(group) == [
        Set(ref("a"), frozen({"city": "X"}), frozen({"city": None})),
        Connect(ref("a"), Link(Ref("memory:local", "contact", "p"))),
        Connect(ref("c"), Link(ref("a"), "partner", "out")),
        Archive(ref("b")),
    ]
    assert group.expects[1].links == {"company": ("c",), "contact": ("p",), "deal": (), "task": ()}


def test_a_tie_that_the_survivor_has_is_not_made_twice() -> None:
    link = Link(Ref("memory:local", "contact", "p"))
    shelf = Shelf(company("a", [link]), company("b", [link]), company("c", [link]))
    (group,), _ = built(shelf, merging("a", "b", "c"), strategy=Strategy.SOFT)
    assert steps(group) == [Archive(ref("b")), Archive(ref("c"))]


def test_a_mark_only_names_the_survivor_on_the_rest() -> None:
    (group,), _ = built(Shelf(A, B, C), merging("a", "b", "c", city="X"), strategy=Strategy.MARK)
    mark, blank = frozen({"merged_into": "a"}), frozen({"merged_into": None})
    assert steps(group) == [Set(ref("b"), mark, blank), Set(ref("c"), mark, blank)]
    assert group.grade is Grade.REVERSIBLE and group.merges == 0


UNPLANNABLE = [
    (Shelf(A, B, mergeable=False), Strategy.NATIVE, "does not merge a company"),
    (Shelf(A, B, fields=("name",)), Strategy.MARK, "no field to mark it with"),
    (Shelf(A), Strategy.NATIVE, "no longer in the mirror"),
]


@pytest.mark.parametrize(("shelf", "strategy", "why"), UNPLANNABLE, ids=[why for _, _, why in UNPLANNABLE])
def test_what_cannot_be_planned_is_left_with_the_reason(shelf: Shelf, strategy: Strategy, why: str) -> None:
    groups, (left,) = built(shelf, merging("a", "b"), strategy=strategy)
    assert groups == () and why in left.reason


GUARDED: list[tuple[Guarded, str, int, float, bool]] = [
    ("merge", "", 6, 0.1, False),
    ("merge", "", 0, 0.5, False),
    ("merge", "", 5, 0.4, True),
    ("merge", "company", 5, 0.4, True),
    ("merge", "contact", 0, 0.0, False),
    ("archive", "", 0, 0.0, False),
    ("set", "", 5, 0.4, True),
    ("set", "", 6, 0.4, False),
]


@pytest.mark.parametrize(("change", "kind", "most", "share", "refused"), GUARDED)
def test_a_plan_that_would_touch_too_much_is_refused_whole(
    change: Guarded, kind: str, most: int, share: float, refused: bool
) -> None:
    shelf = Shelf(*(company(f"{place:02}") for place in range(12)))
    pairs = [merging(f"{place:02}", f"{place + 6:02}", city="Bonn") for place in range(6)]
    groups, _ = built(shelf, *pairs)
    assert touched(groups, ("merge",)) == {("memory:local", "company"): 6}
    bound = Bound((change,), kind, most, share, "guards.changes.0")
    with pytest.raises(RefusedError, match="6 of 12 company records") if refused else nullcontext():
        check_share(groups, {"memory:local": {"company": 12}}, [bound])
