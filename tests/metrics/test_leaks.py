"""A leak is counted for the source and the week of each record that was there already, against a count by hand."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Record, Ref
from connectors.values import Value, frozen
from hygiene.checks.duplicate import Duplicate
from metrics.leaks import NOBODY, Asked, leaks
from tests.book import NOON, Book

RULE = Duplicate(kind="contact")
ACCOUNTS = ("hubspot:1", "salesforce:1")
PERSON = st.tuples(
    st.sampled_from(ACCOUNTS),
    st.sampled_from("ABCD"),
    st.sampled_from([None, "IMPORT", "FORM"]),
    st.one_of(st.none(), st.integers(0, 40)),
)
People = list[tuple[str, str, str | None, int | None]]


def contact(place: int, account: str, who: str, source: str | None, days: int | None) -> Record:
    created = None if days is None else NOON - timedelta(days=days, minutes=place)
    fields: dict[str, Value] = {
        "first_name": f"Jo{who}",
        "last_name": f"Muster{who}",
        "email": f"jo.{who}@firm{who}.example",
    }
    return Record(Ref(account, "contact", f"{place:03}"), frozen({**fields, "source": source, "created_at": created}))


def by_hand(people: People, weeks: int) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, str]]]:
    """What each source made in each week, and how much of that was there already."""
    made, again = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    rows = [contact(place, *person) for place, person in enumerate(people)]
    for row, (account, who, source, days) in zip(rows, people, strict=True):
        if days is None or row.fields["created_at"] < NOON - timedelta(weeks=weeks):  # type: ignore[operator]
            continue
        same = [
            other for other, (where, name, _, _) in zip(rows, people, strict=True) if (where, name) == (account, who)
        ]
        stamps = [other.fields["created_at"] for other in same]
        key = (account, source or NOBODY, row.fields["created_at"].strftime("%G-W%V"))  # type: ignore[union-attr]
        made[key] += 1
        again[key] += None not in stamps and row.fields["created_at"] != min(stamps)  # type: ignore[type-var]
    return made, +again


@given(st.lists(PERSON, max_size=10), st.integers(1, 6))
def test_each_source_and_week_is_counted_as_by_hand(people: People, weeks: int) -> None:
    view = Book([contact(place, *person) for place, person in enumerate(people)])
    found = {(item.account, item.source, item.week): item for item in leaks(view, RULE, Asked(weeks=weeks))}
    made, again = by_hand(people, weeks)
    assert {key: item.made for key, item in found.items()} == made
    assert {key: item.again for key, item in found.items() if item.again} == again


@pytest.mark.parametrize(("zone", "week"), [("UTC", "2026-W47"), ("Asia/Tokyo", "2026-W48")])
def test_a_week_is_that_of_the_zone(zone: str, week: str) -> None:
    sunday = NOON - timedelta(hours=18)
    rows = [Record(Ref(ACCOUNTS[0], "contact", "1"), frozen({"created_at": sunday, "a": "x", "b": None, "c": "y"}))]
    (item,) = leaks(Book(rows), RULE, Asked(by=("a", "b", "c"), zone=zone))
    assert (item.source, item.week, item.made, item.refs) == ("x, y", week, 1, ())


def test_who_waits_for_a_word_counts_where_it_is_asked_for() -> None:
    unsure = [
        Record(Ref(ACCOUNTS[0], "contact", key), frozen({**fields, "created_at": NOON - timedelta(days=int(key))}))
        for key, fields in (
            ("1", {"first_name": "Ann", "last_name": "Lee", "phone": "+1 212 555 0100", "email": "ann@one.example"}),
            ("2", {"first_name": "Ann", "last_name": "Lee", "phone": "+1 212 555 0100", "email": "lee@two.example"}),
        )
    ]
    sums = [
        sum(item.again for item in leaks(Book(unsure), RULE, Asked(doubtful=doubtful))) for doubtful in (False, True)
    ]
    assert sums == [0, 1]
