"""Finds deals that left a stage before its exit criteria were met."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from connectors.records import Pipeline, Record, Stage
from hygiene.blank import unseen, workspaces_of
from hygiene.check import Evidence, Finding, RowCheck, Severity
from hygiene.criterion import Criterion
from hygiene.days import Zone
from hygiene.stages import pipeline_of, stage_in
from hygiene.view import View

EVERY = "*"
Rules = Mapping[str, Mapping[str, tuple[Criterion, ...]]]

WHO = (Criterion(name="somebody to talk to", tied="contact"),)
NEXT = (
    Criterion(
        name="a next step",
        any=(Criterion(name="written", filled=("next_step",)), Criterion(name="planned", tied="task")),
    ),
)
WORTH = (Criterion(name="an amount", filled=("amount",)),)
TERMS = (Criterion(name="an amount and a close date", filled=("amount", "close_date")),)
DEFAULTS: Rules = {
    EVERY: {
        "appointmentscheduled": WHO,
        "prospecting": WHO,
        "qualifiedtobuy": NEXT,
        "qualification": NEXT,
        "presentationscheduled": WORTH,
        "needs analysis": WORTH,
        "decisionmakerboughtin": TERMS,
        "proposal/price quote": TERMS,
        "contractsent": TERMS,
        "negotiation/review": TERMS,
    }
}
"""What the usual tables ask at the end of a stage, as far as standard fields can tell, by either CRM's stages."""


class ExitCriteria(RowCheck):
    """A deal that stands beyond a stage whose exit criteria it does not meet.

    Every open stage before the present one counts, whether the deal stood in it or skipped it; a won deal has left all
    of them, a lost one none. A criterion that hangs on a field that is not visible is not judged.

    Why: a stage means something only if every deal beyond it has what the stage was for.
    Proposes: nothing; the owner supplies what is missing or moves the deal back.
    """

    kind = "deal"
    mend = "Meet the criteria, or leave the deal where they are asked for"
    rules: Rules = Field(
        DEFAULTS,
        description=(
            "Pipeline (id, label or `*`) -> stage (id or label) -> criteria, each with a `name` and conditions: "
            "`filled`, `one_of`, `at_least`, `tied` with `label`, `where` and `count`, `active_days`, `any`."
        ),
    )
    time_zone: Zone = Field("UTC", description="The zone whose days are counted.")
    severity: Severity = Severity.WARNING

    def reads(self) -> Mapping[str, set[str]]:
        """The fields that criteria ask about, of deals and of what is tied to them."""
        asked: dict[str, set[str]] = {self.kind: set()}
        for criterion in (item for stages in self.rules.values() for many in stages.values() for item in many):
            asked[self.kind].update(criterion.fields())
            for kind, names in criterion.tied_fields():
                asked.setdefault(kind, set()).update(names)
        return asked

    def before(self, view: View) -> Iterator[Finding]:
        """The fields that criteria ask about and that the credential cannot see."""
        yield from unseen(self.name(), view, self.kind, workspaces_of(view), self.reads()[self.kind])

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """One finding for each stage that was left too early."""
        pipeline = pipeline_of(record, view)
        stage = stage_in(pipeline, record.text("stage"))
        if pipeline is None or stage is None or (stage.closed and not stage.won):
            return
        for left in _left(pipeline, stage):
            unmet = [
                item.name for item in self.asked(pipeline, left) if item.met(record, view, self.time_zone) is False
            ]
            if unmet:
                what = f"is in stage {stage.label} and left {left.label} without {', '.join(unmet)}"
                yield Finding(
                    check=self.name(),
                    refs=(record.ref,),
                    message=f"deal {record.ref.id} {what}",
                    severity=self.severity,
                    evidence=tuple(Evidence(name, f"not met on leaving {left.label}", -1.0) for name in unmet),
                    discriminator=f"{left.id}:{','.join(unmet)}",
                )

    def asked(self, pipeline: Pipeline, stage: Stage) -> Iterator[Criterion]:
        """What must be met by a deal that leaves the stage."""
        names = {stage.id.casefold(), stage.label.casefold()}
        for key in dict.fromkeys((EVERY, pipeline.id, pipeline.label)):
            for name, criteria in self.rules.get(key, {}).items():
                if name.casefold() in names:
                    yield from criteria


def _left(pipeline: Pipeline, stage: Stage) -> list[Stage]:
    """The open stages that a deal has left which stands in this one."""
    upto = len(pipeline.stages) if stage.closed else pipeline.stages.index(stage)
    return [item for item in pipeline.stages[:upto] if not item.closed]
