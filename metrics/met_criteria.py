"""The share of deals that left every stage with its exit criteria met."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.exit_criteria import ExitCriteria
from hygiene.standing import State
from hygiene.view import View
from metrics.asked import Asked
from metrics.deals import deals


class MetCriteria(Asked):
    """Open and won deals that meet the exit criteria of every open stage before theirs."""

    FORMULA = "open and won deals without an unmet exit criterion / open and won deals"
    LISTED = False
    rule: ExitCriteria = Field(ExitCriteria(), description="The check `exit_criteria`; by default the team's.")

    def asked(self) -> ExitCriteria:
        """The criteria of each stage."""
        return self.rule

    def population(self, view: View) -> Iterable[Record]:
        """A lost deal has left nothing."""
        return deals(view, (State.OPEN, State.WON), *self.fields())
