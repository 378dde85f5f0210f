"""The share of deals on the move that went back."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.stage_return import StageReturn
from hygiene.view import View
from metrics.asked import Asked
from metrics.deals import moved


class ReturnedDeals(Asked):
    """Deals that moved to an earlier stage in the check's last days; being opened again is told apart there."""

    FORMULA = "deals that went back to an earlier stage / deals that moved from one stage to another"
    HISTORIC = True
    rule: StageReturn = Field(StageReturn(), description="The check `stage_return`; by default the team's.")

    def asked(self) -> StageReturn:
        """The check, silent on deals that were opened again."""
        return self.rule.model_copy(update={"reopened": False})

    def population(self, view: View) -> Iterable[Record]:
        """The deals that moved in its days."""
        return moved(view, self.rule, self.fields())
