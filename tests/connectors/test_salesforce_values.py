"""Ids, query texts and field values: what goes out is exact, what comes in is checked."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simple_salesforce.format import format_soql

from connectors.errors import Garbled, UsageError
from connectors.salesforce import body, convert, soql
from connectors.salesforce.fields import NATIVE, native, neutral
from connectors.salesforce.ids import id18, is_id, kind_of
from connectors.values import Value, same

LITERAL = re.compile(r"'(?:[^'\\\x00-\x1f]|\\[\\'\"nrtbf]|[\x00-\x07\x0b\x0e-\x1f])*'")
BASE62 = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("001160000000000", "001160000000000AAA"),
        ("006A000000Lbiiz", "006A000000LbiizIAB"),
        ("0" * 15, "0" * 15 + "AAA"),
    ],
)
def test_an_id_of_15_characters_gets_its_check_letters(short: str, full: str) -> None:
    assert id18(short) == id18(full) == full


@pytest.mark.parametrize(
    "text", ["", "001", "001160000000000AA", "001160000000000aag", "001160000000000' OR Id", "00116000000000é"]
)
def test_what_is_not_an_id_is_refused(text: str) -> None:
    assert not is_id(text)


@given(BASE62)
def test_ids_that_differ_in_case_alone_stay_apart(short: str) -> None:
    assert (id18(short).lower() == id18(short.swapcase()).lower()) == (short == short.swapcase())


@pytest.mark.parametrize(("id_", "kind"), [("001x", "company"), ("00Qx", "lead"), ("a01x", None)])
def test_the_first_three_characters_name_the_kind(id_: str, kind: str | None) -> None:
    assert kind_of(id_) == kind


@given(st.text())
def test_a_quoted_text_is_one_literal_whatever_it_holds(text: str) -> None:
    assert LITERAL.fullmatch(soql.quote(text))


@given(st.text())
def test_quoting_agrees_with_simple_salesforce(text: str) -> None:
    assert soql.quote(text) == format_soql("{}", text)


@pytest.mark.parametrize("text", ["x' OR Name != '", "x\\' OR Id != null --", "\\", "'", "a\nb"])
def test_an_injection_stays_inside_its_quotes(text: str) -> None:
    where = soql.among("Email", [text])
    assert LITERAL.sub("?", where) == "Email IN (?)"


@pytest.mark.parametrize("name", ["Id FROM User", "Name,Id", "", "Name--", "1x", "Id\n", "a" * 81])
def test_a_name_that_is_no_name_enters_no_query(name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        soql.select((name,), "Account")


@pytest.mark.parametrize("name", ["Name; drop", "a b", "x'"])
def test_a_field_that_cannot_exist_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError):
        native("company", name)


def test_a_moment_is_written_in_utc_without_quotes() -> None:
    at = datetime(2026, 1, 1, 1, 0, 0, 999, timezone(timedelta(hours=1)))
    assert soql.moment(at) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        ("currency", Decimal("1234567890123456.78"), Decimal("1234567890123456.78")),
        ("int", 7, Decimal(7)),
        ("boolean", False, False),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("datetime", "2022-02-15T06:21:19.000+0000", datetime(2022, 2, 15, 6, 21, 19, tzinfo=UTC)),
        ("datetime", "2022-02-15T06:21:19.000-0530", datetime(2022, 2, 15, 11, 51, 19, tzinfo=UTC)),
        ("multipicklist", "a;b", ("a", "b")),
        ("multipicklist", None, ()),
        ("reference", "001160000000000", "001160000000000AAA"),
        ("string", " text ", " text "),
        ("currency", None, None),
    ],
)
def test_a_value_is_read_by_its_described_type(type_: str, raw: object, value: Value) -> None:
    assert convert.read(type_, "field", raw) == value


@pytest.mark.parametrize(
    ("type_", "raw"),
    [("currency", "12"), ("int", True), ("boolean", 1), ("date", "soon"), ("reference", "x"), ("string", 1)],
)
def test_a_value_of_another_type_is_not_believed(type_: str, raw: object) -> None:
    with pytest.raises(Garbled):
        convert.read(type_, "field", raw)


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("amount", Decimal("12.50"), Decimal("12.50")),
        ("probability", Decimal("0.25"), Decimal(25)),
        ("close_date", date(2026, 2, 28), "2026-02-28"),
        ("seen", datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00.000Z"),
        ("due_at", datetime(2026, 1, 1, 9, tzinfo=UTC), "2026-01-01"),
        ("tags", ("a", "b"), "a;b"),
        ("tags", (), None),
        ("name", "", None),
        ("name", None, None),
    ],
)
def test_a_value_is_written_by_its_own_type(name: str, value: Value, wire: object) -> None:
    assert convert.write(name, value) == wire


EARLY = datetime(1000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
MOMENTS = st.datetimes(EARLY, timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2)
PLAIN = st.text(min_size=1).filter(str.strip)
TYPED = st.one_of(
    st.tuples(st.just("currency"), NUMBERS),
    st.tuples(st.just("boolean"), st.booleans()),
    st.tuples(st.just("date"), st.dates(min_value=date(1000, 1, 1))),
    st.tuples(st.just("datetime"), MOMENTS),
    st.tuples(st.just("string"), PLAIN),
    st.tuples(st.just("multipicklist"), st.lists(st.text("abc", min_size=1), unique=True, min_size=1).map(tuple)),
)


@given(TYPED)
def test_a_value_survives_the_way_out_and_back(typed: tuple[str, Value]) -> None:
    type_, value = typed
    assert same(convert.read(type_, "field", convert.write("field", value)), value)


@given(NUMBERS)
def test_a_number_is_written_digit_for_digit(value: Decimal) -> None:
    assert Decimal(body.encode({"n": value}).decode()[5:-1]) == value


@pytest.mark.parametrize(("value", "text"), [("5.00", "5"), ("0.10", "0.1"), ("1E+3", "1000"), ("100", "100")])
def test_a_whole_number_has_no_point(value: str, text: str) -> None:
    assert body.number(Decimal(value)) == text


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_no_number_is_not_written(value: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        body.number(Decimal(value))


@pytest.mark.parametrize("kind", list(NATIVE))
def test_names_go_both_ways(kind: str) -> None:
    assert {neutral(kind, native(kind, name)) for name in NATIVE[kind]} == set(NATIVE[kind])


def test_a_day_becomes_a_moment_where_the_name_promises_one() -> None:
    assert convert.read("date", "last_activity_at", "2026-01-02") == datetime(2026, 1, 2, tzinfo=UTC)
