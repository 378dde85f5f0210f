"""Finds open deals that nothing happens to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from connectors.records import Record, Ref
from hygiene.blank import unseen, workspaces_of
from hygiene.check import Evidence, Finding, SetCheck, Severity
from hygiene.days import Zone, day_of
from hygiene.duration import Stay, completed_mean, restricted_mean
from hygiene.sight import unknown
from hygiene.stages import Kind, Span, label_of, moves, pipeline_of, pipelines_of, spans_of, stage_in
from hygiene.view import View

DAY = timedelta(days=1)
ACTIVITY = "last_activity_at"


class Rule(StrEnum):
    """What makes a deal stale: no activity for some days, a long stay in its stage, either of them, or both."""

    NO_ACTIVITY = "no_activity"
    LONG_IN_STAGE = "long_in_stage"
    EITHER = "either"
    BOTH = "both"


class Average(StrEnum):
    """Whether the stays that are not over count into a stage's average."""

    CENSORED = "censored"
    COMPLETED = "completed"


Place = tuple[str, str | None, str]
Reason = tuple[str, Evidence]
Limit = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open deal and its present stay, None where its history does not show it."""

    record: Record
    label: str
    stay: Span | None


class StaleDeal(SetCheck):
    """An open deal without activity for two weeks, or in its stage for more than twice the average.

    The usual definitions are two, and they find different deals; `rule` says which one counts. A stage that too few
    deals have left has no average: there `fallback_days` counts.

    Why: a deal that nobody works on is counted in the forecast until somebody says that it is dead.
    Proposes: nothing; its owner knows whether to call or to close it.
    """

    rule: Rule = Field(Rule.EITHER, description="no_activity, long_in_stage, either or both.")
    inactive_days: int = Field(14, ge=1, description="Days without activity from which a deal is stale.")
    factor: float = Field(2.0, gt=0, description="A stay longer than so many averages of its stage is too long.")
    average: Average = Field(
        Average.CENSORED,
        description="censored: stays that are not over count as far as they go; completed: they do not.",
    )
    least: int = Field(20, ge=1, description="Stays that must be over before a stage has an average.")
    fallback_days: float = Field(14, gt=0, description="A stay longer than this is too long in a stage without one.")
    within_seconds: float = Field(
        1.0, ge=0, description="Stages that one source sets within this time are one move to the last of them."
    )
    time_zone: Zone = Field("UTC", description="The zone whose days are counted.")
    severity: Severity = Severity.WARNING

    def find(self, view: View) -> Iterator[Finding]:
        """One finding for each stale deal, in the order of the deals."""
        if self.rule is not Rule.LONG_IN_STAGE:
            yield from unseen(self.name(), view, "deal", workspaces_of(view), [ACTIVITY])
        stays: dict[Place, list[Stay]] = defaultdict(list)
        waiting = list(self._waiting(view, stays))
        limits = {place: self._limit(here) for place, here in stays.items()}
        for item in waiting:
            idle = None if self.rule is Rule.LONG_IN_STAGE else self._idle(item.record, view)
            long = self._long(item, limits, view.as_of)
            reasons = [reason for reason in (idle, long) if reason]
            if len(reasons) > (self.rule is Rule.BOTH):
                yield self._finding(item.record.ref, reasons)

    def _waiting(self, view: View, stays: dict[Place, list[Stay]]) -> Iterator[Waiting]:
        """The open deals; every stay whose beginning is known is put down on the way."""
        for record in view.records("deal", "stage", "pipeline", "created_at", ACTIVITY):
            found: tuple[Span, ...] = ()
            if self.rule is not Rule.NO_ACTIVITY:
                found = spans_of(record, view, timedelta(seconds=self.within_seconds))
                for stay in self._begun(record, found, view):
                    days = ((stay.left or view.as_of) - stay.entered) / DAY
                    stays[record.ref.workspace, stay.pipeline, stay.stage].append(Stay(days, stay.left is not None))
            stage = stage_in(pipeline_of(record, view), record.text("stage"))
            if stage and not stage.closed:
                now = found[-1] if found and found[-1].stage == stage.id else None
                yield Waiting(record, label_of(pipelines_of(record, view), stage.id), now)

    def _begun(self, record: Record, found: Sequence[Span], view: View) -> Sequence[Span]:
        created = record.get("created_at")
        told = moves(found, pipelines_of(record, view), created if isinstance(created, datetime) else None)
        return found[1:] if told and told[0].kind is Kind.SEEN else found

    def _idle(self, record: Record, view: View) -> Reason | None:
        """Without any activity a deal is idle since it was created."""
        today = day_of(view.as_of, self.time_zone)
        last = day_of(record.get(ACTIVITY) or record.get("created_at"), self.time_zone)
        if today is None or last is None or ACTIVITY not in view.known(record.ref.workspace, "deal"):
            return None
        if unknown(view, record.ref, ACTIVITY):
            return None
        days = (today - last).days
        reason = Evidence("activity", f"{self.inactive_days} days are allowed", values=(str(last),))
        return (f"shows no activity for {days} days", reason) if days >= self.inactive_days else None

    def _limit(self, stays: Sequence[Stay]) -> Limit:
        """How many days in a stage are allowed, and why."""
        ended = sum(stay.over for stay in stays)
        if ended < self.least:
            return self.fallback_days, f"{ended} stays in it are over, too few for an average"
        mean = restricted_mean(stays) if self.average is Average.CENSORED else completed_mean(stays)
        return self.factor * mean, f"the average is {mean:.1f} days, {ended} stays are over"

    def _long(self, item: Waiting, limits: Mapping[Place, Limit], now: datetime) -> Reason | None:
        if item.stay is None:
            return None
        limit, why = limits.get((item.record.ref.workspace, item.stay.pipeline, item.stay.stage), self._limit(()))
        days = (now - item.stay.entered) / DAY
        what = f"is in stage {item.label} for {int(days)} days, more than {limit:.1f}"
        return (what, Evidence("stage", why)) if days > limit else None

    def _finding(self, ref: Ref, reasons: Sequence[Reason]) -> Finding:
        return Finding(
            check=self.name(),
            refs=(ref,),
            message=f"deal {ref.id} {' and '.join(text for text, _ in reasons)}",
            severity=self.severity,
            evidence=tuple(reason for _, reason in reasons),
        )
