"""Where a fast path answers, it answers as the library does."""

import phonenumbers
import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from hygiene.clean import dial, domain, email, name, phone
from hygiene.clean.column import SAMPLE, coded
from hygiene.clean.entities import entities
from hygiene.clean.place import house, road, side, street
from hygiene.clean.sound import sound, sounds
from hygiene.clean.streets import parts, streets
from hygiene.clean.text import WORD, fold, words

NUMBERS = [
    ("US", "(415) 555-2671"),
    ("US", "1-415-555-2671 ext. 12"),
    ("US", "415.555.2671x7"),
    ("US", "555-2671"),
    ("CA", "+1 (604) 555 0123"),
    ("GB", "020 7946 0018"),
    ("GB", "+44 (0)20 7946 0018"),
    ("GB", "00 44 20 7946 0018"),
    ("DE", "089/1234567"),
    ("DE", "+49 (0) 89 123456-78"),
    ("FR", "01 42 68 53 00"),
    ("ES", "912 345 678"),
    ("IT", "06 698 2044"),
    ("NL", "+31 20 794 0018"),
    ("CH", "044 668 18 00"),
    ("AU", "(02) 9374 4000"),
    ("IN", "+91 22 2778 2778"),
    ("BR", "011 3071-1234"),
    ("MX", "55 5093 0700"),
    ("JP", "03-3570-8111"),
    ("SE", "08-505 710 00"),
    ("PL", "22 123 45 67"),
    ("RU", "8 (495) 123-45-67"),
    ("AR", "011 15 2345-6789"),
    ("ZA", "012 345 6789"),
    ("SG", "6123 4567"),
    ("", "+1 1 310 1234"),
    ("", "+999 1234567"),
    ("", "415 555 2671"),
    ("PF", "40 41 42 43"),
]
ODD = ["", "(415) 555-2671 ext. 7", "+49 171\n5555555", "\u0664\u0661\u0665 5552671", "1" * 70, "+", "n/a", "1 555 55"]
ADDRESSES = [
    "Ann.Lee@GMail.com",
    "a.b+c@googlemail.com",
    "<ann@acme.de>; bob",
    " ann@acme.de",
    "\xe4nn@acme.de",
    "a@b",
    "",
]
HOSTS = ["acme.com", "a.acme.co.uk", "www.ck", "acme.ck", "b.acme.ck", "city.kobe.jp", "x.github.io", "github.io"]
RULES = sorted(domain.SUFFIXES | domain.SPECIAL)


def by_library(text: str, region: str) -> tuple[str, str]:
    number = phone.library(text, region)
    return phone.parsed(text, region), (number.extension or "") if number else ""


@pytest.mark.parametrize(("region", "text"), NUMBERS)
def test_a_phone_reads_as_by_the_library(region: str, text: str) -> None:
    assert (phone.phone(text, region), phone.extension(text, region)) == by_library(text, region)


@given(
    region=st.sampled_from(["", *sorted(phonenumbers.SUPPORTED_REGIONS)]),
    text=st.from_regex(r"\+?(1|44|49|33|7|39|0)?[-0-9 ()./]{4,14}( ?(ext\. ?|x)[0-9]{1,5})?", fullmatch=True),
)
def test_any_digits_read_as_by_the_library(region: str, text: str) -> None:
    assert (phone.phone(text, region), phone.extension(text, region)) == by_library(text, region)


@given(st.lists(st.tuples(st.sampled_from([text for _, text in NUMBERS] + ODD), st.sampled_from(["", "US", "DE"]))))
def test_many_phones_read_as_one_by_one(lines: list[tuple[str, str]]) -> None:
    texts, regions = [text for text, _ in lines], [region for _, region in lines]
    expected = [(phone.phone(*line), phone.extension(*line)) for line in lines]
    assert list(zip(*phone.phones(texts, regions), strict=True)) == expected


@given(st.lists(st.sampled_from(ADDRESSES) | st.from_regex(r"[a-zA\n ._+'-]{0,4}@[a-zZ.-]{0,9}", fullmatch=True)))
def test_many_addresses_read_as_one_by_one(texts: list[str]) -> None:
    assert email.emails(texts) == [email.email(text) for text in texts]


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_an_example_of_each_region_reads_as_by_the_library(region: str) -> None:
    found = phonenumbers.example_number(region)
    assert found is not None
    national = phonenumbers.national_significant_number(found)
    for text in (f"+{found.country_code} {national}", national, f"0{national}", national[:-1], f"{national}5"):
        assert phone.phone(text, region) == phone.parsed(text, region)


@pytest.mark.parametrize(("region", "text"), [pair for pair in NUMBERS if pair[0] in ("US", "CA", "DE", "FR", "IT")])
def test_the_usual_forms_take_the_fast_path(region: str, text: str) -> None:
    assert (dial.plain(text, region) is None) == (text == "555-2671")


@given(
    labels=st.lists(st.from_regex(r"[a-z0-9-]{1,6}", fullmatch=True), max_size=3),
    ending=st.sampled_from(HOSTS) | st.sampled_from(RULES),
    form=st.sampled_from(["{}", "http://{}/a?b=c", " https://WWW.{} ", "{}.", "{}:80"]),
)
def test_a_host_reads_as_by_the_library(labels: list[str], ending: str, form: str) -> None:
    text = form.format(".".join([*labels, ending]))
    assert domain.domain(text) == domain.extracted(text)


@given(st.text(max_size=30))
def test_words_are_those_of_the_pattern(text: str) -> None:
    assert words(fold(text)) == WORD.findall(fold(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hauptstraße 5", "5 haupt"),
        ("Lange Str. 12a", "12a lange st"),
        ("5745 West Division Street, Suite 2", "5745 w division st"),
        ("100 Main St at Fifth Ave", "100 main st"),
        ("1st Floor, 9 Queens Road", "9 queens rd"),
        ("Bahnhofstr 7; Hinterhaus", "7 bahnhof"),
        ("", ""),
    ],
)
def test_a_street_is_short(text: str, expected: str) -> None:
    assert street(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("acme", "a25"), ("robert", "r163"), ("rupert", "r163"), ("jo", ""), ("a1 b-c d", "a123"), ("pfister", "p236")],
)
def test_a_sound_is_the_first_letter_and_its_consonants(text: str, expected: str) -> None:
    assert sound(text) == expected


NAMES = [
    *("Acme, Inc.", "S.A. de C.V.", "Müller & Söhne GmbH & Co. KG", "L.L.C.", "I.B.M. Corp.", "AB Volvo", "Acme (old)"),
    *(
        "Acme\nUK Ltd",
        "A/S Norge",
        "Smith LLC dba Joe's",
        "n/a",
        "The The",
        "株式会社トヨタ",
        "Joe's + Sons S.p.A.",
        "Co",
        "Öl AG und",
    ),
]
WORDS = [
    "acme",
    "S.A.",
    "inc",
    "AG",
    "&",
    "und",
    "the",
    "co",
    "KG",
    "limited",
    "as",
    "ab",
    "old",
    "d/b/a",
    "tech",
    "é",
    ".",
]
STREETS = [
    *("Hauptstraße 5", "5745 West Division Street, Suite 2", "100 Main St at Fifth Ave", "N\nMain Street", "Str. 7"),
    *("1st Floor, 9 Queens Road", "Bahnhofstr 7; Hinterhaus", "12-a", "#", "St", "n/a", "West", "7 north N ave"),
]
PIECES = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


@given(st.lists(st.sampled_from(NAMES) | PIECES | st.text(max_size=20), max_size=6))
def test_names_at_once_read_as_one_by_one(texts: list[str]) -> None:
    assert entities(texts) == ([name.company(text) for text in texts], [name.legal(text) for text in texts])


@given(st.lists(st.sampled_from(STREETS) | st.text(alphabet="1a 2Stwe,#;-\n", max_size=16), max_size=6))
def test_streets_at_once_read_as_one_by_one(texts: list[str]) -> None:
    brief = streets(texts)
    assert brief == [street(text) for text in texts]
    assert parts(brief) == tuple([read(text) for text in brief] for read in (house, road, side))


@given(st.lists(st.text(alphabet="abcehlmnrtwyz 1-", max_size=12), max_size=6))
def test_sounds_at_once_are_those_of_one_by_one(texts: list[str]) -> None:
    assert sounds(texts) == [sound(text) for text in texts]


@given(st.text())
def test_letters_are_those_of_the_library(text: str) -> None:
    assert fold(text) == " ".join(anyascii(text).lower().split())


class Twin(str):
    """A text that has the hash of another."""

    def __hash__(self) -> int:
        return int(self) // 2


@pytest.mark.parametrize("kind", [str, Twin])
def test_a_long_column_has_its_values_as_they_appear(kind: type[str]) -> None:
    texts = [kind(at % (SAMPLE - 9)) for at in range(SAMPLE + 9)]
    found = coded(texts)
    assert found.text().tolist() == texts and found.values.tolist() == ["", *dict.fromkeys(texts)]
