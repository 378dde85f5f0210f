"""Each comparator: what it says of pairs, the same from either side."""

import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.match import compare
from hygiene.match.compare import UNKNOWN, comparator
from hygiene.match.compare.person_name import level
from hygiene.match.table import TABLES
from hygiene.match.words import alike, overlap
from tests.hygiene.pairing import A, B, Side, paired

NAMES = sorted(module.name for module in pkgutil.iter_modules(compare.__path__))
STREET = {"street": "5 Main St", "city": "Boston"}
COMPANIES = [
    ("company_name", {"name": "Acme Inc"}, {"name": "ACME"}, "same name"),
    ("company_name", {"name": "Face Book"}, {"name": "Facebook Ltd"}, "same name"),
    ("company_name", {"name": "Microsoft"}, {"name": "Microsfot"}, "same name but for spelling or order"),
    ("company_name", {"name": "Acme Restaurant"}, {"name": "Acme"}, "one name has a general word more"),
    (
        "company_name",
        {"name": "International Business Machines"},
        {"name": "IBM"},
        "one name is the initials of the other",
    ),
    ("company_name", {"name": "Acme Robots"}, {"name": "Acme"}, "one name holds the other and has words of its own"),
    (
        "company_name",
        {"name": "Acme Robots"},
        {"name": "Acme Kites"},
        "the names share a rare word and each has words of its own",
    ),
    (
        "company_name",
        {"name": "Robots School"},
        {"name": "Kites School"},
        "the names share common words and each has words of its own",
    ),
    ("company_name", {"name": "Ritz Cafe"}, {"name": "Ritz Diner"}, "the names differ in the kind of business alone"),
    ("company_name", {"name": "Acme"}, {"name": "Zebra"}, "different names"),
    (
        "company_name",
        {"name": "Acme Nord"},
        {"name": "Acme Holdings"},
        "a word in one name alone tells companies of one family apart",
    ),
    ("company_name", {"name": "Store 12"}, {"name": "Store 14"}, "a number in one name alone"),
    ("company_name", {"name": "Acme Texas"}, {"name": "Acme"}, "a place in one name alone"),
    ("company_name", {"name": "Acme GmbH"}, {"name": "Acme AG"}, "different legal forms"),
    (
        "company_name",
        {"name": "Acme Boston", "city": "Boston"},
        {"name": "Acme", "city": "Boston"},
        "same name but for spelling or order",
    ),
    ("domain", {"domain": "acme.com"}, {"website": "https://www.acme.com/x"}, "same domain"),
    ("domain", {"domain": "acme.com"}, {"domain": "acme.de"}, "same domain but for the ending"),
    ("domain", {"domain": "acmeinc.com"}, {"domain": "acmeicn.com"}, "same domain but for one letter"),
    ("domain", {"domain": "acme.com"}, {"domain": "zebra.com"}, "different domains"),
    ("domain", {"domain": "gmail.com"}, {"domain": "gmail.com"}, ""),
    ("phone", {"phone": "(415) 555-2671"}, {"phone": "+1 415-555-2671"}, "same phone"),
    ("phone", {"phone": "555-2671"}, {"phone": "5552671"}, "same phone without area code"),
    ("phone", {"phone": "415-555-2671 x1"}, {"phone": "415-555-2671 x2"}, "same phone, different extensions"),
    ("phone", {"phone": "415-555-2671"}, {"phone": "415-555-2672"}, "different phones"),
    ("phone", {"phone": "415-555-2671"}, {"phone": "555-2671"}, ""),
    (
        "phone",
        {"phone": "800-555-2671"},
        {"phone": "1 800 555 2671"},
        "same toll-free number, a chain's or a head office's",
    ),
    ("street", STREET, {"street": "5 Main Street, Suite 2", "city": "Boston"}, "same house and road"),
    ("street", STREET, {"street": "5 Main St", "city": "Reno"}, "same house and road in another town or postcode"),
    ("street", STREET, {"street": "Main St"}, "same road, one without house number"),
    ("street", STREET, {"street": "9 Main St"}, "same road, different house"),
    ("street", STREET, {"street": "9 Oak Ave", "city": "Reno"}, "different roads in different towns"),
    ("street", {"street": "5 W Main St"}, {"street": "5 E Main St"}, "different roads"),
    ("town", {"city": "New York"}, {"city": "New York City"}, "towns alike"),
    ("town", {"city": "St. Louis"}, {"city": "Saint Louis"}, "same town"),
    ("town", {"postcode": "60601"}, {"postcode": "60601-1234"}, "same postcode"),
    (
        "town",
        {"city": "Boston", "postcode": "02110"},
        {"city": "Boston", "postcode": "02111"},
        "different postcodes in one town",
    ),
    ("town", {"city": "Boston"}, {"city": "Reno"}, "different towns"),
    ("town", {"city": "Portland", "state": "OR"}, {"city": "Portland", "state": "ME"}, "different towns"),
    ("town", {"city": "Boston", "postcode": "02110"}, {"city": "Boston", "postcode": "02101"}, "same town"),
    ("town", {"postcode": "02110"}, {"postcode": "89501"}, "different postcodes, and not both name a town"),
    ("town", STREET, {"street": "5 Main St", "city": "Reno"}, "different towns, yet the same house and road"),
    ("country", {"country": "Germany"}, {"country": "DE"}, "same country"),
    ("country", {"country": "Germany"}, {"country": "US"}, "different countries"),
    ("identifier", {"tax_id": "DE 123456789"}, {"tax_id": "de123456789"}, "same registration or tax number"),
    ("identifier", {"tax_id": "DE123456789"}, {"tax_id": "DE123456798"}, "registration or tax numbers one slip apart"),
    ("identifier", {"tax_id": "DE123456789"}, {"tax_id": "DE987654321"}, "different registration or tax numbers"),
    ("linkedin", {"linkedin": "https://www.linkedin.com/company/acme/"}, {"linkedin": "acme"}, "same LinkedIn page"),
    ("linkedin", {"linkedin": "linkedin.com/company/acme"}, {"linkedin": "zebra"}, "different LinkedIn pages"),
    ("family", {"parent": "2"}, {}, "one is the parent of the other"),
    ("family", {"parent": "8"}, {"parent": "9"}, "different parents"),
    ("family", {"parent": "8"}, {"parent": "8"}, "same parent"),
    ("twin", {"twin": "x"}, {"twin": "y"}, "tied to different records of the other CRM"),
    ("twin", {"twin": "x"}, {"twin": "x"}, "tied to the same record of the other CRM"),
]
ANN = {"first_name": "Ann", "last_name": "Lee"}
OWN, SHARED = "something of one person's own agrees", "nothing agrees that is one person's alone"
PEOPLE = [
    ("person_name", ANN, {"name": "Lee, Ann"}, "same name"),
    (
        "person_name",
        {"first_name": "Bill", "last_name": "Lee"},
        {"first_name": "William", "last_name": "Lee"},
        "same family name, a familiar form of the given name",
    ),
    ("person_name", ANN, {"first_name": "Lee", "last_name": "Ann"}, "same name, given and family name swapped"),
    ("person_name", ANN, {"first_name": "A.", "last_name": "Lee"}, "same family name, the given name's initial fits"),
    (
        "person_name",
        {"first_name": "Ann", "last_name": "Garcia"},
        {"first_name": "Ann", "last_name": "Garcia-Lopez"},
        "one has a part of the other's family name",
    ),
    (
        "person_name",
        {"first_name": "Ann", "last_name": "Schmidt"},
        {"first_name": "Ann", "last_name": "Schmitd"},
        "same name but for a slip",
    ),
    ("person_name", ANN, {"last_name": "Lee"}, "same family name, one without given name"),
    ("person_name", ANN, {"first_name": "Ann"}, "same given name, one without family name"),
    (
        "person_name",
        {"first_name": "Mario", "last_name": "Lee"},
        {"first_name": "Maria", "last_name": "Lee"},
        "same family name, given names alike",
    ),
    ("person_name", ANN, {"first_name": "Ann", "last_name": "Smith"}, "same given name, different family names"),
    ("person_name", ANN, {"first_name": "Bob", "last_name": "Lee"}, "same family name, different given names"),
    ("person_name", ANN, {"first_name": "Bob", "last_name": "Smith"}, "different names"),
    (
        "person_name",
        {"first_name": "Jon", "last_name": "Lee Jr"},
        {"first_name": "Jon", "last_name": "Lee"},
        "father and son: one is Jr., Sr. or numbered otherwise",
    ),
    (
        "person_name",
        {"first_name": "Ann B.", "last_name": "Lee"},
        {"first_name": "Ann C.", "last_name": "Lee"},
        "different middle initials",
    ),
    ("email", {"email": "A.Lee+x@gmail.com"}, {"email": "alee@googlemail.com"}, "same e-mail address"),
    ("email", {"email": "info@acme.com"}, {"email": "info@acme.com"}, "same office mailbox"),
    (
        "email",
        {"email": "ann@acme.com"},
        {"email": "ann@amce.com"},
        "same mailbox, the domain has a slip or another ending",
    ),
    ("email", {"email": "ann.lee@acme.com"}, {"email": "ann.le@acme.com"}, "same domain, the mailbox has a slip"),
    ("email", {"email": "hofmann@acme.com"}, {"email": "hofmann2@acme.com"}, "mailboxes differ by digits alone"),
    ("email", {"email": "ann.lee@acme.com"}, {"email": "ann.lee@zebra.org"}, "same mailbox name elsewhere"),
    ("email", {"email": "ann@acme.com"}, {"email": "bob@acme.com"}, "different mailboxes in one domain"),
    ("email", {"email": "ann@acme.com"}, {"email": "bob@zebra.com"}, "different e-mail addresses"),
    ("mobile", {"mobile": "415-555-2671"}, {"mobile": "4155552671"}, "same mobile"),
    ("mobile", {"mobile": "415-555-2671"}, {"phone": "4155552671"}, "the mobile of one is the phone of the other"),
    ("mobile", {"mobile": "415-555-2671"}, {"mobile": "415-555-2672"}, "different mobiles"),
    (
        "mobile",
        {"mobile": "415-555-2671", "email": "a@b.com"},
        {"mobile": "415-555-2672", "email": "c@b.com"},
        "different mobiles and different e-mail addresses",
    ),
    ("employer", {"email": "a@acme.com"}, {"email": "b@acme.com"}, "same employer"),
    ("employer", {"company": "Acme Robots"}, {"company": "Acme"}, "employers alike"),
    ("employer", {"company": "Acme"}, {"company": "Zebra"}, "different employers: a change of job, or a namesake"),
    ("employer", {"email": "a@gmail.com"}, {"email": "a@acme.com"}, ""),
    ("personal", {**ANN, "email": "ann@acme.com"}, {"email": "ann@acme.com"}, OWN),
    ("personal", {**ANN, "email": "ann.lee@hotmial.com"}, {**ANN, "email": "ann.lee@hotmail.com"}, OWN),
    ("personal", {**ANN, "mobile": "415-555-2671"}, {**ANN, "mobile": "4155552671"}, OWN),
    ("personal", {**ANN, "birth_date": "1980-01-02"}, {**ANN, "birth_date": "1980-01-03"}, OWN),
    ("personal", {**ANN, "tax_id": "123456789"}, {"tax_id": "123456789"}, OWN),
    ("personal", {**ANN, "email": "info@acme.com"}, {**ANN, "email": "info@acme.com"}, SHARED),
    ("personal", {**ANN, "email": "acme@acme.com"}, {**ANN, "email": "acme@acme.com"}, SHARED),
    ("personal", {**ANN, "email": "ann.lee@gmx.de"}, {**ANN, "email": "ann.lee@gmx.net"}, SHARED),
    ("personal", {"last_name": "Lee", "email": "lees@aol.com"}, {**ANN, "email": "lees@aol.com"}, SHARED),
    (
        "personal",
        {"first_name": "Karin", "last_name": "Lee", "birth_date": "1980-01-02"},
        {"first_name": "Katrin", "last_name": "Lee", "birth_date": "1980-01-02"},
        SHARED,
    ),
    (
        "personal",
        {"last_name": "Lee", "mobile": "415-555-2671"},
        {**ANN, "mobile": "415-555-2671"},
        "a mobile agrees, which a family may share, and not both given names are written out",
    ),
    ("birth_date", {"birth_date": "1980-01-02"}, {"birth_date": "19800102"}, "same date of birth"),
    ("birth_date", {"birth_date": "1980-01-02"}, {"birth_date": "1980-01-03"}, "dates of birth one slip apart"),
    ("birth_date", {"birth_date": "1980-01-02"}, {"birth_date": "1971-01-30"}, "different dates of birth"),
]
CASES = [("company", *case) for case in COMPANIES] + [("contact", *case) for case in PEOPLE]
WORD = st.sampled_from(["acme", "acmes", "north", "12", "software", "robots", "boston", "a", ""])


@pytest.mark.parametrize(("kind", "name", "a", "b", "expected"), CASES)
def test_a_pair_has_its_reason_from_either_side(kind: str, name: str, a: Side, b: Side, expected: str) -> None:
    part = comparator(name)
    assert part.REASONS[part.compare(paired(kind, a, b), A, B)[0]].text == expected
    assert part.REASONS[part.compare(paired(kind, a, b), B, A)[0]].text == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_comparator_explains_every_level(name: str) -> None:
    part = comparator(name)
    reached = {reason for _, named, _, _, reason in CASES if named == name} | {""}
    assert part.REASONS[0] is UNKNOWN and {reason.text for reason in part.REASONS} == reached
    assert all(-1 <= reason.value <= 1 for reason in part.REASONS) and part.compare.__doc__


@pytest.mark.parametrize("name", NAMES)
def test_two_blank_records_say_nothing(name: str) -> None:
    kind = "company" if name in {item.compare for item in TABLES["company"].comparisons} else "contact"
    assert comparator(name).compare(paired(kind, {}, {}), A, B)[0] == 0


def test_an_unknown_comparator_is_named() -> None:
    with pytest.raises(ValueError, match="no comparator named 'nose'"):
        comparator("nose")


@given(st.lists(WORD, max_size=4).map(" ".join), st.lists(WORD, max_size=4).map(" ".join))
def test_names_compare_alike_from_either_side(a: str, b: str) -> None:
    a, b = " ".join(a.split()), " ".join(b.split())
    assert overlap((a, b), ("boston", "")) == overlap((b, a), ("", "boston"))


@given(
    *(st.tuples(st.sampled_from(["", "a", "ann", "anna", "bob"]), st.sampled_from(["", "lee", "leigh", "garcia lee"])),)
    * 2
)
def test_persons_compare_alike_from_either_side(a: tuple[str, str], b: tuple[str, str]) -> None:
    assert level(a, b) == level(b, a)


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        ("store", "stores", True),
        ("abcd", "abce", True),
        ("cat", "car", False),
        ("a1bcd", "a2bcd", False),
        ("printing", "painting", False),
        ("iran", "iraq", False),
        ("joes", "moes", False),
    ],
)
def test_words_are_alike_but_for_a_slip(a: str, b: str, one: bool) -> None:
    assert alike(a, b) is alike(b, a) is one
