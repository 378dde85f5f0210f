"""HubSpot's names and values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UsageError
from connectors.fields import NAMES
from connectors.hubspot.fields import NATIVE, native, neutral, spec, text, value
from connectors.values import Value

READ: list[tuple[str, object, Value]] = [
    ("number", "10000", Decimal(10000)),
    ("number", "0.90000000000000002220446049250313", Decimal("0.90000000000000002220446049250313")),
    ("number", "2026-02-25T16:12:37.757Z", "2026-02-25T16:12:37.757Z"),
    ("number", "NaN", "NaN"),
    ("date", "2026-03-01", date(2026, 3, 1)),
    ("date", "1772323200000", date(2026, 3, 1)),
    ("date", "soon", "soon"),
    ("datetime", "2026-02-25T16:12:37.757Z", datetime(2026, 2, 25, 16, 12, 37, 757000, UTC)),
    ("datetime", "1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
    ("datetime", "1772323200123", datetime(2026, 3, 1, 0, 0, 0, 123000, UTC)),
    ("datetime", "2026-02-25T18:12:37+02:00", datetime(2026, 2, 25, 16, 12, 37, tzinfo=UTC)),
    ("bool", "true", True),
    ("bool", "false", False),
    ("bool", "yes", "yes"),
    ("enumeration", "a;b", "a;b"),
    ("checkbox", "a;b", ("a", "b")),
    ("checkbox", ";b;", ("b",)),
    ("string", "  padded ", "  padded "),
    ("phone_number", "+1 555 0100", "+1 555 0100"),
    *(
        (kind, blank, None)
        for kind in ("string", "number", "bool", "date", "datetime", "checkbox")
        for blank in ("", None)
    ),
]


@pytest.mark.parametrize(("type_", "raw", "expected"), READ)
def test_a_property_is_read_by_its_type(type_: str, raw: object, expected: Value) -> None:
    assert value(raw, type_) == expected
    assert type(value(raw, type_)) is type(expected)


WRITTEN = [
    (None, ""),
    (True, "true"),
    (Decimal("1E+3"), "1000"),
    (Decimal("12.50"), "12.50"),
    (date(2026, 3, 1), "2026-03-01"),
    (datetime(2026, 3, 1, 1, 0, 0, 5000, UTC), "2026-03-01T01:00:00.005Z"),
    (("a", "b"), "a;b"),
    ((), ""),
    ("x", "x"),
]


@pytest.mark.parametrize(("item", "expected"), WRITTEN)
def test_a_value_is_written_as_hubspot_takes_it(item: Value, expected: str) -> None:
    assert text(item) == expected


@pytest.mark.parametrize("options", [("", "b"), ("a;b",), ("a", "")])
def test_an_option_that_would_append_or_split_is_refused(options: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        text(options)


moments = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
VALUES = st.one_of(
    st.tuples(st.just("number"), st.decimals(allow_nan=False, allow_infinity=False, places=4)),
    st.tuples(st.just("date"), st.dates(date(1900, 1, 1))),
    st.tuples(st.just("datetime"), moments.map(lambda at: at - timedelta(microseconds=at.microsecond % 1000))),
    st.tuples(st.just("bool"), st.booleans()),
    st.tuples(st.just("string"), st.text(min_size=1)),
    st.tuples(st.just("checkbox"), st.lists(st.sampled_from("abc"), min_size=1).map(tuple)),
)


@given(VALUES)
def test_what_is_written_is_read_back_the_same(pair: tuple[str, Value]) -> None:
    type_, item = pair
    assert value(text(item), type_) == item


@pytest.mark.parametrize("kind", sorted(NATIVE))
def test_names_lead_there_and_back(kind: str) -> None:
    assert set(NATIVE[kind]) <= set(NAMES[kind])
    assert len(set(NATIVE[kind].values())) == len(NATIVE[kind])
    for name, theirs in NATIVE[kind].items():
        assert (native(kind, name), neutral(kind, theirs)) == (theirs, name)


PROPERTIES = st.one_of(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), st.sampled_from(NAMES["contact"]))


@given(st.sampled_from(sorted(NATIVE)), PROPERTIES)
def test_any_property_keeps_a_name_of_its_own(kind: str, theirs: str) -> None:
    assert native(kind, neutral(kind, theirs)) == theirs


def test_a_property_whose_name_means_something_else_here_is_told_apart() -> None:
    assert neutral("contact", "title") == "hubspot_title"
    assert native("contact", "title") == "jobtitle"


SPECS = [
    ({"calculated": True}, False),
    ({"modificationMetadata": {"readOnlyValue": True}}, False),
    ({"modificationMetadata": {"readOnlyValue": False}}, True),
    ({}, True),
]


@pytest.mark.parametrize(("facts", "writable"), SPECS)
def test_what_hubspot_keeps_for_itself_is_not_writable(facts: dict[str, object], writable: bool) -> None:
    assert spec("deal", {"name": "amount", "type": "number", "fieldType": "number", **facts}).writable is writable


def test_a_set_of_options_has_a_type_of_its_own() -> None:
    found = spec("contact", {"name": "x", "type": "enumeration", "fieldType": "checkbox", "options": [{"value": "a"}]})
    assert (found.type, found.options) == ("checkbox", ("a",))
