"""Whose value counts where two twins contradict each other: one function a policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from connectors.values import Value
from hygiene.sync.mapping import LIFECYCLE, FieldRule, Policy, Side


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both values in HubSpot's terms (None where it has no word for it), and when either was set, where that is known;
    the times are asked for only by a policy that needs them."""

    rule: FieldRule
    hubspot: Value
    salesforce: Value
    changed: Callable[[], tuple[datetime | None, datetime | None]]


def winner(conflict: Conflict) -> Side | None:
    """The side whose value counts; None where a person decides."""
    return _POLICIES[conflict.rule.policy](conflict)


def _record(conflict: Conflict) -> Side | None:
    return conflict.rule.record


def _recent(conflict: Conflict) -> Side | None:
    hubspot, salesforce = conflict.changed()
    if hubspot is None or salesforce is None or hubspot == salesforce:
        return None
    return Side.HUBSPOT if hubspot > salesforce else Side.SALESFORCE


def _restrictive(conflict: Conflict) -> Side | None:
    """Consent never loosens: whoever said no is right."""
    return _ranked(conflict, conflict.rule.order) if conflict.rule.order else _ranked(conflict, ("False", "True"))


def _furthest(conflict: Conflict) -> Side | None:
    return _ranked(conflict, conflict.rule.order or LIFECYCLE)


def _ranked(conflict: Conflict, order: tuple[str, ...]) -> Side | None:
    words = str(conflict.hubspot), str(conflict.salesforce)
    if words[0] == words[1] or not {*words} <= {*order}:
        return None
    return Side.HUBSPOT if order.index(words[0]) > order.index(words[1]) else Side.SALESFORCE


def _nobody(conflict: Conflict) -> Side | None:
    return None


_POLICIES: Mapping[Policy, Callable[[Conflict], Side | None]] = MappingProxyType(
    {
        Policy.SYSTEM_OF_RECORD: _record,
        Policy.MOST_RECENT: _recent,
        Policy.MOST_RESTRICTIVE: _restrictive,
        Policy.FURTHEST_LIFECYCLE: _furthest,
        Policy.MANUAL: _nobody,
    }
)
