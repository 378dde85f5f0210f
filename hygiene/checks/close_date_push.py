"""Finds close dates that were put off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from pydantic import Field

from connectors.records import Past, Record
from connectors.values import Value
from hygiene.blank import PLACEHOLDERS, blank, unseen, workspaces_of
from hygiene.check import Evidence, Finding, RowCheck, Severity
from hygiene.days import Zone, day_of, quarter
from hygiene.sight import unknown
from hygiene.stages import pipelines_of, spans_of, stage_in
from hygiene.view import View

DAY = timedelta(days=1)
ALWAYS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shift:
    """A day's edits of a close date, as one: what it was before them and what they left."""

    at: datetime
    on: date
    before: date
    after: date
    source: str

    @property
    def days(self) -> int:
        """How far it was put off; negative where it was pulled in."""
        return (self.after - self.before).days


@dataclass(frozen=True, slots=True)
class Push:
    """A shift to a later day, whether there is a reason (None where nobody can tell), and the deal's amount then."""

    shift: Shift
    reason: bool | None
    amount: Value


class CloseDatePush(RowCheck):
    """An open deal whose close date was put off, above all without a reason or out of its quarter.

    The edits of one day are one. What is set while a deal is closed, or as it closes, is no push, and neither is a date
    that is pulled in. Where the CRM or our own sightings tell when the reason was written, it must be from the day
    before the push on and before the next one; otherwise a reason that stands there now is believed.

    Why: a date that moves without a word makes the quarter's forecast wrong twice, and nobody learns why.
    Proposes: nothing; the reason is the owner's to write.
    """

    kind = "deal"
    days: int = Field(90, ge=1, description="Pushes of so many last days are told.")
    least_days: int = Field(1, ge=1, description="A push by fewer days is not told of.")
    reason_field: str = Field("push_reason", description="The field in which the reason is written.")
    explained: bool = Field(True, description="Whether pushes with a reason are told of, as info.")
    placeholders: tuple[str, ...] = Field(PLACEHOLDERS, description="Texts that are no reason.")
    fiscal_year_starts: int = Field(1, ge=1, le=12, description="The month in which the fiscal year starts.")
    within_seconds: float = Field(1.0, ge=0, description="A date set so shortly before closing was set by closing.")
    time_zone: Zone = Field("UTC", description="The zone whose days are counted.")
    severity: Severity = Severity.WARNING

    def fields(self) -> tuple[str, ...]:
        """What a push is judged by, beside its history."""
        return ("stage", "pipeline", "amount", "currency", self.reason_field)

    def before(self, view: View) -> Iterator[Finding]:
        """Where the reason cannot be seen, pushes are told without judging them."""
        yield from unseen(self.name(), view, self.kind, workspaces_of(view), [self.reason_field])

    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """The field of the reason."""
        return {self.kind: (self.reason_field,)}

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """One finding for each recent push."""
        for push in self.pushes(record, view):
            yield from self._finding(record, push)

    def pushes(self, record: Record, view: View) -> Iterator[Push]:
        """The pushes of the last `days`, oldest first."""
        past = view.history(record.ref, "close_date")
        if len(past) < 2:
            return
        closed = list(self._closed(record, view))
        shifts = self._shifts([item for item in past if not any(a <= item.at < b for a, b in closed)])
        late = [item for item in shifts if item.days >= self.least_days]
        since = view.as_of - timedelta(days=self.days)
        for place, shift in enumerate(late):
            if shift.at >= since:
                upto = late[place + 1].on - DAY if place + 1 < len(late) else date.max
                yield Push(shift, self._reason(record, view, shift, upto), self._amount(record, view, shift.at))

    def quarters(self, push: Push) -> tuple[str, str]:
        """The fiscal quarters of the date before and after."""
        return _named(push.shift.before, self.fiscal_year_starts), _named(push.shift.after, self.fiscal_year_starts)

    def _shifts(self, past: Sequence[Past]) -> list[Shift]:
        """The net change of each day, against the last date known before it."""
        days: dict[date, tuple[Past, date]] = {}
        for item in past:
            on, to = day_of(item.at, self.time_zone), day_of(item.value, self.time_zone)
            if on and to:
                days[on] = item, to
        found = list(days.items())
        return [
            Shift(item.at, on, before, after, item.source) for (_, (_, before)), (on, (item, after)) in pairwise(found)
        ]

    def _closed(self, record: Record, view: View) -> Iterator[tuple[datetime, datetime]]:
        """When the deal was closed, or closing: from, until."""
        shortly = timedelta(seconds=self.within_seconds)
        stages = {item.id: item for item in pipelines_of(record, view)}
        for stay in spans_of(record, view, shortly):
            stage = stage_in(stages.get(stay.pipeline), stay.stage) if stay.pipeline is not None else None
            if stage and stage.closed:
                yield stay.entered - shortly, stay.left - shortly if stay.left else ALWAYS

    def _reason(self, record: Record, view: View, shift: Shift, upto: date) -> bool | None:
        """Whether there is a reason, None where nobody can tell."""
        if self.reason_field not in view.known(record.ref.workspace, self.kind):
            return None
        written = view.history(record.ref, self.reason_field)
        if not written and unknown(view, record.ref, self.reason_field):
            return None
        if not written:
            return self._says(record.get(self.reason_field))
        days = [day_of(item.at, self.time_zone) for item in written if self._says(item.value)]
        return any(day and shift.on - DAY <= day <= max(upto, shift.on) for day in days)

    def _says(self, value: Value) -> bool:
        return not blank(value, self.placeholders)

    def _finding(self, record: Record, push: Push) -> Iterator[Finding]:
        if push.reason and not self.explained:
            return
        shift, (was, now) = push.shift, self.quarters(push)
        count = "1 day" if shift.days == 1 else f"{shift.days} days"
        said = {True: " with a reason", False: " without a reason", None: ""}[push.reason]
        over = f", from {was} to {now}" if was != now else ""
        shown = [Evidence("close_date", "from, to", values=(str(shift.before), str(shift.after)))]
        if over and push.amount is not None:
            amount = f"{push.amount} {record.text('currency')}".strip()
            shown.append(Evidence("amount", "moved over the end of a quarter", values=(amount,)))
        if shift.source:
            shown.append(Evidence("source", "who or what moved it", values=(shift.source,)))
        yield Finding(
            check=self.name(),
            refs=(record.ref,),
            message=f"deal {record.ref.id} was put off {count} on {shift.on}{said}{over}",
            severity=Severity.INFO if push.reason is not False else self.severity,
            evidence=tuple(shown),
            discriminator=f"{shift.on}:{shift.before}>{shift.after}",
        )

    def _amount(self, record: Record, view: View, at: datetime) -> Value:
        """The amount at that moment; the present one where its past is not known, None where there is none."""
        then = [item.value for item in view.history(record.ref, "amount") if item.at <= at]
        amount = then[-1] if then else record.get("amount")
        return None if blank(amount) else amount


def _named(day: date, starts: int) -> str:
    year, place = quarter(day, starts)
    return f"Q{place} {year}"
