"""People and companies that look like one: what a careful person never merges unasked, and what is honestly one."""

import pytest

from hygiene.match.score import Verdict
from tests.hygiene.pairing import Side, scored

HOME = {"phone": "312-555-0142", "street": "14 Elm St", "city": "Springfield", "postcode": "62701"}
WORK = {"company": "Acme", "phone": "312-555-0100"}
CELL = {"mobile": "312-555-0199"}
BORN = {"birth_date": "1990-01-02"}
SITE = {"domain": "acme.com", "phone": "312-555-0100", "street": "14 Elm St", "city": "Springfield", "country": "US"}
LINE = {"domain": "acme.com", "phone": "312-555-0100"}


def who(given: str, family: str, mail: str = "", **more: str) -> Side:
    """A person's record."""
    return {"first_name": given, "last_name": family, **({"email": mail} if mail else {}), **more}


def firm(name: str, **more: str) -> Side:
    """A company's record; all of them at one site."""
    return {**SITE, "name": name, **more}


FAMILIES: dict[str, tuple[Side, Side]] = {
    "father_and_son": (who("John", "Smith", "jsmith@gmail.com", **HOME), who("John", "Smith", "js77@aol.com", **HOME)),
    "born_apart": (who("John", "Smith", birth_date="1950-03-04", **HOME), who("John", "Smith", **BORN, **HOME)),
    "junior_in_given_name": (who("John Jr.", "Smith", "jsm@aol.com"), who("John", "Smith", "jsm@aol.com")),
    "the_third": (who("John", "Smith III", "jsm@aol.com"), who("John", "Smith", "jsm@aol.com")),
    "senior_and_junior": ({"name": "John Smith Sr.", **CELL}, {"name": "John Smith, Jr.", **CELL}),
    "twins": (who("Mark", "Lee", **BORN, **HOME), who("Mary", "Lee", **BORN, **HOME)),
    "twins_alike": (who("Karin", "Lee", **BORN, **HOME), who("Katrin", "Lee", **BORN, **HOME)),
    "twin_and_initial": (who("K.", "Lee", **BORN, **HOME), who("Kate", "Lee", **BORN, **HOME)),
    "spouses_one_mailbox": (who("John", "Lee", "lee@aol.com", **CELL), who("Joan", "Lee", "lee@aol.com", **CELL)),
    "spouses_on_the_list": (who("Helen", "Lee", "lee@aol.com", **CELL), who("Elaine", "Lee", "lee@aol.com", **CELL)),
    "spouses_one_mobile": (who("Carl", "Lee", **CELL), who("Carol", "Lee", **CELL)),
    "spouses_of_one_root": (who("Paul", "Lee", "lee@x.com"), who("Pauline", "Lee", "lee@x.com")),
    "initial_on_one_mobile": (who("J", "Lee", **CELL, **HOME), who("Jane", "Lee", **CELL, **HOME)),
    "no_given_name": (who("", "Lee", **CELL, **HOME), who("Jane", "Lee", **CELL, **HOME)),
    "household_mailbox": (who("", "Lee", "the.lees@aol.com"), who("Jane", "Lee", "the.lees@aol.com")),
    "brothers": (who("Bill", "Lee", **CELL, **HOME), who("Bob", "Lee", **CELL, **HOME)),
    "brothers_on_the_list": (who("Bill", "Lee", **CELL, **HOME), who("Robert", "Lee", **CELL, **HOME)),
    "mother_and_daughter": (who("Mary", "Lee", "lee@aol.com"), who("Marie", "Lee", "lee@aol.com")),
    "husband_and_wife": (who("Ivan", "Petrov", **CELL), who("Ivan", "Petrova", **CELL)),
}
COLLEAGUES: dict[str, tuple[Side, Side]] = {
    "two_of_one_name": (who("Maria", "Garcia", **WORK), who("Maria", "Garcia", **WORK)),
    "second_mailbox": (
        who("Maria", "Garcia", "mgarcia@acme.com", **WORK),
        who("Maria", "Garcia", "mg@acme.com", **WORK),
    ),
    "numbered": (who("Maria", "Garcia", "garcia@acme.com", **WORK), who("Maria", "Garcia", "garcia2@acme.com", **WORK)),
    "one_letter_more": (
        who("Maria", "Ruiz", "mruiz@acme.com", **WORK),
        who("Maria", "Ruiz", "maruiz@acme.com", **WORK),
    ),
    "one_has_no_mailbox": (who("Maria", "Garcia", "mgarcia@acme.com", **WORK), who("Maria", "Garcia", **WORK)),
    "second_surnames": (who("Maria", "Garcia Lopez", **WORK), who("Maria", "Garcia Perez", **WORK)),
    "info": (who("Maria", "Garcia", "info@acme.com", **WORK), who("Maria", "Garcia", "info@acme.com", **WORK)),
    "front_desk": (who("Maria", "Garcia", "frontdesk@acme.com"), who("M.", "Garcia", "frontdesk@acme.com")),
    "regional_desk": (who("Maria", "Ruiz", "sales-emea@acme.com"), who("", "Ruiz", "sales-emea@acme.com")),
    "mailbox_of_the_firm": (who("Maria", "Ruiz", "acme@acme.com", **WORK), who("M.", "Ruiz", "acme@acme.com", **WORK)),
    "middle_initials": (who("John A.", "Lee", "jlee@acme.com"), who("John B.", "Lee", "jlee@acme.com")),
    "second_given_names": (who("Hans-Peter", "Alt", "alt@acme.de"), who("Hans-Ulrich", "Alt", "alt@acme.de")),
    "initial_at_work": (who("J.", "Smith", "js@acme.com", **WORK), who("Jane", "Smith", "jane@acme.com", **WORK)),
    "surname_at_work": (who("", "Smith", "msmith@acme.com", **WORK), who("Jane", "Smith", "jane@acme.com", **WORK)),
    "extensions": (who("Ann", "Lee", phone="312-555-0100 x12"), who("Ann", "Lee", phone="312-555-0100 x40")),
    "two_providers": (who("Jane", "Smith", "jane.smith@aol.com"), who("Jane", "Smith", "jane.smith@aim.com")),
    "two_domains": (who("Jane", "Smith", "jane.smith@gm.com"), who("Jane", "Smith", "jane.smith@ge.com")),
    "job_changer": (who("Jane", "Smith", "jane@acme.com", **CELL), who("Jane", "Smith", "jane@zebra.com", **CELL)),
    "two_pages": (
        who("Ann", "Lee", "ann@acme.com", linkedin="linkedin.com/in/ann-lee"),
        who("Ann", "Lee", "ann@acme.com", linkedin="linkedin.com/in/ann-lee-2"),
    ),
}
COMPANIES: dict[str, tuple[Side, Side]] = {
    "holding": (firm("Acme GmbH"), firm("Acme Beteiligungs GmbH")),
    "group": (firm("Acme"), firm("Acme Group")),
    "country_and_form": (firm("Acme UK Ltd"), firm("Acme GmbH")),
    "forms": (firm("Acme Ltd"), firm("Acme GmbH")),
    "partner_and_partnership": (firm("Acme GmbH"), firm("Acme GmbH & Co. KG")),
    "country": (firm("Acme (UK)"), firm("Acme")),
    "countries": (firm("Acme France"), firm("Acme Italia")),
    "funds": (firm("Acme Fund II LP"), firm("Acme Fund III LP")),
    "store_numbers": (firm("Acme #12"), firm("Acme")),
    "counted_stores": (firm("Acme Store One"), firm("Acme Store Two")),
    "sides": (firm("Acme North"), firm("Acme South")),
    "side_of_a_town": (firm("Acme", city="North Adams"), firm("Acme North", city="North Adams")),
    "towns": ({"name": "Acme", "city": "Boston", **LINE}, {"name": "Acme", "city": "Reno", **LINE}),
    "states": ({"name": "Acme", "state": "MA", **LINE}, {"name": "Acme", "state": "NV", **LINE}),
    "postcodes": ({"name": "Acme", "postcode": "02110", **LINE}, {"name": "Acme", "postcode": "89501", **LINE}),
    "towns_of_one_name": (
        {"name": "Acme", "city": "Portland", "state": "OR", **LINE},
        {"name": "Acme", "city": "Portland", "state": "ME", **LINE},
    ),
    "franchise": (firm("Acme of Boston"), firm("Acme of Reno")),
    "chain_with_one_number": ({"name": "Acme", "phone": "800-555-0100"}, {"name": "Acme", "phone": "800-555-0100"}),
    "tenants": (firm("Baker Dental"), firm("Cole Dental")),
    "neighboring_trades": (firm("Baker Printing"), firm("Baker Painting")),
    "line_of_business": (firm("Acme Consulting"), firm("Acme")),
    "lines_of_business": (firm("Acme Consulting"), firm("Acme Software")),
    "departments": (firm("City Hospital Cardiology"), firm("City Hospital Radiology")),
    "foundation": (firm("City Hospital"), firm("City Hospital Foundation")),
    "church_and_school": (firm("Trinity Church"), firm("Trinity School")),
    "schools": (firm("Lincoln Elementary School"), firm("Lincoln High School")),
    "owner_and_trade_name": (firm("Smith Holdings LLC dba Joe's Diner"), firm("Smith Holdings LLC")),
    "two_trade_names": (firm("Smith LLC dba Joe's Diner"), firm("Smith LLC dba Moe's Diner")),
    "one_tax_number": (firm("Acme", tax_id="DE123456789"), firm("Zebra", tax_id="DE123456789")),
    "partners": (firm("Smith & Jones"), firm("Smith & Johnson")),
    "sons": (firm("Smith Brothers"), firm("Smith & Sons")),
    "owners": (firm("Martin Consulting"), firm("Martinez Consulting")),
    "initials": (firm("ABC Logistics"), firm("ABD Logistics")),
    "sites_of_one_name": ({"name": "Acme", "city": "Boston"}, {"name": "Acme", "city": "Boston"}),
}
HONEST: dict[str, tuple[str, Side, Side, Verdict]] = {
    "spelling": ("contact", who("Ann", "Smiht", "ann@acme.com"), who("Ann", "Smith", "ann@acme.com"), Verdict.AUTO),
    "nickname": ("contact", who("Bill", "Lee", "wlee@acme.com"), who("William", "Lee", "wlee@acme.com"), Verdict.AUTO),
    "nickname_mobile": ("contact", who("Liz", "Lee", **CELL), who("Elizabeth", "Lee", **CELL), Verdict.AUTO),
    "initial": ("contact", who("J.", "Smith", "js@acme.com"), who("Jane", "Smith", "js@acme.com"), Verdict.AUTO),
    "married": ("contact", who("Ann", "Lee", "ann@acme.com"), who("Ann", "Lee-Ruiz", "ann@acme.com"), Verdict.AUTO),
    "swapped": ("contact", who("Lee", "Jane", "jane@acme.com"), who("Jane", "Lee", "jane@acme.com"), Verdict.AUTO),
    "domain_slip": (
        "contact",
        who("Jo", "Lee", "jo.lee@hotmial.com"),
        who("Jo", "Lee", "jo.lee@hotmail.com"),
        Verdict.AUTO,
    ),
    "umlaut": ("contact", who("Jörg", "Müller", "jm@acme.de"), who("Joerg", "Mueller", "jm@acme.de"), Verdict.AUTO),
    "household": ("contact", who("Ann", "Lee", "lees@aol.com"), who("Ann", "Lee", "lees@aol.com"), Verdict.AUTO),
    "born_one_slip": (
        "contact",
        who("Jane", "Lee", **BORN, **HOME),
        who("Jane", "Lee", birth_date="1990-01-03", **HOME),
        Verdict.AUTO,
    ),
    "alias": (
        "contact",
        who("Jo", "Lee", "jlee@acme.com", **WORK),
        who("Jo", "Lee", "jo.lee@acme.com", **WORK),
        Verdict.REVIEW,
    ),
    "no_mailbox": ("contact", who("Jo", "Lee", "jlee@acme.com", **WORK), who("Jo", "Lee", **WORK), Verdict.REVIEW),
    "new_name": ("contact", who("Jo", "Lee", "jo@acme.com"), who("Jo", "Ruiz", "jo@acme.com", **CELL), Verdict.REVIEW),
    "note": ("company", firm("Acme (old)"), firm("Acme"), Verdict.AUTO),
    "typo": ("company", firm("Acme Robotics"), firm("Acme Robtoics"), Verdict.AUTO),
    "short": ("company", firm("Acme International"), firm("Acme Intl."), Verdict.AUTO),
    "german_form": ("company", firm("Müller Bau GmbH"), firm("Mueller Bau mbH"), Verdict.AUTO),
    "form_dropped": ("company", firm("Müller Bau GmbH u. Co. KG"), firm("Müller Bau"), Verdict.AUTO),
    "said_twice": ("company", firm("Acme House - Acme House - Uptown"), firm("Acme House Uptown"), Verdict.AUTO),
    "trade_name": ("company", firm("Smith LLC dba Joe's Diner"), firm("Joe's Diner"), Verdict.AUTO),
    "town": ("company", firm("Acme Springfield"), firm("Acme"), Verdict.AUTO),
    "second_line": ("company", firm("Acme"), firm("Acme", phone="312-555-0177"), Verdict.AUTO),
    "moved": ("company", firm("Acme"), firm("Acme", street="9 Oak Ave", city="Reno"), Verdict.REVIEW),
    "word_more": ("company", firm("Acme Robotics"), firm("Acme"), Verdict.REVIEW),
    "renamed": ("company", firm("Acme", tax_id="DE123456789"), firm("Zebra", tax_id="DE123456789"), Verdict.REVIEW),
}


@pytest.mark.parametrize("trap", [*FAMILIES, *COLLEAGUES])
def test_two_persons_are_not_merged_unasked(trap: str) -> None:
    assert scored("contact", *(FAMILIES | COLLEAGUES)[trap])[0] < Verdict.AUTO


@pytest.mark.parametrize("trap", COMPANIES)
def test_two_companies_are_not_merged_unasked(trap: str) -> None:
    assert scored("company", *COMPANIES[trap])[0] < Verdict.AUTO


@pytest.mark.parametrize("case", HONEST)
def test_what_is_one_is_merged_or_asked(case: str) -> None:
    kind, a, b, verdict = HONEST[case]
    assert scored(kind, a, b)[0] is verdict
    assert scored(kind, b, a)[0] is verdict
