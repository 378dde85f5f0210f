"""Turns the history of a deal's stage into spans, and tells each move between them for what it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.records import Past, Pipeline, Record, Stage
from connectors.values import empty
from hygiene.view import View

SIGHTED = "seen by revops-sync"
"""The source of values that we saw ourselves because the CRM keeps no history: what came before them is unknown."""

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    """What a move is: a transfer changes the pipeline, an unknown one touches a stage that no pipeline has any more."""

    CREATED = "created"
    SEEN = "first seen"
    ADVANCE = "advance"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"
    TRANSFER = "transfer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """One stay in a stage. `pipeline` is None where no pipeline has the stage; `left` is None while the stay lasts.

    `source` is who or what moved the deal in, in the CRM's words.
    """

    stage: str
    pipeline: str | None
    entered: datetime
    left: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """How a deal came into a span. `before` is the stage it left, blank for the first.

    `passed` are the open stages in between that the deal never stood in; `back` counts the stages of a return.
    """

    kind: Kind
    span: Span
    before: str = ""
    passed: tuple[str, ...] = ()
    back: int = 0


def spans(
    past: Iterable[Past], pipelines: Sequence[Pipeline], named: Sequence[Past] = (), within: timedelta = SECOND
) -> tuple[Span, ...]:
    """The stays of one deal, oldest first.

    `past` is the history of its stage, oldest first; `named` that of its pipeline, asked only for a stage that several
    pipelines have. Stages that one source sets within `within` of the first are one move to the last of them.
    """
    found: list[Span] = []
    for item in _settled(past, within):
        stage = str(item.value).strip()
        home = _home(stage, item.at + within, pipelines, named)
        if found and (found[-1].stage, found[-1].pipeline) == (stage, home):
            continue
        if found:
            found[-1] = _ended(found[-1], item.at)
        found.append(Span(stage, home, item.at, None, item.source))
    return tuple(found)


def spans_of(record: Record, view: View, within: timedelta = SECOND) -> tuple[Span, ...]:
    """The stays of a deal of a view; none where nothing of its stage's past is known."""
    pipelines = pipelines_of(record, view)
    ids = [stage.id for pipeline in pipelines for stage in pipeline.stages]
    named: tuple[Past, ...] = ()
    if len(set(ids)) < len(ids):
        now = Past(record.ref, "pipeline", datetime.min.replace(tzinfo=view.as_of.tzinfo), record.get("pipeline"))
        named = view.history(record.ref, "pipeline") or (now,)
    return spans(view.history(record.ref, "stage"), pipelines, named, within)


def moves(
    stays: Sequence[Span], pipelines: Sequence[Pipeline], created_at: datetime | None = None, again: bool = False
) -> tuple[Move, ...]:
    """One move for each stay, in order.

    The first one is a creation unless its source or `created_at` shows that the deal is older than its history. With
    `again`, a stage that the deal stood in before counts as passed over nevertheless.
    """
    walk = _Walk({pipeline.id: pipeline for pipeline in pipelines}, again)
    return tuple(walk.first(stay, created_at) if place == 0 else walk.next(stay) for place, stay in enumerate(stays))


def pipelines_of(record: Record, view: View) -> tuple[Pipeline, ...]:
    """The pipelines of the deal's own account."""
    return tuple(item for item in view.pipelines("deal") if item.workspace == record.ref.workspace)


def pipeline_of(record: Record, view: View) -> Pipeline | None:
    """The deal's pipeline; the only one of its account where it names none."""
    ours = pipelines_of(record, view)
    named = record.text("pipeline")
    return next((item for item in ours if item.id == named), ours[0] if len(ours) == 1 and not named else None)


def stage_in(pipeline: Pipeline | None, id_: str) -> Stage | None:
    """The stage of this id, None where the pipeline has it not."""
    return next((item for item in pipeline.stages if item.id == id_), None) if pipeline else None


def label_of(pipelines: Iterable[Pipeline], id_: str) -> str:
    """The label of a stage, its id where no pipeline has it any more."""
    return next((stage.label for item in pipelines for stage in item.stages if stage.id == id_), id_)


def _settled(past: Iterable[Past], within: timedelta) -> Iterator[Past]:
    """The last value of each move: what one source sets within a moment of its first is one move."""
    first: Past | None = None
    last: Past | None = None
    for item in past:
        if empty(item.value):
            continue
        if first and last and (item.source != first.source or item.at - first.at > within):
            yield last
            first = None
        first, last = first or item, item
    if last:
        yield last


def _home(stage: str, at: datetime, pipelines: Sequence[Pipeline], named: Sequence[Past]) -> str | None:
    """The pipeline that has a stage; among several the one that the deal named at that moment."""
    having = [item.id for item in pipelines if stage_in(item, stage)]
    said = [str(item.value or "").strip() for item in named if item.at <= at]
    return said[-1] if said and said[-1] in having else next(iter(having), None)


def _ended(span: Span, at: datetime) -> Span:
    return Span(span.stage, span.pipeline, span.entered, at, span.source)


@dataclass(slots=True)
class _Walk:
    """Follows a deal from stay to stay; `reached` is the open stage that it stood in last in the pipeline `home`."""

    pipelines: dict[str, Pipeline]
    again: bool
    before: Span | None = None
    home: str | None = None
    reached: int = -1
    stood: set[tuple[str | None, str]] = field(default_factory=set)

    def first(self, span: Span, created_at: datetime | None) -> Move:
        """The first stay that is known: the deal's beginning, or not."""
        if self._stage(span) is None:
            return self._moved(Kind.UNKNOWN, span)
        if span.source == SIGHTED or (created_at is not None and span.entered - created_at > MINUTE):
            return self._doubted(Kind.SEEN, span)
        return self._moved(Kind.CREATED, span, self._between(span))

    def next(self, span: Span) -> Move:
        """A later stay."""
        now, was = self._stage(span), self._stage(self.before)
        if now is None:
            return self._moved(Kind.UNKNOWN, span)
        if was is None:
            return self._doubted(Kind.UNKNOWN, span)
        if self.home != span.pipeline:
            return self._moved(Kind.TRANSFER, span)
        if now.closed or was.closed:
            return self._moved(Kind.CLOSE if now.closed else Kind.REOPEN, span, self._between(span))
        back = self.reached - self._open(span).index(span.stage)
        if back > 0:
            return self._moved(Kind.RETURN, span, back=back)
        return self._moved(Kind.ADVANCE, span, self._between(span))

    def _doubted(self, kind: Kind, span: Span) -> Move:
        """A move into a stay whose past is not known: the deal may have stood in every open stage before it."""
        stage, names = self._stage(span), self._open(span)
        maybe = names if stage is None or stage.closed else names[: names.index(span.stage)]
        self.stood |= {(span.pipeline, id_) for id_ in maybe}
        return self._moved(kind, span)

    def _moved(self, kind: Kind, span: Span, passed: tuple[str, ...] = (), back: int = 0) -> Move:
        move = Move(kind, span, self.before.stage if self.before else "", passed, back)
        stage = self._stage(span)
        if stage and self.home != span.pipeline:
            self.home, self.reached = span.pipeline, -1
        if stage and not stage.closed:
            self.reached = self._open(span).index(span.stage)
        self.stood.add((span.pipeline, span.stage))
        self.before = span
        return move

    def _stage(self, span: Span | None) -> Stage | None:
        return stage_in(self._pipeline(span), span.stage) if span else None

    def _open(self, span: Span) -> list[str]:
        pipeline = self._pipeline(span)
        return [item.id for item in pipeline.stages if not item.closed] if pipeline else []

    def _pipeline(self, span: Span) -> Pipeline | None:
        return None if span.pipeline is None else self.pipelines.get(span.pipeline)

    def _between(self, span: Span) -> tuple[str, ...]:
        """The open stages between the one reached and this one; up to the end for a won deal, none for a lost one."""
        stage, names = self._stage(span), self._open(span)
        if stage is None or (stage.closed and not stage.won):
            return ()
        upto = len(names) if stage.closed else names.index(span.stage)
        passed = names[self.reached + 1 : upto]
        return tuple(id_ for id_ in passed if self.again or (span.pipeline, id_) not in self.stood)
