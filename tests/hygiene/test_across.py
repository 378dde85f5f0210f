"""People are matched with companies, and nobody with a stranger."""

import pytest

from hygiene.match.across import EMPLOYER, Match, across
from hygiene.match.score import Verdict
from hygiene.view import columns_of
from tests.book import record

Row = dict[str, str]
NAMES = sorted({name for side in (EMPLOYER.left, EMPLOYER.right) for fields in side.values() for name in fields})
ACME = {
    "name": "Acme Bank Inc",
    "domain": "acmebank.test",
    "phone": "+1 212 555 0100",
    "city": "Boston",
    "country": "US",
}
GLOBEX = {"name": "Globex", "domain": "globex.test", "city": "Oakland", "country": "US"}


def found(person: Row, *companies: Row, workspaces: tuple[str, str] = ("hubspot:1", "hubspot:1")) -> list[Match]:
    left = columns_of("contact", [record("contact", "1", workspaces[0], **person)], NAMES)
    right = [record("company", str(at), workspaces[1], **row) for at, row in enumerate(companies)]
    return across(left, columns_of("company", right, NAMES), EMPLOYER)


@pytest.mark.parametrize(
    ("person", "verdict"),
    [
        ({"email": "ann.lee@acmebank.test"}, Verdict.AUTO),
        ({"email": "ann@gmail.com", "website": "https://www.acmebank.test/en"}, Verdict.AUTO),
        ({"email": "ann@gmail.com", "company": "ACME Bank", "city": "Boston"}, Verdict.AUTO),
        ({"email": "ann@mail.acmebank.test", "company": "[not provided]"}, Verdict.AUTO),
        ({"email": "ann@acme-bank.test", "city": "Boston"}, Verdict.AUTO),
        ({"email": "acmebank2@gmail.com", "city": "Boston"}, Verdict.AUTO),
        ({"email": "acmebank2@gmail.com"}, Verdict.AUTO),
        ({"email": "acme2@gmail.com", "city": "Boston"}, None),
        ({"email": "ann@gmail.com", "phone": "(212) 555-0100", "country": "US"}, Verdict.REVIEW),
        ({"email": "ann@acmebank.test", "company": "Initech Software"}, Verdict.REVIEW),
        ({"email": "ann@gmail.com", "city": "Boston"}, None),
        ({"email": "ann@initech.test", "city": "Boston", "country": "US"}, None),
        ({"company": "[not provided]"}, None),
        ({}, None),
    ],
)
def test_a_person_finds_an_employer_or_nobody(person: Row, verdict: Verdict | None) -> None:
    assert [(item.right, item.verdict) for item in found(person, GLOBEX, ACME)] == ([(1, verdict)] if verdict else [])


def test_two_companies_as_likely_are_for_a_person_to_tell_apart() -> None:
    (match,) = found({"email": "a@acmebank.test"}, ACME, ACME | {"name": "Acme Bank Leasing", "city": "Austin"})
    assert match.verdict is Verdict.REVIEW and match.rival is not None and match.rival != match.right


def test_two_records_of_one_company_leave_nothing_to_decide() -> None:
    (match,) = found({"email": "a@acmebank.test"}, ACME, ACME | {"name": "ACME Bank"})
    assert match.verdict is Verdict.AUTO and match.rival is None


def test_nobody_is_matched_across_accounts_and_nothing_with_nothing() -> None:
    person = {"email": "ann.lee@acmebank.test"}
    assert found(person, ACME, workspaces=("hubspot:1", "salesforce:1")) == found(person) == []


def test_a_crowded_block_is_split_by_its_tighter_key() -> None:
    crowd = [{"name": f"Acme Bank {word}{at}", "city": f"Town {at}"} for at in range(40) for word in ("North", "South")]
    (match,) = found({"company": "Acme Bank Inc", "city": "Boston"}, *crowd, ACME | {"domain": ""})
    assert match.right == 80


def test_evidence_holds_no_values() -> None:
    (match,) = found({"email": "ann.lee@acmebank.test", "company": "Acme Bank"}, ACME)
    assert match.evidence and not any(word in str(match.evidence).casefold() for word in ("acme", "ann"))
