"""Tells a change from a difference: two values against those that both sides last agreed on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.values import Value, empty, same
from hygiene.sync.convert import NOBODY, Owners, Unmapped, across, agree
from hygiene.sync.mapping import Convert, FieldRule, Policy, Side
from hygiene.sync.policies import Conflict, winner
from hygiene.view import Agreed

Times = Callable[[], tuple[datetime | None, datetime | None]]


class Why(StrEnum):
    """What decided a field."""

    ONE_WAY = "the field goes one way"
    CHANGED = "only this side changed it since both agreed"
    FILLED = "the other side is blank and none was ever agreed on"
    POLICY = "both sides changed it"
    NO_BASE = "they differ and what they agreed on is not known"
    STRICTER = "the stricter of the two counts"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The side to write `value` to; None where a person decides, and then `lacks` may say what is in the way."""

    to: Side | None
    value: Value
    why: Why
    lacks: str = ""


Both = tuple[Value, Value]
"""HubSpot's value and Salesforce's."""


def decide(rule: FieldRule, both: Both, base: Agreed | None, times: Times, owners: Owners = NOBODY) -> Verdict | None:
    """What is to be done about one field of two twins; None where they agree."""
    if agree(rule, *both, owners):
        return None
    source, why = _source(rule, both, base, times, owners)
    if source is None:
        return Verdict(None, None, why)
    try:
        value = across(rule, both[source is Side.SALESFORCE], source.other, owners)
    except Unmapped as lack:
        return Verdict(None, None, why, str(lack))
    return Verdict(source.other, value, why)


def _source(rule: FieldRule, both: Both, base: Agreed | None, times: Times, owners: Owners) -> tuple[Side | None, Why]:
    """The side whose value counts, and why. What is stricter counts whoever changed it."""
    hubspot, salesforce = both
    conflict = Conflict(rule, _ours(rule, hubspot), _told(rule, salesforce, owners), times)
    if rule.policy is Policy.MOST_RESTRICTIVE:
        stricter = winner(conflict)
        return (stricter if stricter and rule.reaches(stricter.other) else None), Why.STRICTER
    if not rule.reaches(Side.HUBSPOT):
        return Side.HUBSPOT, Why.ONE_WAY
    if not rule.reaches(Side.SALESFORCE):
        return Side.SALESFORCE, Why.ONE_WAY
    if base is not None:
        moved = not _still(rule, hubspot, base.hubspot), not _still(rule, salesforce, base.salesforce)
        if moved == (True, False):
            return Side.HUBSPOT, Why.CHANGED
        if moved == (False, True):
            return Side.SALESFORCE, Why.CHANGED
    elif empty(hubspot) != empty(salesforce):
        return Side.SALESFORCE if empty(hubspot) else Side.HUBSPOT, Why.FILLED
    return winner(conflict), Why.NO_BASE if base is None else Why.POLICY


def _still(rule: FieldRule, value: Value, before: Value) -> bool:
    if rule.convert is Convert.BOOLEAN:
        return (value is True) == (before is True)
    return same(value, before)


def _ours(rule: FieldRule, value: Value) -> Value:
    return value is True if rule.convert is Convert.BOOLEAN else value


def _told(rule: FieldRule, value: Value, owners: Owners) -> Value:
    try:
        return across(rule, value, Side.HUBSPOT, owners)
    except Unmapped:
        return None
