"""Reads back what rows left behind and says what it proves, right after sending and in recovery alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.base import Connector, Gone, Reading
from connectors.changes import Connect, Create, Merge, Outcome, Settle
from connectors.records import Record, Ref
from connectors.values import Fields, Value, empty, same
from hygiene.match.survive import CONSENT, refused
from sync.apply.look import Look
from sync.apply.progress import Work
from sync.apply.settle import Proof, judge
from sync.ledger.journal import State

Before = Mapping[Ref, Fields]


@dataclass(frozen=True, slots=True)
class Sent:
    """One row as it went out: what the CRM said to it, and its parties' values just before."""

    work: Work
    answer: Outcome
    before: Before

    @property
    def as_answered(self) -> Work:
        """The row as its answer says: a merge may have left its survivor under a new id."""
        change = self.work.change
        if isinstance(change, Merge) and self.answer.ref is not None:
            return replace(self.work, change=replace(change, survivor=self.answer.ref))
        return self.work

    @property
    def without_name(self) -> "Sent":
        """The row as if its answer had not named the record that a merge or a create left: it may be a wrong one."""
        if not isinstance(self.work.change, Merge | Create):
            return self
        return replace(self, answer=replace(self.answer, ref=None))


def read_back(
    rows: Sequence[Sent], look: Look, readers: Mapping[str, Connector]
) -> tuple[list[tuple[Work, Proof]], dict[Ref, Reading]]:
    """What the live state proves of each row, in their order, and that state itself."""
    rows = [_found(row, readers) for row in rows]
    works = [row.as_answered for row in rows]
    stood = [item for row in rows for item in row.before.items()]
    live = look.after(works, dict(_made(rows)), stood)
    if not all(_bears_its_key(row, live) for row in rows):
        rows = [row if _bears_its_key(row, live) else _found(row.without_name, readers) for row in rows]
        live |= look.after([], dict(_made(rows)), ())
    strangers = [ref for row in rows if (ref := _stranger(row, live)) is not None]
    if strangers:
        live |= look.after(works, dict.fromkeys(strangers, ""), stood)
    proofs = [(row.work, _proof(row, live)) for row in rows]
    loose = {
        work.change.link.to
        for work, proof in proofs
        if isinstance(work.change, Connect) and proof.state is not State.VERIFIED
    }
    if loose:
        live |= look.after([], dict.fromkeys(loose, ""), ())
        proofs = [(row.work, _proof(_toward(row, live), live)) for row in rows]
    return [(work, _ours(row, proof, live, readers)) for row, (work, proof) in zip(rows, proofs, strict=True)], live


def _toward(row: Sent, live: Mapping[Ref, Reading]) -> Sent:
    """A tie to a record that was merged away between look and call is made to what that became."""
    change = row.work.change
    far = live.get(change.link.to) if isinstance(change, Connect) else None
    if not isinstance(change, Connect) or not isinstance(far, Gone) or far.merged_into is None:
        return row
    return replace(row, work=replace(row.work, change=replace(change, link=replace(change.link, to=far.merged_into))))


def _found(row: Sent, readers: Mapping[str, Connector]) -> Sent:
    """A create whose answer was lost is found again by the key it bears, never by search."""
    change = row.work.change
    if not isinstance(change, Create) or row.answer.ref is not None:
        return row
    ref = readers[change.workspace].find(change.kind, change.key_field, [change.key]).get(change.key)
    return replace(row, answer=replace(row.answer, ref=ref))


def _made(rows: Sequence[Sent]) -> Iterator[tuple[Ref, str]]:
    """The records that creates left, as their answers say, each with the field that must bear the create's key."""
    for row in rows:
        if isinstance(row.work.change, Create) and row.answer.ref is not None:
            yield row.answer.ref, row.work.change.key_field


def _bears_its_key(row: Sent, live: Mapping[Ref, Reading]) -> bool:
    """Whether the record that an answer to a create names is the one that was made: an answer may name any record."""
    change, ref = row.work.change, row.answer.ref
    if not isinstance(change, Create) or ref is None:
        return True
    reading = live.get(ref)
    return isinstance(reading, Record) and reading.get(change.key_field) == change.key


def _stranger(row: Sent, live: Mapping[Ref, Reading]) -> Ref | None:
    """The record that a merge without an answer seems to have left under an id that nobody told us."""
    change = row.work.change
    if not isinstance(change, Merge) or row.answer.ref is not None or not isinstance(change.survivor, Ref):
        return None
    head = live.get(change.survivor)
    return head.merged_into if isinstance(head, Gone) else None


def _proof(row: Sent, live: Mapping[Ref, Reading]) -> Proof:
    """What the read-back proves. A change that the CRM confirmed and that is not there was lost or undone behind
    our back, which is never "not sent"."""
    sent = State(row.answer.status.value)
    change = row.as_answered.change
    if isinstance(change, Create):
        there = row.answer.ref is not None and _bears_its_key(row, live)
        missing = State.NOT_SENT if row.answer.ref is None and sent is not State.APPLIED else State.UNKNOWN
        return Proof(State.VERIFIED if there else missing, row.answer.ref)
    proof = judge(change, live, row.before, sent)
    if sent is State.APPLIED and proof.state is State.NOT_SENT:
        return replace(proof, state=State.UNKNOWN)
    return proof


def _ours(row: Sent, proof: Proof, live: Mapping[Ref, Reading], readers: Mapping[str, Connector]) -> Proof:
    """A merge is ours only if what it left holds nothing but what its parties held, and no "no" got lost in it."""
    if not isinstance(row.work.change, Merge) or proof.state is not State.VERIFIED or proof.ref is None:
        return proof
    left = live.get(proof.ref)
    if not isinstance(left, Record):
        return replace(proof, state=State.UNKNOWN, against=("what the merge left cannot be read",))
    held = [*row.before.values(), row.work.change.carry]
    foreign = [name for name, value in left.fields.items() if not _inherited(name, value, held)]
    strange = _stranger(row, live) is not None
    if strange and (foreign or not readers[left.ref.workspace].limits.merge_renames):
        return replace(proof, state=State.UNKNOWN, against=("somebody else may have merged them", *foreign))
    settled = {
        name for step in row.work.track.group.steps if isinstance(step.change, Settle) for name in step.change.after
    }
    loose = [
        name
        for name in sorted(CONSENT - settled)
        if name in left.fields and any(refused(fields.get(name)) for fields in row.before.values())
        if not refused(left.get(name))
    ]
    return replace(proof, state=State.REVERTED, against=tuple(loose)) if loose else proof


def _inherited(name: str, value: Value, held: Sequence[Fields]) -> bool:
    return name == "absorbed" or empty(value) or any(same(value, fields[name]) for fields in held if name in fields)
