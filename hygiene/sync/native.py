"""Recognizes HubSpot's own Salesforce integration by the traces that it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.records import Past
from hygiene.sync.mapping import Mapping, Side
from hygiene.sync.pairs import OURS, TRACES, Matched, Pair
from hygiene.view import View

ALIVE = timedelta(days=2)
"""It syncs every quarter of an hour or so; a connection that has done nothing for so long is off."""
LOOKED_AT = 20
"""Twins whose history is looked into: an integration that syncs a field syncs it in every record."""
PROBED = 3
"""Twins that show which fields a CRM keeps the history of."""


@dataclass(frozen=True, slots=True)
class Native:
    """HubSpot's names of the fields that the integration takes care of, and how that is known."""

    fields: frozenset[str] = frozenset()
    told: str = ""


def native(view: View, mapping: Mapping, found: Matched, said: str, fields: tuple[str, ...] | None) -> Native:
    """What is to be left to the integration. Two writers of one field overwrite each other, and its settings cannot be
    read by an API: where it runs and nobody says which fields are its own, all are."""
    every = frozenset(rule.hubspot for rule in mapping.fields)
    own = every if fields is None else every & {*fields}
    if said != "auto":
        return Native(own, "the settings say so") if said == "on" else Native()
    if any(_looked(pair, view.as_of) for pair in found.pairs):
        return Native(own, "records bear the time of its last sync")
    kept = {rule.hubspot for pair in found.pairs[:PROBED] for rule in mapping.fields if _past(view, pair, rule.hubspot)}
    signed = {name for pair in found.pairs[:LOOKED_AT] for name in sorted(kept) if _signed(view, pair, name)}
    return Native(frozenset(signed), "their history names it") if signed else Native()


def _looked(pair: Pair, now: datetime) -> bool:
    values = [pair.records[0].get(name) for name in TRACES[Side.HUBSPOT]]
    return any(isinstance(at, datetime) and now - at <= ALIVE for at in values)


def _past(view: View, pair: Pair, name: str) -> Sequence[Past]:
    return [item for item in view.history(pair.records[0].ref, name) if item.source != OURS]


def _signed(view: View, pair: Pair, name: str) -> bool:
    """Whether the last value came from the integration."""
    past = _past(view, pair, name)
    return bool(past) and past[-1].source.upper().startswith("SALESFORCE") and view.as_of - past[-1].at <= ALIVE
