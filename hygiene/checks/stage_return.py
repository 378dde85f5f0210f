"""Finds deals that went back."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from connectors.records import Pipeline, Record
from hygiene.check import Finding, Severity
from hygiene.moved import Moved
from hygiene.stages import Kind, Move, label_of


class StageReturn(Moved):
    """A deal that moved to an earlier stage of its pipeline, or was opened again after it was closed.

    A deal that was opened again is told apart, as info, wherever it is put. A change of pipeline is no return.

    Why: a deal that goes back was moved on too early, and whoever forecasts by stage counted on it.
    Proposes: nothing; the move may be the honest one.
    """

    mend = "Leave the deal where it stood, or say why it goes back"
    least: int = Field(1, ge=1, description="How many stages a deal must go back to be told of.")
    reopened: bool = Field(True, description="Whether a deal that was opened again is told of.")

    def told(self, record: Record, move: Move, pipelines: Sequence[Pipeline]) -> Iterator[Finding]:
        """The move, where it leads back far enough."""
        way = f"from {label_of(pipelines, move.before)} to {label_of(pipelines, move.span.stage)}"
        if move.kind is Kind.RETURN and move.back >= self.least:
            count = "1 stage" if move.back == 1 else f"{move.back} stages"
            yield self.finding(record, move, f"went back {count} {way}", self.severity)
        if move.kind is Kind.REOPEN and self.reopened:
            yield self.finding(record, move, f"was opened again {way}", Severity.INFO)
