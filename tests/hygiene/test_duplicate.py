"""The duplicate check as a whole: groups, order, judgements, workspaces, and what it leaves alone."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.changes import Merge
from connectors.records import Record, Ref
from hygiene.check import Band, Finding
from hygiene.checks.duplicate import Duplicate
from hygiene.match.table import TABLES
from hygiene.view import Judgement
from tests.book import Book, record

NAMES = st.sampled_from(["Acme", "ACME Inc", "Acme Holdings", "Akme", "Acme Robots", "Zebra", "Zebra Ltd", ""])
SITES = st.sampled_from(["acme.com", "zebra.com", "gmail.com", "acme.de", ""])
PHONES = st.sampled_from(["415-555-2671", "415-555-2672", ""])
ROW = st.fixed_dictionaries(
    {"name": NAMES, "domain": SITES, "phone": PHONES, "twin": st.sampled_from(["", "", "x", "y"])}
)
ROWS = st.lists(ROW, max_size=9)
CHECK = Duplicate(kind="company", default_region="US")
ACME = {"name": "Acme", "domain": "acme.com", "postcode": "02110"}


def book(rows: list[dict[str, str]], said: dict[tuple[int, int], Judgement] | None = None) -> Book:
    records = [record("company", str(at), **row) for at, row in enumerate(rows)]
    return Book(records, judgements={(ref(a), ref(b)): word for (a, b), word in (said or {}).items()})


def ref(at: int) -> Ref:
    return Ref("hubspot:1", "company", str(at))


def merge(finding: Finding) -> Merge:
    (change,) = finding.changes
    assert isinstance(change, Merge)
    return change


def found(records: list[Record], check: Duplicate = CHECK) -> list[Finding]:
    return list(check.find(Book(records)))


@given(ROWS, st.data())
def test_no_group_holds_a_pair_that_a_person_judged_distinct(rows: list[dict[str, str]], data: st.DataObject) -> None:
    pairs = list(combinations(range(len(rows)), 2))
    apart = data.draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    made = list(CHECK.find(book(rows, dict.fromkeys(apart, Judgement.DISTINCT))))
    together = {frozenset(pair) for finding in made for pair in combinations(finding.refs, 2)}
    assert not together & {frozenset((ref(a), ref(b))) for a, b in apart}


@given(ROWS, st.data())
def test_the_order_of_the_rows_changes_nothing(rows: list[dict[str, str]], data: st.DataObject) -> None:
    records = [record("company", str(at), **row) for at, row in enumerate(rows)]
    assert list(CHECK.find(Shuffled(data.draw(st.permutations(records))))) == found(records)


class Shuffled(Book):
    """A book that hands out its records in the order given."""

    def __init__(self, records: list[Record]) -> None:
        super().__init__(records)
        self._records = {row.ref: row for row in records}


@given(ROWS)
def test_a_record_is_merged_unasked_once_at_most(rows: list[dict[str, str]]) -> None:
    auto = [finding for finding in CHECK.find(book(rows)) if finding.band is Band.AUTO]
    refs = [ref for finding in auto for ref in finding.refs]
    assert len(refs) == len(set(refs))
    assert all(merge(finding).survivor == finding.refs[0] for finding in auto)


def test_the_merge_names_survivor_merged_and_what_to_carry() -> None:
    rich = record("company", "2", **ACME, city="Boston")
    (finding,) = found([record("company", "1", **ACME, phone="415-555-2671"), rich, record("company", "3", **ACME)])
    assert merge(finding) == Merge(finding.refs[0], finding.refs[1:], merge(finding).carry)
    assert [ref.id for ref in finding.refs] == ["1", "2", "3"] and dict(merge(finding).carry) == {"city": "Boston"}


def test_two_workspaces_are_never_mixed() -> None:
    assert not found([record("company", "1", **ACME), record("company", "1", "hubspot:2", **ACME)])


def test_a_group_above_the_cap_is_for_review_as_a_whole() -> None:
    cap = TABLES["company"].max_cluster
    (finding,) = found([record("company", str(at), **ACME) for at in range(cap + 1)])
    assert finding.band is Band.REVIEW and len(finding.refs) == cap + 1 and finding.evidence[0].about == "group"
    (smaller,) = found([record("company", str(at), **ACME) for at in range(cap)])
    assert smaller.band is Band.AUTO


def test_a_chain_of_likenesses_does_not_join_its_ends() -> None:
    middle = {**ACME, "phone": "415-555-2671"}
    ends = [{**ACME, "country": "DE"}, {"name": "Acme", "phone": "415-555-2671", "country": "FR"}]
    made = [finding for finding in CHECK.find(book([ends[0], middle, ends[1]])) if finding.band is Band.AUTO]
    assert [len(finding.refs) for finding in made] == [2]


@pytest.mark.parametrize("state", [{"converted": True}, {"merged_into": "9"}])
def test_a_converted_or_marked_record_is_no_candidate(state: dict[str, str | bool]) -> None:
    ann = {"name": "Ann Lee", "email": "ann@acme.com"}
    assert not found([record("lead", "1", **ann), record("lead", "2", **ann, **state)], Duplicate(kind="lead"))


def test_a_duplicate_of_a_group_is_reviewed_against_its_survivor() -> None:
    known = {**ACME, "phone": "415-555-2671", "street": "5 Main St"}
    auto, review = CHECK.find(book([ACME, known, {**known, "name": "Acme Holdings"}]))
    assert (auto.band, review.band) == (Band.AUTO, Band.REVIEW)
    assert auto.refs[0] in review.refs and ref(2) in review.refs


def test_a_word_for_duplicate_does_not_override_one_for_distinct() -> None:
    said = {(0, 1): Judgement.DUPLICATE, (1, 2): Judgement.DUPLICATE, (0, 2): Judgement.DISTINCT}
    made = list(CHECK.find(book([{"name": "A"}, {"name": "B"}, {"name": "C"}], said)))
    assert [set(finding.refs) for finding in made] == [{ref(0), ref(1)}]


@pytest.mark.parametrize("options", [{"kind": "deal"}, {"nose": 1}, {"default_region": "usa"}, {"auto": 3}])
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Duplicate.model_validate(options)


def test_another_kind_brings_its_table() -> None:
    check = Duplicate(kind="vendor", table=TABLES["company"])
    (finding,) = found([record("vendor", "1", **ACME), record("vendor", "2", **ACME)], check)
    assert finding.message == "2 vendor records stand for one" and check.label == "duplicate:vendor"


def test_evidence_keeps_values_apart() -> None:
    (finding,) = found([record("company", "1", **ACME), record("company", "2", **ACME)])
    assert {item.about: item.values for item in finding.evidence}["domain"] == ("acme.com", "acme.com")
