"""A View over a list: checks are tested with no database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from connectors.fields import NAMES
from connectors.records import Past, Pipeline, Record, Ref
from connectors.values import Value, frozen
from hygiene.view import Agreed, Columns, Judgement, Twin, columns_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Pair = tuple[Ref, Ref]


class Notes:
    """A memory of what a test says was said before."""

    def __init__(self, judgements: Mapping[Pair, Judgement], twins: Mapping[Ref, Ref]) -> None:
        self._judgements = {(min(pair), max(pair)): said for pair, said in judgements.items()}
        self.twins = dict(twins)
        self.doubted: frozenset[Pair] = frozenset()
        self.pairs: list[Pair] = []
        self.agreed: dict[Pair, dict[str, Agreed]] = {}

    def judgements(self, kind: str) -> Mapping[Pair, Judgement]:
        """The judgements of a kind, the lower ref first."""
        return {pair: said for pair, said in self._judgements.items() if pair[0].kind == kind}

    def doubts(self, kind: str) -> frozenset[Pair]:
        """The pairs of a kind that wait for a person, the lower ref first."""
        return frozenset((min(pair), max(pair)) for pair in self.doubted if pair[0].kind == kind)

    def twin(self, ref: Ref) -> Ref | None:
        """The twin that the test named, in either direction."""
        return self.twins.get(ref)

    def paired(self, hubspot: str, salesforce: str) -> Iterator[Twin]:
        """The twins that the test named, with what it said they agreed on."""
        for one, other in sorted(self.pairs):
            if (one.kind, other.kind) == (hubspot, salesforce):
                yield Twin(one, other, "said", self.agreed.get((one, other), {}))


class Book:
    """Satisfies the View protocol; links are read in both directions, and every standard field is known."""

    def __init__(
        self,
        records: Iterable[Record],
        pipelines: Sequence[Pipeline] = (),
        judgements: Mapping[Pair, Judgement] | None = None,
        as_of: datetime = NOON,
        known: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self._records = {record.ref: record for record in sorted(records, key=lambda record: record.ref)}
        self._pipelines, self._known = tuple(pipelines), known or {}
        self._past: tuple[Past, ...] = ()
        self.as_of = as_of
        self.memory = Notes(judgements or {}, {})

    def told(self, *past: Past) -> Self:
        """The same book, which also knows the past of some fields."""
        self._past += past
        return self

    def tied(self, twins: Mapping[Ref, Ref]) -> Self:
        """The same book, which also knows these twins."""
        self.memory.twins.update({**twins, **{twin: ref for ref, twin in twins.items()}})
        return self

    def records(self, kind: str, *fields: str) -> Iterator[Record]:
        """The records of a kind, with these fields only."""
        for ref, record in self._records.items():
            if ref.kind == kind:
                kept = {name: value for name, value in record.fields.items() if not fields or name in fields}
                yield replace(record, fields=frozen(kept))

    def get(self, ref: Ref) -> Record | None:
        """The record in full."""
        return self._records.get(ref)

    def linked(self, ref: Ref, kind: str) -> tuple[Ref, ...]:
        """The records of a kind at either end of a link."""
        record = self._records.get(ref)
        out = {link.to for link in record.links} if record else set()
        back = {other.ref for other in self._records.values() if any(link.to == ref for link in other.links)}
        return tuple(sorted(found for found in out | back if found.kind == kind))

    def history(self, ref: Ref, field: str) -> tuple[Past, ...]:
        """The past that the test gave, oldest first."""
        return tuple(sorted((p for p in self._past if (p.ref, p.field) == (ref, field)), key=lambda past: past.at))

    def columns(self, kind: str, fields: Sequence[str]) -> Columns:
        """The records of a kind as columns."""
        return columns_of(kind, self.records(kind, *fields), fields)

    def changed(self, kind: str, since: datetime) -> Iterator[Ref]:
        """The records seen at or after a moment."""
        return (ref for ref, row in self._records.items() if ref.kind == kind and row.seen_at and row.seen_at >= since)

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """The pipelines of a kind."""
        return tuple(pipeline for pipeline in self._pipelines if pipeline.kind == kind)

    def known(self, workspace: str, kind: str) -> frozenset[str]:
        """The standard fields of a kind, or those that the test said."""
        return self._known.get(kind, frozenset(NAMES.get(kind, ())))


def record(kind: str, key: str, workspace: str = "hubspot:1", /, **fields: Value) -> Record:
    """One record with these fields."""
    return Record(Ref(workspace, kind, key), frozen(fields))
