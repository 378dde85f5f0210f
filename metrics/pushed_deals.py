"""The share of open deals whose close date was put off."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.close_date_push import CloseDatePush
from hygiene.standing import State
from hygiene.view import View
from metrics.asked import Asked
from metrics.deals import deals


class PushedDeals(Asked):
    """Open deals that were put off in the check's last days, with or without a reason."""

    FORMULA = "open deals whose close date was put off / open deals"
    HISTORIC = True
    rule: CloseDatePush = Field(CloseDatePush(), description="The check `close_date_push`; by default the team's.")

    def asked(self) -> CloseDatePush:
        """The check, telling of every push."""
        return self.rule.model_copy(update={"explained": True})

    def population(self, view: View) -> Iterable[Record]:
        """The open deals."""
        return deals(view, (State.OPEN,), *self.fields())
