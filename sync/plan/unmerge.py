"""What brings merged and archived records back: undeleted where the CRM can, else re-created under a new id."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Settle, Survivor, Target, Unlink
from connectors.records import Link, ObjectSpec, Ref
from connectors.values import Fields, empty, frozen, same
from hygiene.match.survive import CONSENT, KEPT, refused

KEY = "revops_key"
PREFIX = "undo-"
"""How the key of a record begins that stands for an older one: `undo-RUN-ID`."""
ONE_WAY = "lifecycle_stage"
UNDELETES = frozenset({"salesforce"})
"""CRMs whose API brings a deleted record back under its id; HubSpot's has no such call."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One verified change of a run: what stood there before with its ties, what it left and what that showed."""

    group: str
    change: Change
    before: Mapping[Ref, Fields]
    ties: Mapping[Ref, tuple[Link, ...]]
    left: Ref | None
    shown: Mapping[Ref, Fields]


@dataclass(frozen=True, slots=True)
class World:
    """What an undo must know of today: the run, the record that an id stands for, and the fields of each kind."""

    run: str
    resolve: Callable[[Ref], Ref]
    spec: Callable[[str, str], ObjectSpec | None]

    def writable(self, ref: Ref) -> list[str]:
        """The fields of the record's kind that may be written, in order."""
        spec = self.spec(ref.workspace, ref.kind)
        return sorted(item.name for item in spec.fields if item.writable) if spec else []

    def unique(self, ref: Ref) -> frozenset[str]:
        """Fields of its kind whose value no two live records may share."""
        spec = self.spec(ref.workspace, ref.kind)
        return frozenset(item.name for item in spec.fields if item.unique) if spec else frozenset()


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that does not come back with a record, and why."""

    ref: Ref
    reason: str


class Lasting(Exception):
    """Why a group cannot be undone at all."""


def removed(change: Change) -> tuple[Ref, ...]:
    """The records that a change took away."""
    return change.merged if isinstance(change, Merge) else (change.ref,) if isinstance(change, Archive) else ()


def revived(effect: Effect, place: int, world: World) -> tuple[list[Change], list[Lost]]:
    """Steps, numbered from `place`, that bring back what one merge or archive took away; and what stays lost.

    `Lasting` where a record cannot be re-created without losing a refusal of mail, or without a key to find it by.
    """
    changes: list[Change] = []
    lost: list[Lost] = []
    for ref in removed(effect.change):
        if ref.crm in UNDELETES:
            changes.append(Restore(ref))
            on: Target = ref
        else:
            made, missing = _created(ref, effect, world)
            lost.append(Lost(ref, missing))
            changes.append(made)
            on = Survivor(str(place + len(changes) - 1))
            if ONE_WAY in world.writable(ref) and empty(effect.before.get(ref, {}).get(ONE_WAY)):
                changes.append(Settle(on, frozen({ONE_WAY: None})))  # HubSpot gives a new record a stage unasked
        changes += _tied(on, ref, effect, world)
        if isinstance(effect.change, Merge):
            lost.append(Lost(ref, "activities and list, campaign and workflow memberships stay with the survivor"))
            if ref.kind == "company" and ref.crm not in UNDELETES:
                lost.append(Lost(ref, "its parent and child companies stay with the survivor: they are not pulled"))
    return changes, lost


def _created(ref: Ref, effect: Effect, world: World) -> tuple[Create, str]:
    stood, writable = effect.before.get(ref, {}), world.writable(ref)
    if KEY not in writable:
        raise Lasting(f"the {ref.kind} has no field {KEY} to find a re-created record by: `doctor --add-fields`")
    if locked := [name for name in sorted(CONSENT) if refused(stood.get(name)) and name not in writable]:
        raise Lasting(f"it said no ({', '.join(locked)}) and that cannot be written to a new record: a person does it")
    # What must be unique went to the record that the CRM's merge left, and does not come free.
    taken = world.unique(ref) if isinstance(effect.change, Merge) else frozenset[str]()
    named = {name for name in writable if not empty(stood.get(name))} - taken - {KEY, *KEPT - {"source"}}
    left = sorted(name for name, value in stood.items() if not empty(value) and name not in named)
    made = Create(ref.workspace, ref.kind, f"{PREFIX}{world.run}-{ref.id}", _only(stood, named), KEY)
    return made, f"comes back under a new id; not with it: its history{''.join(f', {name}' for name in left)}"


def _tied(on: Target, ref: Ref, effect: Effect, world: World) -> Iterator[Change]:
    """Its ties as they were: a child's lookup points to it again, an association is made again and, where the
    survivor had none of its own, taken off the survivor."""
    change = effect.change
    merge = change if isinstance(change, Merge) else None
    parties = {*merge.merged, merge.survivor} if merge else {ref}
    own = {link.to for link in effect.ties.get(merge.survivor, ())} if merge and isinstance(merge.survivor, Ref) else {}
    for link in effect.ties.get(ref, ()):
        to = world.resolve(link.to)
        if link.to in parties or link.direction == "out":
            continue
        if link.direction == "in":
            yield Connect(to, Link(on, link.label, "out")) if isinstance(on, Ref) else Connect(on, Link(to, link.label))
            continue
        yield Connect(on, Link(to, link.label))
        if effect.left is not None and merge and link.to not in own:
            yield Unlink(world.resolve(effect.left), Link(to, link.label))


def as_it_was(effects: Sequence[Effect], world: World) -> Iterator[Change]:
    """The values of a merge's survivor from before its group, on the record that it is now."""
    merges = [effect for effect in effects if isinstance(effect.change, Merge)]
    if not merges or not isinstance(first := merges[0].change.survivor, Ref) or (now := merges[-1].left) is None:  # type: ignore[union-attr]
        return
    stood = next((effect.before[first] for effect in effects if first in effect.before), frozen({}))
    shows = next((effect.shown[now] for effect in reversed(effects) if now in effect.shown), frozen({}))
    gone = {ref.id for effect in merges for ref in removed(effect.change) if ref.crm not in UNDELETES}
    names = [
        name
        for name in world.writable(now)
        if name in stood and name in shows and name not in {KEY, *KEPT}
        if not same(stood[name], shows[name]) and str(stood[name]) not in gone
        if not loosens(name, stood[name], shows[name])
    ]
    if names:
        yield from rewrites(world.resolve(now), _only(stood, names), _only(shows, names))


def rewrites(ref: Ref, after: Fields, before: Fields) -> Iterator[Set]:
    """The writes that put `after` over `before`. HubSpot moves a lifecycle stage backwards only from an empty one:
    knowledge.hubspot.com, "use lifecycle stages"."""
    one_way = [name for name in after if name == ONE_WAY and not empty(before.get(name)) and not empty(after[name])]
    if one_way:
        yield Set(ref, frozen({ONE_WAY: None}), _only(before, one_way))
        before = frozen({**before, ONE_WAY: None})
    yield Set(ref, after, before)


def loosens(name: str, after: object, before: object) -> bool:
    """Whether writing `after` over `before` would turn a no into a yes."""
    return name in CONSENT and refused(before) and not refused(after)  # type: ignore[arg-type]


def _only(fields: Fields, names: Sequence[str] | set[str]) -> Fields:
    return frozen({name: fields[name] for name in sorted(names)})
