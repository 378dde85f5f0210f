"""Asks a question of each recent move of a deal."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import Field

from connectors.records import Pipeline, Record
from hygiene.check import Evidence, Finding, RowCheck, Severity
from hygiene.days import Zone, day_of
from hygiene.stages import Move, label_of, moves, pipelines_of, spans_of
from hygiene.view import View


class Moved(RowCheck):
    """What the checks of moves have in common."""

    kind = "deal"
    days: int = Field(90, ge=1, description="Moves of so many last days are told.")
    pardoned: tuple[str, ...] = Field(
        ("IMPORT", "MIGRATION", "MERGE_OBJECTS"),
        description="Words of a move's source (a HubSpot source type or `userId:`, a Salesforce user id) not told of.",
    )
    within_seconds: float = Field(
        1.0, ge=0, description="Stages that one source sets within this time are one move to the last of them."
    )
    time_zone: Zone = Field("UTC", description="The zone of the dates that findings name.")
    severity: Severity = Severity.WARNING

    def fields(self) -> tuple[str, ...]:
        """What the walk through a history needs of the deal itself."""
        return ("stage", "pipeline", "created_at")

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """One finding for each recent move that is in question."""
        pipelines = pipelines_of(record, view)
        stays = spans_of(record, view, timedelta(seconds=self.within_seconds))
        created = record.get("created_at")
        since = view.as_of - timedelta(days=self.days)
        for move in moves(stays, pipelines, created if isinstance(created, datetime) else None, self.counts_again()):
            if move.span.entered >= since and not self._pardons(move.span.source):
                yield from self.told(record, move, pipelines)

    def counts_again(self) -> bool:
        """Whether a stage that the deal stood in before counts as passed over nevertheless."""
        return False

    def told(self, record: Record, move: Move, pipelines: Sequence[Pipeline]) -> Iterator[Finding]:
        """What is to be said of one move."""
        raise TypeError(f"{type(self).__name__} does not say what it tells")

    def finding(
        self, record: Record, move: Move, what: str, severity: Severity, against: Sequence[Evidence] = ()
    ) -> Finding:
        """The finding of one move; the same move has the same key in every run."""
        by = move.span.source
        told = (Evidence("source", "who or what moved it", values=(by,)),) if by else ()
        return Finding(
            check=self.name(),
            refs=(record.ref,),
            message=f"deal {record.ref.id} {what} on {day_of(move.span.entered, self.time_zone)}",
            severity=severity,
            evidence=(*told, *against),
            discriminator=f"{move.before}>{move.span.stage}@{move.span.entered.timestamp()}",
        )

    def _pardons(self, source: str) -> bool:
        return not {word.casefold() for word in source.split()}.isdisjoint(name.casefold() for name in self.pardoned)


def labels(pipelines: Sequence[Pipeline], ids: Sequence[str]) -> str:
    """Stages by their labels, in order."""
    return ", ".join(label_of(pipelines, id_) for id_ in ids)
