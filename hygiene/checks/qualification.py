"""Finds deals that are not qualified by the framework that a team sells by."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from pydantic import Field

from connectors.records import Pipeline, Record, Stage
from hygiene.blank import PLACEHOLDERS, blank, unseen, workspaces_of
from hygiene.check import Evidence, Finding, RowCheck, Severity
from hygiene.sight import unknown
from hygiene.stages import pipeline_of, stage_in
from hygiene.view import View


class Framework(StrEnum):
    """The six questions of MEDDIC, or with paper process and competition the eight of MEDDPICC."""

    MEDDIC = "meddic"
    MEDDPICC = "meddpicc"


MEDDIC = ("metrics", "economic_buyer", "decision_criteria", "decision_process", "identify_pain", "champion")
ELEMENTS = {Framework.MEDDIC: MEDDIC, Framework.MEDDPICC: (*MEDDIC, "paper_process", "competition")}
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    name: (f"meddic_{name}", f"MEDDIC_{name.title()}__c") for name in ELEMENTS[Framework.MEDDPICC]
}


class Qualification(RowCheck):
    """An open or won deal that has reached a stage without answers to the questions of MEDDIC or MEDDPICC.

    The sources place it differently, as what stage 2 asks for or as what it takes to leave that stage: `from_stage`
    is the open stage, counted from 1, from which the answers are asked for (3 for the second reading). The answers'
    fields are the team's own; a question whose field is not visible is not counted.

    Why: a deal whose buyer, pain and champion nobody can name is a wish, and yet it is forecast.
    Proposes: nothing; only the owner knows the answers.
    """

    kind = "deal"
    mend = "Answer the questions, then move the deal"
    framework: Framework = Field(Framework.MEDDIC, description="meddic or meddpicc.")
    elements: Mapping[str, tuple[str, ...]] = Field(
        DEFAULTS, description="Question -> fields of which one must hold the answer, for either CRM's names."
    )
    from_stage: int = Field(2, ge=1, description="The open stage, counted from 1, from which answers are asked for.")
    least: float = Field(1.0, ge=0, le=1, description="The share of the questions that must be answered.")
    placeholders: tuple[str, ...] = Field(PLACEHOLDERS, description="Texts that are no answer.")
    severity: Severity = Severity.WARNING

    def reads(self) -> Mapping[str, set[str]]:
        """The fields of the answers, by either CRM's names."""
        return {self.kind: {name for fields in self._names().values() for name in fields}}

    def before(self, view: View) -> Iterator[Finding]:
        """The questions whose answer the credential cannot see under any of its names."""
        for workspace in sorted(workspaces_of(view)):
            known = view.known(workspace, self.kind)
            hidden = [names[0] for names in self._names().values() if names and known.isdisjoint(names)]
            yield from unseen(self.name(), view, self.kind, [workspace], hidden)

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """The questions without an answer, as one finding."""
        pipeline = pipeline_of(record, view)
        stage = stage_in(pipeline, record.text("stage"))
        if pipeline is None or stage is None or not self.asks(pipeline, stage):
            return
        known = view.known(record.ref.workspace, self.kind)
        asked = {name: fields for name, fields in self._names().items() if not known.isdisjoint(fields)}
        silent = {name: fields for name, fields in asked.items() if all(self._silent(record, item) for item in fields)}
        lacks = [name for name, fields in silent.items() if not any(unknown(view, record.ref, item) for item in fields)]
        asked = {name: fields for name, fields in asked.items() if name in lacks or name not in silent}
        answered = len(asked) - len(lacks)
        if asked and answered / len(asked) < self.least:
            yield Finding(
                check=self.name(),
                refs=(record.ref,),
                message=f"deal {record.ref.id} in stage {stage.label} does not say {', '.join(lacks)}",
                severity=self.severity,
                evidence=(
                    Evidence("qualification", f"{answered} of {len(asked)} are answered"),
                    *(Evidence(name, "it is not answered", -1.0) for name in lacks),
                ),
                discriminator=f"{stage.id}:{','.join(lacks)}",
            )

    def asks(self, pipeline: Pipeline, stage: Stage) -> bool:
        """Whether answers are asked for here: a won deal has come through all stages, a lost one owes nothing."""
        if stage.closed:
            return stage.won
        return [item for item in pipeline.stages if not item.closed].index(stage) + 1 >= self.from_stage

    def _names(self) -> dict[str, tuple[str, ...]]:
        return {name: self.elements.get(name, ()) for name in ELEMENTS[self.framework]}

    def _silent(self, record: Record, name: str) -> bool:
        return blank(record.get(name), self.placeholders)
