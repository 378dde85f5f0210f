"""Who is a customer or has an open deal: one scan of the deals."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from connectors.records import Record, Ref
from connectors.values import Value
from hygiene.match.survive import LIFECYCLE
from hygiene.stages import pipeline_of, stage_in
from hygiene.view import View

CUSTOMERS = ("customer", "evangelist")
STATE = ("stage", "pipeline", "closed", "won")


class State(StrEnum):
    """How far a deal is; one of which nobody can say that it is closed is open."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Standing:
    """The contacts and companies with an open deal, and those with a won one."""

    open: frozenset[Ref]
    won: frozenset[Ref]


def standing(view: View) -> Standing:
    """What the deals say of those tied to them."""
    opened, won = set[Ref](), set[Ref]()
    for deal in view.records("deal", *STATE):
        parties = {*view.linked(deal.ref, "contact"), *view.linked(deal.ref, "company")}
        state = state_of(deal, view)
        if state is State.WON:
            won |= parties
        elif state is State.OPEN:
            opened |= parties
    return Standing(frozenset(opened), frozenset(won))


def state_of(deal: Record, view: View) -> State:
    """As its pipeline says of its stage, or, where no pipeline has the stage, as the deal says itself."""
    stage = stage_in(pipeline_of(deal, view), deal.text("stage"))
    if stage.won if stage else _true(deal, "won"):
        return State.WON
    return State.LOST if (stage.closed if stage else _true(deal, "closed")) else State.OPEN


def lifecycle(value: Value, order: Collection[str] = LIFECYCLE) -> int:
    """The place of a lifecycle stage in their order, -1 for one that is not among them."""
    named = str(value or "").strip().casefold()
    return next((place for place, name in enumerate(order) if name.casefold() == named), -1)


def _true(record: Record, name: str) -> bool:
    return record.text(name).casefold() in {"true", "1"}
