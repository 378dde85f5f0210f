"""The plan that undoes a run, built from the journal, and the list of what cannot be undone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Settle, Unlink
from connectors.records import Link, Ref
from connectors.values import Fields, frozen, load_fields, same
from sync.forms import load_change, load_link
from sync.ledger.journal import Entry, State
from sync.plan.model import Expectation, Grade, Group, Step


@dataclass(frozen=True, slots=True)
class Kept:
    """An effect of the run that its undo leaves in place, and why."""

    group: str
    verb: str
    ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One verified change of the run with what stood there before; `ties` are those of the record it acted on."""

    group: str
    change: Change
    before: Mapping[Ref, Fields]
    ties: tuple[Link, ...] = ()


def undo(
    run: str, entries: Iterable[Entry], resolve: Callable[[Ref], Ref]
) -> tuple[tuple[Group, ...], tuple[Kept, ...]]:
    """Groups that write back what stood before, the last change first, and the effects that stay.

    A group that merged or archived records is left whole: its field values belong to a record that is no longer the
    one it was.
    """
    by_group: dict[str, list[Effect]] = {}
    for effect in _effects(entries):
        by_group.setdefault(effect.group, []).append(effect)
    groups, kept = [], []
    for name, effects in reversed(by_group.items()):
        reasons = [_lasting(effect.change) for effect in effects]
        if any(reasons):
            reason = next(item for item in reasons if item)
            kept += [Kept(name, type(item.change).__name__.lower(), _ref(item.change), reason) for item in effects]
        else:
            groups.append(_group(run, name, effects, resolve))
    return tuple(groups), tuple(kept)


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
        change, before = entry.values.get("change"), entry.values.get("before")
        ours = ends[key].state is State.VERIFIED and not ends[key].facts.get("already")
        if ours and isinstance(change, Mapping) and isinstance(before, Mapping):
            stood = {Ref.parse(ref): load_fields(fields) for ref, fields in before.items()}
            ties = entry.values.get("ties", {})
            lists = ties.values() if isinstance(ties, Mapping) else ()
            links = tuple(load_link(item) for some in lists if isinstance(some, list) for item in some)
            found.append(Effect(entry.group, load_change(change), stood, links))
    return found


def _lasting(change: Change) -> str:
    """Why a change stays; empty for one that can be taken back."""
    match change:
        case Merge():
            return "a merge has no inverse in this CRM's API; the journal holds both records as they were"
        case Archive(ref=ref) if ref.crm != "salesforce":
            return "this CRM's API restores nothing: a person can, from its recycle bin, within 90 days"
        case Create():
            return "a record created by a run is left for a person to archive"
    return ""


def _group(run: str, name: str, effects: list[Effect], resolve: Callable[[Ref], Ref]) -> Group:
    changes = [_inverse(effect, resolve) for effect in reversed(effects)]
    return Group(
        id=f"u-{name.removeprefix('g-')}",
        check="undo",
        finding="",
        title=f"Undo of {name} in run {run}",
        grade=Grade.REVERSIBLE,
        steps=tuple(Step(str(place), change) for place, change in enumerate(changes, 1)),
        expects=tuple(
            Expectation(change.ref, change.before)
            for change in changes
            if isinstance(change, Set) and isinstance(change.ref, Ref)
        ),
    )


def _inverse(effect: Effect, resolve: Callable[[Ref], Ref]) -> Change:
    match effect.change:
        case Set(ref=Ref() as ref, after=after) | Settle(ref=Ref() as ref, after=after):
            stood = effect.before.get(ref, {})
            changed = [name for name in after if not same(stood.get(name), after[name])]
            back = frozen({name: stood.get(name) for name in changed})
            return Set(resolve(ref), back, frozen({name: after[name] for name in changed}))
        case Archive(ref=ref):
            return Restore(ref)
        case Connect(ref=Ref() as ref, link=link):
            # A lookup holds one tie at a time: what it held before is put back.
            held = next((item for item in effect.ties if item.label == link.label and item.direction == "out"), None)
            return Connect(resolve(ref), held) if held and link.direction == "out" else Unlink(resolve(ref), link)
        case Unlink(ref=Ref() as ref, link=link):
            return Connect(resolve(ref), link)
    raise ValueError(f"no inverse for {type(effect.change).__name__}")


def _ref(change: Change) -> str:
    return str(getattr(change, "ref", getattr(change, "survivor", "")))
