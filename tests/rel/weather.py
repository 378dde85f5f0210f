"""A CRM in a dict with its own weather: calls that fail, answers that get lost, a person who meddles, and death."""

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from connectors.base import Page, Reading
from connectors.changes import Batch, Connect, Merge, Outcome, Set, Status
from connectors.errors import RemoteError, Unreachable
from connectors.memory import Memory, MemoryWriter
from connectors.records import Link, Record, Ref
from connectors.values import Value, frozen
from hygiene.check import Finding
from sync.plan.strategy import Strategy

SPACE = "memory:local"
START = datetime(2026, 1, 1, tzinfo=UTC)
COMPANIES, CONTACTS, CODES = 8, 5, 4


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Weather:
    """What goes wrong, by chance: the share of calls that fail in each way."""

    dice: random.Random
    kill: float = 0.0
    lose: float = 0.0
    fail: float = 0.0
    meddle: float = 0.0

    def calm(self) -> None:
        """From now on nothing does."""
        self.kill = self.lose = self.fail = self.meddle = 0.0

    def strikes(self, share: float) -> bool:
        """Whether it happens now."""
        return self.dice.random() < share


@dataclass
class Effect:
    """A row that the CRM carried out: its key, what it did, and what it wrote over though it could have known."""

    key: str
    row: object
    over: str = ""


@dataclass
class World:
    """The CRM, its clock, everything that was carried out, and when each record was last changed and last shown."""

    memory: Memory
    weather: Weather
    now: datetime = START
    tick: int = 0
    effects: list[Effect] = field(default_factory=list)
    meddled: dict[Ref, int] = field(default_factory=dict)
    shown: dict[Ref, int] = field(default_factory=dict)
    strategy: Strategy = Strategy.NATIVE

    def beat(self) -> None:
        """A moment passes, in which a person, a workflow or death may come."""
        self.tick += 1
        self.now += timedelta(seconds=1)
        if self.weather.strikes(self.weather.meddle):
            meddle(self)
        if self.weather.strikes(self.weather.kill):
            raise Killed

    def records(self, kind: str) -> list[Record]:
        """The live ones, in order."""
        return sorted(
            (one for ref, one in self.memory.book.records.items() if ref.kind == kind), key=lambda one: one.ref
        )


class Reader(Memory):
    """Satisfies `Connector`: the memory's reading half, in this weather."""

    world: World

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        for page in super().pull(kind, since):
            self.world.beat()
            if self.world.weather.strikes(self.world.weather.fail):
                raise RemoteError("the CRM failed", status=500)
            yield page

    def read(self, refs: Sequence[Ref], fields: Collection[str], links: Collection[str] = ()) -> dict[Ref, Reading]:
        self.world.beat()
        if self.world.weather.strikes(self.world.weather.fail):
            raise RemoteError("the CRM failed", status=500)
        self.world.shown |= dict.fromkeys(refs, self.world.tick)
        return super().read(refs, fields, links)


class Hand(MemoryWriter):
    """Satisfies `Writer`: notes what each row does; answers may get lost, or the request before it arrives."""

    world: World

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        weather = self.world.weather
        self.world.beat()
        if weather.strikes(weather.fail):
            raise Unreachable("no connection")
        over = {row.key: overwritten(self.world, row.change) for row in batch.rows}
        done = super().push(batch)
        for row, outcome in zip(batch.rows, done, strict=True):
            if outcome.status is Status.APPLIED:
                self.world.effects.append(Effect(row.key, row.change, over[row.key]))
        self.world.beat()
        return tuple(Outcome(row.key, Status.UNKNOWN) for row in batch.rows) if weather.strikes(weather.lose) else done


def overwritten(world: World, change: object) -> str:
    """What a set writes over although it stood there when the record was last shown."""
    ref = change.ref if isinstance(change, Set) else None
    record = world.memory.book.records.get(ref) if isinstance(ref, Ref) else None
    if not isinstance(change, Set) or record is None or not isinstance(ref, Ref):
        return ""
    if world.meddled.get(ref, -1) > world.shown.get(ref, -1):
        return ""  # in the window that no API of theirs can close
    wrong = [name for name, old in change.before.items() if record.fields.get(name) not in (old, change.after[name])]
    return f"{ref} {wrong}" if wrong else ""


def built(seed: str) -> World:
    """A small CRM that breaks every rule somewhere."""
    dice = random.Random(seed)
    companies = [_company(str(at), dice) for at in range(COMPANIES)]
    contacts = [_record("contact", str(at), code=dice.choice("abcd"), note=f"n{at}") for at in range(CONTACTS)]
    clock: list[World] = []
    memory = Memory([*companies, *contacts], SPACE, renumbers=dice.random() < 0.5, now=lambda: clock[0].now)
    weather = Weather(dice, *(dice.choice((0.0, 0.01, 0.05)) for _ in range(4)))
    clock.append(World(memory, weather, strategy=dice.choice((Strategy.NATIVE, Strategy.SOFT))))
    return clock[0]


def _company(name: str, dice: random.Random) -> Record:
    values: dict[str, Value] = {"code": "abcd"[dice.randrange(CODES)], "said": dice.choice((None, "x", "for a"))}
    return _record("company", name, **values, note=f"c{name}")


def _record(kind: str, name: str, **fields: Value) -> Record:
    return Record(Ref(SPACE, kind, name), frozen(fields), (), START)


def meddle(world: World) -> None:
    """A person or a workflow does something."""
    dice = world.weather.dice
    companies = world.records("company")
    act = dice.choice(ACTS)
    for ref in act(world, dice, companies) if companies else ():
        world.meddled[ref] = world.tick


def _edits(world: World, dice: random.Random, companies: list[Record]) -> list[Ref]:
    one = dice.choice(companies)
    name, value = dice.choice((("said", "mine"), ("code", dice.choice("abcd")), ("note", "edited")))
    world.memory.book.put(replace(one, fields=frozen({**one.fields, name: value})))
    return [one.ref]


def _creates(world: World, dice: random.Random, companies: list[Record]) -> list[Ref]:
    record = replace(_company("", dice), ref=world.memory.book.mint("company"))
    world.memory.book.put(record)
    return [record.ref]


def _archives(world: World, dice: random.Random, companies: list[Record]) -> list[Ref]:
    if len(companies) < 3:
        return []  # a CRM that shows none at all is not believed, and rightly so
    one = dice.choice(companies).ref
    world.memory.book.drop(one)
    return [one]


def _merges(world: World, dice: random.Random, companies: list[Record]) -> list[Ref]:
    if len(companies) < 3:
        return []
    a, b = dice.sample(companies, 2)
    left = world.memory.writer()._merge(a, [b], {})
    return [a.ref, b.ref, left]


ACTS: tuple[Callable[[World, random.Random, list[Record]], list[Ref]], ...] = (
    _edits,
    _edits,
    _creates,
    _archives,
    _merges,
)


def findings(companies: Sequence[Record], contacts: Sequence[Record]) -> list[Finding]:
    """What the rules of this CRM ask for: one company a code, its saying its own, contacts tied to it."""
    found: list[Finding] = []
    by_code: dict[str, list[Record]] = {}
    for one in companies:
        by_code.setdefault(one.text("code"), []).append(one)
    for code, same in sorted(by_code.items()):
        if len(same) > 1:
            refs = tuple(one.ref for one in same)
            found.append(Finding("twice", refs, "twice", changes=(Merge(refs[0], refs[1:]),)))
            continue
        said = f"for {code}"
        if same[0].text("said") != said:
            change = Set(same[0].ref, frozen({"said": said}), frozen({"said": same[0].get("said")}))
            found.append(Finding("said", (same[0].ref,), "said", changes=(change,)))
        for one in contacts:
            if one.text("code") == code and not any(link.to == same[0].ref for link in one.links):
                tie = Connect(one.ref, Link(same[0].ref))
                found.append(Finding("tied", (one.ref, same[0].ref), "tied", changes=(tie,)))
    return found
