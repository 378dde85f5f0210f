"""The twins of a mapping as a view shows them: those that stand one for one, and those that do not."""

from collections import Counter
from collections.abc import Container, Sequence
from collections.abc import Mapping as Named
from dataclasses import dataclass
from datetime import datetime

from connectors.records import Record, Ref
from connectors.values import Value
from hygiene.sync.mapping import FieldRule, Mapping, Side
from hygiene.sync.threeway import Times
from hygiene.view import Twin, View

OURS = "seen by revops-sync"
"""How the mirror signs a history of its own: it knows when a pull came by, not when a value was set."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two live records that are each other's only twin; HubSpot's first."""

    twin: Twin
    records: tuple[Record, Record]

    def record(self, side: Side) -> Record:
        """The record of a side."""
        return self.records[side is Side.SALESFORCE]

    def values(self, rule: FieldRule) -> tuple[Value, Value]:
        """What either holds of a field."""
        return self.records[0].get(rule.hubspot), self.records[1].get(rule.name(Side.SALESFORCE))

    def shows(self, rule: FieldRule) -> bool:
        """Whether both are known: an absent field is not an empty one."""
        return rule.hubspot in self.records[0].fields and rule.name(Side.SALESFORCE) in self.records[1].fields

    def times(self, view: View, rule: FieldRule) -> Times:
        """When either was set: by the CRM's own history, else when the record was last modified."""

        def ask() -> tuple[datetime | None, datetime | None]:
            hubspot, salesforce = (self._set(view, rule.name(side), self.record(side)) for side in Side)
            return hubspot, salesforce

        return ask

    def _set(self, view: View, name: str, record: Record) -> datetime | None:
        past = [item for item in view.history(record.ref, name) if item.source != OURS]
        return past[-1].at if past else record.modified_at


@dataclass(frozen=True, slots=True)
class Matched:
    """What a view shows of the twins of one mapping: `parted` lost one side, `crowded` are not one to one."""

    pairs: Sequence[Pair]
    parted: Sequence[tuple[Twin, Ref]]
    crowded: Named[Ref, tuple[Ref, ...]]
    workspaces: frozenset[str]


def matched(view: View, mapping: Mapping, taken: Container[Ref] = ()) -> Matched:
    """Every twin of a mapping's kinds with its records as far as they live; each `parted` one with what is left of it.
    What is `taken` has a twin of a kind that comes before.

    The fields of both kinds are held at once, projected to those of the mapping.
    """
    every = view.memory.paired(mapping.kind, mapping.kind_on(Side.SALESFORCE))
    twins = [twin for twin in every if twin.hubspot not in taken]
    wanted = {ref for twin in twins for ref in (twin.hubspot, twin.salesforce)}
    live: dict[Ref, Record] = {}
    for side in Side if twins else ():
        records = view.records(mapping.kind_on(side), *mapping.names(side), *TRACES[side])
        live |= {record.ref: record for record in records if _is_on(record, side) and record.ref in wanted}
    whole = [twin for twin in twins if twin.hubspot in live and twin.salesforce in live]
    count = Counter(ref for twin in whole for ref in (twin.hubspot, twin.salesforce))
    single = [twin for twin in whole if count[twin.hubspot] == count[twin.salesforce] == 1]
    return Matched(
        pairs=[Pair(twin, (live[twin.hubspot], live[twin.salesforce])) for twin in single],
        parted=list(_parted(twins, live, count)),
        crowded=_crowded(whole, count),
        workspaces=frozenset(ref.workspace for ref in wanted),
    )


TRACES: Named[Side, tuple[str, ...]] = {Side.HUBSPOT: ("salesforcelastsynctime",), Side.SALESFORCE: ("converted",)}
"""Where HubSpot's own integration says when it last looked at a record; a lead that became a contact is over."""


def _is_on(record: Record, side: Side) -> bool:
    return record.ref.crm == side.value and record.get("converted") is not True


def _parted(twins: Sequence[Twin], live: Named[Ref, Record], count: Counter[Ref]) -> Sequence[tuple[Twin, Ref]]:
    """The twins of which one side is left, and has no other twin that lives."""
    found = []
    for twin in twins:
        left = [ref for ref in (twin.hubspot, twin.salesforce) if ref in live]
        if len(left) == 1 and not count[left[0]]:
            found.append((twin, left[0]))
    return found


def _crowded(twins: Sequence[Twin], count: Counter[Ref]) -> dict[Ref, tuple[Ref, ...]]:
    """The records that have several twins, with these."""
    found: dict[Ref, list[Ref]] = {}
    for twin in twins:
        for one, other in ((twin.hubspot, twin.salesforce), (twin.salesforce, twin.hubspot)):
            if count[one] > 1:
                found.setdefault(one, []).append(other)
    return {ref: tuple(sorted(others)) for ref, others in sorted(found.items())}
