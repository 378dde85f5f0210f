"""Days of a zone and quarters of a fiscal year."""

from datetime import UTC, date, datetime

import pytest

from hygiene.days import day_of, quarter


@pytest.mark.parametrize(
    ("day", "starts", "named"),
    [
        (date(2026, 1, 1), 1, (2026, 1)),
        (date(2026, 12, 31), 1, (2026, 4)),
        (date(2026, 1, 31), 2, (2026, 4)),
        (date(2026, 2, 1), 2, (2027, 1)),
        (date(2026, 9, 30), 10, (2026, 4)),
        (date(2026, 10, 1), 10, (2027, 1)),
    ],
)
def test_a_quarter_is_that_of_the_fiscal_year(day: date, starts: int, named: tuple[int, int]) -> None:
    assert quarter(day, starts) == named


def test_a_moment_falls_on_a_day_of_the_zone_and_a_date_on_itself() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert day_of(late, "UTC") == date(2026, 10, 31) and day_of(late, "Europe/Berlin") == date(2026, 11, 1)
    assert day_of(date(2026, 10, 31), "Asia/Tokyo") == date(2026, 10, 31) and day_of("2026-10-31", "UTC") is None
