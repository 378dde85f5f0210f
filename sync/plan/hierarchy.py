"""Merges within a hierarchy: what must be moved first, and which merges would set a record above itself."""

from collections.abc import Collection, Iterator, Sequence

from connectors.changes import Change, Connect, Unlink
from connectors.records import Link, Record, Ref
from connectors.values import empty
from sync.plan.model import Source, Unplannable

SUPERIOR = frozenset({"contact"})
"""Kinds whose merge takes over the superior of a merged record where the survivor has none: Salesforce refuses it
where that one is among those merged (SOAP API guide, merge())."""


def untangled(survivor: Record, merged: Sequence[Record], source: Source) -> tuple[Change, ...]:
    """The steps that take the survivor from below the records merged into it, and up to whatever stands above those.

    Salesforce refuses a merge that would set a record above itself, HubSpot lets go of a tie between the two by
    itself. `Unplannable` where a record outside the group stands between its members.
    """
    parties = frozenset(record.ref for record in (survivor, *merged))
    mine = _above(survivor)
    steps: list[Change] = []
    for label, above in mine.items():
        higher = _outside(above, label, parties, source)
        if higher is not None:
            _straight(higher, label, parties, source)
        if above in parties and label:
            link = Link(higher or above, label, "out")
            steps.append(Connect(survivor.ref, link) if higher else Unlink(survivor.ref, link))
    for record in merged:
        for label, above in _above(record).items():
            if above not in parties and label not in mine:
                _straight(above, label, parties, source)  # the survivor is about to stand below it
            elif above in parties and label and record.ref.kind in SUPERIOR:
                steps.append(Unlink(record.ref, Link(above, label, "out")))
    return tuple(steps)


def _above(record: Record) -> dict[str, Ref]:
    """The records that it hangs below, by the label of the tie; blank where the CRM tells of the parent alone."""
    found = {
        link.label: link.to for link in record.links if link.direction == "out" and link.to.kind == record.ref.kind
    }
    if not found and not empty(parent := record.get("parent")):
        found[""] = Ref(record.ref.workspace, record.ref.kind, str(parent))
    return found


def _chain(start: Ref, label: str, source: Source) -> Iterator[Ref]:
    """A record and all that stand above it, as far as the mirror tells; a circle ends where it closes."""
    seen: set[Ref] = set()
    at: Ref | None = start
    while at is not None and at not in seen:
        yield at
        seen.add(at)
        record = source.get(at)
        at = _above(record).get(label) if record else None


def _outside(start: Ref, label: str, parties: Collection[Ref], source: Source) -> Ref | None:
    """The first of a chain that is none of the parties."""
    return next((ref for ref in _chain(start, label, source) if ref not in parties), None)


def _straight(above: Ref, label: str, parties: Collection[Ref], source: Source) -> None:
    if any(ref in parties for ref in _chain(above, label, source)):
        raise Unplannable(f"{above} stands between them in the hierarchy: a person moves it first")
