"""The money that was put off over the end of a quarter."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import Field

from connectors.records import Record, Ref
from hygiene.checks.close_date_push import CloseDatePush, Push
from hygiene.sight import unknown
from hygiene.standing import State
from hygiene.view import View
from metrics.deals import deals
from metrics.figure import Figure, Measure, Part, Unit

UNKNOWN = "(unknown)"
"""The currency of deals of which nobody knows any more what it was: their amounts are of no use."""


@dataclass(slots=True)
class Sum:
    """What one account moved in one currency: by pair of quarters, by deal, and what has no amount."""

    quarters: dict[str, Decimal] = field(default_factory=dict)
    refs: set[Ref] = field(default_factory=set)
    blank: int = 0


class MovedMoney(Measure):
    """Amounts of deals that were put off into another quarter, currency by currency: those of two are never added.

    Each push counts with the amount of its moment, so that a deal put off from Q1 to Q2 and from there to Q3 counts in
    both pairs: each of them is missing from the forecast of the quarter that it left. Where nothing moved it is 0.
    """

    FORMULA = "sum of the amounts of pushes from one fiscal quarter to another, at the moment of each"
    UNIT = Unit.MONEY
    PARTS = "quarters"
    rule: CloseDatePush = Field(CloseDatePush(), description="The check `close_date_push`; by default the team's.")
    silent: bool = Field(False, description="Whether only pushes without a reason count.")

    def asked(self) -> CloseDatePush:
        """What a push is, and when it has a reason."""
        return self.rule

    def figures(self, view: View) -> Iterator[Figure]:
        """One for each account and currency of its deals; the parts are the pairs of quarters."""
        sums: dict[tuple[str, str], Sum] = {}
        for deal in deals(view, tuple(State), "currency", *self.rule.fields()):
            dark = "currency" in view.known(deal.ref.workspace, "deal") and unknown(view, deal.ref, "currency")
            found = sums.setdefault((deal.ref.workspace, UNKNOWN if dark else deal.text("currency")), Sum())
            for push in self.rule.pushes(deal, view):
                was, now = self.rule.quarters(push)
                if was != now and not (self.silent and push.reason is not False):
                    _add(found, deal, push, f"{was} to {now}")
        for (account, currency), found in sorted(sums.items()):
            yield self._figure(account, currency, found)

    def _figure(self, account: str, currency: str, found: Sum) -> Figure:
        dark, blank = currency == UNKNOWN, f"{found.blank} pushes of deals without an amount"
        return Figure(
            measure=self.label,
            account=account,
            unit=self.UNIT,
            count=sum(found.quarters.values(), Decimal(0)),
            of=None,
            formula=self.FORMULA,
            version=self.VERSION,
            about=currency,
            refs=tuple(sorted(found.refs)),
            parts=() if dark else tuple(Part(name, amount) for name, amount in sorted(found.quarters.items())),
            note="the currency was not kept" if dark else blank if found.blank else "",
            known=not dark,
        )


def _add(found: Sum, deal: Record, push: Push, pair: str) -> None:
    found.refs.add(deal.ref)
    if isinstance(push.amount, Decimal):
        found.quarters[pair] = found.quarters.get(pair, Decimal(0)) + push.amount
    else:
        found.blank += 1
