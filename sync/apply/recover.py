"""Settles by reading back every row that an earlier run left open, before anything new is sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from connectors.changes import Change, Outcome, Status
from connectors.records import Ref
from connectors.values import load_fields
from sync.apply.jobs import await_job
from sync.apply.look import Look
from sync.apply.progress import Track, Work
from sync.apply.readback import Sent, read_back
from sync.apply.scribe import Scribe
from sync.apply.stop import Rules, Watch
from sync.apply.tools import Tools
from sync.forms import load_change
from sync.ledger.journal import OPEN, Entry, State
from sync.plan.model import Grade, Group, Step, kind_of


def recover(entries: Iterable[Entry], tracks: Mapping[str, Track], tools: Tools, scribe: Scribe, look: Look) -> int:
    """Settle the open rows of a run, whose groups may be known or not; how many there were.

    The CRM gets the settle time since the youngest of them was sent.
    """
    rows, ages = [], []
    for entry, row in _open(entries, tracks):
        rows.append(row)
        ages.append(tools.age(entry))
    for job, workspace in {row.work.job: _workspace(row.work) for row in rows}.items():
        await_job(job, workspace, tools)
    if rows:
        if min(ages) < tools.settle:
            tools.sleep(tools.settle - min(ages))
        proofs, live = read_back(rows, look, tools.readers)
        scribe.settled(proofs, live, recovered=True)
    return len(rows)


def settle_run(run: str, tools: Tools) -> int:
    """Settle what a run of any other plan left open, so that its effects and aliases are known; how many rows."""
    scribe = Scribe(tools.journal, run, Watch(Rules()), tools.alias, tools.keep)
    return recover(tools.journal.entries(run), {}, tools, scribe, Look(tools.readers, tools.resolve))


def _open(entries: Iterable[Entry], tracks: Mapping[str, Track]) -> Iterator[tuple[Entry, Sent]]:
    """Rows whose last word is that they may have been sent, as they were sent, with what stood there before."""
    intents: dict[str, Entry] = {}
    last: dict[str, Entry] = {}
    for entry in entries:
        last[entry.key] = entry
        if entry.state is State.INTENT:
            intents[entry.key] = entry
    for key, entry in last.items():
        if entry.state not in OPEN or key not in intents:
            continue
        change, stood = intents[key].values.get("change"), intents[key].values.get("before")
        if not isinstance(change, Mapping) or not isinstance(stood, Mapping):
            continue  # its values were erased: nobody can say any more what it was
        job = str(intents[key].facts.get("job", ""))
        work = replace(_work(entry, load_change(change), tracks), job=job)
        left = Ref.parse(str(entry.facts["left"])) if entry.facts.get("left") else None
        status = Status.APPLIED if entry.state is State.APPLIED else Status.UNKNOWN
        before = {Ref.parse(ref): load_fields(fields) for ref, fields in stood.items()}
        yield entry, Sent(work, Outcome(key, status, left), before)


def _workspace(work: Work) -> str:
    return kind_of(work.track.group, work.change)[0]


def _work(entry: Entry, change: Change, tracks: Mapping[str, Track]) -> Work:
    """The row in its group; a run of another plan gets a group made of what the journal says."""
    track = tracks.get(entry.group)
    if track is None:
        lone = Group(entry.group, "", "", "", Grade.IRREVERSIBLE, (Step(entry.step, change),))
        track = Track(lone, states={entry.step: entry.state})
    step = next(step for step in track.group.steps if step.id == entry.step)
    return Work(track, step, entry.key, change)
