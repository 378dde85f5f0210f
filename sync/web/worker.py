"""Works through the inbox: reads the deals live, asks the gate's rules, keeps verdicts and queues what they ask for.

It reads and never writes to a CRM; an event is done with in the same transaction that keeps what came of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from connectors.base import Connector, Historian, Reading
from connectors.errors import Rejected, RemoteError
from connectors.records import Record, Ref
from connectors.values import Json
from hygiene.stages import label_of, pipelines_of
from sync.jobs.plan import basis_of, bind
from sync.ledger.inbox import Inbox, Waiting
from sync.ledger.verdicts import Queued, Ruling, Verdicts
from sync.plan.model import Group, Unplannable
from sync.plan.revert import Notice, ask, revert, subject
from sync.session import Session
from sync.web.alert import Alarm
from sync.web.live import TIED, Live, Moved

MOST = 500
"""Events taken at a time."""
BATCH = 100
"""Deals read by one call."""
RECENT = timedelta(days=1)
"""A move that is older than this when the gate hears of its deal is nobody's news."""
SETTLING = timedelta(minutes=1)
"""How long a CRM may take to write a move into its history."""
PLANS_AN_HOUR = 100
"""Plans that the gate queues within an hour; beyond it something else is wrong, and people are alerted instead."""
ENDS = frozenset({"deletion", "privacyDeletion"})
NEWS = frozenset({"stage", "pipeline", ""})
"""Fields whose change may be a move; a creation and a Salesforce notification name none."""


@dataclass(frozen=True, slots=True)
class Word:
    """What the rules say of a move: `policy` is the strictest of those that object, `text` says why without values."""

    allow: bool
    policy: str
    text: str
    rules: tuple[str, ...]
    facts: Mapping[str, Json]


Judge = Callable[[Live, Moved], Word]


@dataclass(slots=True)
class Settled:
    """What one step comes to: to be kept whole or not at all."""

    rulings: list[Ruling]
    queued: list[Queued]
    outcomes: dict[str, str]


class Worker:
    """Takes events in the order of their arrival."""

    def __init__(self, session: Session, judge: Judge, grace: timedelta = timedelta(0)) -> None:
        self.session, self.judge, self.grace = session, judge, grace
        self.inbox = Inbox(session.ledger_store, session.now)
        self.verdicts = Verdicts(session.ledger_store, session.now)

    def step(self) -> int:
        """Work through what waits, as far as the call budget goes; how many events that were."""
        waiting = self.inbox.waiting(MOST, self.session.now() - self.grace)
        done = Settled([], [], {})
        deals: dict[str, dict[Ref, list[Waiting]]] = {}
        for item in waiting:
            if said := self._aside(item):
                done.outcomes[item.key] = said
            else:
                deals.setdefault(item.ref.workspace, {}).setdefault(item.ref, []).append(item)
        for workspace, told in deals.items():
            reader = self.session.readers[workspace]
            for refs in _chunks(list(told)):
                if not self._spent(reader):
                    self._judged(reader, {ref: told[ref] for ref in refs}, done)
        self.verdicts.keep(done.rulings, done.queued, done.outcomes)
        return len(done.outcomes)

    def _aside(self, item: Waiting) -> str:
        """Why an event needs no look at its record; blank where it does."""
        if item.ref.workspace not in self.session.readers:
            return "foreign"
        if item.ref.kind != "deal" or item.field not in NEWS:
            return "other"
        return "gone" if item.what in ENDS else ""

    def _spent(self, reader: Connector) -> bool:
        left = reader.calls_left
        return left is not None and left <= self.session.settings.config.apply.reserve_calls

    def _judged(self, reader: Connector, told: Mapping[Ref, Sequence[Waiting]], done: Settled) -> None:
        mirror = self.session.mirror()
        readings = dict(self._read(reader, list(told), sorted({*mirror.known(*_place(told)), "stage", "pipeline"})))
        records = [reading for reading in readings.values() if isinstance(reading, Record)]
        past = reader.past([record.ref for record in records]) if isinstance(reader, Historian) and records else ()
        live = Live(mirror, records, past)
        moved = {record.ref: found for record in records if (found := live.moved(record))}
        known = self.verdicts.decided([item.key for item in moved.values()])
        before = live.before(moved.values())
        for ref, items in told.items():
            said = self._outcome(items, readings.get(ref), moved.get(ref), known)
            if said == "judged":
                self._rule(before, moved[ref], items, done)
            if said != "unsettled":
                done.outcomes |= {item.key: said for item in items}

    def _read(self, reader: Connector, refs: list[Ref], fields: list[str]) -> Iterator[tuple[Ref, Reading]]:
        """The deals as they stand; what makes the CRM refuse a whole call is left out alone."""
        try:
            yield from reader.read(refs, fields, TIED).items()
        except Rejected:
            if len(refs) > 1:
                middle = len(refs) // 2
                for part in (refs[:middle], refs[middle:]):
                    yield from self._read(reader, part, fields)

    def _outcome(
        self, items: Sequence[Waiting], reading: Reading | None, moved: Moved | None, known: frozenset[str]
    ) -> str:
        """One word for what comes of the events about one deal."""
        first, last = min(item.received_at for item in items), max(item.received_at for item in items)
        if not isinstance(reading, Record):
            return "unreadable" if reading is None else "gone"
        if moved is None:
            return "unclear" if self.session.now() - last > SETTLING else "unsettled"
        if moved.key in known:
            return "known"
        if first - moved.move.span.entered > RECENT:
            return "old"
        return "ours" if self._ours(moved) else "judged"

    def _ours(self, moved: Moved) -> bool:
        """Whether the move only takes back what the gate objected to, as our own writer does."""
        span = moved.move.span
        return any(
            item.action == "revert" and (item.before, item.stage) == (span.stage, moved.move.before)
            for item in self.verdicts.of(moved.record.ref)
            if item.moved_at < span.entered
        )

    def _rule(self, before: Live, moved: Moved, items: Sequence[Waiting], done: Settled) -> None:
        word = self.judge(before, moved)
        facts, action, plan = dict(word.facts), "none" if word.allow else "alert", ""
        if not word.allow and word.policy in ("task", "revert"):
            try:
                queued = self._plan(before, moved, word, len(done.queued))
                done.queued.append(queued)
                action, plan = word.policy, queued.plan
            except Unplannable as reason:
                facts["instead"] = str(reason)
        done.rulings.append(
            Ruling(
                move=moved.key,
                ref=moved.record.ref,
                before=moved.move.before,
                stage=moved.move.span.stage,
                moved_at=moved.move.span.entered,
                received_at=min(item.received_at for item in items),
                decided_at=self.session.now(),
                policy=word.policy,
                action=action,
                facts=facts,
                plan=plan,
            )
        )

    def _plan(self, before: Live, moved: Moved, word: Word, more: int) -> Queued:
        """The plan that the policy asks for; `Unplannable` says why people are alerted instead."""
        session = self.session
        if self.verdicts.made_since(session.now() - timedelta(hours=1)) + more >= PLANS_AN_HOUR:
            raise Unplannable(f"the gate queued {PLANS_AN_HOUR} plans within the hour already")
        basis = basis_of(session)
        made = bind([self._group(before, moved, word)], basis, {n: r.identity() for n, r in basis.readers.items()})
        return Queued(made.hash, moved.key, moved.record.ref, session.now(), made.content)

    def _group(self, before: Live, moved: Moved, word: Word) -> Group:
        ref, names = moved.record.ref, pipelines_of(moved.record, before)
        now, stood = label_of(names, moved.move.span.stage), label_of(names, moved.move.before)
        deal = before.after(moved)
        task = self.session.mirror().spec(ref.workspace, "task")
        if word.policy == "task":
            words = f"{now} asks for more: {word.text}"
            return ask(Notice(moved.key, deal, subject(ref, words), self.session.now(), word.rules), task)
        if not moved.returnable:
            raise Unplannable(f"a move of this sort is not taken back ({moved.move.kind})")
        words = f"moved back from {now} to {stood}: {word.text}"
        back = {name: moved.record.get(name) for name in moved.changes}
        return revert(Notice(moved.key, deal, subject(ref, words), self.session.now(), word.rules), back, task)


def work(session: Session, judge: Judge, say: Callable[[str], None], once: bool = False) -> None:
    """Step after step until asked to stop; with `once`, until a step finds nothing that it can do. One worker at a
    time; a CRM that cannot be reached is asked again later, and what was told stays in the inbox."""
    worker, alarm, pause, tidied = Worker(session, judge), Alarm(session, say), PULSE, session.now()
    with session.alone("gate"):
        while not session.halt():
            try:
                count = worker.step()
                pause = PULSE
                alarm.ring()
            except RemoteError as error:
                if once:
                    raise
                say(f"the gate's worker waits: {error}")
                count, pause = 0, min(pause * 2, LONGEST)
            if once and not count:
                return
            if not count:
                session.sleep(pause)
            if session.now() - tidied > timedelta(hours=1):
                worker.inbox.tidy()
                tidied = session.now()


PULSE, LONGEST = 0.25, 60.0
"""Seconds between looks into an empty inbox, and between tries of a CRM that does not answer at most."""


def _place(told: Iterable[Ref]) -> tuple[str, str]:
    ref = next(iter(told))
    return ref.workspace, ref.kind


def _chunks(refs: list[Ref]) -> Iterator[list[Ref]]:
    return (refs[start : start + BATCH] for start in range(0, len(refs), BATCH))
