"""Failure modes of values: a date stays its day in every time zone, money its digits, options their set."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors import salesforce
from connectors.hubspot import fields as hubspot
from connectors.transport import Answer
from connectors.values import Value, dump, load, same

ZONES = [
    *(f"ZZZ{hours:+03}:00" for hours in range(-14, 13)),
    *(f"ZZZ{hours:+03}:30" for hours in (-10, -9, -6, -5, -4, -3, 2, 3, 9)),
    *("ZZZ-05:45", "ZZZ-12:45"),
    *("CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "LHST-10:30LHDT-11,M10.1.0,M4.1.0"),
]
"""Every full hour from the farthest east to the farthest west, odd minutes, and three with summer time; written out, so
that no zone database is needed. (POSIX counts the hours west of Greenwich.)"""

DAYS = [date(2026, 3, 1), date(2024, 2, 29), date(2026, 3, 29), date(1969, 12, 31), date(2000, 1, 1)]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The process runs in this time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_date_is_the_same_day_wherever_the_process_runs(zone: str) -> None:
    assert len(ZONES) >= 40 and os.environ["TZ"] == zone
    for day in DAYS:
        assert hubspot.value(hubspot.text(day), "date") == day
        assert salesforce.convert.read("date", "close_date", salesforce.convert.write("close_date", day)) == day
        assert load(dump(day)) == day and type(load(dump(day))) is date


def test_a_day_that_hubspot_gives_as_midnight_utc_is_that_day(zone: str) -> None:
    for day in DAYS:
        stamp = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
        assert len(str(stamp).lstrip("-")) < 9 or hubspot.value(str(stamp), "date") == day


def test_a_moment_is_the_same_moment_wherever_the_process_runs(zone: str) -> None:
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    local = at.astimezone()
    assert time.tzname[0] in zone and hubspot.value(hubspot.text(local), "datetime") == at == load(dump(local))
    assert salesforce.convert.read("datetime", "seen", salesforce.convert.write("seen", local)) == at


AMOUNTS = ["0.1", "0.2", "0.3", "9999999999999999.99", "1234567890123456.78", "-0.005", "0"]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_money_keeps_its_digits_on_every_way(amount: str) -> None:
    value = Decimal(amount)
    assert str(Answer(200, {}, f'{{"n": {amount}}}'.encode()).json()["n"]) == amount
    assert hubspot.value(hubspot.text(value), "number") == value
    assert load(dump(value)) == value and not isinstance(load(dump(value)), float)


def test_cents_add_up() -> None:
    one, two = (load({"number": text}) for text in ("0.1", "0.2"))
    assert isinstance(one, Decimal) and isinstance(two, Decimal) and one + two == Decimal("0.3")


SAME: list[tuple[Value, Value, bool]] = [
    (("a", "b"), ("b", "a"), True),
    (("a",), ("a", "b"), False),
    (None, "", True),
    (None, (), True),
    ("null", None, False),
    ("#N/A", None, False),
    (Decimal("1.0"), Decimal(1), True),
    (Decimal(1), "1", False),
    (True, "true", False),
    (date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC), False),
    (" x ", "x", True),
]


@pytest.mark.parametrize(("a", "b", "equal"), SAME)
def test_what_counts_as_no_change(a: Value, b: Value, equal: bool) -> None:
    assert same(a, b) is same(b, a) is equal


@pytest.mark.parametrize("word", ["null", "NULL", "#N/A", "None", "nil"])
def test_a_word_for_nothing_is_a_text_like_any_other(word: str) -> None:
    assert hubspot.value(hubspot.text(word), "string") == word
    assert salesforce.convert.read("string", "name", salesforce.convert.write("name", word)) == word
    assert load(dump(word)) == word
