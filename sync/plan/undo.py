"""The plan that undoes a run, built from the journal, and the list of what does not come back."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Settle, Unlink
from connectors.records import Ref
from connectors.values import Fields, Value, frozen, load_fields, same
from sync.forms import load_change, load_link
from sync.ledger.journal import Entry, State
from sync.plan.model import Expectation, Grade, Group, Step
from sync.plan.unmerge import (
    PREFIX,
    UNDELETES,
    Effect,
    Lasting,
    Lost,
    World,
    as_it_was,
    loosens,
    removed,
    revived,
    rewrites,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An effect of the run that its undo leaves in place, and why."""

    group: str
    verb: str
    ref: str
    reason: str


def undo(entries: Iterable[Entry], world: World) -> tuple[tuple[Group, ...], tuple[Kept, ...]]:
    """Groups that bring back what stood before, the last change first, and what does not come back.

    A group that cannot be undone in one of its steps is left whole: the values of the others belong to a record that
    is no longer the one it was.
    """
    by_group: dict[str, list[Effect]] = {}
    for effect in _effects(entries):
        by_group.setdefault(effect.group, []).append(effect)
    groups: list[Group] = []
    kept: list[Kept] = []
    for name, effects in reversed(by_group.items()):
        try:
            steps, lost = _back(effects, world)
        except Lasting as reason:
            kept += [Kept(name, _verb(item.change), _ref(item.change), str(reason)) for item in effects]
            continue
        kept += [Kept(name, "returns without", str(item.ref), item.reason) for item in lost]
        if steps:
            groups.append(_group(world.run, name, steps))
    return tuple(groups), tuple(kept)


def born(entries: Iterable[Entry]) -> dict[Ref, Ref]:
    """The records that an undo made anew: old ref -> new ref."""
    found: dict[Ref, Ref] = {}
    for effect in _effects(entries):
        change = effect.change
        if isinstance(change, Create) and change.key.startswith(PREFIX) and effect.left is not None:
            found[Ref(change.workspace, change.kind, change.key.split("-", 2)[2])] = effect.left
    return found


def _effects(entries: Iterable[Entry]) -> list[Effect]:
    """What the run did and proved: an intent whose last word is VERIFIED, and not that it stood there already."""
    intents: dict[str, Entry] = {}
    ends: dict[str, Entry] = {}
    for entry in entries:
        if entry.state is State.INTENT:
            intents[entry.key] = entry
        ends[entry.key] = entry
    found = []
    for key, entry in intents.items():
        end = ends[key]
        ours = end.state is State.VERIFIED and not end.facts.get("already")
        if ours and isinstance(entry.values.get("change"), Mapping):
            found.append(_effect(entry, end))
    return found


def _effect(entry: Entry, end: Entry) -> Effect:
    change: Any = entry.values["change"]
    lists: Any = entry.values.get("ties") or {}
    return Effect(
        entry.group,
        load_change(change),
        _fields(entry.values.get("before")),
        {Ref.parse(ref): tuple(load_link(item) for item in some) for ref, some in lists.items()},
        Ref.parse(end.ref) if end.ref else None,
        _fields(end.values.get("shown")),
    )


def _fields(values: object) -> dict[Ref, Fields]:
    found = values if isinstance(values, Mapping) else {}
    return {Ref.parse(ref): load_fields(fields) for ref, fields in found.items()}


def _back(effects: list[Effect], world: World) -> tuple[list[Change], list[Lost]]:
    """The inverse of every effect in the opposite order; `Lasting` where one has none."""
    merging = any(isinstance(effect.change, Merge) for effect in effects)
    back = {ref for effect in effects for ref in removed(effect.change) if ref.crm in UNDELETES}
    changes: list[Change] = []
    lost: list[Lost] = []
    for effect in reversed(effects):
        change = effect.change
        if isinstance(change, Merge) or any(ref.crm not in UNDELETES for ref in removed(change)):
            more, missing = revived(effect, len(changes) + 1, world)
        elif merging and isinstance(change, Set | Settle):
            continue  # the survivor's values come back at once, on whatever record it has become
        else:
            more, missing = _inverse(effect, replace(world, resolve=_unless(back, world)))
        changes += more
        lost += missing
    if merging:
        changes += as_it_was(effects, world)
    return changes, lost


def _unless(back: Collection[Ref], world: World) -> Callable[[Ref], Ref]:
    """What an id stands for once these are back under their own."""
    return lambda ref: ref if ref in back else world.resolve(ref)


def _inverse(effect: Effect, world: World) -> tuple[list[Change], list[Lost]]:
    match effect.change:
        case Set(ref=Ref() as ref, after=after) | Settle(ref=Ref() as ref, after=after):
            return _rewritten(ref, after, effect.before.get(ref, frozen({})), world)
        case Archive(ref=ref):
            return [Restore(ref)], []
        case Restore(ref=ref):
            return [Archive(ref)], []
        case Connect(ref=Ref() as ref, link=link):
            # A lookup holds one tie at a time: what it held before is put back.
            ties = [item for some in effect.ties.values() for item in some]
            held = next((item for item in ties if item.label == link.label and item.direction == "out"), None)
            on = world.resolve(ref)
            return [Connect(on, held) if held and link.direction == "out" else Unlink(on, link)], []
        case Unlink(ref=Ref() as ref, link=link):
            return [Connect(world.resolve(ref), link)], []
        case Create():
            raise Lasting("a record created by a run is left for a person to archive")
    raise Lasting(f"nothing takes back a {_verb(effect.change)}")


def _rewritten(ref: Ref, after: Fields, stood: Fields, world: World) -> tuple[list[Change], list[Lost]]:
    """The values that a write changed, as they were; a no that it wrote stays a no."""
    changed = [name for name in after if not same(stood.get(name), after[name])]
    firm = [name for name in changed if loosens(name, stood.get(name), after[name])]
    back = frozen({name: stood.get(name) for name in changed if name not in firm})
    lost = [Lost(ref, f"{name} stays a no: consent never loosens, a person may") for name in firm]
    now = frozen({name: after[name] for name in back})
    return list(rewrites(world.resolve(ref), back, now)) if back else [], lost


def _group(run: str, name: str, changes: list[Change]) -> Group:
    now: dict[Ref, dict[str, Value]] = {}
    for change in changes:
        if isinstance(change, Set) and isinstance(change.ref, Ref):
            now[change.ref] = {**change.before, **now.get(change.ref, {})}  # what the first write finds there
    return Group(
        id=f"u-{name.removeprefix('g-')}",
        check="undo",
        finding="",
        title=f"Undo of {name} in run {run}",
        grade=Grade.IRREVERSIBLE if any(isinstance(change, Create) for change in changes) else Grade.REVERSIBLE,
        steps=tuple(Step(str(place), change) for place, change in enumerate(changes, 1)),
        expects=tuple(Expectation(ref, frozen(fields)) for ref, fields in now.items()),
    )


def _verb(change: Change) -> str:
    return type(change).__name__.lower()


def _ref(change: Change) -> str:
    return str(getattr(change, "ref", getattr(change, "survivor", "")))
