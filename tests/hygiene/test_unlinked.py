"""Records without a company are tied to theirs, as their account ties others."""

import pytest

from connectors.changes import Connect, Set
from connectors.records import Link, Record, Ref
from hygiene.check import Band
from hygiene.checks.lead_is_contact import LeadIsContact
from hygiene.checks.unlinked_contact import UnlinkedContact
from hygiene.checks.unlinked_lead import UnlinkedLead
from hygiene.view import Judgement
from tests.book import Book, record

ACME = record("company", "9", "hubspot:1", name="Acme Bank", domain="acmebank.test")
ANN = record("contact", "1", "hubspot:1", email="ann@acmebank.test")


def tied(item: Record, *to: Ref, label: str = "", direction: str = "both") -> Record:
    return Record(item.ref, item.fields, tuple(Link(ref, label, direction) for ref in to))


def other(workspace: str = "hubspot:1", label: str = "", direction: str = "both") -> Record:
    return tied(record("contact", "2", workspace), Ref(workspace, "company", "9"), label=label, direction=direction)


def test_a_contact_is_tied_as_the_others_of_its_account_are() -> None:
    book = Book([ACME, ANN, other(label="AccountId", direction="out")])
    (finding,) = UnlinkedContact().find(book)
    assert finding.changes == (Connect(ANN.ref, Link(ACME.ref, "AccountId", "out")),) and finding.band is Band.AUTO
    assert "ann@" not in finding.message and "ann@acmebank.test" in finding.evidence[0].values[0]


def test_without_a_sort_of_tie_the_finding_stands_alone_or_sets_a_field() -> None:
    lead = record("lead", "1", "hubspot:1", email="ann@acmebank.test")
    book = Book([ACME, lead])
    (bare,), (set_,) = UnlinkedLead().find(book), UnlinkedLead(field="Account__c").find(book)
    assert bare.changes == () and isinstance(set_.changes[0], Set) and set_.changes[0].after == {"Account__c": "9"}


def test_a_lead_belongs_where_its_contact_does() -> None:
    contact = tied(record("contact", "5"), ACME.ref)
    (finding,) = UnlinkedLead().find(Book([ACME, contact, tied(record("lead", "1"), contact.ref)]))
    assert finding.changes == (Connect(Ref("hubspot:1", "lead", "1"), Link(ACME.ref)),)


def test_a_lead_says_what_its_contact_says() -> None:
    (finding,) = UnlinkedLead().find(Book([ACME, ANN, tied(record("lead", "1"), ANN.ref)]))
    assert finding.refs[1] == ACME.ref


@pytest.mark.parametrize("field", [{"converted": True}, {"merged_into": "7"}])
def test_a_lead_that_is_over_is_passed_by(field: dict[str, str | bool]) -> None:
    assert not list(UnlinkedLead().find(Book([ACME, record("lead", "1", email="ann@acmebank.test", **field)])))


@pytest.mark.parametrize(("word", "bands"), [(Judgement.DISTINCT, []), (Judgement.DUPLICATE, [Band.AUTO])])
def test_what_a_person_said_holds(word: Judgement, bands: list[Band]) -> None:
    ann = record("contact", "1", "hubspot:1", email="ann@acmebank.test", company="Initech Software")
    book = Book([ACME, ann, other()], judgements={(ACME.ref, ann.ref): word})
    assert [item.band for item in UnlinkedContact().find(book)] == bands


@pytest.mark.parametrize(("word", "bands"), [(Judgement.DISTINCT, []), (Judgement.DUPLICATE, [Band.AUTO])])
def test_what_a_person_said_of_a_lead_and_a_contact_holds(word: Judgement, bands: list[Band]) -> None:
    name = {"first_name": "Ann", "last_name": "Lee", "company": "Acme Bank"}
    contact, lead = record("contact", "1", **name), record("lead", "7", **name)
    book = Book([contact, lead], judgements={(contact.ref, lead.ref): word})
    assert [item.band for item in LeadIsContact().find(book)] == bands


def test_a_contact_works_where_it_is_tied_to() -> None:
    contact = tied(record("contact", "1", "hubspot:1", first_name="Ann", last_name="Lee"), ACME.ref)
    lead = record("lead", "7", "hubspot:1", first_name="Ann", last_name="Lee", company="ACME Bank Inc")
    (finding,) = LeadIsContact().find(Book([ACME, contact, lead]))
    assert finding.refs == (lead.ref, contact.ref) and "same employer" in {item.text for item in finding.evidence}
    assert finding.changes == () and finding.band is Band.REVIEW
