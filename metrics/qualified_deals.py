"""The share of deals whose qualification questions are answered where they are asked."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.qualification import Qualification
from hygiene.stages import pipeline_of, stage_in
from hygiene.standing import State
from hygiene.view import View
from metrics.asked import Asked
from metrics.deals import deals
from metrics.share import Counted, accounts_of


class QualifiedDeals(Asked):
    """Deals with the answers of MEDDIC or MEDDPICC, among those that have reached the stage that asks for them."""

    FORMULA = "deals with enough answers / open deals from the asking stage on, and won ones"
    LISTED = False
    rule: Qualification = Field(Qualification(), description="The check `qualification`; by default the team's.")

    def asked(self) -> Qualification:
        """The questions, and from which stage on they are asked."""
        return self.rule

    def population(self, view: View) -> Iterable[Record]:
        """Those of whom it is asked."""
        for deal in deals(view, (State.OPEN, State.WON), *self.fields()):
            pipeline = pipeline_of(deal, view)
            stage = stage_in(pipeline, deal.text("stage"))
            if pipeline and stage and self.rule.asks(pipeline, stage):
                yield deal

    def counted(self, view: View) -> Counted:
        """Nothing is known where no question's answer is visible."""
        found = super().counted(view)
        names = [name for fields in self.rule.elements.values() for name in fields]
        dark = [account for account in accounts_of(view, "deal") if view.known(account, "deal").isdisjoint(names)]
        return Counted(found.cases, {(account, ""): "no answer there, or not visible" for account in dark}, found.notes)
