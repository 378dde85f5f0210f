"""Groups of two CRMs that are about the same things, put in the order in which they must be carried out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from connectors.records import Ref
from sync.plan.model import Group

FIRST = "salesforce"
"""Salesforce's merge moves what hangs on the records and keeps the survivor's id; HubSpot's may mint a new one, and its
own Salesforce integration follows what was merged there."""


def ordered(groups: Sequence[Group], twin: Callable[[Ref], Ref | None]) -> tuple[Group, ...]:
    """A merge in Salesforce comes before that of its twins in HubSpot, and every merge before what is written to the
    twins of its records: a value is carried over to what is left, not to what is about to go."""
    before = [(group, _twins(group, twin)) for group in groups if group.merges]
    if not before:
        return tuple(groups)
    waits = {group.id: tuple(other.id for other, twins in before if _follows(group, other, twins)) for group in groups}
    return tuple(replace(group, after=_joined(group.after, waits[group.id])) for group in groups)


def _twins(group: Group, twin: Callable[[Ref], Ref | None]) -> frozenset[Ref]:
    return frozenset(other for ref in group.refs if (other := twin(ref)) is not None)


def _follows(group: Group, other: Group, twins: frozenset[Ref]) -> bool:
    if group.id == other.id or not twins & {*group.refs}:
        return False
    return not group.merges or (other.refs[0].crm == FIRST and group.refs[0].crm != FIRST)


def _joined(old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))
