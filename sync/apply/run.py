"""The apply loop: recover first, then batch by batch: read, check, journal, send once, journal, read back."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from connectors.base import Gone, Reading
from connectors.changes import Merge, Outcome, Status, target, verb
from connectors.errors import Busy, CredentialError, Exhausted, NotProcessed, Rejected, RemoteError, UsageError
from connectors.records import Record, Ref
from connectors.retry import PATIENCE
from connectors.values import Fields, same
from sync.apply.canary import slices
from sync.apply.jobs import await_job, open_job
from sync.apply.look import Look, ends
from sync.apply.progress import Track, Work, acted_on, as_batch, most_open, pack, ready, tracks
from sync.apply.readback import Sent, read_back
from sync.apply.recover import recover
from sync.apply.scribe import Report, Scribe
from sync.apply.settle import Proof, differences, holds
from sync.apply.stop import Rules, Watch
from sync.apply.tools import Tools
from sync.ledger.journal import State
from sync.plan.caps import crowded
from sync.plan.model import Plan

RESENDS = 5
LOOKS = 3


class Stopped(Exception):
    """The run ends here in good order and can be resumed."""


class Apply:
    """One run of one plan. The caller's thread makes every decision; nothing is sent that is not on disk."""

    def __init__(self, plan: Plan, plan_hash: str, run: str, tools: Tools, rules: Rules | None = None) -> None:
        self.plan_hash, self.tools = plan_hash, tools
        self.entries = list(tools.journal.entries(run))
        self.tracks = tracks(plan, plan_hash, self.entries)
        self.watch = Watch(rules or Rules())
        self.scribe = Scribe(tools.journal, run, self.watch, tools.alias, tools.keep)
        self.look = Look(tools.readers, tools.resolve)
        self.limits = {name: reader.limits for name, reader in tools.readers.items()}
        self.room = most_open(plan.groups, self.limits)
        self.report = Report(run, len(plan.groups))

    def run(self, canary: int = 0, strangers: Collection[str] = ()) -> Report:
        """Carry out what is left of the plan; with a canary, its first groups whole before any other. On accounts that
        nothing was verified on yet it ends there, for a person to look."""
        try:
            recover(self.entries, {track.group.id: track for track in self.tracks}, self.tools, self.scribe, self.look)
            if broken := self.watch.broken():
                raise Stopped(broken)
            if strangers:
                self._meet(canary, strangers)
            elif canary:
                self._through(self.tracks[:canary])
                if not all(track.done for track in self.tracks[:canary]):
                    raise Stopped(f"the first {canary} groups were not all verified")
            self._through(self.tracks)
        except (Stopped, RemoteError, CredentialError) as reason:
            self.report.stopped = str(reason)
        return self._closed()

    def _meet(self, count: int, strangers: Collection[str]) -> None:
        """The first groups on each account, and further ones where they stood so already, which proves nothing."""
        proved: set[str] = set()
        for place, some in slices(self.tracks, count, strangers):
            if place not in proved:
                self._through(some)
                if not all(track.done for track in some):
                    raise Stopped(f"the first {len(some)} groups on {place} were not all verified")
                proved |= {place} & self.scribe.wrote
        self.report.proved = frozenset(proved)
        if proved and not all(track.resting for track in self.tracks):
            raise Stopped(
                f"the first groups on {', '.join(sorted(proved))} were verified: look at them in the CRM, and at what "
                "workflows made of them"
            )

    def _through(self, some: list[Track]) -> None:
        """Batch after batch until no group can go on. Only so many groups are under way at a time: many steps
        travel together, and a crash leaves no more groups than that half-way."""
        waiting, going = deque(track for track in some if not track.resting), list[Track]()
        while waiting or going:
            going += [waiting.popleft() for _ in range(min(len(waiting), self.room - len(going)))]
            batch = pack(ready(going, self._done(going), self.plan_hash, self.tools.resolve), self.limits)
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
        started = self.tools.clock()
        live = self.look.before(batch)
        # Expectations come first: a step that holds already must not hide that its group drifted.
        batch = [work for work in batch if self._as_expected(work, live)]
        there = {work.key: work for work in batch if holds(work.change, live)}
        if there:
            self.scribe.settled([(work, _reached(work)) for work in there.values()], live, already=True)
        batch = [work for work in batch if work.key not in there]
        if not batch:
            return
        before = {ref: reading.fields for ref, reading in live.items() if isinstance(reading, Record)}
        batch = open_job([_seen(work, live) for work in batch], self.tools)
        self.scribe.intend(batch, live)
        outcomes = self._send(batch)
        self._timed(batch[0], self.tools.clock() - started)
        pairs = [(work, outcomes.get(work.key, Outcome(work.key, Status.UNKNOWN))) for work in batch]
        self.scribe.answered(pairs)
        if any(answer.status is Status.NOT_SENT for _, answer in pairs):
            self.tools.sleep(float(2 ** max(work.track.tries for work in batch)))
        if any(answer.status is Status.UNKNOWN for _, answer in pairs):
            await_job(batch[0].job, as_batch(batch).workspace, self.tools)
        self._read_back([pair for pair in pairs if pair[1].status in (Status.APPLIED, Status.UNKNOWN)], before)

    def _timed(self, work: Work, seconds: float) -> None:
        """How long the records of a batch stood unwatched, the longest of its verb and way."""
        name, windows = f"{verb(work.change)} {work.way.value}".strip(), self.report.windows
        windows[name] = max(seconds, windows.get(name, 0.0))

    def _as_expected(self, work: Work, live: Mapping[Ref, Reading]) -> bool:
        """Whether every record is as the plan says, or as its last read-back did; else the group halts."""
        after: Fields = getattr(work.change, "after", {})
        against: list[str] = []
        for ref, expected in self.look.bound(work):
            reached = _reached_fields(live[ref], after) if ref in acted_on(work.change) else set()
            found = differences(expected, live[ref], self.tools.resolve, work.track.begun)
            against += [name for name in found if name not in reached]
        against += ["the other end of the tie is gone" for ref in ends(work.change) if isinstance(live[ref], Gone)]
        against += crowded(work.change, live, self.limits)
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
            except CredentialError:
                raise
            except (Rejected, UsageError) as error:
                middle = len(rows) // 2
                waiting[:1] = [rows[:middle], rows[middle:]] if middle else []
                if not middle:
                    outcomes[rows[0].key] = _refused(rows[0].key, error)
            except (NotProcessed, Exhausted) as error:
                tries += 1
                if isinstance(error, Exhausted) or tries > RESENDS or getattr(error, "wait", 0.0) > PATIENCE:
                    self._give_up(batch, [work for part in waiting for work in part], outcomes)
                    raise
                self.tools.sleep(error.wait if isinstance(error, Busy) else float(2**tries))
        return outcomes

    def _give_up(self, batch: list[Work], unsent: list[Work], outcomes: Mapping[str, Outcome]) -> None:
        """Leave a true journal behind: rows never taken, and answers that the next run will read back."""
        self.scribe.unsent(unsent)
        never = {work.key for work in unsent}
        taken = [work for work in batch if work.key not in never]
        self.scribe.answered([(work, outcomes.get(work.key, Outcome(work.key, Status.UNKNOWN))) for work in taken])

    def _read_back(self, rows: Sequence[tuple[Work, Outcome]], before: Mapping[Ref, Fields]) -> None:
        """Settle by reading by id. Where an answer was lost, or a merge is still being carried out behind its
        answer, the CRM gets the settle time first."""
        sent = [
            Sent(work, answer, {ref: before[ref] for ref in acted_on(work.change) if ref in before})
            for work, answer in rows
        ]
        for look in range(LOOKS):
            if not sent:
                return
            if look == LOOKS - 1:
                sent = [row.without_name for row in sent]
            if look or any(row.answer.status is Status.UNKNOWN for row in sent):
                self.tools.sleep(self.tools.settle)
            proofs, live = read_back(sent, self.look, self.tools.readers)
            waiting = {
                row.work.key
                for row, (_, proof) in zip(sent, proofs, strict=True)
                if look < LOOKS - 1 and row.answer.status is Status.APPLIED and isinstance(row.work.change, Merge)
                if proof.state in (State.UNKNOWN, State.NOT_SENT)
            }
            self.scribe.settled([pair for pair in proofs if pair[0].key not in waiting], live)
            sent = [row for row in sent if row.work.key in waiting]

    def _closed(self) -> Report:
        """The report, with every group that did not get through and why."""
        stuck = {track.group.id for track in self.tracks if not track.done and (track.ended or track.paused)}
        blocked: list[Track] = []
        while more := [t for t in self.tracks if t.group.id not in stuck and set(t.group.after) & stuck]:
            blocked += more
            stuck |= {track.group.id for track in more}
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


def _seen(work: Work, live: Mapping[Ref, Reading]) -> Work:
    """The row with the moments its record, and the one at the other end of its tie, were last modified."""
    link = getattr(work.change, "link", None)
    near, far = (live.get(ref) if isinstance(ref, Ref) else None for ref in (target(work.change), link and link.to))
    return replace(
        work,
        seen=near.modified_at if isinstance(near, Record) else None,
        far=far.modified_at if isinstance(far, Record) else None,
    )


def _reached(work: Work) -> Proof:
    acted = acted_on(work.change)
    return Proof(State.VERIFIED, acted[0] if acted else None)


def _reached_fields(reading: Reading, after: Fields) -> set[str]:
    if not isinstance(reading, Record):
        return set()
    return {name for name, value in after.items() if name in reading.fields and same(reading.fields[name], value)}


def _refused(key: str, error: Rejected | UsageError) -> Outcome:
    if isinstance(error, UsageError):
        return Outcome(key, Status.REJECTED, None, "cannot be sent", error.message)
    return Outcome(key, Status.REJECTED, None, error.code or f"HTTP {error.status}", "", error.request_id)
