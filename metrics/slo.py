"""Targets for figures: what is asked, by whom, how often it is looked at, and how many periods may miss it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from math import floor
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, model_validator

from hygiene.days import Zone, day_of
from metrics.figure import Figure, Measure

DAY = timedelta(days=1)


class Every(StrEnum):
    """How often a target is looked at; a period of it is a day, an ISO week, a month or a quarter of the year."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"

    def period(self, day: date) -> str:
        """The period that a day belongs to; later periods sort after earlier ones."""
        if self is Every.WEEKLY:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        names = {Every.DAILY: str(day), Every.MONTHLY: f"{day:%Y-%m}"}
        return names.get(self, f"{day.year}-Q{(day.month + 2) // 3}")

    def before(self, day: date) -> date:
        """A day of the period before."""
        if self is Every.DAILY:
            return day - DAY
        if self is Every.WEEKLY:
            return day - 7 * DAY
        first = day.replace(day=1) if self is Every.MONTHLY else date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return first - DAY


class Slo(BaseModel):
    """A target for each figure of one measure, account by account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, pattern=r"^[a-z0-9_.-]+$", description="What reports and readings call it.")
    measure: SerializeAsAny[Measure] = Field(description="The number that is asked for.")
    below: Decimal | None = Field(None, description="The value must be less than this.")
    max: Decimal | None = Field(None, description="The value may not be more than this.")
    min: Decimal | None = Field(None, description="The value may not be less than this.")
    owner: str = Field("", description="The role that acts on a breach; no person's name, it is told in messages.")
    every: Every = Field(Every.WEEKLY, description="daily, weekly, monthly or quarterly.")
    budget: Decimal = Field(Decimal(0), ge=0, le=1, description="The share of the last `periods` that may breach.")
    periods: int = Field(12, ge=1, le=400, description="How many periods the budget is counted over.")
    time_zone: Zone = Field("UTC", description="The zone whose days are counted.")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.below is None and self.max is None and self.min is None:
            raise ValueError("a target needs `below`, `max` or `min`")
        return self

    @property
    def allowed(self) -> int:
        """How many of the last periods may breach: whole ones only."""
        return floor(self.budget * self.periods)

    def met(self, value: Decimal) -> bool:
        """Whether a value keeps every threshold."""
        return (
            (self.below is None or value < self.below)
            and (self.max is None or value <= self.max)
            and (self.min is None or value >= self.min)
        )

    def period(self, at: datetime) -> str:
        """The period that a moment belongs to."""
        return self.every.period(day_of(at, self.time_zone) or at.date())

    def window(self, at: datetime) -> tuple[str, ...]:
        """The last periods up to the one of this moment, the newest first."""
        day, found = day_of(at, self.time_zone) or at.date(), list[str]()
        while len(found) < self.periods:
            found.append(self.every.period(day))
            day = self.every.before(day)
        return tuple(found)


class State(StrEnum):
    """How a target stands: `spending` breaches it within its budget; `unknown` where there is no value."""

    MET = "met"
    SPENDING = "spending"
    BREACHED = "breached"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for one target, account and figure in a period."""

    period: str
    at: datetime
    value: Decimal | None
    state: State


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure against its target. `left` is how many more periods of the window may breach (negative: too many did);
    `before` is the value of the newest earlier period, None where there is none."""

    slo: Slo
    figure: Figure
    state: State
    left: int
    before: Decimal | None = None

    @property
    def trend(self) -> str:
        """better, worse or same than in the period before; blank where one of the two is not known."""
        value = self.figure.value
        if value is None or self.before is None:
            return ""
        if value == self.before:
            return "same"
        return "better" if (value > self.before) is (self.slo.min is not None) else "worse"


def judged(slo: Slo, figure: Figure, past: Iterable[Reading], at: datetime) -> Verdict:
    """The verdict on a figure at a moment, after these readings of earlier looks.

    A period in which it was breached once is a breached one. One without a reading costs nothing: nobody looked.
    """
    now, window = slo.period(at), frozenset(slo.window(at))
    known = [reading for reading in past if reading.value is not None and reading.period in window]
    value = figure.value
    missed = {reading.period for reading in known if not slo.met(reading.value or Decimal(0))}
    missed |= {now} if value is not None and not slo.met(value) else set()
    earlier = [reading for reading in known if reading.period < now]
    before = max(earlier, key=lambda reading: reading.at).value if earlier else None
    left = slo.allowed - len(missed)
    if value is None:
        return Verdict(slo, figure, State.UNKNOWN, left, before)
    late = State.SPENDING if left >= 0 else State.BREACHED
    return Verdict(slo, figure, State.MET if slo.met(value) else late, left, before)


Place = tuple[str, str, str]
"""Target, account and what the figure is about."""


def place_of(verdict: Verdict) -> Place:
    """Where readings of a verdict belong."""
    return verdict.slo.id, verdict.figure.account, verdict.figure.about


@dataclass(frozen=True, slots=True)
class Change:
    """A target whose state is another one than people were told last."""

    verdict: Verdict
    before: State


def changes(verdicts: Sequence[Verdict], told: Mapping[Place, State]) -> tuple[Change, ...]:
    """What people have to be told. What was never told of counts as met; what cannot be known now is no change."""
    return tuple(
        Change(item, was)
        for item in verdicts
        if item.state is not State.UNKNOWN and (was := told.get(place_of(item), State.MET)) is not item.state
    )
