"""Whether the end state that a step asks for stands in the CRMs, told from their own records."""

from connectors.changes import Archive, Connect, Set, Settle, Unlink
from tests.rel.effects import Key, Kin, plain, wired
from tests.rel.history import History, Op, Stored


def holds(history: History, kin: Kin, op: Op) -> bool:
    """True for a step of a kind whose end state cannot be told from the records alone."""
    match op.change:
        case Set(ref=target, after=after) | Settle(ref=target, after=after):
            here = kin.on(op, target)
            wanted = wired(here[0], here[1], {name: value for name, value in after.items() if isinstance(value, str)})
            fields = [row.fields for key, row in _standing(history) if kin.of(key) == here]
            return not fields or any(
                all(plain(item.get(name)) == plain(value) for name, value in wanted.items()) for item in fields
            )
        case Archive(ref=ref):
            row = history.world.get((ref.crm, ref.kind, ref.id))
            return row is None or row.archived or bool(row.merged_into)
        case Connect() | Unlink():
            return _tied(history, kin, op, op.change) == isinstance(op.change, Connect)
    return True


def _standing(history: History) -> list[tuple[Key, Stored]]:
    return [(key, row) for key, row in history.world.items() if not row.archived and not row.merged_into]


def _tied(history: History, kin: Kin, op: Op, change: Connect | Unlink) -> bool:
    """Whether an association joins the two, or a lookup of one of them names the other."""
    ends = {kin.on(op, change.ref), kin.on(op, change.link.to)}
    if any({kin.of(a), kin.of(b)} == ends for a, b in history.links):
        return True
    return any(
        kin.of((other[0], other[1], str(value))) == other
        for key, row in _standing(history)
        if (here := kin.of(key)) in ends
        for other in ends - {here}
        for value in row.fields.values()
    )
