"""The share of deals on the move that passed over a stage."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.stage_skip import StageSkip
from hygiene.view import View
from metrics.asked import Asked
from metrics.deals import moved


class SkippedStages(Asked):
    """Deals that went past an open stage in the check's last days; being created halfway is no move."""

    FORMULA = "deals that skipped a stage / deals that moved from one stage to another"
    HISTORIC = True
    rule: StageSkip = Field(StageSkip(), description="The check `stage_skip`; by default the team's.")

    def asked(self) -> StageSkip:
        """The check, silent on how deals began."""
        return self.rule.model_copy(update={"created": False})

    def population(self, view: View) -> Iterable[Record]:
        """The deals that moved in its days."""
        return moved(view, self.rule, self.fields())
