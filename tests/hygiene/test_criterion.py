"""Conditions by truth tables: true, false, or not visible."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.records import Link, Record, Ref
from connectors.values import frozen
from hygiene.criterion import Criterion
from tests.book import NOON, Book, record

KNOWN = {"deal": frozenset({"amount", "next_step", "stage", "last_activity_at", "won"})}
DEAL = record("deal", "d1", next_step="call", stage="Won it", last_activity_at=date(2026, 11, 20), won=True)


def met(given: dict[str, Any], deal: Record = DEAL, *others: Record) -> bool | None:
    return Criterion.model_validate({"name": "x", **given}).met(deal, Book([deal, *others], known=KNOWN))


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({"filled": ["next_step"]}, True),
        ({"filled": ["next_step", "amount"]}, False),
        ({"filled": ["secret"]}, None),
        ({"filled": ["secret", "amount"]}, False),
        ({"one_of": {"stage": ["lost it", "WON IT"]}}, True),
        ({"one_of": {"stage": ["lost it"]}}, False),
        ({"one_of": {"won": ["true"]}}, True),
        ({"one_of": {"secret": ["x"]}}, None),
        ({"at_least": {"amount": 1}}, False),
        ({"at_least": {"secret": 1}}, None),
        ({"active_days": 3}, True),
        ({"active_days": 2}, False),
        ({"tied": "contact"}, False),
    ],
)
def test_a_condition_is_true_false_or_unknown(given: dict[str, Any], holds: bool | None) -> None:
    assert met(given) is holds


PARTS = {True: {"filled": ["next_step"]}, False: {"filled": ["amount"]}, None: {"filled": ["secret"]}}


@pytest.mark.parametrize(("a", "b"), list(product(PARTS, repeat=2)))
def test_one_alternative_is_enough(a: bool | None, b: bool | None) -> None:
    expected = True if True in (a, b) else None if None in (a, b) else False
    assert met({"any": [{"name": "a", **PARTS[a]}, {"name": "b", **PARTS[b]}]}) is expected


@pytest.mark.parametrize(("a", "b"), list(product(PARTS, repeat=2)))
def test_what_is_stated_holds_beside_the_alternatives(a: bool | None, b: bool | None) -> None:
    expected = False if False in (a, b) else None if None in (a, b) else True
    assert met({**PARTS[a], "any": [{"name": "b", **PARTS[b]}]}) is expected


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({"tied": "task"}, True),
        ({"tied": "task", "count": 2}, True),
        ({"tied": "task", "count": 3}, False),
        ({"tied": "task", "where": {"status": ["completed"]}}, True),
        ({"tied": "task", "where": {"status": ["completed"]}, "count": 2}, False),
        ({"tied": "task", "label": "demo"}, True),
        ({"tied": "task", "label": "demo", "count": 2}, False),
    ],
)
def test_ties_are_counted_by_label_and_by_what_they_lead_to(given: dict[str, Any], holds: bool) -> None:
    tasks = [record("task", "t1", status="COMPLETED"), record("task", "t2", status="WAITING")]
    links = (Link(Ref("hubspot:1", "task", "t1"), "Demo"), Link(Ref("hubspot:1", "task", "t2")))
    assert met(given, Record(DEAL.ref, frozen({}), links), *tasks) is holds


def test_activity_is_counted_in_days_of_the_zone() -> None:
    late = record("deal", "d1", last_activity_at=NOON - timedelta(days=1, hours=11))
    asked, book = Criterion(name="x", active_days=1), Book([late], known=KNOWN)
    assert asked.met(late, book, "UTC") and asked.met(late, book, "America/New_York") is False


@pytest.mark.parametrize(
    "given", [{}, {"label": "demo", "filled": ["amount"]}, {"where": {"a": ["b"]}, "active_days": 1}]
)
def test_a_criterion_that_says_nothing_is_a_mistake(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Criterion.model_validate({"name": "x", **given})


def test_a_criterion_is_written_as_it_was_stated() -> None:
    stated = {"name": "x", "any": [{"name": "y", "tied": "task"}, {"name": "z", "active_days": 0}]}
    assert Criterion.model_validate(stated).model_dump(mode="json") == stated
