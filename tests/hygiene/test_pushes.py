"""Pushes of close dates, against a plain reading of generated histories."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.records import Past
from hygiene.checks.close_date_push import CloseDatePush
from tests.book import Book, record
from tests.hygiene.pipelines import HUBSPOT

FIRST = datetime(2026, 9, 1, 6, tzinfo=UTC)
EDITS = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 40)), max_size=10)
DEAL = record("deal", "d1", pipeline="default", stage="contractsent")


@given(EDITS)
def test_a_push_is_what_a_day_leaves_later_than_the_day_before_left_it(edits: list[tuple[int, int]]) -> None:
    """A gap of hours between edits, and the date that each sets."""
    at, past = FIRST, []
    for gap, to in edits:
        at += timedelta(hours=gap)
        past.append(Past(DEAL.ref, "close_date", at, date(2026, 10, 1) + timedelta(days=to)))
    left = {item.at.date().toordinal(): item.value for item in past}
    days = sorted(left)
    pushed = [f"{left[a]}>{left[b]}" for a, b in pairwise(days) if str(left[b]) > str(left[a])]
    found = CloseDatePush(days=4000).look(DEAL, Book([DEAL], [HUBSPOT]).told(*past))
    assert [finding.discriminator.split(":")[1] for finding in found] == pushed


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_does_not_exist_is_a_mistake(zone: str) -> None:
    with pytest.raises(ValidationError, match="no such time zone"):
        CloseDatePush(time_zone=zone)
