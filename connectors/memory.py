"""A CRM in a dict: records from a CSV or a dict; the source of `dedupe --csv`; passes the same conformance tests."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from connectors.base import Gone, Identity, Limits, Page, Reading
from connectors.changes import (
    Archive,
    Batch,
    Connect,
    Create,
    Merge,
    Outcome,
    Restore,
    Row,
    Set,
    Settle,
    Status,
    Target,
    Unlink,
)
from connectors.errors import UsageError
from connectors.guard import admit
from connectors.listing import listed
from connectors.records import FieldSpec, Link, ObjectSpec, Pipeline, Record, Ref
from connectors.values import Fields, Value, empty, frozen

PAGE = 100
VERBS = ("set", "settle", "create", "archive", "restore", "merge", "link", "unlink", "read", "read_links", "read_gone")
LIMITS = Limits(
    MappingProxyType({**dict.fromkeys(VERBS, PAGE), "merge": 1, "find": PAGE}), merge_carries=True, merge_renames=True
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Book:
    """What the reader and the writer of one memory share. `renumbers` lets a merge mint a new id, as HubSpot does."""

    workspace: str
    renumbers: bool = False
    now: Callable[[], datetime] = _now
    records: dict[Ref, Record] = field(default_factory=dict)
    gone: dict[Ref, tuple[datetime, Ref | None]] = field(default_factory=dict)
    bin: dict[Ref, Record] = field(default_factory=dict)
    made: int = 0

    def put(self, record: Record) -> None:
        """The record as it stands from now on."""
        self.records[record.ref] = replace(record, modified_at=self.now())

    def drop(self, ref: Ref, into: Ref | None = None) -> None:
        """Take the record out, keeping it in the bin and cutting it off from the others."""
        self.bin[ref] = self.records.pop(ref)
        self.gone[ref] = (self.now(), into)
        for link in self.bin[ref].links:
            self.tie(link.to, Link(ref, link.label), cut=True)

    def tie(self, ref: Ref, link: Link, cut: bool = False) -> None:
        """Add or remove one end of a tie; nothing where the record is not there."""
        if (record := self.records.get(ref)) is not None:
            links = {item for item in record.links if item != link} | (set() if cut else {link})
            self.put(replace(record, links=tuple(sorted(links))))

    def mint(self, kind: str) -> Ref:
        """A ref that nobody has had."""
        while True:
            self.made += 1
            ref = Ref(self.workspace, kind, f"new-{self.made}")
            if ref not in self.records and ref not in self.gone:
                return ref


class Memory:
    """Satisfies `connectors.base.Connector`; `writer` makes the other half, which a reader does not have."""

    def __init__(
        self,
        records: Iterable[Record] = (),
        workspace: str = "memory:local",
        renumbers: bool = False,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.book = Book(workspace, renumbers, now)
        self.calls = 0
        for record in records:
            if record.ref.workspace != workspace:
                raise UsageError(f"{record.ref} does not belong in {workspace}")
            self.book.records[record.ref] = record

    @property
    def calls_left(self) -> int | None:
        """None: a list has no budget."""
        return None

    @property
    def limits(self) -> Limits:
        """What one call carries."""
        return LIMITS

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that there are records of."""
        return tuple(sorted({ref.kind for ref in self.book.records}))

    def identity(self) -> Identity:
        """Never production."""
        return Identity(self.book.workspace, self.book.workspace, production=False, api_version="1")

    def describe(self, kind: str) -> ObjectSpec:
        """The fields that any record of the kind has."""
        names = sorted({name for record in self._of(kind) for name in record.fields})
        return ObjectSpec(kind, kind, tuple(FieldSpec(name, name, "string") for name in names), mergeable=True)

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """None: a list of records tells of no stages."""
        return ()

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        """Every live record in order of id, or those changed and gone since."""
        records = [record for record in self._of(kind) if since is None or _touched(record, since)]
        for start in range(0, max(1, len(records)), PAGE):
            self.calls += 1
            yield Page(tuple(records[start : start + PAGE]), total=len(records))
        left = tuple(
            Gone(ref, into)
            for ref, (at, into) in sorted(self.book.gone.items())
            if ref.kind == kind and (since is None or at >= since)
        )
        if left:
            yield Page((), gone=left)

    def read(self, refs: Sequence[Ref], fields: Collection[str], links: Collection[str] = ()) -> dict[Ref, Reading]:
        """The live state; only the fields and the kinds of ties that were asked for."""
        self.calls += LIMITS.calls("read", len(refs)) + len(links) * LIMITS.calls("read_links", len(refs))
        return {ref: self._reading(ref, fields, links) for ref in refs}

    def find(self, kind: str, key_field: str, keys: Sequence[str]) -> dict[str, Ref]:
        """The records that bear these keys, by key."""
        self.calls += LIMITS.calls("find", len(keys))
        bearers = {record.text(key_field): record.ref for record in self._of(kind)}
        return {key: bearers[key] for key in keys if key in bearers}

    def writer(self, loses: Callable[[Batch], bool] = lambda _: False) -> "MemoryWriter":
        """The writing half; `loses` says of which batches the answer is lost after they were carried out."""
        return MemoryWriter(self.book, loses)

    def _of(self, kind: str) -> list[Record]:
        return sorted((item for ref, item in self.book.records.items() if ref.kind == kind), key=lambda item: item.ref)

    def _reading(self, ref: Ref, fields: Collection[str], links: Collection[str]) -> Reading:
        record = self.book.records.get(ref)
        if record is None:
            return Gone(ref, self.book.gone.get(ref, (None, None))[1])
        shown = {name: record.fields[name] for name in fields if name in record.fields}
        tied = tuple(item for item in record.links if item.to.kind in links)
        return replace(record, fields=frozen(shown), links=tied)


class MemoryWriter:
    """Satisfies `connectors.base.Writer`; every row stands for itself."""

    def __init__(self, book: Book, loses: Callable[[Batch], bool]) -> None:
        self.book = book
        self.loses = loses
        self.calls = 0

    def ensure_fields(self, kind: str) -> bool:
        """A dict takes any field."""
        return True

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        """Carry out each row; all are UNKNOWN where the answer is lost."""
        admit(batch, self.book.workspace, LIMITS)
        self.calls += 1
        done = tuple(self._done(row) for row in batch.rows)
        return tuple(Outcome(row.key, Status.UNKNOWN) for row in batch.rows) if self.loses(batch) else done

    def _done(self, row: Row) -> Outcome:
        try:
            return Outcome(row.key, Status.APPLIED, self._carry_out(row))
        except KeyError:
            return Outcome(row.key, Status.REJECTED, code="not_found", message="no such record")

    def _carry_out(self, row: Row) -> Ref:
        """The record that the change leaves; `KeyError` where one that it needs is not there."""
        match row.change:
            case Set(ref=ref, after=after) | Settle(ref=ref, after=after):
                return self._write(ref, after)
            case Create(kind=kind, key=key, fields=fields, key_field=key_field):
                made = self.book.mint(kind)
                self.book.put(Record(made, frozen({**fields, key_field: key})))
                return made
            case Merge(survivor=survivor, merged=merged, carry=carry):
                return self._merge(self._live(survivor), [self._live(ref) for ref in merged], carry)
            case Connect(ref=ref, link=link) | Unlink(ref=ref, link=link):
                return self._tie(self._live(ref), link, cut=isinstance(row.change, Unlink))
            case Archive(ref=ref):
                self.book.drop(self._live(ref).ref)
                return ref
            case Restore(ref=ref):
                return self._restore(ref)

    def _live(self, target: Target) -> Record:
        if not isinstance(target, Ref):
            raise UsageError("a step points at a survivor that is not known yet")
        return self.book.records[target]

    def _write(self, target: Target, after: Fields) -> Ref:
        record = self._live(target)
        self.book.put(replace(record, fields=frozen({**record.fields, **after})))
        return record.ref

    def _tie(self, record: Record, link: Link, cut: bool) -> Ref:
        other = self._live(link.to)
        self.book.tie(record.ref, link, cut)
        self.book.tie(other.ref, Link(record.ref, link.label), cut)
        return record.ref

    def _merge(self, survivor: Record, merged: Sequence[Record], carry: Fields) -> Ref:
        """The survivor's values win and the others fill its blanks; ties are combined; the ids of all may be old."""
        values: dict[str, Value] = {}
        for record in (survivor, *merged):
            values |= {name: item for name, item in record.fields.items() if empty(values.get(name))}
        parties = {survivor.ref, *(record.ref for record in merged)}
        links = {link for record in (survivor, *merged) for link in record.links if link.to not in parties}
        left = self.book.mint(survivor.ref.kind) if self.book.renumbers else survivor.ref
        for ref in parties - {left}:
            self.book.drop(ref, left)
        self.book.put(Record(left, frozen({**values, **carry})))
        for link in sorted(links):
            self._tie(self.book.records[left], link, cut=False)
        return left

    def _restore(self, ref: Ref) -> Ref:
        if self.book.gone[ref][1] is not None:
            raise KeyError(ref)
        del self.book.gone[ref]
        record = self.book.bin.pop(ref)
        self.book.put(replace(record, links=()))
        for link in record.links:
            if link.to in self.book.records:
                self._tie(record, link, cut=False)
        return ref


def _touched(record: Record, since: datetime) -> bool:
    return record.modified_at is None or record.modified_at >= since


def from_csv(path: Path, kind: str, columns: Mapping[str, str], workspace: str = "memory:csv") -> Memory:
    """The rows of a CSV file as records of one kind; `columns` names the file's column for each field, `id` among them.

    Without an `id` the line number is the id. `UsageError` names the file, the line and the mend.
    """
    return Memory(listed(path, kind, columns, workspace), workspace)
