"""Finds deals that lack what their stage asks for."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from pydantic import Field

from connectors.records import Pipeline, Record, Stage
from hygiene.blank import PLACEHOLDERS, ZERO, blank, lacking, unseen, workspaces_of
from hygiene.check import Finding, RowCheck, Severity
from hygiene.sight import unknown, untied
from hygiene.stages import pipeline_of, stage_in
from hygiene.view import View

LINKED = frozenset({"contact", "company"})
"""Names that ask for a tie to a record of that kind, not for a field."""

EVERY, OPEN, WON, LOST = "*", "open", "won", "lost"
DEFAULTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    EVERY: {
        EVERY: ("company", "owner"),
        OPEN: ("close_date",),
        "qualifiedtobuy": ("contact", "amount"),
        "qualification": ("contact", "amount"),
        "qualified": ("contact", "amount"),
        "presentationscheduled": ("contact", "amount", "next_step"),
        "needs analysis": ("contact", "amount", "next_step"),
        "proposal/price quote": ("contact", "amount", "next_step"),
        "proposal": ("contact", "amount", "next_step"),
        "negotiation/review": ("contact", "amount", "next_step"),
        "negotiation": ("contact", "amount", "next_step"),
        WON: ("amount", "close_date", "contact"),
        LOST: ("lost_reason",),
    }
}
"""After the usual stage tables: amount, close date, decision maker, next step, and why a deal was lost."""


class RequiredField(RowCheck):
    """A deal that has reached a stage without the fields asked for there, a lost one without its reason.

    Why: a forecast is as good as the amounts, dates and people behind it, and a gap is cheapest to close on the day.
    Proposes: nothing; only the owner knows the value.
    """

    kind = "deal"
    mend = "Fill in what is missing, then move the deal"
    rules: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(
        DEFAULTS,
        description=(
            "Pipeline (id, label or `*`) -> stage (id or label, `*` for all, `open`, `won`, `lost`) -> names of "
            "fields, or `contact` and `company` for a tie. What a named stage asks for holds from it on, while the "
            "deal is open."
        ),
    )
    placeholders: tuple[str, ...] = Field(PLACEHOLDERS, description="Texts that count as empty, in any case.")
    numbers: Mapping[str, tuple[Decimal, ...]] = Field(
        {"amount": (Decimal(1),)},
        description="Field -> numbers that stand for none in it, whatever their scale (1 is 1.00).",
    )
    zero_counts: bool = Field(False, description="Whether a number 0 counts as filled.")
    severity: Severity = Severity.WARNING

    def reads(self) -> Mapping[str, frozenset[str]]:
        """Every field of a deal that a rule asks for."""
        asked = {name for stages in self.rules.values() for names in stages.values() for name in names}
        return {self.kind: frozenset(asked - LINKED)}

    def before(self, view: View) -> Iterator[Finding]:
        """The fields that the credential cannot see, once a workspace: what is not visible is not empty."""
        yield from unseen(self.name(), view, self.kind, workspaces_of(view), self.reads()[self.kind])

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """The fields that this deal's stage asks for and that it lacks, as one finding."""
        pipeline = pipeline_of(record, view)
        stage = stage_in(pipeline, record.text("stage"))
        if pipeline is None or stage is None:
            yield self._unknown(record, pipeline)
            return
        seen = view.known(record.ref.workspace, self.kind)
        missing = [name for name in self.asked(pipeline, stage) if self._lacks(record, name, view, seen)]
        if missing:
            yield Finding(
                check=self.name(),
                refs=(record.ref,),
                message=f"deal {record.ref.id} in stage {stage.label} lacks {', '.join(missing)}",
                severity=self.severity,
                evidence=lacking(record, missing, LINKED),
                discriminator=f"{stage.id}:{','.join(missing)}",
            )

    def _unknown(self, record: Record, pipeline: Pipeline | None) -> Finding:
        what = "a stage that its pipeline does not have" if pipeline else "a pipeline that is not known"
        return Finding(
            check=self.name(),
            refs=(record.ref,),
            message=f"deal {record.ref.id} stands in {what}",
            severity=self.severity,
            discriminator="stage" if pipeline else "pipeline",
        )

    def asked(self, pipeline: Pipeline, stage: Stage) -> list[str]:
        """The names asked for at a stage, in the order of the stages that ask."""
        asked: dict[str, None] = {}
        for rules in (self.rules.get(key, {}) for key in (EVERY, pipeline.id, pipeline.label)):
            folded = {key.casefold(): names for key, names in rules.items()}
            for key in _keys(pipeline, stage):
                asked.update(dict.fromkeys(folded.get(key.casefold(), ())))
        return list(asked)

    def _lacks(self, record: Record, name: str, view: View, seen: frozenset[str]) -> bool:
        if name in LINKED:
            return not view.linked(record.ref, name) and not untied(view, record.ref)
        if name not in seen or unknown(view, record.ref, name):
            return False
        none = self.numbers.get(name, ()) if self.zero_counts else (*ZERO, *self.numbers.get(name, ()))
        return blank(record.get(name), self.placeholders, none)


def _keys(pipeline: Pipeline, stage: Stage) -> list[str]:
    """The rule keys that speak of a deal here: a closed stage has its own, an open one those of the stages before."""
    if stage.closed:
        return [EVERY, WON if stage.won else LOST, stage.id, stage.label]
    reached = pipeline.stages[: pipeline.stages.index(stage) + 1]
    return [EVERY, OPEN, *(key for item in reached if not item.closed for key in dict.fromkeys((item.id, item.label)))]
