"""A view in which one record stands as it would after a change, with its history continued."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.records import Past, Pipeline, Record, Ref
from connectors.values import same
from hygiene.sight import unknown, untied
from hygiene.view import Columns, Memory, View, columns_of


@dataclass(frozen=True, slots=True)
class Overlay:
    """Satisfies `View`: `record` as it is given, changed `at` a moment by `source`; all else as in `view`.

    The ties of the record count besides those that the view knows, so that a deal that no pull has seen has some.
    """

    view: View
    record: Record
    at: datetime
    source: str = "gate"

    @property
    def as_of(self) -> datetime:
        """The moment of the change, or of the view where that is later."""
        return max(self.view.as_of, self.at)

    @property
    def memory(self) -> Memory:
        """Our own past."""
        return self.view.memory

    def records(self, kind: str, *fields: str) -> Iterator[Record]:
        """The view's records with this one in its place, in the order of their refs."""
        waiting = self.record.ref.kind == kind
        for record in self.view.records(kind, *fields):
            if waiting and self.record.ref <= record.ref:
                yield self.record
                waiting = False
            if record.ref != self.record.ref:
                yield record
        if waiting:
            yield self.record

    def get(self, ref: Ref) -> Record | None:
        """One record."""
        return self.record if ref == self.record.ref else self.view.get(ref)

    def linked(self, ref: Ref, kind: str) -> tuple[Ref, ...]:
        """The ties of a record."""
        found = set(self.view.linked(ref, kind))
        if ref == self.record.ref:
            found |= {link.to for link in self.record.links if link.to.kind == kind}
        return tuple(sorted(found))

    def history(self, ref: Ref, field: str) -> tuple[Past, ...]:
        """The view's history, and what the change adds to it."""
        known = self.view.history(ref, field)
        if ref != self.record.ref or field not in self.record.fields:
            return known
        value = self.record.get(field)
        last = known[-1].value if known else None
        return known if same(last, value) else (*known, Past(ref, field, self.at, value, self.source))

    def columns(self, kind: str, fields: Sequence[str]) -> Columns:
        """Columns with the record among them."""
        return columns_of(kind, self.records(kind, *fields), fields)

    def changed(self, kind: str, since: datetime) -> Iterator[Ref]:
        """As the view says: nothing was pulled."""
        return self.view.changed(kind, since)

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """As the view says."""
        return self.view.pipelines(kind)

    def known(self, workspace: str, kind: str) -> frozenset[str]:
        """As the view says."""
        return self.view.known(workspace, kind)

    def unknown(self, ref: Ref, field: str) -> bool:
        """As the view says; what the record itself holds is known."""
        mine = ref == self.record.ref and field in self.record.fields
        return not mine and unknown(self.view, ref, field)

    def untied(self, ref: Ref) -> bool:
        """As the view says."""
        return untied(self.view, ref)
