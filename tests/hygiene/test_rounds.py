"""Rounds of matching: an applied plan leaves nothing for the next, and doubt is never settled by our own merges."""

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.changes import Merge
from connectors.records import Record, Ref
from connectors.values import frozen
from hygiene.check import Band, Finding
from hygiene.checks.duplicate import Duplicate
from hygiene.view import Judgement
from tests.book import Book, record

CHECK = Duplicate(kind="company", default_region="US")
ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Acme", "ACME Inc", "Acme Holdings", "Akme", "Acme Robots", "Zebra", "Zebra Ltd", ""]),
        "domain": st.sampled_from(["acme.com", "zebra.com", "acme.de", ""]),
        "phone": st.sampled_from(["415-555-2671", "415-555-2672", ""]),
        "city": st.sampled_from(["Boston", "Berlin", ""]),
        "twin": st.sampled_from(["", "", "x", "y"]),
    }
)
WIDE = record("company", "1", name="Acme Robotics", domain="acme.com", postcode="02110", phone="415-555-2671")
BRIDGE = record("company", "2", name="Acme Robotics", domain="acme.com", postcode="02110")


def applied(book: Book, findings: list[Finding]) -> Book:
    """The records as the auto findings leave them, with the review findings in doubt."""
    records = {item.ref: item for item in book.records("company")}
    for finding in findings:
        (merge,) = finding.changes
        if finding.band is Band.AUTO and isinstance(merge, Merge) and isinstance(merge.survivor, Ref):
            kept = records[merge.survivor]
            records[merge.survivor] = replace(kept, fields=frozen({**kept.fields, **merge.carry}))
            for ref in merge.merged:
                del records[ref]
    after = Book(records.values())
    waiting = (finding.refs for finding in findings if finding.band is Band.REVIEW)
    after.memory.doubted = frozenset(pair for refs in waiting for pair in combinations(sorted(refs), 2))
    return after


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=10))
def test_an_applied_plan_leaves_nothing_for_the_next(rows: list[dict[str, str]]) -> None:
    book = Book([record("company", str(at), **row) for at, row in enumerate(rows)])
    first = list(CHECK.find(book))
    second = list(CHECK.find(applied(book, first)))
    assert [item for item in second if item.band is Band.AUTO] == []


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=10))
def test_no_record_is_in_two_groups_that_are_merged_unasked(rows: list[dict[str, str]]) -> None:
    found = CHECK.find(Book([record("company", str(at), **row) for at, row in enumerate(rows)]))
    named = [ref for item in found if item.band is Band.AUTO for ref in item.refs]
    assert len(named) == len(set(named))


def both(doubted: bool, said: Judgement | None = None) -> list[Finding]:
    pair = (WIDE.ref, BRIDGE.ref)
    book = Book([WIDE, BRIDGE], judgements={pair: said} if said else {})
    book.memory.doubted = frozenset({pair}) if doubted else frozenset()
    return list(CHECK.find(book))


def test_a_sure_pair_is_merged_unasked() -> None:
    assert [item.band for item in both(doubted=False)] == [Band.AUTO]


def test_a_pair_in_doubt_waits_for_a_person() -> None:
    assert [item.band for item in both(doubted=True)] == [Band.REVIEW]


def test_a_persons_word_settles_doubt() -> None:
    assert [item.band for item in both(True, Judgement.DUPLICATE)] == [Band.AUTO]


def test_a_merge_never_carries_two_apart_records_together() -> None:
    """What joins only through a third record is asked about, not merged."""
    left = record("company", "1", name="Acme Robotics", domain="acme.com", city="Boston", country="US")
    right = record("company", "2", name="Acme Robotics", phone="415-555-2671", city="Berlin", country="DE")
    middle = record("company", "3", name="Acme Robotics", domain="acme.com", phone="415-555-2671")
    records: list[Record] = [left, middle, right]
    merged = [set(item.refs) for item in CHECK.find(Book(records)) if item.band is Band.AUTO]
    assert not any({left.ref, right.ref} <= refs for refs in merged)
