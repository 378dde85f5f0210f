"""The deals of each state, and those that moved."""

from collections.abc import Iterator
from datetime import timedelta

from connectors.records import Record
from hygiene.moved import Moved
from hygiene.stages import spans_of
from hygiene.standing import State, state_of
from hygiene.view import View

NEEDED = ("stage", "pipeline", "closed", "won", "created_at", "merged_into")


def deals(view: View, states: tuple[State, ...], *fields: str) -> Iterator[Record]:
    """The deals of these states, with these fields among others."""
    for deal in view.records("deal", *NEEDED, *fields):
        if not deal.text("merged_into") and state_of(deal, view) in states:
            yield deal


def moved(view: View, rule: Moved, fields: tuple[str, ...]) -> Iterator[Record]:
    """The deals that came from one stage into another in the last days of a check of moves."""
    since, within = view.as_of - timedelta(days=rule.days), timedelta(seconds=rule.within_seconds)
    for deal in deals(view, tuple(State), *fields):
        if any(stay.entered >= since for stay in spans_of(deal, view, within)[1:]):
            yield deal
