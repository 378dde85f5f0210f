"""Each share against a count that is written here a second time, over random small accounts of both CRMs."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Link, Record, Ref
from connectors.values import Value, frozen
from hygiene.view import View
from metrics.bounce_rate import BounceRate
from metrics.fill_rate import FillRate
from metrics.lifecycle_distribution import LifecycleDistribution
from metrics.lost_reasons import LostReasons
from metrics.malformed_addresses import MalformedAddresses
from metrics.orphan_contacts import OrphanContacts
from metrics.share import Share
from metrics.stale_addresses import StaleAddresses
from tests.book import NOON, Book
from tests.hygiene.pipelines import HUBSPOT, SALESFORCE

ACCOUNTS = ("hubspot:1", "salesforce:1")
LOST = {"hubspot:1": "closedlost", "salesforce:1": "Closed Lost"}
FIRST = {"hubspot:1": "appointmentscheduled", "salesforce:1": "Prospecting"}
COMPANY = "9"
WORDS = st.sampled_from(["", "  ", None, "n/a", "TBD", "Berlin", "x"])
IS_ADDRESS = {"a@b.example": True, "no address": False, "c d@e.example": False, "f@g.example": True, "h@": False}
ADDRESS = st.sampled_from([None, "", *IS_ADDRESS])
LIFE = st.sampled_from([None, "lead", "customer", "Subscriber", "something"])
DAYS = st.integers(0, 500)


@st.composite
def contacts(draw: st.DrawFn) -> dict[str, Value]:
    seen = NOON - timedelta(days=draw(DAYS))
    bounced = draw(st.booleans())
    return {
        **{"email": draw(ADDRESS), "title": draw(WORDS), "lifecycle_stage": draw(LIFE), "last_activity_at": seen},
        **{
            "EmailBouncedDate": NOON if bounced else None,
            "merged_into": draw(st.sampled_from([None, None, None, "7"])),
        },
        "tied": draw(st.booleans()),
    }


@st.composite
def lost(draw: st.DrawFn) -> dict[str, Value]:
    return {"lost": draw(st.booleans()), "lost_reason": draw(WORDS)}


People = list[tuple[str, dict[str, Value]]]
PEOPLE = st.lists(st.tuples(st.sampled_from(ACCOUNTS), contacts()), max_size=12)
DEALS = st.lists(st.tuples(st.sampled_from(ACCOUNTS), lost()), max_size=12)


def book(people: People, deals: People) -> Book:
    made: list[Record] = []
    for at, (account, row) in enumerate(people):
        ties = (Link(Ref(account, "company", COMPANY)),) if row["tied"] else ()
        kept = {name: value for name, value in row.items() if name != "tied"}
        made.append(Record(Ref(account, "contact", str(at)), frozen(kept), ties))
    made += [Record(Ref(account, "company", COMPANY)) for account in ACCOUNTS]
    for at, (account, row) in enumerate(deals):
        stage = LOST[account] if row["lost"] else FIRST[account]
        made.append(Record(Ref(account, "deal", str(at)), frozen({"stage": stage, "lost_reason": row["lost_reason"]})))
    known = {
        "contact": frozenset({"email", "title", "lifecycle_stage", "last_activity_at", "EmailBouncedDate"}),
        "deal": frozenset({"stage", "lost_reason"}),
    }
    return Book(made, (HUBSPOT, SALESFORCE), known=known)


def told(share: Share, view: View, about: str = "") -> dict[str, tuple[Fraction | None, set[str]]]:
    """The value and the records behind it by account, of figures about one thing."""
    found = {}
    for figure in share.figures(view):
        if figure.about == about:
            value = Fraction(int(figure.count), int(figure.of)) if figure.of else None
            found[figure.account] = value, {ref.id for ref in figure.refs}
    return found


Test = Callable[[dict[str, Value]], bool]


def counted(rows: People, among: Test, good: Test, behind: bool) -> dict[str, tuple[Fraction, set[str]]]:
    """The same by hand."""
    found = {}
    for account in ACCOUNTS:
        ours = [(str(at), row) for at, (place, row) in enumerate(rows) if place == account and among(row)]
        if ours:
            hits = {key for key, row in ours if good(row)}
            others = {key for key, _ in ours} - hits
            found[account] = Fraction(len(hits), len(ours)), hits if behind else others
    return found


def said(value: Value) -> bool:
    return str(value or "").strip().lower() not in ("", "n/a", "tbd")


def alive(row: dict[str, Value]) -> bool:
    return row["merged_into"] is None


def addressed(row: dict[str, Value]) -> bool:
    return alive(row) and bool(row["email"])


def old(row: dict[str, Value]) -> bool:
    """Half a year before 23 November 2026 is 23 May, 184 days."""
    return (NOON - row["last_activity_at"]).days >= 184 and row["EmailBouncedDate"] is None  # type: ignore[operator]


BY_HAND: Iterable[tuple[Share, str, Test, Test, bool]] = (
    (FillRate(kind="contact", names=("title",)), "title", alive, lambda row: said(row["title"]), False),
    (BounceRate(), "", addressed, lambda row: row["EmailBouncedDate"] is not None, True),
    (OrphanContacts(), "", alive, lambda row: not row["tied"], True),
    (MalformedAddresses(), "contact", addressed, lambda row: not IS_ADDRESS[str(row["email"])], True),
    (StaleAddresses(), "", addressed, old, True),
)


@pytest.mark.parametrize("case", BY_HAND, ids=lambda case: case[0].name())
@given(people=PEOPLE)
def test_a_share_of_contacts_is_what_a_count_by_hand_says(
    case: tuple[Share, str, Test, Test, bool], people: People
) -> None:
    share, about, among, good, behind = case
    assert told(share, book(people, []), about) == counted(people, among, good, behind)


@given(DEALS)
def test_lost_deals_with_a_reason_are_counted(deals: People) -> None:
    by_hand = counted(deals, lambda row: bool(row["lost"]), lambda row: said(row["lost_reason"]), False)
    assert told(LostReasons(), book([], deals)) == by_hand


@given(PEOPLE)
def test_every_record_is_in_one_lifecycle_stage_or_in_none(people: People) -> None:
    figures = list(LifecycleDistribution().figures(book(people, [])))
    for account in ACCOUNTS:
        ours = [figure for figure in figures if figure.account == account]
        there = {str(at) for at, (place, row) in enumerate(people) if place == account and alive(row)}
        assert sorted(ref.id for figure in ours for ref in figure.refs) == sorted(there)
        assert {figure.of for figure in ours} <= {len(there)}
        named = {key for key in there if str(people[int(key)][1]["lifecycle_stage"]).lower() == "customer"}
        assert {ref.id for figure in ours if figure.about == "customer" for ref in figure.refs} == named


def test_the_bottleneck_is_told_by_how_many_came_further() -> None:
    counts = {"lead": 6, "opportunity": 3, "customer": 1}
    people: People = [
        ("hubspot:1", {"lifecycle_stage": name, "merged_into": None, "tied": True})
        for name, count in counts.items()
        for _ in range(count)
    ]
    parts = {
        figure.about: figure.parts[0] for figure in LifecycleDistribution().figures(book(people, [])) if figure.parts
    }
    assert [(parts[name].count, parts[name].of) for name in counts] == [(4, 10), (1, 4), (0, 1)]


def test_what_a_credential_does_not_see_is_not_known_and_not_empty() -> None:
    view = Book(
        [Record(Ref("hubspot:1", "contact", "1"), frozen({"email": "a@b.example"}))], known={"contact": frozenset()}
    )
    for share in (FillRate(kind="contact", names=("title",)), BounceRate(), StaleAddresses()):
        (figure,) = share.figures(view)
        assert figure.value is None and not figure.known and figure.note and figure.refs == ()


@pytest.mark.parametrize(("seen", "filled"), [(("domain", "website"), 2), (("website",), 1), (("name",), None)])
def test_one_of_two_fields_is_enough_and_one_that_is_seen_too(seen: tuple[str, ...], filled: int | None) -> None:
    rows = [{"domain": "a.example"}, {"website": "b.example"}, {"website": "n/a"}, {}]
    kept = [{name: value for name, value in row.items() if name in seen} for row in rows]
    made = [Record(Ref("hubspot:1", "company", str(at)), frozen(row)) for at, row in enumerate(kept)]
    share = FillRate(kind="company", names=("domain|website",))
    (figure,) = share.figures(Book(made, known={"company": frozenset(seen)}))
    assert figure.known == (filled is not None)
    assert (figure.value, len(figure.refs)) == ((None, 0) if filled is None else (Decimal(filled) / 4, 4 - filled))


def test_a_figure_is_broken_down_by_a_field() -> None:
    rows = [
        ("hubspot:1", {"owner": owner, "merged_into": None, "tied": tied})
        for owner, tied in [("a", True), ("a", False), ("b", False)]
    ]
    (figure,) = OrphanContacts(by="owner").figures(book(rows, []))  # type: ignore[arg-type]
    assert [(part.name, part.count, part.of) for part in figure.parts] == [("a", 1, 2), ("b", 1, 1)]
