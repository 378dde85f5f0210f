"""What a merge does beyond the values that it writes, each effect exact or estimated; shown before anything is sent."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connectors.changes import Archive, Merge, Set, Settle
from connectors.records import Record, Ref
from connectors.values import Fields, Value, empty, same
from hygiene.match.survive import CONSENT, refused
from sync.plan.model import About, Group, Impact, Source
from sync.plan.strategy import tied

STAGES = ("lifecycle_stage", "status")
SAID = ("email", "domain", "phone", "mobile", "website")
"""Fields by which a record is reached or found: a value that goes with a merge is named."""
BESIDE = {"email": "more_emails", "domain": "hs_additional_domains"}
"""Where HubSpot keeps the address or domain of a record that it merged away: knowledge.hubspot.com, "merge records"."""
UNSEEN = "activities, lists, campaigns and workflows"
RULED = "subscriptions, legal basis and marketing status"

Ties = dict[str, set[Ref]]
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fold:
    """One merge as a plan carries it out: the records before it, and what the survivor ends with."""

    survivor: Ref
    merged: tuple[Ref, ...]
    fields: Mapping[Ref, Fields]
    final: Fields
    native: bool

    @property
    def parties(self) -> tuple[Ref, ...]:
        """The survivor first."""
        return (self.survivor, *self.merged)

    def value(self, ref: Ref, name: str) -> Value:
        """What a party says before the merge."""
        return self.fields[ref].get(name)

    def known(self, name: str) -> bool:
        """Whether the mirror knows the field of every party."""
        return all(name in self.fields[ref] for ref in self.parties)


def with_impact(groups: Sequence[Group], source: Source) -> tuple[Group, ...]:
    """The groups, each merge among them with its effects. What another group of the plan takes away makes a number
    estimated: one group alone would move it, all of them may not."""
    folds = {group.id: found for group in groups if (found := fold(group)) is not None}
    pulled = _pulled(folds.values(), source)
    taken = frozenset(ref for item in folds.values() for ref in item.merged)
    return tuple(
        replace(group, impact=effects(folds[group.id], source, pulled, taken)) if group.id in folds else group
        for group in groups
    )


def fold(group: Group) -> Fold | None:
    """The merge that a group carries out natively or softly; None for any other group."""
    fields = {item.ref: item.fields for item in group.expects}
    changes = [step.change for step in group.steps]
    native = any(isinstance(change, Merge) for change in changes)
    gone = [ref for change in changes if isinstance(change, Merge) for ref in change.merged]
    gone += [change.ref for change in changes if isinstance(change, Archive)]
    if len(fields) < 2 or not gone or not fields.keys() >= set(gone):
        return None
    survivor = next(ref for ref in fields if ref not in gone)
    final = dict(fields[survivor])
    for change in changes:
        if isinstance(change, Merge):
            final |= change.carry
        elif isinstance(change, Set | Settle) and change.ref not in gone:
            final |= change.after
    return Fold(survivor, tuple(gone), fields, final, native)


def _pulled(merges: Iterable[Fold], source: Source) -> frozenset[Place]:
    """The kinds, with their workspace, whose ties the mirror knows."""
    asked = {(merge.survivor.workspace, kind) for merge in merges for kind in tied(merge.survivor)}
    return frozenset(place for place in asked if source.spec(*place) is not None)


def effects(
    merge: Fold, source: Source, pulled: Collection[Place], changing: Collection[Ref] = ()
) -> tuple[Impact, ...]:
    """Every effect of one merge, those that change nothing left out; `changing` are records that others take away."""
    own, joined = _ties(merge, source)
    return (
        *_tied(merge, own, joined, pulled, changing),
        *_fields(merge, About.OWNER, ("owner",)),
        *_fields(merge, About.STAGE, STAGES),
        *_consent(merge),
        *_pipeline(own.get("deal", set()), joined.get("deal", set()), source, changing),
        *_forecast(merge, source),
        *_said(merge, source),
    )


def _ties(merge: Fold, source: Source) -> tuple[Ties, Ties]:
    """The records that the survivor is tied to, and with those that it comes to be tied to, by kind."""
    own: Ties = {}
    joined: Ties = {}
    looked: set[str] = set()
    for ref in merge.parties:
        for holder, link in source.ties(ref):
            other = link.to if holder == ref else holder
            if other in merge.parties:
                continue
            if holder == ref and link.direction == "out":
                # A lookup holds one record: the first party in rank that names one keeps it.
                if link.label in looked:
                    continue
                looked.add(link.label)
            if ref == merge.survivor:
                own.setdefault(other.kind, set()).add(other)
            joined.setdefault(other.kind, set()).add(other)
    return own, joined


def _tied(
    merge: Fold, own: Ties, joined: Ties, pulled: Collection[Place], changing: Collection[Ref]
) -> Iterator[Impact]:
    survivor = merge.survivor
    for kind in sorted(joined.keys() | set(tied(survivor))):
        mine, all_ = own.get(kind, set()), joined.get(kind, set())
        known = (survivor.workspace, kind) in pulled or bool(all_)
        if not known:
            yield Impact(About.TIES, kind, None, None, 0, False)
        elif moved := len(all_ - mine):
            numbers = Decimal(len(mine)), Decimal(len(all_))
            yield Impact(About.TIES, kind, *numbers, moved, not all_.intersection(changing))
    stays = "move to the survivor" if merge.native else "stay with the archived records"
    yield Impact(About.TIES, UNSEEN, None, stays, 0, False)


def _fields(merge: Fold, about: About, names: Iterable[str]) -> Iterator[Impact]:
    """One effect for each value that gives way, with the records that bear it."""
    for name in names:
        after = merge.final.get(name)
        given: dict[Value, list[Ref]] = {}
        for ref in merge.parties:
            before = merge.value(ref, name)
            if not same(before, after) and (ref == merge.survivor or not empty(before)):
                given.setdefault(before, []).append(ref)
        for before, refs in given.items():
            yield Impact(about, name, before, after, len(refs), merge.known(name), tuple(refs))


def _consent(merge: Fold) -> Iterator[Impact]:
    for name in sorted(CONSENT):
        after = merge.final.get(name)
        changed = [ref for ref in merge.parties if refused(merge.value(ref, name)) != refused(after)]
        if changed:
            before = refused(merge.value(changed[0], name))
            yield Impact(About.CONSENT, name, before, refused(after), len(changed), merge.known(name), tuple(changed))
    if merge.native and merge.survivor.crm == "hubspot" and merge.survivor.kind == "contact":
        yield Impact(About.CONSENT, RULED, None, "decided by the CRM", 0, False)


def _pipeline(own: set[Ref], joined: set[Ref], source: Source, changing: Collection[Ref]) -> Iterator[Impact]:
    """The survivor's open sums before and after, by currency; deals keep owner, stage and amount, so that the forecast
    of the whole account stays what it is."""
    if not joined - own:
        return
    deals = [deal for deal in source.some(sorted(joined)) if _open(deal)]
    currencies = {deal.text("currency") for deal in deals if deal.ref not in own}
    for currency in sorted(currencies):
        these = [deal for deal in deals if deal.text("currency") == currency]
        before = _sum(deal for deal in these if deal.ref in own)
        count = sum(deal.ref not in own for deal in these)
        exact = all("amount" in deal.fields and "closed" in deal.fields for deal in these)
        yield Impact(About.PIPELINE, currency, before, _sum(these), count, exact and not joined.intersection(changing))


def _forecast(merge: Fold, source: Source) -> Iterator[Impact]:
    """Merged deals count once: the open sums of all parties become that of the survivor."""
    if merge.survivor.kind != "deal":
        return
    deals = {deal.ref: deal for deal in source.some(merge.parties) if _open(deal)}
    for currency in sorted({deal.text("currency") for deal in deals.values()}):
        these = [deal for deal in deals.values() if deal.text("currency") == currency]
        survivor = deals.get(merge.survivor)
        amount = merge.final.get("amount") if survivor and survivor.text("currency") == currency else None
        after = amount if isinstance(amount, Decimal) else Decimal(0)
        if _sum(these) != after:
            yield Impact(About.FORECAST, currency, _sum(these), after, len(these), merge.known("amount"))


def _open(deal: Record) -> bool:
    return not refused(deal.get("closed"))


def _sum(deals: Iterable[Record]) -> Decimal:
    return sum((value for deal in deals if isinstance(value := deal.get("amount"), Decimal)), Decimal(0))


def _said(merge: Fold, source: Source) -> Iterator[Impact]:
    """Addresses, domains and numbers of the merged records that the survivor does not show in the same field."""
    for name in SAID:
        gone: dict[str, list[Ref]] = {}
        for ref in merge.merged:
            value = merge.value(ref, name)
            if isinstance(value, str) and not empty(value) and not _alike(value, merge.final.get(name)):
                gone.setdefault(value, []).append(ref)
        if gone and merge.native and merge.survivor.crm == "hubspot" and name in BESIDE:
            yield _beside(merge, BESIDE[name], name, source)
            continue
        for value, refs in sorted(gone.items()):
            yield Impact(About.LOST, name, value, None, len(refs), True, tuple(refs))


def _beside(merge: Fold, more: str, name: str, source: Source) -> Impact:
    """What the CRM keeps beside the survivor's own: every party's value and what each had beside it already."""
    records = {ref: record for ref in merge.parties if (record := source.get(ref)) is not None}
    beside = {ref: _parts(record.get(more)) for ref, record in records.items()}
    every = {part for parts in beside.values() for part in parts}
    every |= {str(value) for ref in merge.parties if not empty(value := merge.value(ref, name))}
    kept = tuple(sorted(part for part in every if not _alike(part, merge.final.get(name))))
    own = tuple(sorted(beside.get(merge.survivor, ())))
    known = merge.known(name) and all(more in record.fields for record in records.values())
    return Impact(About.KEPT, more, own, kept, len(kept) - len(own), known, merge.merged)


def _parts(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return tuple(part for part in str(value or "").split(";") if part)


def _alike(one: str, other: Value) -> bool:
    return isinstance(other, str) and one.strip().casefold() == other.strip().casefold()
