"""What a row writes to one record: its fields by API name, or the lookup that a tie is."""

from dataclasses import dataclass, field, replace

from connectors.changes import Change, Connect, Row, Set, Settle, Unlink, target
from connectors.errors import UsageError
from connectors.records import Link, Ref
from connectors.salesforce import convert
from connectors.salesforce.answers import Fault
from connectors.salesforce.fields import HOLDS, native
from connectors.salesforce.ids import id18

NO_LOOKUP = Fault("NO_LOOKUP", "no lookup of either record holds this tie")
TAKEN = Fault("LOOKUP_TAKEN", "another row of the batch points the same lookup elsewhere")


@dataclass(slots=True)
class Patch:
    """Fields to write to one record, by API name; `ref` is the record written, not always the row's own."""

    ref: Ref
    fields: dict[str, convert.Wire] = field(default_factory=dict, repr=False)

    def add(self, other: "Patch") -> Fault | None:
        """Take the other's fields too; the reason where one of them is written already, to something else."""
        if any(self.fields.get(name, value) != value for name, value in other.fields.items()):
            return TAKEN
        self.fields |= other.fields
        return None


def ref_of(change: Change) -> Ref:
    """The record that a change acts upon, known by id; `UsageError` for one that was not resolved."""
    found = target(change)
    if not isinstance(found, Ref):
        raise UsageError("a change was sent without the id of its record")
    return found


def patch_of(row: Row) -> Patch | None:
    """What a row writes; None where no lookup holds the tie."""
    match row.change:
        case Set(after=after) | Settle(after=after):
            ref = ref_of(row.change)
            wire = {native(ref.kind, name): convert.write(name, value) for name, value in after.items()}
            return Patch(replace(ref, id=id18(ref.id)), wire)
        case Connect(link=link) | Unlink(link=link):
            return _tie(ref_of(row.change), link, isinstance(row.change, Connect))
    raise UsageError("a batch holds a change of another verb")


def _tie(ref: Ref, link: Link, connect: bool) -> Patch | None:
    """A tie is a lookup of one of the two records: the one named, else the usual one between their kinds."""
    ends = {"out": [(ref, link.to)], "in": [(link.to, ref)]}.get(link.direction, [(ref, link.to), (link.to, ref)])
    named = link.label if link.direction in ("out", "in") else ""
    for holder, other in ends:
        lookup = named or HOLDS.get((holder.kind, other.kind), "")
        if lookup:
            value = id18(other.id) if connect else None
            return Patch(replace(holder, id=id18(holder.id)), {native(holder.kind, lookup): value})
    return None
