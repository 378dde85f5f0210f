"""Finds deals that passed over stages."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from connectors.records import Pipeline, Record
from hygiene.check import Evidence, Finding, Severity
from hygiene.moved import Moved, labels
from hygiene.stages import Kind, Move, label_of

MOVED = frozenset({Kind.ADVANCE, Kind.REOPEN, Kind.CLOSE})


class StageSkip(Moved):
    """A deal that moved on past open stages in which it never stood.

    A change of pipeline is no skip, and neither is losing a deal from wherever it stands. A deal that began beyond the
    first stage is told apart, as info: it has moved nowhere yet.

    Why: what the skipped stage asks for was not asked, and conversion rates and times in stage miss the deal.
    Proposes: nothing; whether the deal goes back or the stage was not needed is for its owner to say.
    """

    mend = "Move the deal through the stages in their order"
    won: bool = Field(True, description="Whether winning a deal passes over the open stages that it had left.")
    created: bool = Field(True, description="Whether a deal created beyond the first stage is told of.")
    again: bool = Field(
        False, description="Whether a stage that the deal stood in before counts as skipped all the same."
    )
    optional: tuple[str, ...] = Field((), description="Stages (id or label) that a deal may skip.")

    def counts_again(self) -> bool:
        """As the option says."""
        return self.again

    def told(self, record: Record, move: Move, pipelines: Sequence[Pipeline]) -> Iterator[Finding]:
        """The stages that this move passed over, where it counts."""
        free = {name.casefold() for name in self.optional}
        passed = [id_ for id_ in move.passed if free.isdisjoint((id_.casefold(), label_of(pipelines, id_).casefold()))]
        to = label_of(pipelines, move.span.stage)
        against = [Evidence(label_of(pipelines, id_), "the deal never stood there", -1.0) for id_ in passed]
        if passed and move.kind is Kind.CREATED and self.created:
            what = f"was created in {to}, beyond {labels(pipelines, passed)},"
            yield self.finding(record, move, what, min(self.severity, Severity.INFO, key=list(Severity).index), against)
        if passed and move.kind in MOVED and (self.won or move.kind is not Kind.CLOSE):
            what = f"went from {label_of(pipelines, move.before)} to {to} without {labels(pipelines, passed)}"
            yield self.finding(record, move, what, self.severity, against)
