"""The share of open deals that nothing happens to."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.stale_deal import StaleDeal
from hygiene.standing import State
from hygiene.view import View
from metrics.asked import Asked
from metrics.deals import deals


class StaleDeals(Asked):
    """Open deals without activity for two weeks or too long in their stage, as the check's option `rule` says."""

    FORMULA = "stale open deals / open deals"
    rule: StaleDeal = Field(StaleDeal(), description="The check `stale_deal`; by default the team's.")

    def asked(self) -> StaleDeal:
        """What makes a deal stale."""
        return self.rule

    def population(self, view: View) -> Iterable[Record]:
        """The open deals."""
        return deals(view, (State.OPEN,), *self.fields())
