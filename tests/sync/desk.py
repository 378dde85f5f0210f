"""A CRM in a dict with everything that apply works with, and writers that misbehave by a script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from connectors.base import Writer
from connectors.changes import Batch, Change, Outcome, Row, Status
from connectors.memory import Memory
from connectors.records import Link, Record, Ref
from connectors.values import Value, frozen
from sync.apply.run import Apply
from sync.apply.scribe import Report
from sync.apply.stop import Rules
from sync.apply.tools import Tools
from sync.ledger.journal import Scratch, State
from sync.plan.model import Expectation, Grade, Group, Plan, Step

SPACE = "memory:local"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENT = Rules(consecutive=99, share=1.0, reverted=99, unknown_merges=99)
"""Rules under which nothing stops a run."""

Answers = tuple[Outcome, ...]
Act = Callable[[Writer, Batch], Answers]


def ref(key: str, kind: str = "company") -> Ref:
    return Ref(SPACE, kind, key)


def record(key: str, kind: str = "company", links: Sequence[Link] = (), /, **fields: Value) -> Record:
    return Record(ref(key, kind), frozen(fields), tuple(links))


def group(name: str, *changes: Change, expects: Sequence[Expectation] = (), after: Sequence[str] = ()) -> Group:
    """A group whose steps are numbered from one."""
    steps = tuple(Step(str(place), change) for place, change in enumerate(changes, 1))
    return Group(f"g-{name}", "test", name, name, Grade.REVERSIBLE, steps, tuple(expects), after=tuple(after))


def plan_of(*groups: Group) -> Plan:
    """A plan of these groups, bound to no account in particular."""
    return Plan("1", NOW, NOW + timedelta(hours=24), "rules", MappingProxyType({}), groups)


def expected(key: str, kind: str = "company", /, **fields: Value) -> Expectation:
    return Expectation(ref(key, kind), frozen(fields))


class Script:
    """Satisfies `Writer`: each act answers one push, in order; after the last one everything goes through."""

    def __init__(self, writer: Writer, *acts: Act) -> None:
        self.writer = writer
        self.acts = list(acts)
        self.pushed: list[Batch] = []

    @property
    def calls(self) -> int:
        return self.writer.calls

    def ensure_fields(self, kind: str) -> bool:
        return self.writer.ensure_fields(kind)

    def push(self, batch: Batch) -> Answers:
        self.pushed.append(batch)
        return self.acts.pop(0)(self.writer, batch) if self.acts else self.writer.push(batch)


def through(writer: Writer, batch: Batch) -> Answers:
    """Nothing special."""
    return writer.push(batch)


def lost(writer: Writer, batch: Batch) -> Answers:
    """Carried out; the answer never came."""
    return unknown(batch.rows) if writer.push(batch) else ()


def swallowed(_: Writer, batch: Batch) -> Answers:
    """Not carried out, and no answer either."""
    return unknown(batch.rows)


def silent(writer: Writer, batch: Batch) -> Answers:
    """Carried out; the answer speaks of the last row alone."""
    return writer.push(batch)[-1:]


def unknown(rows: Sequence[Row]) -> Answers:
    return tuple(Outcome(row.key, Status.UNKNOWN) for row in rows)


def raises(error: Exception) -> Act:
    """Refused whole: nothing was done."""

    def act(_: Writer, batch: Batch) -> Answers:
        raise error

    return act


def pretends(_: Writer, batch: Batch) -> Answers:
    """Says that it was done and does nothing."""
    return tuple(Outcome(row.key, Status.APPLIED, getattr(row.change, "ref", None)) for row in batch.rows)


def refuses(*places: int) -> Act:
    """The rows at these places are refused, the rest carried out."""

    def act(writer: Writer, batch: Batch) -> Answers:
        good = tuple(row for place, row in enumerate(batch.rows) if place not in places)
        bad = tuple(row for place, row in enumerate(batch.rows) if place in places)
        said = writer.push(Batch(batch.workspace, batch.kind, batch.verb, good)) if good else ()
        return (*said, *(Outcome(row.key, Status.REJECTED, code="bad_value") for row in bad))

    return act


@dataclass
class Desk:
    """One CRM, one journal, one run. Sleeping only writes down for how long."""

    crm: Memory
    journal: Scratch = field(default_factory=Scratch)
    slept: list[float] = field(default_factory=list)
    aliases: dict[Ref, Ref] = field(default_factory=dict)
    fence: Callable[[], None] = lambda: None
    settle: float = 5.0
    sleep: Callable[[float], None] | None = None

    def resolve(self, one: Ref) -> Ref:
        return self.resolve(self.aliases[one]) if one in self.aliases else one

    def alias(self, old: Ref, new: Ref) -> None:
        if old == new:
            self.aliases.pop(old, None)
        else:
            self.aliases[old] = new

    def apply(self, plan: Plan, *acts: Act, canary: int = 0, rules: Rules = PATIENT, run: str = "r") -> Report:
        """One process's attempt at the plan, with a writer that follows the acts."""
        self.writer = Script(self.crm.writer(), *acts)
        tools = Tools(
            journal=self.journal,
            readers={SPACE: self.crm},
            writers={SPACE: self.writer},
            resolve=self.resolve,
            alias=self.alias,
            fence=self.fence,
            keep=lambda readings: None,
            sleep=self.sleep or self.slept.append,
            age=lambda entry: 0.0,
            settle=self.settle,
        )
        return Apply(plan, "hash", run, tools, rules).run(canary)

    def value(self, key: str, name: str, kind: str = "company") -> Value:
        return self.crm.book.records[self.resolve(ref(key, kind))].get(name)

    def edit(self, key: str, /, **fields: Value) -> None:
        """A person changes a record behind the tool's back."""
        old = self.crm.book.records[ref(key)]
        self.crm.book.put(Record(old.ref, frozen({**old.fields, **fields}), old.links))

    def states(self, name: str) -> list[State]:
        """What the journal says of a group, in order."""
        return [entry.state for entry in self.journal.kept if entry.group == f"g-{name}"]


def desk(*records: Record, renumbers: bool = False) -> Desk:
    return Desk(Memory(records, renumbers=renumbers, now=lambda: NOW))
