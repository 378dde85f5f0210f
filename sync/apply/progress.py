"""Where every group of a run stands, rebuilt from the journal, and which rows are ready to travel together."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.base import UPDATES, Limits
from connectors.changes import (
    Archive,
    Batch,
    Change,
    Connect,
    Create,
    Merge,
    Row,
    Survivor,
    Unlink,
    Way,
    target,
    verb,
)
from connectors.records import Ref
from connectors.values import Fields, frozen, load_fields
from sync.ledger.journal import Entry, State
from sync.plan.model import Expectation, Group, Plan, Step, kind_of

OPEN_GROUPS = 200
PERSON = "a person"
"""Whose word an entry of the journal rests on that no read-back speaks for."""


def most_open(groups: Iterable[Group], limits: Mapping[str, Limits]) -> int:
    """How many groups may be under way at once: as many as a job takes where the plan loads by jobs, whose groups have
    a single step."""
    jobs = [item.ways[Way.JOB] for item in limits.values() if Way.JOB in item.ways]
    return max(OPEN_GROUPS, *jobs) if any(group.way is Way.JOB for group in groups) else OPEN_GROUPS


DONE = frozenset({State.VERIFIED})
ENDED = frozenset({State.REJECTED, State.REVERTED, State.HALTED, State.SKIPPED})


@dataclass(slots=True)
class Track:
    """One group under way: the state of its steps, the records they left, and what its records must show now."""

    group: Group
    states: dict[str, State] = field(default_factory=dict)
    left: dict[str, Ref] = field(default_factory=dict)
    expected: dict[Ref, Expectation] = field(default_factory=dict)
    tries: int = 0
    paused: str = ""

    @property
    def begun(self) -> bool:
        """Whether any step of the group has taken effect."""
        return any(state in DONE for state in self.states.values())

    @property
    def done(self) -> bool:
        """Whether every step was verified."""
        return all(self.states.get(step.id) in DONE for step in self.group.steps)

    @property
    def ended(self) -> bool:
        """Whether nothing more will be sent for the group in this run of the plan."""
        return self.done or any(state in ENDED for state in self.states.values())

    @property
    def resting(self) -> bool:
        """Whether this run sends nothing more for the group."""
        return self.ended or bool(self.paused)

    def next(self) -> Step | None:
        """The first step that is not verified, None where the group rests, waits or is over."""
        if self.resting:
            return None
        return next(step for step in self.group.steps if self.states.get(step.id) not in DONE)

    def resolved(self, change: Change, resolve: Callable[[Ref], Ref]) -> Change:
        """The change with every pointer and every merged-away id replaced by the record it stands for now."""

        def now(ref: Ref | Survivor) -> Ref:
            return resolve(self.left[ref.step] if isinstance(ref, Survivor) else ref)

        match change:
            case Create() | Archive():
                # An archive is for this very record: what it was merged into since is another one.
                return change
            case Merge():
                return replace(change, survivor=now(change.survivor))
        found = replace(change, ref=now(change.ref))
        link = getattr(found, "link", None)
        return found if link is None else replace(found, link=replace(link, to=now(link.to)))

    def saw(self, step: str, state: State, ref: Ref | None, shown: Mapping[Ref, Fields]) -> None:
        """A step was settled; from now on its records are expected to be as they were read back."""
        self.states[step] = state
        if state not in DONE:
            return
        change = next(item.change for item in self.group.steps if item.id == step)
        if isinstance(change, Merge):
            self._fold(change)
        if ref is not None:
            self.left[step] = ref
        for seen, fields in shown.items():
            old = self.expected.get(seen, Expectation(seen))
            self.expected[seen] = Expectation(seen, frozen({**old.fields, **fields}))

    def told(self, step: str, ref: Ref) -> None:
        """A person said that a step was carried out: nobody read back what it left, so that is expected no more."""
        self.states[step] = State.VERIFIED
        self.left[step] = ref
        change = next(item.change for item in self.group.steps if item.id == step)
        written, old = getattr(change, "after", {}), self.expected.get(ref, Expectation(ref))
        kept = {name: value for name, value in old.fields.items() if name not in written}
        self.expected[ref] = Expectation(ref, frozen(kept))

    def _fold(self, change: Merge) -> None:
        """Nothing is expected any more of the records that became one: its read-back says what it is."""
        on = self.left[change.survivor.step] if isinstance(change.survivor, Survivor) else change.survivor
        for ref in (on, *change.merged):
            self.expected.pop(ref, None)


def key_of(plan: str, group: Group, step: Step) -> str:
    """The name of one change for ever: the same plan, group and step give the same key in every run."""
    return hashlib.sha256(f"{plan}/{group.id}/{step.id}".encode()).hexdigest()[:32]


def tracks(plan: Plan, plan_hash: str, entries: Iterable[Entry]) -> list[Track]:
    """The groups as the journal left them."""
    found = {group.id: Track(group, expected={item.ref: item for item in group.expects}) for group in plan.groups}
    keys = {key_of(plan_hash, group, step): (group.id, step.id) for group, step in plan.walk()}
    for entry in entries:
        if entry.key in keys:
            group, step = keys[entry.key]
            if entry.state in DONE and entry.facts.get("by") == PERSON and entry.ref:
                found[group].told(step, Ref.parse(entry.ref))
                continue
            shown = entry.values.get("shown", {}) if entry.state in DONE else {}
            fields = (
                {Ref.parse(ref): load_fields(value) for ref, value in shown.items()}
                if isinstance(shown, Mapping)
                else {}
            )
            found[group].saw(step, entry.state, Ref.parse(entry.ref) if entry.ref else None, fields)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Work:
    """One row ready to travel: its group, step and resolved change; once its record was read, when that was modified
    last, and the one at the other end of its tie; and the job that it travels by, if any."""

    track: Track
    step: Step
    key: str
    change: Change
    seen: datetime | None = None
    far: datetime | None = None
    job: str = ""

    @property
    def way(self) -> Way:
        """How it travels: the plan says so for what writes fields alone."""
        return self.track.group.way if verb(self.change) in UPDATES else Way.PLAIN


def acted_on(change: Change) -> tuple[Ref, ...]:
    """The records whose state tells whether the change took effect."""
    if isinstance(change, Create):
        return ()
    on = target(change)
    head = (on,) if isinstance(on, Ref) else ()
    return (*head, *change.merged) if isinstance(change, Merge) else head


def ready(going: list[Track], done: set[str], plan_hash: str, resolve: Callable[[Ref], Ref]) -> Iterator[Work]:
    """The next step of every group that may go on, the least advanced first; `done` names the groups behind us.

    Ids are resolved as rows are taken, since a batch of merges takes one row of many.
    """
    free = (track for track in going if set(track.group.after) <= done)
    steps = [(track, step) for track in free if (step := track.next())]
    steps.sort(key=lambda pair: pair[0].group.steps.index(pair[1]))
    for track, step in steps:
        yield Work(track, step, key_of(plan_hash, track.group, step), track.resolved(step.change, resolve))


def pack(works: Iterable[Work], limits: Mapping[str, Limits]) -> list[Work]:
    """The first work and all that may share its batch: equal workspace, kind, verb and way, no record twice;
    ties are sent by the kind they lead to as well."""
    batch: list[Work] = []
    head: tuple[str, str, str, str, Way] | None = None
    taken: set[Ref] = set()
    for work in works:
        leads = work.change.link.to.kind if isinstance(work.change, Connect | Unlink) else ""
        place = (*kind_of(work.track.group, work.step.change), verb(work.change), leads, work.way)
        head = head or place
        touched = set(acted_on(work.change))
        if place != head or taken & touched:
            continue
        taken |= touched
        batch.append(work)
        if len(batch) == limits[head[0]].most(head[2], head[4]):
            break
    return batch


def as_batch(works: list[Work]) -> Batch:
    """The batch that a writer sends."""
    workspace, kind = kind_of(works[0].track.group, works[0].step.change)
    rows = tuple(Row(work.key, work.change, work.seen, work.far) for work in works)
    return Batch(workspace, kind, verb(works[0].change), rows, works[0].way, works[0].job)
