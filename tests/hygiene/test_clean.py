"""Each cleaner: what it makes of good, odd and hostile text."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.clean import birth, country, domain, email, name, person, phone, place
from hygiene.clean.column import coded, joined
from hygiene.clean.text import fold, usable


def given_name(text: str) -> str:
    return "".join(person.given(text))


def family_name(text: str) -> str:
    return "".join(person.family(text))


CLEANERS = [
    *(domain.domain, domain.own, email.email, name.company, name.legal, given_name, family_name),
    *(phone.phone, phone.extension, place.street, place.city, place.postcode, country.country, birth.birth_date, fold),
]
STABLE = [domain.domain, domain.own, email.email, place.postcode, country.country, birth.birth_date, phone.phone, fold]
ODD = [
    "",
    " ",
    "\x00",
    "@",
    "a@",
    "http://",
    "[::1]",
    "👍",
    "(" * 300,
    "+" * 80,
    "名前",
    "ß" * 70 + ".de",
    "n/a",
    "-",
    "　",
]


@pytest.mark.parametrize("clean", CLEANERS)
@given(text=st.text(max_size=60) | st.sampled_from(ODD) | st.emails() | st.from_regex(r"[0-9a-z .@/+-]{0,30}"))
def test_a_cleaner_never_raises(clean: Callable[[str], str], text: str) -> None:
    assert isinstance(clean(text), str)


@pytest.mark.parametrize("clean", STABLE)
@given(
    text=st.text(max_size=40)
    | st.emails()
    | st.sampled_from(["+49 30 901820", "Main St. 5", "Acme, Inc.", "01.12.1999"])
)
def test_cleaning_twice_is_cleaning_once(clean: Callable[[str], str], text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("clean", [clean for clean in CLEANERS if clean is not fold])
@pytest.mark.parametrize("text", ["", "n/a", "-", "?", "unknown", "None", " TBD ", "test", "..."])
def test_a_placeholder_says_nothing(clean: Callable[[str], str], text: str) -> None:
    assert clean(text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.Acme.co.uk:8080/about?x=1", "acme.co.uk"),
        ("Joe@Mail.acme.com", "acme.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("XN--MNCHEN-3YA.de.", "xn--mnchen-3ya.de"),
        ("shop.github.io", "shop.github.io"),
        ("github.io", ""),
        ("10.0.0.1", ""),
        ("localhost", ""),
        ("acme.test", "acme.test"),
        ("acme", ""),
    ],
)
def test_domain(text: str, expected: str) -> None:
    assert domain.domain(text) == expected


@pytest.mark.parametrize(
    "host", ["gmail.com", "web.de", "facebook.com/acme", "https://sites.google.com/a", "linkedin.com"]
)
def test_a_domain_of_strangers_is_nobodys_own(host: str) -> None:
    assert domain.own(host) == ""


@pytest.mark.parametrize(
    ("text", "words", "form"),
    [
        ("Acme Gesellschaft mit beschränkter Haftung", "acme", "gmbh"),
        ("ACME, Inc.", "acme", "anglo"),
        ("Acme UK Ltd", "acme uk", "anglo"),
        ("AB Volvo", "volvo", "ab"),
        ("I.B.M. Corp.", "ibm", "anglo"),
        ("Müller & Söhne GmbH & Co. KG", "muller sohne", "co gmbh kg"),
        ("Smith LLC dba Joe's Pizza", "joes pizza", ""),
        ("The The", "the the", ""),
        ("株式会社トヨタ", "toyota", "kk"),
        ("ООО Ромашка", "romashka", "ooo"),
        ("Acme Intl. Hldgs", "acme international holdings", ""),
        ("Company", "company", ""),
        ("Acme (formerly Foo) B.V.", "acme", "bv"),
    ],
)
def test_company(text: str, words: str, form: str) -> None:
    assert (name.company(text), name.legal(text)) == (words, form)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Joe <J.Doe+news@GoogleMail.com>", "jdoe@gmail.com"),
        (" Ann@Acme.COM ; b@acme.com", "ann@acme.com"),
        ("ann.lee@acme.com", "ann.lee@acme.com"),
        ("a@b.test", "a@b.test"),
        ("a..b@acme.com", ""),
        ("ann at acme.com", ""),
    ],
)
def test_email(text: str, expected: str) -> None:
    assert email.email(text) == expected


@pytest.mark.parametrize(
    ("address", "office"), [("info@a.com", True), ("sales2@a.com", True), ("salesman@a.com", False)]
)
def test_an_office_reads_a_role_mailbox(address: str, office: bool) -> None:
    assert email.role(address) is office


@pytest.mark.parametrize(
    ("text", "region", "expected", "extension"),
    [
        ("404/237-2700", "US", "+14042372700", ""),
        ("(415) 555-2671 ext. 12", "US", "+14155552671", "12"),
        ("+49 89 1234567", "", "+49891234567", ""),
        ("089 1234567", "DE", "+49891234567", ""),
        ("(415) 555-2671", "DE", "", ""),
        ("089 1234567", "", "", ""),
        ("5353870", "US", "~US5353870", ""),
        ("0000000000", "US", "", ""),
    ],
)
def test_phone(text: str, region: str, expected: str, extension: str) -> None:
    assert (phone.phone(text, region), phone.extension(text, region)) == (expected, extension)


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        ("Dr. Ann Marie", "O'Hare", ("ann", "m", "", "ohare", "")),
        ("José", "Núñez", ("jose", "", "", "nunez", "")),
        ("John", "Smith, Jr.", ("john", "", "", "smith", "jr")),
        ("John Paul Jr", "Smith", ("john", "p", "jr", "smith", "")),
        ("J.", "van der Berg III", ("j", "", "", "van der berg", "3")),
        ("王", "杰", ("wang", "", "", "jie", "")),
    ],
)
def test_person(text: str, family: str, expected: tuple[str, ...]) -> None:
    assert (*person.given(text), *person.family(family)) == expected


@pytest.mark.parametrize(
    ("text", "names"), [("Lee, Ann", ("Ann", "Lee")), ("Ann Lee Jr", ("Ann", "Lee Jr")), ("Cher", ("", "Cher"))]
)
def test_a_whole_name_is_split(text: str, names: tuple[str, str]) -> None:
    assert person.split(text) == names


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        *(
            (short, full, True)
            for short, full in (("bill", "william"), ("bob", "rob"), ("annie", "ann"), ("jon", "john"))
        ),
        *((a, b, False) for a, b in (("mary", "martha"), ("helen", "elaine"), ("bill", "robert"), ("paul", "paula"))),
    ],
)
def test_nickname(a: str, b: str, one: bool) -> None:
    assert person.nickname(a, b) is person.nickname(b, a) is one


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("5745 W Division St.", "5745 West Division Street, Suite 2"),
        ("Hauptstraße 5a", "Hauptstr. 5a"),
        ("Suite 900, 1450 N City Rd", "1450 North City Road"),
        ("156 second ave.", "156 2nd Avenue at 10th St."),
        ("325 e. 14th st. between 1st and 2nd aves.", "325 East 14th Street"),
        ("Ansbacher Strasse 23, 56422 Dusseldorf", "23 Ansbacher Street"),
    ],
)
def test_one_door_has_one_form(a: str, b: str) -> None:
    assert place.street(a) == place.street(b) != ""


@pytest.mark.parametrize(
    ("clean", "a", "b"),
    [
        (place.postcode, "60601-1234", "60601"),
        (place.postcode, "LE11 1UU", "le111uu"),
        (place.city, "St. Louis, MO", "Saint Louis"),
        (country.country, "Deutschland", "de"),
        (country.country, "U.S.A.", "United States"),
        (birth.birth_date, "1976-10-27", "10/27/76"),
        (birth.birth_date, "27-Oct-76", "Oct 27, 1976"),
    ],
)
def test_one_thing_has_one_form(clean: Callable[[str], str], a: str, b: str) -> None:
    assert clean(a) == clean(b) != ""


@pytest.mark.parametrize("text", ["03/04/1999", "1999-02-30", "31.31.1999", "1999"])
def test_a_doubtful_date_says_nothing(text: str) -> None:
    assert birth.birth_date(text) == ""


@given(st.lists(st.tuples(st.sampled_from(["", "a", "B"]), st.sampled_from(["", "x", "Y"]))))
def test_columns_clean_as_rows_do(rows: list[tuple[str, str]]) -> None:
    left, right = coded([a for a, _ in rows]), coded([b for _, b in rows])
    assert left.map(str.upper).text().tolist() == [a.upper() for a, _ in rows]
    assert joined([left, right], str.__add__).text().tolist() == [a + b for a, b in rows]


@given(st.text())
def test_folded_text_is_lower_ascii(text: str) -> None:
    assert fold(text).isascii() and fold(text) == fold(text).lower()
    assert not usable("")
