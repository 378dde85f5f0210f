"""The history checker: what a plan, a journal, the CRMs' own ledger and the mirror must say of each other.

V1 no effect twice · V2 nothing verified without its effect · V3 no effect beside the plan · V4 expectations held when
it was sent · V5 nothing after a refusal · V6 the journal tells what the CRM shows · V7 the mirror buries nobody alive ·
V8 no value in any output · V9 exit code and report tell the truth.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.changes import Archive, Merge, Set, Settle
from sync.ledger.journal import State
from tests.rel.effects import Kin, follows, plain, primary, wired
from tests.rel.history import KILLED, Attempt, History, Mutation, Op
from tests.rel.holding import holds
from tests.rel.stale import stale
from tests.rel.witness import Wire
from tests.rel.world import CANARY

SECRETS = (CANARY, "pat-na1-sandbox", "reader-secret", "writer-secret")
NEVER = frozenset((State.NOT_SENT, State.REJECTED, State.HALTED, State.SKIPPED, None))
REFUSALS = frozenset((2, 4))
FINISHED = frozenset((0, 3))


@dataclass
class Account:
    """The mutations that each step is answerable for, with the call that made each; and what is wrong so far."""

    kin: Kin
    effects: dict[str, list[tuple[Mutation, Wire]]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def check(history: History) -> list[str]:
    """Every way in which the history breaks a promise; none for a good one."""
    account = attributed(history)
    return [
        *(f"V6 {fault}" for fault in history.chain),
        *account.wrong,
        *_twice(history),
        *_verified(history, account),
        *stale(history, account.effects, account.kin),
        *_refused(history),
        *_told(history, account),
        *_buried(history),
        *_shown(history),
        *_honest(history),
    ]


def through(history: History) -> list[str]:
    """What is missing where the plan ought to have got through in the end."""
    last = history.attempts[-1]
    open_ = [f"{op.group.id} {op.step.id} is {history.last(key)}" for key, op in history.ops.items()
             if history.last(key) is not State.VERIFIED]  # fmt: skip
    ended = [] if last.exit == 0 else [f"the last attempt ended with {last.exit}: {last.said[:200]}"]
    return [f"V2 it did not get through: {text}" for text in (*ended, *open_)]


def attributed(history: History) -> Account:
    """Each mutation to the step that was under way when it happened; what has no such step is wrong."""
    account = Account(Kin.told(history.mutations))
    by_wire = {seq: wire for wire in history.wires for seq in range(wire.first + 1, wire.last + 1)}
    for one in history.mutations:
        if not one.foreign:
            wire = by_wire.get(one.seq)
            fault = _claimed(history, account, one, wire) if wire else "happened outside any call"
            account.wrong += [f"{fault}: {_text(one)}"] if fault else []
    return account


def _claimed(history: History, account: Account, one: Mutation, wire: Wire) -> str:
    """Why no step may be answerable for a mutation; empty where one is."""
    askers = [op for op in history.ops.values() if primary(op, one, account.kin)]
    sent = [op for op in askers if history.last(op.key, wire.head) is State.INTENT]
    fresh = [op for op in sent if op.key not in account.effects]
    if not fresh:
        sides = [op for op in history.ops.values() if follows(op, one, account.kin)]
        if any(history.last(op.key, wire.head) is State.INTENT for op in sides):
            return ""
        if not askers:
            return "V3 an effect beside the plan"
        done = sent or [op for op in askers if op.key in account.effects]
        return "V1 an effect twice" if done else "V6 an effect whose intent was not on the disk"
    account.effects.setdefault(fresh[0].key, []).append((one, wire))
    return ""


def _twice(history: History) -> Iterator[str]:
    """Rows that went out again after the CRM had carried them out, whether or not the CRM took them for the same."""
    seen = Counter(
        subject
        for wire in history.wires
        if wire.crm == "hubspot" and wire.writes and 200 <= wire.done < 300 and wire.done != 207
        for subject in _subjects(wire)
    )
    yield from (f"V1 sent {count} times though carried out: {text}" for text, count in seen.items() if count > 1)
    spans = [(line.key, line.seq) for line in history.lines if line.state is State.INTENT]
    for attempt in history.attempts:
        merges = [key for key, seq in spans if attempt.first < seq <= attempt.last and _is_merge(history, key)]
        again = [key for key, count in Counter(merges).items() if count > 1]
        yield from (f"V1 one run sent a merge twice: {_name(history, key)}" for key in again)


def _subjects(wire: Wire) -> Iterator[str]:
    """What each row of a HubSpot write asks for."""
    _, _, body = wire.text.partition("{")
    try:
        asked = json.loads("{" + body)
    except ValueError:
        return
    rows = asked.get("inputs", [asked])
    yield from (f"{wire.path} {json.dumps(row, sort_keys=True)}" for row in rows)


def _archived_by_another(history: History, op: Op) -> bool:
    """Whether somebody else archived, between our look and our call, the very record that was to be archived: then
    neither the call nor the read-back can tell the two apart, and what was asked for is so."""
    if not isinstance(op.change, Archive):
        return False
    ref = op.change.ref
    return any(
        one.foreign and one.verb == "archive" and (one.crm, one.kind, one.id) == (ref.crm, ref.kind, ref.id)
        for one in history.mutations
    )


def _verified(history: History, account: Account) -> Iterator[str]:
    """V2: what the journal calls verified took effect, and was not written over before it was read back."""
    for key, op in history.ops.items():
        lines = history.states(key)
        if not lines or lines[-1].state is not State.VERIFIED:
            continue
        if not lines[-1].already and key not in account.effects and not _archived_by_another(history, op):
            yield f"V2 verified without an effect: {_name(history, key)}"
        if (
            lines[-1].already
            and not any(one.foreign for one in history.mutations)
            and not holds(history, account.kin, op)
        ):
            yield f"V2 verified as there already, and it is not: {_name(history, key)}"
        if isinstance(op.change, Set | Settle):
            yield from _written_over(history, account, op)


def _written_over(history: History, account: Account, op: Op) -> Iterator[str]:
    assert isinstance(op.change, Set | Settle)
    here = account.kin.on(op, op.change.ref)
    wanted = wired(here[0], here[1], op.change.after)
    done = account.effects.get(op.key)
    if not done:
        return
    since, verified = done[0][0].seq, history.states(op.key)[-1].seq
    for other in history.mutations:
        if not other.foreign or other.seq <= since or account.kin.of((other.crm, other.kind, other.id)) != here:
            continue
        clash = [name for name, value in other.fields.items() if name in wanted and plain(value) != plain(wanted[name])]
        seen = [wire for wire in history.wires if wire.reads and other.seq <= wire.seen and wire.head < verified]
        if clash and any(other.id in wire.text for wire in seen):
            yield f"V2 verified though written over before it was read back: {_name(history, op.key)}"


def _refused(history: History) -> Iterator[str]:
    """V5: who was refused before it began wrote nothing; and nothing is sent for a group that has ended."""
    for attempt in history.attempts:
        began = any(attempt.first < line.seq <= attempt.last for line in history.lines)
        if attempt.exit in REFUSALS and not began:
            low, high = attempt.effects
            yield from (f"V5 an effect of a refused attempt: {_text(one)}" for one in history.mutations
                        if low < one.seq <= high and not one.foreign)  # fmt: skip
    ended: dict[str, int] = {}
    for line in history.lines:
        group = history.ops[line.key].group.id if line.key in history.ops else ""
        if group in ended and line.state is State.INTENT:
            yield f"V5 sent after its group had ended: {_name(history, line.key)}"
        if line.state in (State.REJECTED, State.HALTED, State.REVERTED):
            ended[group] = line.seq


def _told(history: History, account: Account) -> Iterator[str]:
    """V6: what the journal says was never carried out has no effect."""
    for key in history.ops:
        if history.last(key) in NEVER and key in account.effects:
            yield f"V6 the journal says {history.last(key)}, the CRM carried it out: {_name(history, key)}"


def _buried(history: History) -> Iterator[str]:
    """V7: no record is gone in the mirror that stands in the CRM."""
    for key, row in history.mirror.items():
        there = history.world.get(key)
        if row.archived and there is not None and not there.archived and not there.merged_into:
            yield f"V7 the mirror says that it is gone: {key}"


def _shown(history: History) -> Iterator[str]:
    for attempt in history.attempts:
        yield from (f"V8 an output shows {word}: {attempt.said[:200]}" for word in SECRETS if word in attempt.said)


def _honest(history: History) -> Iterator[str]:
    """V9: 0 means that all is verified, 3 that nothing is open, 5 that something is; the counts are the journal's."""
    for attempt in history.attempts:
        if attempt.exit == KILLED or (not any(line.seq > attempt.first for line in history.lines) and attempt.exit):
            continue
        states = {key: history.last(key, attempt.last) for key in history.ops}
        unsure = [key for key, state in states.items() if state in (State.UNKNOWN, State.INTENT, State.APPLIED)]
        if attempt.exit == 0 and set(states.values()) != {State.VERIFIED}:
            yield f"V9 it said 0 with {sorted({str(state) for state in states.values()})}"
        if attempt.exit in FINISHED and unsure:
            yield f"V9 it said {attempt.exit} with an unknown outcome: {_name(history, unsure[0])}"
        yield from _counted(history, attempt, states)


def _counted(history: History, attempt: Attempt, states: dict[str, State | None]) -> Iterator[str]:
    if attempt.report is None:
        return
    span = [line for line in history.lines if attempt.first < line.seq <= attempt.last and line.key in history.ops]
    settled = [line for line in span if line.state is State.VERIFIED]
    whole = {op.group.id for op in history.ops.values()} - {
        history.ops[key].group.id for key, state in states.items() if state is not State.VERIFIED
    }
    said = (attempt.report.written, attempt.report.already, set(attempt.report.through))
    true = (sum(not line.already for line in settled), sum(line.already for line in settled), whole)
    if said != true:
        yield f"V9 the report counts {said[:2]} and {len(said[2])} groups, the journal {true[:2]} and {len(true[2])}"


def _is_merge(history: History, key: str) -> bool:
    return key in history.ops and isinstance(history.ops[key].change, Merge)


def _name(history: History, key: str) -> str:
    op = history.ops.get(key)
    return f"{op.group.id} step {op.step.id} ({type(op.change).__name__.lower()})" if op else key


def _text(one: Mutation) -> str:
    return f"{one.crm} {one.verb} {one.kind} {one.id} {sorted(one.fields)}"
