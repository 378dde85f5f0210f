"""One record through time: what it held at a moment, by the CRM's history and by what our pulls saw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from connectors.records import Link, Past, Record, Ref
from connectors.values import Json, load, load_fields
from sync.database import millis, moment

SIGHTED = "seen by revops-sync"
WHOLE = 20
"""A history of fewer values goes back to the record's creation; neither CRM documents how many it keeps at least."""

Data = Mapping[str, Json]


class Told(NamedTuple):
    """One value of the CRM's own history: since when, and when a pull first showed it."""

    at: int
    value: Json
    source: str
    seen: int


class Change(NamedTuple):
    """A change that a pull saw at `at`: the fields with what they held before, and those of them that were absent.

    `links`, `gone` and `modified` are what they were before, None where they did not change; `modified` is wrapped,
    since it may have been None itself.
    """

    at: int
    fields: Data
    absent: frozenset[str] = frozenset()
    links: tuple[Link, ...] | None = None
    gone: str | None = None
    modified: tuple[int | None] | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A record at a moment. `seen` is None before any pull had seen it: its ties are not known then.

    Of the fields that it lacks, `later` holds those that became known only afterwards.
    """

    data: Data
    links: tuple[Link, ...]
    modified: int | None
    seen: int | None
    gone: str
    later: frozenset[str] = frozenset()

    def unknown(self, field: str) -> bool:
        """Whether nobody can tell what a field held."""
        return field not in self.data and (self.seen is None or field in self.later)

    def record(self, ref: Ref, only: Sequence[str] = ()) -> Record:
        """The record, with these fields only where any is named."""
        data = {name: self.data[name] for name in only if name in self.data} if only else dict(self.data)
        times = [None if at is None else moment(at) for at in (self.modified, self.seen)]
        return Record(ref, load_fields(data), tuple(sorted(self.links)), *times)


@dataclass(frozen=True, slots=True)
class Life:
    """All that the mirror kept of one record: how it stands now, the changes seen, oldest first, and the CRM's history
    of its fields, oldest first. `first` is when a pull first saw it."""

    ref: Ref
    first: int
    data: Data
    links: tuple[Link, ...]
    modified: int | None
    gone: str
    changes: tuple[Change, ...]
    told: Mapping[str, tuple[Told, ...]]

    def sighted(self, at: int) -> Version:
        """As our pulls had it; before the first of them saw it, as that one did."""
        data, links, modified, gone = dict(self.data), self.links, self.modified, self.gone
        later: set[str] = set()
        for change in reversed(self.changes):
            if change.at > at:
                data = {name: value for name, value in {**data, **change.fields}.items() if name not in change.absent}
                later |= change.absent
                links = links if change.links is None else change.links
                gone = gone if change.gone is None else change.gone
                modified = modified if change.modified is None else change.modified[0]
        seen = max((change.at for change in self.changes if change.at <= at), default=self.first)
        return Version(data, links, modified, seen if at >= self.first else None, gone, frozenset(later - data.keys()))

    def true(self, at: int, tracked: Iterable[str]) -> Version:
        """As is known now: a field that the CRM keeps a history of by that, any other as our pulls had it.

        `tracked` are the fields that the CRM keeps a history of. Before the first pull that saw the record only those
        and the moment of its creation are known.
        """
        sight = self.sighted(at)
        data = dict(sight.data) if sight.seen is not None else {}
        if "created_at" in self.data:
            data["created_at"] = self.data["created_at"]
        for field in {*self.told, *tracked}:
            if (said := self._said(field, at, sight)) is not None:
                data[field] = said[0]
        links, modified = (sight.links, sight.modified) if sight.seen is not None else ((), None)
        return Version(data, links, modified, sight.seen, sight.gone, sight.later)

    def begun(self) -> int:
        """When the record came to be: as its CRM says, else when anything is first known of it."""
        created = self.data.get("created_at")
        value = None if created is None else load(created)
        known = (items[0].at for items in self.told.values())
        return millis(value) if isinstance(value, datetime) else min([self.first, *known])

    def past(self, field: str, until: int) -> tuple[Told, ...]:
        """The CRM's history of a field as far as a moment."""
        return tuple(item for item in self.told.get(field, ()) if item.at <= until)

    def sightings(self, field: str, at: int) -> tuple[Past, ...]:
        """A field's values as pulls saw them change until a moment."""
        seen = [(change.at, change.fields) for change in self.changes if change.at <= at]
        return sightings(self.ref, field, seen, self.sighted(at).data.get(field))

    def _said(self, field: str, at: int, sight: Version) -> tuple[Json] | None:
        """What the CRM's history says a field held, wrapped; None where it says nothing or a pull knew better."""
        told, past = self.told.get(field, ()), self.past(field, at)
        if not told:
            return (None,) if self._never(field) else None
        if not past:
            return (None,) if len(told) < WHOLE else None
        touched = [change.at for change in self.changes if change.at <= at and field in change.fields]
        if len(past) == len(told) and sight.seen is not None and touched and touched[-1] > past[-1].at:
            return None
        return (past[-1].value,)

    def _never(self, field: str) -> bool:
        """Whether a field was empty whenever it was seen: then one with a history has never held anything."""
        held = [self.data.get(field), *(change.fields.get(field) for change in self.changes)]
        return field in self.data and all(value is None for value in held)


def sightings(ref: Ref, field: str, seen: Iterable[tuple[int, Data]], last: Json) -> tuple[Past, ...]:
    """A field's values as pulls saw them change: each change ends one value and begins the next, `last` is the last."""
    ends = [(at, before[field]) for at, before in seen if field in before]
    values = [*(value for _, value in ends[1:]), last] if ends else []
    return tuple(
        Past(ref, field, moment(at), load(value), SIGHTED) for (at, _), value in zip(ends, values, strict=True)
    )
