"""Writing to the sandbox's organization: every verb, and what is refused before it is sent."""

from collections.abc import Iterator

import pytest

from connectors import errors
from connectors.base import Gone
from connectors.changes import (
    Archive,
    Batch,
    Connect,
    Create,
    Merge,
    Restore,
    Row,
    Set,
    Settle,
    Status,
    Unlink,
)
from connectors.records import Link, Ref
from tests.connectors.salesforce_org import WORKSPACE, Org


@pytest.fixture
def org() -> Org:
    return Org()


def test_three_records_are_merged_in_one_call(org: Org) -> None:
    keep, *others = org.companies(3)
    before = org.writer.calls
    (outcome,) = org.push(Merge(keep, tuple(others), {"phone": "+1 555 0100", "website": None}))
    assert (outcome.status, outcome.ref, org.writer.calls - before) == (Status.APPLIED, keep, 1)
    assert org.one(keep, "phone").get("phone") == "+1 555 0100"
    assert org.reader.read(others, ["name"]) == {ref: Gone(ref, keep) for ref in others}


def test_one_merge_that_fails_does_not_spoil_another(org: Org) -> None:
    good, lost, other, gone = org.companies(4)
    org.push(Archive(gone))
    outcomes = org.push(Merge(good, (lost,)), Merge(other, (gone,)))
    assert [item.status for item in outcomes] == [Status.APPLIED, Status.REJECTED]
    assert outcomes[1].code


def test_children_follow_the_survivor(org: Org) -> None:
    keep, lose = org.companies(2)
    person = org.make("contact", last_name="Doe")
    org.push(Connect(person, Link(lose, "AccountId", "out")), kind="contact")
    org.push(Merge(keep, (lose,)))
    assert org.one(keep, links=("contact",)).links == (Link(person, "AccountId", "in"),)


def test_a_deleted_record_comes_back(org: Org) -> None:
    ref, other = org.companies(2)
    org.push(Archive(ref))
    outcomes = org.push(Restore(ref), Restore(other))
    assert [item.status for item in outcomes] == [Status.APPLIED, Status.REJECTED]
    assert org.one(ref, "name").get("name") == "Company 0"


@pytest.mark.parametrize("link", ["", "AccountId"])
@pytest.mark.parametrize("inward", [True, False])
def test_a_tie_is_written_where_the_lookup_is(org: Org, link: str, inward: bool) -> None:
    (company,), person = org.companies(1), org.make("contact", last_name="Doe")
    ref, tie = (company, Link(person, link, "in")) if inward else (person, Link(company, link, "out"))
    (made,) = org.push(Connect(ref, tie), kind=ref.kind)
    assert (made.status, made.ref) == (Status.APPLIED, ref)
    assert org.one(person, links=("company",)).links == (Link(company, "AccountId", "out"),)
    org.push(Unlink(ref, tie), kind=ref.kind)
    assert org.one(person, links=("company",)).links == ()


def test_a_tie_without_a_lookup_is_refused_and_not_sent(org: Org) -> None:
    ref, person = org.deal(), org.make("contact", last_name="Doe")
    before = org.writer.calls
    (outcome,) = org.push(Connect(ref, Link(person, "Decision Maker")), kind="deal")
    assert (outcome.status, outcome.code, org.writer.calls) == (Status.REJECTED, "NO_LOOKUP", before)


def test_two_ties_of_one_task_are_written_as_one(org: Org) -> None:
    (company, other), person = org.companies(2), org.make("contact", last_name="Doe")
    task = org.make("task", subject="Call")
    before = org.writer.calls
    outcomes = org.push(*(Connect(task, Link(ref)) for ref in (company, person, other)), kind="task")
    assert [item.status for item in outcomes] == [Status.APPLIED, Status.APPLIED, Status.REJECTED]
    assert (outcomes[2].code, org.writer.calls - before) == ("LOOKUP_TAKEN", 1)
    assert {link.to for link in org.one(task, links=("company", "contact")).links} == {company, person}


def test_a_key_that_stands_already_is_not_made_twice(org: Org) -> None:
    change = Create(WORKSPACE, "company", "key/1 ?", {"name": "Acme"}, "revops_key")
    (first,), (second,) = org.push(change), org.push(change)
    assert first.ref == second.ref
    assert org.reader.find("company", "revops_key", ["key/1 ?", "KEY/1 ?"]) == {"key/1 ?": first.ref}


def test_a_create_that_is_refused_says_why_and_spoils_no_other(org: Org) -> None:
    good = Create(WORKSPACE, "company", "a", {"name": "Acme"}, "revops_key")
    bad = Create(WORKSPACE, "company", "b", {}, "revops_key")
    outcomes = org.push(good, bad)
    assert [item.status for item in outcomes] == [Status.APPLIED, Status.REJECTED]
    assert outcomes[1].code == "REQUIRED_FIELD_MISSING"


def refused(org: Org) -> Iterator[Batch]:
    (ref,) = org.companies(1)
    rows = (Row("a", Set(ref, {"phone": "1"})),)
    yield Batch(WORKSPACE, "company", "set", rows * 201)
    yield Batch(WORKSPACE, "company", "set", (*rows, Row("b", Settle(ref, {"phone": "2"}))))
    yield Batch(WORKSPACE, "company", "archive", rows)
    yield Batch(WORKSPACE, "company", "hard_delete", rows)
    yield Batch(WORKSPACE, "company", "merge", (Row("a", Merge(ref, (ref,) * 3)),))


def test_what_is_no_batch_is_refused_before_it_is_sent(org: Org) -> None:
    batches = list(refused(org))
    before = org.done()
    for batch in batches:
        with pytest.raises(errors.UsageError):
            org.writer.push(batch)
    assert org.done() == before


def test_a_merge_of_another_org_is_refused_before_it_is_sent(org: Org) -> None:
    keep, lose = org.companies(2)
    before = org.done()
    with pytest.raises(errors.RefusedError):
        org.push(Merge(keep, (Ref("salesforce:00D000000000002EAA", "company", lose.id),)))
    assert org.done() == before
