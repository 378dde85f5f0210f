"""V4: what somebody else changed before a step's records were read is never overwritten by it."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.changes import Create, Merge, Target, target
from connectors.values import same
from tests.rel.effects import Kin, joined, plain, wired
from tests.rel.history import History, Mutation, Op
from tests.rel.witness import Wire

Effects = Mapping[str, Sequence[tuple[Mutation, Wire]]]


def stale(history: History, effects: Effects, kin: Kin) -> Iterator[str]:
    """Every effect that landed although a read before it showed that the record was not as the plan expects."""
    foreign = [one for one in history.mutations if one.foreign]
    if not foreign:
        return
    for key, done in effects.items():
        op = history.ops[key]
        begun = any(
            other.group is op.group and other.place < op.place for other in map(history.ops.get, effects) if other
        )
        for _, wire in done:
            for one in foreign:
                if _folded(op, one, begun):
                    continue
                if _drifted(op, one, kin, begun) and _seen(history, one, wire, begun):
                    yield f"V4 {op.group.id} step {op.step.id} went out over {one.verb} {one.kind} {one.id}"


def _folded(op: Op, one: Mutation, begun: bool) -> bool:
    """Whether the record was merged away by the group before this step: what its last values were is that merge's."""
    before = op.group.steps[: op.group.steps.index(op.step)]
    merges = [step.change for step in before if isinstance(step.change, Merge)]
    return begun and one.verb == "update" and any(one.id == ref.id for merge in merges for ref in merge.merged)


def _drifted(op: Op, one: Mutation, kin: Kin, begun: bool) -> bool:
    """Whether somebody's change contradicts what the step's group expects of a record that the step depends on."""
    here = kin.of((one.crm, one.kind, one.id))
    acted = {kin.on(op, ref) for ref in _acted(op)}
    for item in op.group.expects:
        at = kin.of((item.ref.crm, item.ref.kind, item.ref.id))
        if at != here or (begun and at not in acted):
            continue
        if one.verb != "update":
            return item.ref.id in _left(one)
        expected = wired(at[0], at[1], item.fields)
        after = wired(at[0], at[1], getattr(op.change, "after", {}))
        if any(_clashes(name, value, expected, after) for name, value in one.fields.items()):
            return True
    return False


def _left(one: Mutation) -> set[str]:
    """The ids under which no record stands any more: a merge's survivor stays, but for HubSpot's new ids."""
    if one.verb == "merge":
        gone = joined(one)
        return set(gone) - {str(one.detail.get("result"))}
    return {one.id} if one.verb in ("archive", "delete") else set()


def _clashes(name: str, value: object, expected: Mapping[str, str], after: Mapping[str, str]) -> bool:
    told = plain(value)
    return (
        name in expected
        and not same(told, plain(expected[name]))
        and not same(told, plain(after.get(name, expected[name])))
    )


def _acted(op: Op) -> list[Target]:
    if isinstance(op.change, Create):
        return []
    on = target(op.change)
    return [*([on] if on is not None else []), *(op.change.merged if isinstance(op.change, Merge) else ())]


def _seen(history: History, one: Mutation, wire: Wire, begun: bool) -> bool:
    """Whether the last look at the record before the write came after the change; once a group has begun, the look
    before that one has taken the change for its own."""
    place = history.wires.index(wire)
    looks = [item for item in history.wires[:place] if item.looks and one.id in item.text]
    if not looks or looks[-1].seen < one.seq:
        return False
    return not begun or len(looks) < 2 or looks[-2].seen < one.seq
