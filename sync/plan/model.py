"""Plan, Group, Step, Expectation, Impact: what may be written, in which order, and what must hold before."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from connectors.changes import Change, Create, Merge, Survivor, Way, parties, target, verb
from connectors.records import Link, ObjectSpec, Record, Ref
from connectors.values import NO_FIELDS, Fields, Value
from hygiene.check import Evidence


class Grade(StrEnum):
    """How far a group can be undone; the worst of its steps decides."""

    REVERSIBLE = "reversible"
    NEW_ID = "reversible_with_new_id"
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a record must still show when its group starts. `links` names, by kind, the exact ids it is tied to."""

    ref: Ref
    fields: Fields = field(default_factory=lambda: NO_FIELDS)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Step:
    """One change; `id` is unique in its group."""

    id: str
    change: Change


class Source(Protocol):
    """What planning needs of the mirror."""

    def get(self, ref: Ref) -> Record | None: ...

    def some(self, refs: Iterable[Ref]) -> Iterator[Record]: ...

    def ties(self, ref: Ref) -> tuple[tuple[Ref, Link], ...]: ...

    def spec(self, workspace: str, kind: str) -> ObjectSpec | None: ...


class Unplannable(Exception):
    """Why a proposal cannot become steps; it is shown beside the finding."""


class About(StrEnum):
    """What an effect of a merge touches. KEPT and LOST are values of the merged records that the survivor does not show
    in the same field: the CRM keeps the one sort beside its own, the other goes."""

    TIES = "ties"
    OWNER = "owner"
    STAGE = "stage"
    CONSENT = "consent"
    PIPELINE = "pipeline"
    FORECAST = "forecast"
    KEPT = "kept"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Impact:
    """One effect of a merge, for the eye of a reviewer alone: nothing is decided by it.

    `name` is the field, the kind of ties or the currency that it is about; `count` is how many ties, deals or records
    it moves, and `refs` names those of the group that it concerns. Of ties `before` and `after` are the survivor's
    numbers, of the pipeline its open sums, of a field the values. Not `exact` is an effect on what is not pulled.
    """

    about: About
    name: str
    before: Value
    after: Value
    count: int
    exact: bool
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The unit of review, grade, halt and dependency: its steps run in order, and every prefix is a valid state."""

    id: str
    check: str
    finding: str
    title: str
    grade: Grade
    steps: tuple[Step, ...]
    expects: tuple[Expectation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    why: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    after: tuple[str, ...] = ()
    way: Way = Way.PLAIN
    impact: tuple[Impact, ...] = ()

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Every record that the group is about, those it expects something of first."""
        named = [item.ref for item in self.expects]
        touched = [ref for step in self.steps for ref in parties(step.change)]
        return tuple(dict.fromkeys([*named, *touched]))

    @property
    def merges(self) -> int:
        """How many records the group folds into others for good."""
        return sum(len(step.change.merged) for step in self.steps if isinstance(step.change, Merge))


@dataclass(frozen=True, slots=True)
class Workspace:
    """One account that the plan touches, as it was when the plan was made."""

    name: str
    production: bool
    api_version: str
    schema: Mapping[str, str]
    pulled_at: Mapping[str, datetime]
    calls: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply needs; the file's bytes are its identity."""

    tool: str
    made_at: datetime
    expires_at: datetime
    config: str
    workspaces: Mapping[str, Workspace]
    groups: tuple[Group, ...]
    undoes: str = ""

    @property
    def calls(self) -> int:
        """The API calls that applying it is forecast to take."""
        return sum(sum(item.calls.values()) for item in self.workspaces.values())

    def counts(self) -> dict[str, int]:
        """What a person is asked to allow: groups, steps, steps by verb, records merged for good."""
        found = {"groups": len(self.groups), "steps": 0, "merged_for_good": 0}
        for group in self.groups:
            found["merged_for_good"] += group.merges
            for step in group.steps:
                found["steps"] += 1
                found[verb(step.change)] = found.get(verb(step.change), 0) + 1
        return found

    def walk(self) -> Iterator[tuple[Group, Step]]:
        """Every step with its group."""
        return ((group, step) for group in self.groups for step in group.steps)


def produces(group: Group, pointer: Survivor) -> Step:
    """The step of the group that a pointer stands for."""
    return next(step for step in group.steps if step.id == pointer.step)


def kind_of(group: Group, change: Change) -> tuple[str, str]:
    """The workspace and kind that a change is sent to, through pointers to earlier steps."""
    if isinstance(change, Create):
        return change.workspace, change.kind
    on = target(change)
    if isinstance(on, Survivor):
        return kind_of(group, produces(group, on).change)
    if on is None:
        raise ValueError(f"a {verb(change)} without a record")
    return on.workspace, on.kind
