"""Which step of a plan a mutation is the work of: told from the CRM's own ledger, never from the client's word."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.changes import Archive, Connect, Create, Merge, Restore, Set, Settle, Target, Unlink
from connectors.hubspot.fields import texts
from connectors.records import Ref
from connectors.salesforce import convert
from connectors.salesforce.fields import native
from connectors.values import Fields
from tests.rel.history import Mutation, Op

Key = tuple[str, str, str]


class Kin:
    """Which ids are one record by now: every merge that the CRMs carried out joins its parties."""

    def __init__(self, mutations: Iterable[Mutation]) -> None:
        self.root: dict[Key, Key] = {}
        self.theirs: Kin | None = None
        self.made: dict[str, Key] = {}
        for one in mutations:
            key = (one.crm, one.kind, one.id)
            for other in joined(one):
                self.join(key, (one.crm, one.kind, other))
            if one.verb == "create":
                self.made |= {value: key for value in one.fields.values() if isinstance(value, str)}

    @classmethod
    def told(cls, mutations: Iterable[Mutation]) -> "Kin":
        """From all merges; `theirs` knows of those alone that somebody else made."""
        every = list(mutations)
        found = cls(every)
        found.theirs = cls(one for one in every if one.foreign)
        return found

    def join(self, a: Key, b: Key) -> None:
        """From now on both are one."""
        self.root[self.of(b)] = self.of(a)

    def of(self, key: Key) -> Key:
        """The one id that stands for a record."""
        while (up := self.root.get(key, key)) != key:
            key = up
        return key

    def on(self, op: Op, target: Target) -> Key:
        """The record that a step acts upon, through pointers to earlier steps of its group."""
        if isinstance(target, Ref):
            return self.of((target.crm, target.kind, target.id))
        before = next(step.change for step in op.group.steps if step.id == target.step)
        if isinstance(before, Create):
            key = self.made.get(before.key, (before.workspace.partition(":")[0], before.kind, f"none: {before.key}"))
            return self.of(key)
        if isinstance(before, Merge):
            return self.on(op, before.survivor)
        raise ValueError(f"step {target.step} leaves no record")


def joined(one: Mutation) -> list[str]:
    """The ids that a merge made into one with the mutation's own."""
    if one.verb != "merge":
        return []
    if one.crm == "hubspot":
        return [str(one.detail[name]) for name in ("primary", "merged", "result")]
    return [str(item) for item in one.detail["losers"]]


def plain(value: Any) -> str:
    """A stored value as text, blank for none."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def wired(crm: str, kind: str, fields: Fields) -> dict[str, str]:
    """The fields as the CRM holds them, by its own names."""
    if crm == "hubspot":
        return texts(kind, fields)
    return {native(kind, name): plain(convert.write(name, value)) for name, value in fields.items()}


def primary(op: Op, one: Mutation, kin: Kin) -> bool:
    """Whether the mutation is what the step asks for."""
    change, here = op.change, kin.of((one.crm, one.kind, one.id))
    match change:
        case Set() | Settle():
            wanted = wired(here[0], here[1], change.after) if one.verb == "update" else {}
            return one.verb == "update" and here == kin.on(op, change.ref) and _within(one, wanted)
        case Merge():
            return one.verb == "merge" and here == kin.on(op, change.survivor) and _folds(change, one, kin)
        case Create():
            return one.verb == "create" and change.key in one.fields.values()
        case Connect() | Unlink():
            return _ties(op, change, one, kin)
        case Archive(ref=ref):
            verb = one.verb in ("archive", "delete") and "reason" not in one.detail
            return verb and (one.crm, one.kind, one.id) == (ref.crm, ref.kind, ref.id)
        case Restore(ref=ref):
            return one.verb in ("restore", "undelete") and (one.crm, one.kind, one.id) == (ref.crm, ref.kind, ref.id)


def follows(op: Op, one: Mutation, kin: Kin) -> bool:
    """Whether the mutation comes of the step by the CRM's own rules: what a merge does to records around it."""
    change = op.change
    if not isinstance(change, Merge) or one.crm != "salesforce":
        return False
    survivor, merged = kin.on(op, change.survivor), {ref.id for ref in change.merged}
    if one.detail.get("reason") == "merge":
        return one.id in merged or any(kin.of((one.crm, change.merged[0].kind, plain(value))) == survivor
                                       for value in one.fields.values())  # fmt: skip
    return (
        one.verb == "update"
        and kin.of((one.crm, one.kind, one.id)) == survivor
        and _within(one, wired(one.crm, one.kind, change.carry))
    )


def _within(one: Mutation, wanted: Mapping[str, str]) -> bool:
    """Whether it writes nothing but these values; a save of equal values writes none."""
    return all(name in wanted and plain(value) == plain(wanted[name]) for name, value in one.fields.items())


def _folds(change: Merge, one: Mutation, kin: Kin) -> bool:
    """Whether exactly these were folded in, under the ids that somebody else's merge may just have given them."""
    parts = {str(one.detail["merged"])} if one.crm == "hubspot" else set(one.detail["losers"])
    theirs = kin.theirs or kin
    return {theirs.of((one.crm, one.kind, part)) for part in parts} == {
        theirs.of((ref.crm, ref.kind, ref.id)) for ref in change.merged
    }


def _ties(op: Op, change: Connect | Unlink, one: Mutation, kin: Kin) -> bool:
    ends = {kin.on(op, change.ref), kin.on(op, change.link.to)}
    here = kin.of((one.crm, one.kind, one.id))
    if one.crm == "hubspot":
        word = "link" if isinstance(change, Connect) else "unlink"
        there = kin.of((one.crm, str(one.detail.get("to_kind")), str(one.detail.get("to_id"))))
        return one.verb == word and {here, there} == ends
    if one.verb != "update" or here not in ends or len(one.fields) > 1:
        return False
    other = next(iter(ends - {here}), here)
    held = one.fields if isinstance(change, Connect) else (one.detail.get("before") or {})
    return not one.fields or any(kin.of((one.crm, other[1], plain(value))) == other for value in held.values())
