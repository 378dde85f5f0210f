"""Archive proposals, against a plain reading of generated records."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Link, Record, Ref
from hygiene.checks.inactive_contact import InactiveContact, months_before
from tests.book import NOON, Book, record
from tests.hygiene.pipelines import HUBSPOT

PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["", "lead", "customer"]),
        st.sampled_from(["", "", "contractsent", "closedwon", "closedlost"]),
        st.integers(300, 450),
        st.booleans(),
    ),
    max_size=8,
)


@given(PEOPLE)
def test_customers_open_deals_and_refusals_are_never_proposed(people: list[tuple[str, str, int, bool]]) -> None:
    rows, expected = list[Record](), list[str]()
    for place, (lifecycle, stage, days, refused) in enumerate(people):
        last = NOON - timedelta(days=days)
        rows.append(record("contact", f"c{place}", lifecycle_stage=lifecycle, opted_out=refused, last_activity_at=last))
        if stage:
            deal = record("deal", f"d{place}", pipeline="default", stage=stage)
            rows.append(Record(deal.ref, deal.fields, (Link(Ref("hubspot:1", "contact", f"c{place}")),)))
        if lifecycle != "customer" and stage in {"", "closedlost"} and not refused and days >= 365:
            expected.append(f"c{place}")
    assert [item.refs[0].id for item in InactiveContact().find(Book(rows, [HUBSPOT]))] == expected


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 23), 12, date(2025, 11, 23)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
    ],
)
def test_a_month_back_ends_in_its_last_day(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
