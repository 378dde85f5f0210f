"""Three values and a rule: a change is told from a difference, and both sides end alike whoever decides."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.values import Value
from hygiene.sync.convert import Owners, Unmapped, across, agree
from hygiene.sync.mapping import DEFAULTS, Direction, FieldRule, Mapping, Policy, Side
from hygiene.sync.pingpong import flips
from hygiene.sync.policies import Conflict, winner
from hygiene.sync.threeway import Verdict, Why, decide
from hygiene.view import Agreed
from tests.book import NOON

WORDS = st.sampled_from(["", "a", "b", "c", None])
POLICIES = [policy for policy in Policy if policy is not Policy.MOST_RESTRICTIVE]
RULES = st.builds(
    FieldRule,
    hubspot=st.just("phone"),
    direction=st.sampled_from(Direction),
    policy=st.sampled_from(POLICIES),
    record=st.sampled_from(Side),
    order=st.just(("a", "b", "c")),
)
BASES = st.none() | st.builds(Agreed, WORDS, WORDS, st.just(NOON))
TIMES = st.tuples(st.none() | st.just(NOON), st.sampled_from([None, NOON, NOON + timedelta(hours=1)]))


def after(verdict: Verdict | None, here: Value, there: Value) -> tuple[Value, Value]:
    if verdict is None or verdict.to is None:
        return here, there
    return (verdict.value, there) if verdict.to is Side.HUBSPOT else (here, verdict.value)


@given(RULES, WORDS, WORDS, BASES, TIMES)
def test_what_is_decided_makes_both_agree_and_is_never_asked_again(
    rule: FieldRule, here: Value, there: Value, base: Agreed | None, times: tuple[datetime | None, datetime | None]
) -> None:
    verdict = decide(rule, (here, there), base, lambda: times)
    ends = after(verdict, here, there)
    assert (verdict is None) == agree(rule, here, there)
    if verdict and verdict.to:
        assert rule.reaches(verdict.to) and decide(rule, ends, base, lambda: times) is None


@given(RULES, WORDS, WORDS, WORDS)
def test_what_only_one_side_changed_is_never_lost(rule: FieldRule, here: Value, there: Value, was: Value) -> None:
    both = rule.model_copy(update={"direction": Direction.BOTH})
    verdict = decide(both, (here, was), Agreed(was, was, NOON), lambda: (None, None))
    assert verdict is None or (verdict.to, verdict.value, verdict.why) == (Side.SALESFORCE, here or None, Why.CHANGED)
    verdict = decide(both, (was, there), Agreed(was, was, NOON), lambda: (None, None))
    assert verdict is None or (verdict.to, verdict.value) == (Side.HUBSPOT, there or None)


@given(st.booleans() | st.none(), st.booleans(), st.booleans() | st.none(), st.sampled_from(Direction))
def test_consent_never_loosens(here: Value, there: Value, was: Value, direction: Direction) -> None:
    rule = FieldRule(hubspot="opted_out", convert="boolean", policy="most_restrictive", direction=direction)
    verdict = decide(rule, (here, there), Agreed(was, was, NOON), lambda: (None, None))
    ends = after(verdict, here, there)
    assert ends[0] is True or here is not True
    assert ends[1] is True or there is not True


@pytest.mark.parametrize(
    ("rule", "here", "there"),
    [
        ({"convert": "options", "options": {"A": "Alpha", "B": "Beta"}}, "B", "Beta"),
        ({"convert": "options", "options": {"A": "Alpha", "B": "Beta"}}, ("A", "B"), ("Alpha", "Beta")),
        ({"convert": "options", "options": {"A": "Open", "B": "Open"}}, "A", "Open"),
        ({"convert": "date"}, datetime(2026, 11, 23, tzinfo=UTC), date(2026, 11, 23)),
        ({"convert": "text"}, Decimal("12.50"), "12.5"),
        ({"convert": "owner"}, "7", "005A"),
        ({"convert": "boolean"}, None, False),
        ({}, "x", " x "),
    ],
)
def test_a_value_crosses_and_comes_back(rule: dict[str, object], here: Value, there: Value) -> None:
    made = FieldRule.model_validate({"hubspot": "field", **rule})
    owners = Owners({"7": "005A"}, {"005A": "7"})
    assert agree(made, here, there, owners)
    assert agree(made, across(made, there, Side.HUBSPOT, owners), there, owners)
    assert agree(made, here, across(made, here, Side.SALESFORCE, owners), owners)


@pytest.mark.parametrize(
    ("rule", "value", "to"),
    [
        ({"convert": "options", "options": {"A": "Alpha"}}, "Z", Side.SALESFORCE),
        ({"convert": "text"}, "a dozen", Side.HUBSPOT),
        ({"convert": "text"}, "NaN", Side.HUBSPOT),
        ({"convert": "owner"}, "9", Side.SALESFORCE),
    ],
)
def test_what_the_other_side_has_no_word_for_is_not_guessed(rule: dict[str, object], value: str, to: Side) -> None:
    made = FieldRule.model_validate({"hubspot": "field", **rule})
    with pytest.raises(Unmapped):
        across(made, value, to)


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ({"hubspot": "type", "convert": "options"}, "go together"),
        ({"hubspot": "phone", "policy": "most_restrictive"}, "needs"),
        ({"hubspot": "opted_out", "convert": "boolean", "policy": "most_recent"}, "never loosens"),
        ({"hubspot": "phone", "policies": "manual"}, "Extra inputs"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: dict[str, object], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        FieldRule.model_validate(rule)


def test_one_field_is_written_from_one_other() -> None:
    rules = [{"hubspot": "phone"}, {"hubspot": "mobile", "salesforce": "phone"}]
    with pytest.raises(ValidationError, match="salesforce phone would be written from two fields"):
        Mapping.model_validate({"kind": "company", "fields": rules})
    assert {item.kind for item in DEFAULTS} == {"company", "contact", "deal"}


@pytest.mark.parametrize(("values", "count"), [("", 0), ("ab", 0), ("aba", 1), ("abab", 2), ("abac", 0), ("aabbaa", 1)])
def test_only_a_field_that_goes_back_and_forth_flips(values: str, count: int) -> None:
    assert flips(list(values)) == count


def test_the_later_of_two_changes_counts_and_equal_times_decide_nothing() -> None:
    rule = FieldRule(hubspot="phone", policy=Policy.MOST_RECENT)
    later = NOON + timedelta(seconds=1)
    assert winner(Conflict(rule, "a", "b", lambda: (NOON, later))) is Side.SALESFORCE
    assert winner(Conflict(rule, "a", "b", lambda: (later, NOON))) is Side.HUBSPOT
    assert winner(Conflict(rule, "a", "b", lambda: (NOON, NOON))) is None
