"""What a read-back proves about a change: applied, never sent, overwritten, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.base import Gone, Reading
from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Settle, Unlink
from connectors.records import Link, Record, Ref
from connectors.values import Fields, Value, same
from sync.apply.accepted import accepted
from sync.ledger.journal import State
from sync.plan.model import Expectation

Readings = Mapping[Ref, Reading]
Resolve = Callable[[Ref], Ref]


@dataclass(frozen=True, slots=True)
class Proof:
    """The state that a read-back proves, the record the change left, and the fields or ties that speak against."""

    state: State
    ref: Ref | None = None
    against: tuple[str, ...] = ()


def judge(change: Change, readings: Readings, before: Mapping[Ref, Fields], sent: State) -> Proof:
    """Decide what became of a change that was answered with `sent` (APPLIED, or UNKNOWN for no usable answer).

    `before` holds each party's values just before sending. NOT_SENT is only said where the read-back shows every
    party as it was: whoever calls must have waited the settle time.
    """
    match change:
        case Set(ref=Ref() as ref) | Settle(ref=Ref() as ref):
            return _of_fields(ref, change.after, readings, before.get(ref, {}), sent)
        case Merge(survivor=Ref() as ref):
            return _of_merge(ref, change.merged, readings, before)
        case Connect(ref=Ref() as ref, link=link) | Unlink(ref=Ref() as ref, link=link):
            tied = isinstance(reading := readings.get(ref), Record) and _has(reading, link)
            return _of_state(ref, tied == isinstance(change, Connect), isinstance(reading, Record), sent)
        case Restore(ref=ref):
            return _of_state(ref, isinstance(readings.get(ref), Record), ref in readings, sent)
        case Archive(ref=ref):
            # A record that somebody merged away was not archived: its ties went elsewhere.
            gone = isinstance(found := readings.get(ref), Gone) and found.merged_into is None
            return _of_state(ref, gone, ref in readings, sent)
    return Proof(State.UNKNOWN)


def holds(change: Change, readings: Readings) -> bool:
    """Whether the end state of a change is there already, so that sending it would change nothing."""
    if isinstance(change, Merge | Create):
        return False
    return judge(change, readings, {}, State.APPLIED).state is State.VERIFIED


def differences(expected: Expectation, reading: Reading | None, resolve: Resolve, begun: bool) -> tuple[str, ...]:
    """The names of what no longer stands as expected: never a value.

    Ties must be exactly the expected ones where a group starts. Once it has begun its own steps may have moved some
    away; then none may have been added.
    """
    if not isinstance(reading, Record):
        merged = isinstance(reading, Gone) and reading.merged_into is not None
        return ("it was merged by somebody else",) if merged else ("it is gone",)
    fields = [
        name
        for name, value in expected.fields.items()
        if name not in reading.fields or not same(reading.fields[name], value)
    ]
    ties = []
    for kind, ids in expected.links.items():
        wanted = {resolve(Ref(expected.ref.workspace, kind, id_)) for id_ in ids}
        there = {link.to for link in reading.links if link.to.kind == kind}
        if there - wanted or (not begun and there != wanted):
            ties.append(f"ties to {kind}")
    return (*fields, *ties)


def _has(record: Record, link: Link) -> bool:
    """Whether the record holds this tie; one without a label is held by any tie to the same record."""
    return any(item.to == link.to and link.label in ("", item.label) for item in record.links)


def _of_fields(ref: Ref, after: Fields, readings: Readings, before: Fields, sent: State) -> Proof:
    reading = readings.get(ref)
    if not isinstance(reading, Record):
        return Proof(State.UNKNOWN, ref, ("it is gone",))
    against = tuple(name for name in after if not _taken(name, after[name], reading, before))
    if not against:
        return Proof(State.VERIFIED, ref)
    if sent is State.APPLIED:
        return Proof(State.REVERTED, ref, against)
    untouched = all(name in before and same(reading.get(name), before[name]) for name in after)
    return Proof(State.NOT_SENT if untouched else State.UNKNOWN, ref, against)


def _taken(name: str, value: Value, reading: Record, before: Fields) -> bool:
    """Whether a field shows what was written, in the CRM's own form where it is known what stood there before."""
    if name not in reading.fields:
        return False
    shows = reading.fields[name]
    return same(shows, value) or (name in before and accepted(name, value, shows, before[name]))


def _of_merge(survivor: Ref, merged: tuple[Ref, ...], readings: Readings, before: Mapping[Ref, Fields]) -> Proof:
    found = {ref: readings.get(ref) for ref in (survivor, *merged)}
    into = {reading.merged_into for ref, reading in found.items() if ref in merged and isinstance(reading, Gone)}
    head = found[survivor]
    left = head.merged_into if isinstance(head, Gone) else survivor
    if all(isinstance(found[ref], Gone) for ref in merged) and into == {left} and left is not None:
        return Proof(State.VERIFIED, left)
    alive = {ref: reading for ref, reading in found.items() if isinstance(reading, Record)}
    if len(alive) == len(found) and all(_unchanged(before.get(ref), reading) for ref, reading in alive.items()):
        return Proof(State.NOT_SENT, survivor)
    return Proof(State.UNKNOWN, survivor, ("its parties are neither merged nor as they were",))


def _unchanged(before: Fields | None, reading: Record) -> bool:
    return bool(before) and all(same(reading.get(name), value) for name, value in (before or {}).items())


def _of_state(ref: Ref, reached: bool, known: bool, sent: State) -> Proof:
    """For changes that are simply there or not: ties, archives, restores."""
    if reached and known:
        return Proof(State.VERIFIED, ref)
    if not known:
        return Proof(State.UNKNOWN, ref)
    return Proof(State.REVERTED if sent is State.APPLIED else State.NOT_SENT, ref)
