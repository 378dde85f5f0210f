"""The same loop over a model of the CRM: what applying a plan would send, and so how many calls it takes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import Gone, Identity, Limits, Page, Reading
from connectors.changes import (
    Archive,
    Batch,
    Change,
    Connect,
    Create,
    Merge,
    Outcome,
    Restore,
    Set,
    Settle,
    Status,
    Unlink,
)
from connectors.records import Link, ObjectSpec, Pipeline, Record, Ref
from connectors.values import empty, frozen
from sync.apply.run import Apply
from sync.apply.scribe import Report
from sync.apply.tools import Tools
from sync.ledger.journal import Scratch
from sync.plan.model import Plan
from sync.plan.strategy import tied


class Model:
    """A workspace that holds just what a plan expects of it, and counts the calls it is asked for.

    Both halves of a connector in one. A merge keeps the survivor's values and fills its empty ones; it counts as
    leaving the survivor's id in place, since what a merge mints is not known beforehand.
    """

    kinds: tuple[str, ...] = ()
    calls_left: int | None = None

    def __init__(self, identity: Identity, limits: Limits, plan: Plan) -> None:
        self._identity, self.limits = identity, limits
        self.calls = 0
        self._signed_in = False
        self.by_verb: dict[str, int] = {}
        self.state: dict[Ref, Reading] = {}
        for group in plan.groups:
            for item in group.expects:
                links = [Link(Ref(item.ref.workspace, kind, id_)) for kind, ids in item.links.items() for id_ in ids]
                self.state[item.ref] = Record(item.ref, item.fields, tuple(links))
            restored = (step.change.ref for step in group.steps if isinstance(step.change, Restore))
            self.state |= {ref: Gone(ref) for ref in restored}
            for step in group.steps:
                if isinstance(step.change, Unlink) and isinstance(step.change.ref, Ref):
                    held = self._record(step.change.ref)  # a tie that is there to be taken off
                    self.state[held.ref] = replace(held, links=(*held.links, step.change.link))

    def identity(self) -> Identity:
        """The account; one call."""
        self._count("identity", 1)
        return self._identity

    def describe(self, kind: str) -> ObjectSpec:
        """A kind; one call."""
        self._count("describe", 1)
        return ObjectSpec(kind, kind, ())

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """No plan asks for pipelines."""
        return ()

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        """No plan pulls."""
        return iter(())

    def read(self, refs: Sequence[Ref], fields: Collection[str], links: Collection[str] = ()) -> dict[Ref, Reading]:
        """What stands there; a record the plan says nothing of is there and empty."""
        found = {ref: self.state.get(ref, Record(ref)) for ref in refs}
        gone = sum(isinstance(reading, Gone) for reading in found.values())
        self._count("read", self.limits.calls("read", len(refs)))
        costly = [kind for kind in links if (refs[0].kind, kind) not in self.limits.free_ties]
        self._count("read", len(costly) * self.limits.calls("read_links", len(refs) - gone))
        self._count("read", self.limits.calls("read_gone", gone))
        blank = dict.fromkeys(fields)
        return {
            ref: replace(reading, fields=frozen({**blank, **reading.fields}))
            if isinstance(reading, Record)
            else reading
            for ref, reading in found.items()
        }

    def find(self, kind: str, key_field: str, keys: Sequence[str]) -> dict[str, Ref]:
        """Nothing: keys are only looked for after a lost answer, and no answer is lost here."""
        return {}

    def ensure_fields(self, kind: str) -> bool:
        """No plan adds fields."""
        return True

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        """Carry out every row."""
        self._count("identity", 0 if self._signed_in else self.limits.sign_in)
        self._signed_in = True
        self._count(batch.verb, self.limits.calls(batch.verb, len(batch.rows), batch.way))
        return tuple(Outcome(row.key, Status.APPLIED, self._done(row.change)) for row in batch.rows)

    def _done(self, change: Change) -> Ref | None:
        match change:
            case Set(ref=Ref() as ref, after=after) | Settle(ref=Ref() as ref, after=after):
                record = self._record(ref)
                self.state[ref] = replace(record, fields=frozen({**record.fields, **after}))
                return ref
            case Merge(survivor=Ref() as ref):
                self._merge(ref, change)
                return ref
            case Connect(ref=Ref() as ref, link=link):
                self.state[ref] = replace(self._record(ref), links=(*self._record(ref).links, link))
                return ref
            case Unlink(ref=Ref() as ref, link=link):
                kept = tuple(item for item in self._record(ref).links if item.to != link.to)
                self.state[ref] = replace(self._record(ref), links=kept)
                return ref
            case Archive(ref=ref):
                self.state[ref] = Gone(ref)
                return ref
            case Restore(ref=ref):
                self.state[ref] = Record(ref)
                return ref
            case Create():
                ref = Ref(change.workspace, change.kind, change.key)
                # HubSpot gives a new record a lifecycle stage unasked; emptying it again is a call.
                made = {"lifecycle_stage": "lead", **change.fields, change.key_field: change.key}
                self.state[ref] = Record(ref, frozen(made))
                return ref
        return None

    def _merge(self, survivor: Ref, change: Merge) -> None:
        fields = dict(self._record(survivor).fields)
        for ref in change.merged:
            for name, value in self._record(ref).fields.items():
                if empty(fields.get(name)):
                    fields[name] = value
            self.state[ref] = Gone(ref, survivor)
        self.state[survivor] = replace(self._record(survivor), fields=frozen({**fields, **change.carry}))

    def _record(self, ref: Ref) -> Record:
        reading = self.state.get(ref)
        return reading if isinstance(reading, Record) else Record(ref)

    def _count(self, verb: str, calls: int) -> None:
        self.calls += calls
        if calls:
            self.by_verb[verb] = self.by_verb.get(verb, 0) + calls


def rehearse(
    plan: Plan, identities: Mapping[str, Identity], limits: Mapping[str, Limits], canary: int = 0
) -> dict[str, dict[str, int]]:
    """The calls that applying the plan takes, by workspace and verb, when nothing goes wrong."""
    models = {name: Model(identities[name], limits[name], plan) for name in identities}
    walk(plan, models, canary)
    return {name: dict(sorted(model.by_verb.items())) for name, model in models.items()}


def walk(plan: Plan, models: Mapping[str, Model], canary: int = 0) -> Report:
    """Apply the plan to the models: the very loop that applies it for real, with nobody to wait for."""
    scratch = Scratch()
    tools = Tools(
        journal=scratch,
        readers=models,
        writers=models,
        resolve=lambda ref: ref,
        alias=lambda old, new: None,
        fence=lambda: None,
        keep=lambda readings: None,
        sleep=lambda seconds: None,
        age=lambda entry: 0.0,
    )
    kinds = touched(plan)
    for name, model in models.items():
        model.identity()
        for kind in kinds.get(name, ()):
            model.describe(kind)
    return Apply(plan, "rehearsal", "rehearsal", tools).run(canary)


def touched(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The kinds that a plan writes to, expects ties with or moves ties to by a merge, by workspace."""
    found: dict[str, set[str]] = {}
    for group in plan.groups:
        for ref in group.refs:
            kinds = tied(ref) if group.merges else ()
            found.setdefault(ref.workspace, set()).update((ref.kind, *kinds))
        for item in group.expects:
            found.setdefault(item.ref.workspace, set()).update(item.links)
    return {name: tuple(sorted(kinds)) for name, kinds in sorted(found.items())}
