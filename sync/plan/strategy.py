"""How a proposed merge is carried out: natively, softly or as a mark; each as steps whose every prefix is valid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from types import MappingProxyType

from connectors.base import Limits
from connectors.changes import Archive, Change, Connect, Merge, Set, Settle, Survivor, Target
from connectors.records import Link, ObjectSpec, Record, Ref
from connectors.values import Fields, empty, frozen, same
from hygiene.match.survive import CONSENT, refused
from sync.plan.caps import behind
from sync.plan.hierarchy import untangled
from sync.plan.model import Expectation, Grade, Source, Step, Unplannable


class Strategy(StrEnum):
    """NATIVE uses the CRM's merge, which cannot be undone; SOFT updates the survivor, moves the ties and archives
    the rest; MARK only writes the survivor's id onto the rest."""

    NATIVE = "native"
    SOFT = "soft"
    MARK = "mark"


WATCHED = (*sorted(CONSENT), "twin", "converted", "merged_into")
TIED = {
    "company": ("contact", "deal", "task"),
    "contact": ("company", "deal", "task"),
    "lead": ("task",),
}
"""Kinds whose ties a record must not have gained when it is archived, whether it had any before or not."""
NESTED: Mapping[str, frozenset[str]] = MappingProxyType({"salesforce": frozenset({"company", "contact"})})
"""Kinds whose records hang below one another by a lookup that is pulled, by CRM."""


def tied(ref: Ref) -> tuple[str, ...]:
    """The kinds whose ties to a record an archive must not break and a merge moves."""
    nested = (ref.kind,) if ref.kind in NESTED.get(ref.crm, ()) else ()
    return (*TIED.get(ref.kind, ()), *nested)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The steps of one group, what they expect, and how far they can be undone."""

    steps: tuple[Step, ...]
    expects: tuple[Expectation, ...]
    grade: Grade


@dataclass(frozen=True, slots=True)
class Parties:
    """The records of one merge with what the CRM says of their kind."""

    survivor: Record
    merged: tuple[Record, ...]
    spec: ObjectSpec
    carry: Fields
    first: tuple[Change, ...] = ()

    def writable(self) -> list[str]:
        """The fields that this credential sees and that may be written, in order."""
        return sorted(item.name for item in self.spec.fields if item.writable)

    def watched(self) -> list[str]:
        """What must stand as planned: all that may be written, and what forbids a merge though we cannot write it."""
        return sorted({*self.writable(), *(name for name in WATCHED if name in self.survivor.fields)})

    def early(self) -> Fields:
        """The values to carry before anything is merged or archived: writable, and not unique to one record."""
        open_ = set(self.writable()) - self.unique()
        return frozen({name: value for name, value in self.carry.items() if name in open_})

    def unique(self) -> frozenset[str]:
        """Fields whose value no two live records may share: they can move only once the other record is gone."""
        return frozenset(item.name for item in self.spec.fields if item.unique)

    def wanted(self) -> Fields:
        """What the survivor must end with wherever a merged record says something else: a CRM's own merge rules
        differ by version and are not relied upon."""
        final = {**self.survivor.fields, **self.carry}
        gone = {record.ref.id for record in self.merged}
        at_risk = (
            name
            for name in self.writable()
            if name in final and not empty(final[name]) and str(final[name]) not in gone
            if name in self.carry
            or any(name in one.fields and not same(one.get(name), final[name]) for one in self.merged)
        )
        return frozen({name: final[name] for name in at_risk})


def expand(merge: Merge, source: Source, strategy: Strategy, limits: Limits) -> Recipe:
    """The recipe for one proposed merge; `Unplannable` says why there is none."""
    parties = _parties(merge, source)
    if strategy is Strategy.MARK:
        return _mark(parties)
    parties = replace(parties, first=untangled(parties.survivor, parties.merged, source))
    return _native(parties, limits) if strategy is Strategy.NATIVE else _soft(parties, source)


def expectation(record: Record, names: Iterable[str], ties: Sequence[tuple[Ref, Link]] | None = None) -> Expectation:
    """A record's values as the mirror holds them, and its exact ties where they matter."""
    fields = frozen({name: record.fields[name] for name in names if name in record.fields})
    if ties is None:
        return Expectation(record.ref, fields)
    links: dict[str, set[str]] = {kind: set() for kind in tied(record.ref)}
    for holder, link in ties:
        other = link.to if holder == record.ref else holder
        links.setdefault(other.kind, set()).add(other.id)
    exact = {kind: tuple(sorted(ids)) for kind, ids in sorted(links.items())}
    return Expectation(record.ref, fields, MappingProxyType(exact))


def archived(ref: Ref, source: Source) -> Recipe:
    """The recipe for one record that goes as a whole, as it stands and with the ties that it has; `Unplannable` where
    it is no longer there."""
    record, spec = source.get(ref), source.spec(ref.workspace, ref.kind)
    if record is None or spec is None:
        raise Unplannable("the record is no longer in the mirror")
    names = sorted(item.name for item in spec.fields if item.writable)
    expects = expectation(record, names, source.ties(ref))
    return Recipe(_numbered([Archive(ref)]), (expects,), _archiving(ref))


def _archiving(ref: Ref) -> Grade:
    """HubSpot's API restores nothing: an undo makes the archived record anew."""
    return Grade.REVERSIBLE if ref.crm == "salesforce" else Grade.NEW_ID


def _parties(merge: Merge, source: Source) -> Parties:
    refs = [ref for ref in (merge.survivor, *merge.merged) if isinstance(ref, Ref)]
    records = [source.get(ref) for ref in refs]
    found = [record for record in records if record is not None]
    spec = source.spec(refs[0].workspace, refs[0].kind)
    if len(found) != len(merge.merged) + 1 or spec is None:
        raise Unplannable("a record is no longer in the mirror")
    if any(refused(record.get("converted")) for record in found):
        raise Unplannable("a converted lead is no lead any more: merge the contacts that they became")
    parties = Parties(found[0], tuple(found[1:]), spec, merge.carry)
    locked = [name for name in sorted(CONSENT) if name in merge.carry and name not in parties.writable()]
    if locked:
        raise Unplannable(f"their consent differs ({', '.join(locked)}) and cannot be written: a person merges these")
    return parties


def _native(parties: Parties, limits: Limits) -> Recipe:
    """Set what the survivor lacks, merge, then settle: no rule of the CRM decides a value."""
    if not parties.spec.mergeable:
        raise Unplannable(f"this CRM does not merge a {parties.spec.kind}: use the soft or mark strategy")
    wanted = parties.wanted()
    changes: list[Change] = list(parties.first)
    early = parties.early()
    if early and not limits.merge_carries:
        changes.append(_set(parties.survivor, early))
    refs = [record.ref for record in parties.merged]
    on: Target = parties.survivor.ref
    size = limits.merge_parties - 1
    if held := behind((parties.survivor, *parties.merged), ceil(len(refs) / size), limits):
        raise Unplannable(held)
    for start in range(0, len(refs), size):
        carry = early if limits.merge_carries and start == 0 else frozen({})
        changes.append(Merge(on, tuple(refs[start : start + size]), carry))
        on = Survivor(str(len(changes)))
    if wanted:
        changes.append(Settle(on, wanted))
    expects = [expectation(record, parties.watched()) for record in (parties.survivor, *parties.merged)]
    return Recipe(_numbered(changes), tuple(expects), Grade.IRREVERSIBLE)


def _soft(parties: Parties, source: Source) -> Recipe:
    """Additive first: values, then ties, then the archive; a value that must be unique moves last."""
    survivor = parties.survivor
    early = parties.early()
    late = frozen({name: value for name, value in parties.carry.items() if name in parties.unique()})
    changes: list[Change] = [*parties.first, *([_set(survivor, early)] if early else [])]
    own = source.ties(survivor.ref)
    expects = [expectation(survivor, parties.watched())]
    refs = {survivor.ref, *(record.ref for record in parties.merged)}
    held = {(link.to if holder == survivor.ref else holder, link.label) for holder, link in own}
    for record in parties.merged:
        ties = source.ties(record.ref)
        outward = [(holder, link) for holder, link in ties if not {holder, link.to} <= refs]
        changes += _moved(record.ref, survivor.ref, outward, held)
        expects.append(expectation(record, parties.watched(), ties))
    changes += [Archive(record.ref) for record in parties.merged]
    if late:
        changes.append(Settle(survivor.ref, late))
    return Recipe(_numbered(changes), tuple(expects), _archiving(survivor.ref))


def _moved(
    merged: Ref, survivor: Ref, ties: Sequence[tuple[Ref, Link]], held: set[tuple[Ref, str]]
) -> Iterable[Change]:
    """The merged record's ties, on the survivor; a tie that the survivor has already is not made twice."""
    for holder, link in ties:
        other = link.to if holder == merged else holder
        if (other, link.label) in held:
            continue
        if holder == merged and link.direction == "out" and any(label == link.label for _, label in held):
            continue
        held.add((other, link.label))
        if holder == merged:
            yield Connect(survivor, link)
        else:
            yield Connect(holder, Link(survivor, link.label, link.direction))


def _mark(parties: Parties) -> Recipe:
    """Write the survivor's id onto the others: people and views can act on it, and it is wholly reversible."""
    if "merged_into" not in parties.writable():
        raise Unplannable(f"the {parties.spec.kind} has no field to mark it with: `revops-sync doctor --add-fields`")
    after = frozen({"merged_into": parties.survivor.ref.id})
    changes = [Set(record.ref, after, frozen({"merged_into": record.get("merged_into")})) for record in parties.merged]
    expects = [expectation(record, parties.watched()) for record in (parties.survivor, *parties.merged)]
    return Recipe(_numbered(changes), tuple(expects), Grade.REVERSIBLE)


def _set(record: Record, after: Fields) -> Set:
    return Set(record.ref, after, frozen({name: record.get(name) for name in after}))


def _numbered(changes: Sequence[Change]) -> tuple[Step, ...]:
    return tuple(Step(str(place), change) for place, change in enumerate(changes, 1))
