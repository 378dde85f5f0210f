"""The apply loop: recover first, then batch by batch: read, check, journal, send once, journal, read back."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.base import Connector, Reading, Writer
from connectors.changes import Create, Merge, Outcome, Status
from connectors.errors import Busy, CredentialError, Exhausted, NotProcessed, Rejected, RemoteError
from connectors.records import Record, Ref
from connectors.values import Fields, load_fields, same
from sync.apply.look import Look
from sync.apply.progress import OPEN_GROUPS, Track, Work, acted_on, as_batch, key_of, pack, ready, tracks
from sync.apply.scribe import Report, Scribe
from sync.apply.settle import Proof, differences, holds, judge
from sync.apply.stop import Rules, Watch
from sync.forms import load_change
from sync.ledger.journal import OPEN, Entry, Journal, State
from sync.plan.model import Plan

RESENDS = 5
LOOKS = 3


@dataclass(frozen=True, slots=True)
class Tools:
    """What apply works with.

    `resolve` gives the record an id stands for now and `alias` keeps what a merge did to it; `fence` raises when
    another process has become the writer; `keep` hears of every read-back; `sleep` waits so many seconds and `age`
    tells how many an entry is old; `halt` says whether to stop after the batch under way. `settle` is how long, in
    seconds, a CRM may take to show what it has done.
    """

    journal: Journal
    readers: Mapping[str, Connector]
    writers: Mapping[str, Writer]
    resolve: Callable[[Ref], Ref]
    alias: Callable[[Ref, Ref], None]
    fence: Callable[[], None]
    keep: Callable[[Mapping[Ref, Reading]], None]
    sleep: Callable[[float], None]
    age: Callable[[Entry], float]
    settle: float = 5.0
    progress: Callable[[int, int], None] = lambda done, total: None
    halt: Callable[[], bool] = lambda: False


class Stopped(Exception):
    """The run ends here in good order and can be resumed."""


class Apply:
    """One run of one plan. The caller's thread makes every decision; nothing is sent that is not on disk."""

    def __init__(self, plan: Plan, plan_hash: str, run: str, tools: Tools, rules: Rules | None = None) -> None:
        self.plan_hash, self.tools = plan_hash, tools
        self.entries = list(tools.journal.entries(run))
        self.tracks, self.last = tracks(plan, plan_hash, self.entries)
        self.watch = Watch(rules or Rules())
        self.scribe = Scribe(tools.journal, run, self.watch, tools.alias, tools.keep)
        self.look = Look(tools.readers, tools.resolve)
        self.report = Report(run, len(plan.groups))

    def run(self, canary: int = 0) -> Report:
        """Carry out what is left of the plan; with a canary, its first groups whole before any other."""
        try:
            self._recover()
            if canary:
                self._through(self.tracks[:canary])
                if not all(track.done for track in self.tracks[:canary]):
                    raise Stopped(f"the first {canary} groups were not all verified")
            self._through(self.tracks)
        except (Stopped, RemoteError, CredentialError) as reason:
            self.report.stopped = str(reason)
        return self._closed()

    def _through(self, some: list[Track]) -> None:
        """Batch after batch until no group can go on. Only OPEN_GROUPS groups are under way at a time: many steps
        travel together, and a crash leaves no more groups than that half-way."""
        limits = {name: reader.limits for name, reader in self.tools.readers.items()}
        waiting, going = deque(track for track in some if not track.resting), list[Track]()
        while waiting or going:
            going += [waiting.popleft() for _ in range(min(len(waiting), OPEN_GROUPS - len(going)))]
            batch = pack(ready(going, self._done(going), self.plan_hash, self.tools.resolve), limits)
            if not batch:
                if not waiting:
                    return
                going.append(waiting.popleft())
                continue
            self._carry_out(batch)
            going = [track for track in going if not track.resting]
            self.tools.progress(len(some) - len(waiting) - len(going), len(some))
            if broken := self.watch.broken() or ("it was asked to stop" if self.tools.halt() else ""):
                raise Stopped(broken)

    def _done(self, going: list[Track]) -> set[str]:
        """The groups that are through, where one under way depends on another."""
        wanted = {name for track in going for name in track.group.after}
        return {track.group.id for track in self.tracks if track.done} if wanted else set()

    def _carry_out(self, batch: list[Work]) -> None:
        live = self.look.before(batch)
        there = {work.key: work for work in batch if holds(work.change, live)}
        if there:
            self.scribe.settled([(work, _reached(work)) for work in there.values()], live, already=True)
        batch = [work for work in batch if work.key not in there and self._as_expected(work, live)]
        if not batch:
            return
        before = {ref: reading.fields for ref, reading in live.items() if isinstance(reading, Record)}
        self.scribe.intend(batch, live)
        outcomes = self._send(batch)
        pairs = [(work, outcomes.get(work.key, Outcome(work.key, Status.UNKNOWN))) for work in batch]
        self.scribe.answered(pairs)
        self._read_back([pair for pair in pairs if pair[1].status is not Status.REJECTED], before)

    def _as_expected(self, work: Work, live: Mapping[Ref, Reading]) -> bool:
        """Whether every record is as the plan says, or as its last read-back did; else the group halts."""
        after: Fields = getattr(work.change, "after", {})
        against: list[str] = []
        for ref, expected in self.look.bound(work):
            reached = _reached_fields(live[ref], after) if ref in acted_on(work.change) else set()
            found = differences(expected, live[ref], self.tools.resolve, work.track.begun)
            against += [name for name in found if name not in reached]
        if against:
            self.scribe.halted(work, sorted(set(against)))
        return not against

    def _send(self, batch: list[Work]) -> dict[str, Outcome]:
        """Send the rows once. A batch refused whole did nothing and is split; a CRM too busy did nothing and is
        waited for. What was never taken when that ends in vain is journalled so, and the run stops."""
        outcomes: dict[str, Outcome] = {}
        writer = self.tools.writers[as_batch(batch).workspace]
        waiting, tries = [batch], 0
        while waiting:
            rows = waiting[0]
            self.tools.fence()
            try:
                outcomes |= {item.key: item for item in writer.push(as_batch(rows))}
                waiting.pop(0)
            except Rejected as error:
                middle = len(rows) // 2
                waiting[:1] = [rows[:middle], rows[middle:]] if middle else []
                if not middle:
                    outcomes[rows[0].key] = _refused(rows[0].key, error)
            except (NotProcessed, Exhausted) as error:
                tries += 1
                if isinstance(error, Exhausted) or tries > RESENDS:
                    self._give_up(batch, [work for part in waiting for work in part], outcomes)
                    raise
                self.tools.sleep(error.wait if isinstance(error, Busy) else float(2**tries))
        return outcomes

    def _give_up(self, batch: list[Work], unsent: list[Work], outcomes: Mapping[str, Outcome]) -> None:
        """Leave a true journal behind: rows never taken, and answers that the next run will read back."""
        self.scribe.unsent(unsent)
        answered = [(work, outcomes.get(work.key)) for work in batch if work not in unsent]
        self.scribe.answered([(work, answer or Outcome(work.key, Status.UNKNOWN)) for work, answer in answered])

    def _read_back(self, rows: Sequence[tuple[Work, Outcome]], before: Mapping[Ref, Fields]) -> None:
        """Settle by reading by id. Where an answer was lost, or a merge is still being carried out behind its
        answer, the CRM gets the settle time first."""
        for look in range(LOOKS):
            if not rows:
                return
            if look or any(answer.status is Status.UNKNOWN for _, answer in rows):
                self.tools.sleep(self.tools.settle)
            rows = [(work, self._by_key(work, answer)) for work, answer in rows]
            live = self.look.after([_as_answered(*row) for row in rows], _created(rows))
            proofs = [(work, answer, _proof(work, answer, live, before)) for work, answer in rows]
            late = [
                (work, answer)
                for work, answer, proof in proofs
                if look < LOOKS - 1 and answer.status is Status.APPLIED and isinstance(work.change, Merge)
                if proof.state is not State.VERIFIED
            ]
            waiting = {work.key for work, _ in late}
            self.scribe.settled([(work, proof) for work, _, proof in proofs if work.key not in waiting], live)
            rows = late

    def _by_key(self, work: Work, answer: Outcome) -> Outcome:
        """A create whose answer was lost is found again by the key it bears, never by search."""
        change = work.change
        if not isinstance(change, Create) or answer.ref is not None:
            return answer
        reader = self.tools.readers[change.workspace]
        return replace(answer, ref=reader.find(change.kind, change.key_field, [change.key]).get(change.key))

    def _recover(self) -> None:
        """Settle every row that may have been sent and was never looked at, before anything new is sent."""
        found = list(self._open())
        if not found:
            return
        youngest = min(self.tools.age(self.last[work.key]) for work, _, _ in found)
        if youngest < self.tools.settle:
            self.tools.sleep(self.tools.settle - youngest)
        found = [(work, self._by_key(work, answer), before) for work, answer, before in found]
        rows = [(work, answer) for work, answer, _ in found]
        live = self.look.after([_as_answered(*row) for row in rows], _created(rows))
        proofs = [(work, _proof(work, answer, live, before)) for work, answer, before in found]
        self.scribe.settled(proofs, live, recovered=True)
        if broken := self.watch.broken():
            raise Stopped(broken)

    def _open(self) -> Iterator[tuple[Work, Outcome, dict[Ref, Fields]]]:
        """Rows whose last word is that they may have been sent, as they were sent, with what stood there before."""
        intents = {entry.key: entry for entry in self.entries if entry.state is State.INTENT}
        for track in self.tracks:
            for step in track.group.steps:
                if track.states.get(step.id) not in OPEN:
                    continue
                last = self.last[key_of(self.plan_hash, track.group, step)]
                intent: dict[str, object] = dict(intents[last.key].values)
                change, stood = intent["change"], intent["before"]
                assert isinstance(change, dict) and isinstance(stood, dict)
                before = {Ref.parse(ref): load_fields(fields) for ref, fields in stood.items()}
                left = Ref.parse(str(last.facts["left"])) if last.facts.get("left") else None
                status = Status.APPLIED if last.state is State.APPLIED else Status.UNKNOWN
                yield Work(track, step, last.key, load_change(change)), Outcome(last.key, status, left), before

    def _closed(self) -> Report:
        """The report, with every group that did not get through and why."""
        stuck = {track.group.id for track in self.tracks if not track.done and (track.ended or track.paused)}
        blocked = [track for track in self.tracks if set(track.group.after) & stuck]
        self.scribe.skipped(blocked)
        report = self.report
        for track in self.tracks:
            state = "skipped" if track in blocked else _state(track)
            report.states[state] = report.states.get(state, 0) + 1
        report.through = frozenset(track.group.id for track in self.tracks if track.done)
        report.reasons = dict(self.scribe.reasons)
        report.merged, report.written, report.already = self.scribe.merged, self.scribe.written, self.scribe.already
        if not report.stopped and {"waiting", "not_sent"} & report.states.keys():
            report.stopped = "some groups wait for the next run"
        return report


def _state(track: Track) -> str:
    """One word for a group: done, waiting, or the state of the step it rests at."""
    if track.done:
        return "done"
    return next((state.value for state in track.states.values() if state is not State.VERIFIED), "waiting")


def _proof(work: Work, answer: Outcome, live: Mapping[Ref, Reading], before: Mapping[Ref, Fields]) -> Proof:
    """What the read-back proves. A change that the CRM confirmed and that is not there was lost or undone behind
    our back, which is never "not sent"."""
    sent = State(answer.status.value)
    if isinstance(work.change, Create):
        there = answer.ref is not None and isinstance(live.get(answer.ref), Record)
        missing = State.NOT_SENT if answer.ref is None and sent is not State.APPLIED else State.UNKNOWN
        return Proof(State.VERIFIED if there else missing, answer.ref)
    proof = judge(_as_answered(work, answer).change, live, before, sent)
    if sent is State.APPLIED and proof.state is State.NOT_SENT:
        return replace(proof, state=State.UNKNOWN)
    return proof


def _as_answered(work: Work, answer: Outcome) -> Work:
    """The row as its answer says: a merge may have left its survivor under a new id."""
    if isinstance(work.change, Merge) and answer.ref is not None:
        return replace(work, change=replace(work.change, survivor=answer.ref))
    return work


def _created(rows: Sequence[tuple[Work, Outcome]]) -> list[Ref]:
    return [answer.ref for work, answer in rows if isinstance(work.change, Create) and answer.ref is not None]


def _reached(work: Work) -> Proof:
    acted = acted_on(work.change)
    return Proof(State.VERIFIED, acted[0] if acted else None)


def _reached_fields(reading: Reading, after: Fields) -> set[str]:
    if not isinstance(reading, Record):
        return set()
    return {name for name, value in after.items() if name in reading.fields and same(reading.fields[name], value)}


def _refused(key: str, error: Rejected) -> Outcome:
    return Outcome(key, Status.REJECTED, None, error.code or f"HTTP {error.status}", "", error.request_id)
