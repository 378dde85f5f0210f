"""The mirror with what was just read of some deals laid over it, as they stood before their last move."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.records import Past, Pipeline, Record, Ref
from connectors.values import Value, frozen
from hygiene.stages import Kind, Move, moves, pipelines_of, spans_of
from hygiene.view import Columns, Memory, View, columns_of

FORWARD = frozenset({Kind.ADVANCE, Kind.CLOSE, Kind.TRANSFER})
"""Moves that can be taken back: of the others either nothing is known before them, or they went back themselves."""
Pasts = Mapping[tuple[Ref, str], tuple[Past, ...]]


@dataclass(frozen=True, slots=True)
class Moved:
    """The last move of a deal: the record before it, and what it changed. `key` is its name for ever."""

    record: Record
    move: Move
    changes: Mapping[str, Value]

    @property
    def key(self) -> str:
        """32 hex digits; the same move has the same key whoever tells of it and however often."""
        entered = self.move.span.entered.isoformat()
        parts = (str(self.record.ref), self.move.before, self.move.span.stage, entered)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    @property
    def returnable(self) -> bool:
        """Whether it went forward from a stage that is known."""
        return self.move.kind in FORWARD and bool(self.move.before)


class Live:
    """Satisfies `hygiene.view.View`: the records of `seen`, their ties and their past are as read, all else is the
    mirror's."""

    def __init__(self, view: View, seen: Iterable[Record], past: Iterable[Past]) -> None:
        self._view = view
        self._seen = {record.ref: record for record in seen}
        self._past = _by_field(past)

    @property
    def as_of(self) -> datetime:
        """The moment of the mirror's view."""
        return self._view.as_of

    @property
    def memory(self) -> Memory:
        """Our own past."""
        return self._view.memory

    def records(self, kind: str, *fields: str) -> Iterator[Record]:
        """The mirror's records, those read afresh in their place; one that the mirror has not seen yet comes last."""
        fresh = {ref: record for ref, record in self._seen.items() if ref.kind == kind}
        for record in self._view.records(kind, *fields):
            yield fresh.pop(record.ref, record)
        yield from (fresh[ref] for ref in sorted(fresh))

    def get(self, ref: Ref) -> Record | None:
        """One record."""
        return self._seen.get(ref) or self._view.get(ref)

    def linked(self, ref: Ref, kind: str) -> tuple[Ref, ...]:
        """The ties of a deal as they were read to the kinds that were asked for; else the mirror's."""
        record = self._seen.get(ref)
        if record is None or kind not in TIED:
            return self._view.linked(ref, kind)
        return tuple(sorted({link.to for link in record.links if link.to.kind == kind}))

    def history(self, ref: Ref, field: str) -> tuple[Past, ...]:
        """The CRM's own history as it was read; else what the mirror knows."""
        return self._past.get((ref, field)) or self._view.history(ref, field)

    def columns(self, kind: str, fields: Sequence[str]) -> Columns:
        """Columns with the records read afresh among them."""
        return columns_of(kind, self.records(kind, *fields), fields)

    def changed(self, kind: str, since: datetime) -> Iterator[Ref]:
        """As the mirror says."""
        return self._view.changed(kind, since)

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """As the mirror says."""
        return self._view.pipelines(kind)

    def known(self, workspace: str, kind: str) -> frozenset[str]:
        """As the mirror says."""
        return self._view.known(workspace, kind)

    def moved(self, record: Record) -> Moved | None:
        """The last move of a deal, None where its history tells of none or of another stage than it stands in: then
        the CRM has not written it down yet."""
        pipelines = pipelines_of(record, self)
        created = record.get("created_at")
        walked = moves(spans_of(record, self), pipelines, created if isinstance(created, datetime) else None)
        if not walked or walked[-1].span.stage != record.text("stage"):
            return None
        last = walked[-1]
        left: dict[str, Value] = {"stage": last.before or None}
        if last.kind is Kind.TRANSFER:
            left["pipeline"] = walked[-2].span.pipeline
        after = {name: record.get(name) for name in left}
        return Moved(replace(record, fields=frozen({**record.fields, **left})), last, after)

    def after(self, moved: Moved) -> Record:
        """The deal as it stands since the move."""
        return replace(moved.record, fields=frozen({**moved.record.fields, **moved.changes}))

    def before(self, some: Iterable[Moved]) -> "Live":
        """The same view as it was before these moves."""
        since = {item.record.ref: item.move.span.entered for item in some}
        every = [item for items in self._past.values() for item in items]
        past = [item for item in every if item.ref not in since or item.at < since[item.ref]]
        return Live(self._view, {**self._seen, **{item.record.ref: item.record for item in some}}.values(), past)


TIED = ("company", "contact")
"""The kinds whose ties are read with a deal."""


def _by_field(past: Iterable[Past]) -> Pasts:
    found: dict[tuple[Ref, str], list[Past]] = defaultdict(list)
    for item in past:
        found[item.ref, item.field].append(item)
    return {key: tuple(items) for key, items in found.items()}
