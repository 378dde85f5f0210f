"""Writes what happens to each row into the journal, and keeps the run's tracks, counts and aliases in step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.base import Reading
from connectors.changes import Merge, Outcome, Restore, Status, target, verb
from connectors.records import Record, Ref
from connectors.values import Fields, Json, dump_fields
from sync.apply.progress import Track, Work, acted_on
from sync.apply.settle import Proof
from sync.apply.stop import Watch
from sync.forms import dump_change, dump_link
from sync.ledger.journal import Entry, Journal, State
from sync.plan.model import kind_of

TRIES = 3
"""How often one run sends a change that a read-back shows was not carried out; a merge only once."""


@dataclass(slots=True)
class Report:
    """How a run ended. `through` names the groups that were carried out whole; `stopped` says why the plan was not,
    and then it can be resumed. `windows` is by verb and way the longest time, in seconds, from a read to the end of the
    write that rested on it; `proved` names the live accounts whose very first groups were verified."""

    run: str
    groups: int
    through: frozenset[str] = frozenset()
    merged: int = 0
    written: int = 0
    already: int = 0
    windows: dict[str, float] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    proved: frozenset[str] = frozenset()

    @property
    def groups_done(self) -> int:
        """How many groups were carried out and verified to their last step."""
        return len(self.through)

    @property
    def exit_code(self) -> int:
        """0 all verified, 3 some changes failed, 5 unknown outcomes or stopped and resumable."""
        if self.stopped or self.states.get(State.UNKNOWN):
            return 5
        return 0 if self.groups_done == self.groups else 3


class Scribe:
    """The one that writes the journal of a run. `keep` hears of every read-back, `alias` of every merged id."""

    def __init__(
        self,
        journal: Journal,
        run: str,
        watch: Watch,
        alias: Callable[[Ref, Ref], None],
        keep: Callable[[Mapping[Ref, Reading]], None],
    ) -> None:
        self.journal, self.run, self.watch, self.alias, self.keep = journal, run, watch, alias, keep
        self.reasons: dict[str, str] = {}
        self.written = self.already = self.merged = 0
        self.wrote: set[str] = set()

    def intend(self, works: Sequence[Work], live: Mapping[Ref, Reading]) -> None:
        """Before anything is sent: each change whole, with what stood there and, where a tie changes, the ties."""
        entries = []
        for work in works:
            stood = {ref: live[ref] for ref in acted_on(work.change) if ref in live}
            records = {str(ref): item for ref, item in stood.items() if isinstance(item, Record)}
            values: dict[str, Json] = {
                "change": dump_change(work.change),
                "before": {ref: dump_fields(item.fields) for ref, item in records.items()},
                "ties": {ref: [dump_link(link) for link in item.links] for ref, item in records.items() if item.links},
            }
            facts: dict[str, Json] = {"verb": verb(work.change), **({"job": work.job} if work.job else {})}
            entries.append(self._entry(work, State.INTENT, facts, values))
        self.journal.append(entries)

    def answered(self, pairs: Sequence[tuple[Work, Outcome]]) -> None:
        """What the CRM said to each row."""
        entries = []
        for work, outcome in pairs:
            facts: dict[str, Json] = {"code": outcome.code, "request": outcome.request_id}
            if outcome.ref is not None:
                facts["left"] = str(outcome.ref)
            entries.append(self._entry(work, State(outcome.status.value), facts))
        self.journal.append(entries)
        for work, outcome in pairs:
            work.track.states[work.step.id] = State(outcome.status.value)
            if outcome.status is Status.REJECTED:
                # A CRM's message may quote what was sent: the reason keeps the code alone.
                self._end(work, State.REJECTED, f"the CRM refused it: {outcome.code or 'no code'}")
            elif outcome.status is Status.HALTED:
                self._end(work, State.HALTED, "changed since it was read, right before the write")
            elif outcome.status is Status.NOT_SENT:
                self._again(
                    work, f"the CRM turned it away: {outcome.code or 'no code'}; the next run may send it again"
                )

    def settled(
        self,
        pairs: Sequence[tuple[Work, Proof]],
        live: Mapping[Ref, Reading],
        already: bool = False,
        recovered: bool = False,
    ) -> None:
        """What a read-back proved of each row; aliases come first, so that later steps find their records.

        A row that an earlier run left open and that was not carried out (`recovered`) may be sent by this one.
        """
        entries, told = [], {}
        for work, proof in pairs:
            merged = isinstance(work.change, Merge) and proof.state in (State.VERIFIED, State.REVERTED)
            if merged and proof.ref is not None:
                for ref in acted_on(work.change):
                    if ref != proof.ref:
                        self.alias(ref, proof.ref)
            if isinstance(work.change, Restore) and proof.state is State.VERIFIED:
                self.alias(work.change.ref, work.change.ref)
            shown = _shown(work, proof, live)
            told[work.key] = shown
            facts: dict[str, Json] = {"against": list(proof.against), **({"already": True} if already else {})}
            values: dict[str, Json] = {"shown": {str(ref): dump_fields(fields) for ref, fields in shown.items()}}
            entries.append(self._entry(work, proof.state, facts, values if shown else {}, proof.ref))
        self.journal.append(entries)
        for work, proof in pairs:
            # What was unknown before this run has stopped a run already: it does not stop every further one.
            known = recovered and proof.state is State.UNKNOWN is work.track.states.get(work.step.id)
            work.track.saw(work.step.id, proof.state, proof.ref, told[work.key])
            if known:
                work.track.paused = self.reasons[work.track.group.id] = "the outcome is still unknown"
            else:
                self._count(work, proof, already, recovered)
        self.keep(live)

    def unsent(self, works: Sequence[Work]) -> None:
        """Rows that the CRM certainly did not process."""
        self.journal.append([self._entry(work, State.NOT_SENT, {"why": "not taken"}) for work in works])
        for work in works:
            work.track.states[work.step.id] = State.NOT_SENT

    def halted(self, work: Work, against: Sequence[str]) -> None:
        """A group that may not go on: its records are not as the plan expects them."""
        self.journal.append([self._entry(work, State.HALTED, {"against": list(against)})])
        work.track.states[work.step.id] = State.HALTED
        self._end(work, State.HALTED, f"changed since the plan was made: {', '.join(against[:5])}")

    def skipped(self, tracks: Sequence[Track]) -> None:
        """Groups that waited for one that did not get through."""
        for track in tracks:
            self.reasons[track.group.id] = "a group it depends on did not get through"

    def _count(self, work: Work, proof: Proof, already: bool, recovered: bool) -> None:
        if proof.state is State.VERIFIED:
            self.watch.saw(verb(work.change), proof.state)
            self.already += already
            self.written += not already
            self.wrote |= set() if already else {kind_of(work.track.group, work.change)[0]}
            self.merged += len(work.change.merged) if isinstance(work.change, Merge) else 0
        elif proof.state is State.NOT_SENT:
            if not recovered:
                self._again(work, "it was not carried out; the next run may send it again")
        else:
            text = "written over right away" if proof.state is State.REVERTED else "the outcome is unknown"
            self._end(work, proof.state, f"{text}: {', '.join(proof.against[:5])}".rstrip(": "))

    def _again(self, work: Work, reason: str) -> None:
        """Nothing was done with the row: this run sends it again unless it has done so often enough."""
        work.track.tries += 1
        if isinstance(work.change, Merge) or work.track.tries >= TRIES:
            work.track.paused = self.reasons[work.track.group.id] = reason

    def _end(self, work: Work, state: State, reason: str) -> None:
        self.watch.saw(verb(work.change), state)
        self.reasons[work.track.group.id] = reason
        if state is State.UNKNOWN:
            work.track.paused = reason

    def _entry(
        self,
        work: Work,
        state: State,
        facts: dict[str, Json],
        values: dict[str, Json] | None = None,
        left: Ref | None = None,
    ) -> Entry:
        on = left or target(work.change)
        ref = str(on) if isinstance(on, Ref) else ""
        return Entry(self.run, work.key, work.track.group.id, work.step.id, state, ref, facts, values or {})


def _shown(work: Work, proof: Proof, live: Mapping[Ref, Reading]) -> dict[Ref, Fields]:
    refs = (*acted_on(work.change), *((proof.ref,) if proof.ref else ()))
    readings = {ref: live.get(ref) for ref in refs}
    return {ref: reading.fields for ref, reading in readings.items() if isinstance(reading, Record)}
