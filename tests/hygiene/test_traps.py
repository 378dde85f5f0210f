"""The traps: records that look like one and may not be merged unasked, and plain duplicates that must be."""

import pytest

from hygiene.check import Band
from hygiene.checks.duplicate import Duplicate
from hygiene.match.score import Verdict
from hygiene.view import Judgement
from tests.hygiene.pairing import Side, pair_book, scored

SITE = {"phone": "415-555-2671", "street": "5 Main St", "city": "Boston", "postcode": "02110"}
ACME = {"name": "Acme", "domain": "acme.com", **SITE}
HOFMANN = {"first_name": "Jan", "last_name": "Hofmann", "company": "Acme", "phone": "415-555-2671"}
ANN = {"first_name": "Ann", "last_name": "Lee"}
TRAPS: dict[str, tuple[str, Side, Side]] = {
    "holding": ("company", ACME, {**ACME, "name": "Acme Holdings"}),
    "region": ("company", ACME, {**ACME, "name": "Acme North"}),
    "place": ("company", ACME, {**ACME, "name": "Acme Texas"}),
    "two_legal_forms": ("company", {**ACME, "name": "Acme GmbH"}, {**ACME, "name": "Acme AG"}),
    "store_numbers": ("company", {**ACME, "name": "Acme Store 12"}, {**ACME, "name": "Acme Store 14"}),
    "countries": ("company", {**ACME, "country": "Germany"}, {**ACME, "country": "France"}),
    "parent_and_child": ("company", {**ACME, "parent": "2"}, ACME),
    "two_twins": ("company", {**ACME, "twin": "x"}, {**ACME, "twin": "y"}),
    "franchise": (
        "company",
        {"name": "Acme", "domain": "acme.com", "street": "5 Main St", "city": "Boston"},
        {"name": "Acme", "domain": "acme.com", "street": "9 Oak Ave", "city": "Reno"},
    ),
    "one_of_a_chain": ("company", {"name": "Acme", "domain": "acme.com"}, {"name": "Acme", "domain": "acme.com"}),
    "another_branch": ("company", ACME, {**ACME, "street": "9 Oak Ave"}),
    "tax_numbers": ("company", {**ACME, "tax_id": "DE123456789"}, {**ACME, "tax_id": "DE987654321"}),
    "tenants": ("company", {"name": "Acme", **SITE}, {"name": "Zebra", **SITE}),
    "namesakes_in_two_towns": ("company", {"name": "Acme", "city": "Boston"}, {"name": "Acme", "city": "Reno"}),
    "shared_domain": ("company", {"name": "Acme", "domain": "gmail.com"}, {"name": "Acme", "domain": "gmail.com"}),
    "namesakes": ("contact", {**ANN, "company": "Acme"}, {**ANN, "company": "Acme"}),
    "job_changer": ("contact", {**ANN, "email": "ann@acme.com"}, {**ANN, "email": "ann@zebra.com"}),
    "job_changer_with_mobile": (
        "contact",
        {**ANN, "email": "ann@acme.com", "mobile": "415-555-2671"},
        {**ANN, "email": "ann.lee@zebra.com", "mobile": "415-555-2671"},
    ),
    "office_mailbox": ("contact", {**ANN, "email": "info@acme.com"}, {**ANN, "email": "info@acme.com"}),
    "digits": ("contact", {**HOFMANN, "email": "hofmann@acme.com"}, {**HOFMANN, "email": "hofmann2@acme.com"}),
    "couple": ("contact", {**ANN, "email": "lee@aol.com"}, {**ANN, "first_name": "Bob", "email": "lee@aol.com"}),
    "father_and_son": ("contact", {**ANN, **SITE}, {**ANN, **SITE, "last_name": "Lee Jr."}),
    "middle_initials": ("contact", {**ANN, **SITE, "first_name": "Ann B"}, {**ANN, **SITE, "first_name": "Ann C"}),
    "man_and_woman": ("contact", {**HOFMANN, **SITE}, {**HOFMANN, **SITE, "first_name": "Jana"}),
    "two_mobiles_two_mails": (
        "contact",
        {**HOFMANN, "mobile": "415-555-1111", "email": "jan@acme.com"},
        {**HOFMANN, "mobile": "415-555-2222", "email": "hofmann@acme.com"},
    ),
}
PLAIN: dict[str, tuple[str, Side, Side]] = {
    "case_and_form": ("company", ACME, {**ACME, "name": "ACME, INC."}),
    "name_domain_town": (
        "company",
        {"name": "Acme", "domain": "acme.com", "city": "Boston"},
        {"name": "Acme", "website": "www.acme.com", "city": "Boston"},
    ),
    "name_and_phone": ("company", {"name": "Acme", "phone": "4155552671"}, {"name": "Acme", "phone": "(415) 555-2671"}),
    "name_and_door": ("company", {"name": "Acme", "street": "5 Main St"}, {"name": "ACME", "street": "5 Main Street"}),
    "same_mailbox": ("contact", {**ANN, "email": "ann@acme.com"}, {**ANN, "email": "ANN@acme.com "}),
    "nickname": ("contact", {**ANN, "email": "al@acme.com"}, {**ANN, "first_name": "Annie", "email": "al@acme.com"}),
    "name_and_mobile": ("contact", {**ANN, "mobile": "415-555-2671"}, {**ANN, "mobile": "4155552671"}),
    "lead": ("lead", {"name": "Ann Lee", "email": "ann@acme.com"}, {**ANN, "email": "ann@acme.com"}),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_not_merged_unasked(trap: str) -> None:
    kind, a, b = TRAPS[trap]
    found = list(Duplicate(kind=kind, default_region="US").find(pair_book(kind, a, b)))
    assert scored(kind, a, b)[0] < Verdict.AUTO
    assert all(finding.band is Band.REVIEW for finding in found)


@pytest.mark.parametrize("case", PLAIN)
def test_a_plain_duplicate_is_merged_unasked(case: str) -> None:
    kind, a, b = PLAIN[case]
    (found,) = Duplicate(kind=kind, default_region="US").find(pair_book(kind, a, b))
    assert found.band is Band.AUTO and found.score > 0.9 and found.evidence


@pytest.mark.parametrize("trap", ["holding", "region", "countries", "parent_and_child", "two_twins", "father_and_son"])
def test_a_strong_pair_with_a_veto_is_shown_with_its_reason(trap: str) -> None:
    kind, a, b = TRAPS[trap]
    (found,) = Duplicate(kind=kind, default_region="US").find(pair_book(kind, a, b))
    assert found.band is Band.REVIEW and any("(veto)" in item.text for item in found.evidence)


@pytest.mark.parametrize("case", [*TRAPS, *PLAIN])
def test_a_pair_judged_distinct_never_comes_back(case: str) -> None:
    kind, a, b = (TRAPS | PLAIN)[case]
    book = pair_book(kind, a, b, Judgement.DISTINCT)
    assert not list(Duplicate(kind=kind, default_region="US").find(book))


@pytest.mark.parametrize("case", [case for case in (*TRAPS, *PLAIN) if case != "two_twins"])
def test_a_pair_judged_duplicate_is_merged(case: str) -> None:
    kind, a, b = (TRAPS | PLAIN)[case]
    (found,) = Duplicate(kind=kind).find(pair_book(kind, a, b, Judgement.DUPLICATE))
    assert found.band is Band.AUTO and found.evidence[0].about == "judgement"


@pytest.mark.parametrize("case", [*TRAPS, *PLAIN])
def test_no_evidence_text_holds_a_value(case: str) -> None:
    kind, a, b = (TRAPS | PLAIN)[case]
    texts = " ".join(item.text for item in scored(kind, a, b)[1]).lower()
    values = {value.lower() for value in (*a.values(), *b.values()) if len(value) > 2}
    assert not [value for value in values if value in texts]
