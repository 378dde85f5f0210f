"""A process that carries out a plan and kills itself where it is told to; started as `python -m tests.rel.child`.

It reads lines of JSON from stdin, each a list of jobs, forks for every job so that nothing is imported twice, and
answers each line with the list of their exit statuses (-9: killed). A job is `{environ, plan, point, nth, tally}`. One
with a `tally` is carried out by this process itself, without a death: it writes there how often each point was passed.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from connectors.base import Writer
from connectors.changes import Batch, Outcome
from connectors.errors import RevopsError
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.ledger.journal import DiskJournal, Entry
from sync.plan.file import read
from sync.session import Session
from sync.settings import load

POINTS = ("before append", "after append", "before push", "after push")


class Fate:
    """Kills the process when it has come to a point for the n-th time."""

    def __init__(self, point: str, nth: int) -> None:
        self.point, self.nth = point, nth
        self.passed = dict.fromkeys(POINTS, 0)

    def at(self, point: str) -> None:
        self.passed[point] += 1
        if (point, self.passed[point]) == (self.point, self.nth):
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedJournal(DiskJournal):
    """The journal on the disk, with a death before or after an append."""

    fate: Fate

    def append(self, entries: Sequence[Entry]) -> None:
        self.fate.at("before append")
        super().append(entries)
        self.fate.at("after append")


class DoomedWriter:
    """A writer with a death before the request leaves or after the CRM carried it out."""

    def __init__(self, writer: Writer, fate: Fate) -> None:
        self.writer, self.fate = writer, fate

    @property
    def calls(self) -> int:
        return self.writer.calls

    def ensure_fields(self, kind: str) -> bool:
        return self.writer.ensure_fields(kind)

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        self.fate.at("before push")
        outcomes = self.writer.push(batch)
        self.fate.at("after push")
        return outcomes


class DoomedSession(Session):
    """A session whose journal and writers may die."""

    fate: Fate

    @cached_property
    def journal(self) -> DiskJournal:
        made = DoomedJournal(self.ledger_store, self.now)
        made.fate = self.fate
        return made

    @contextmanager
    def writing(self) -> Iterator[tuple[Mapping[str, Writer], Callable[[], None]]]:
        with super().writing() as (writers, fence):
            yield {name: DoomedWriter(writer, self.fate) for name, writer in writers.items()}, fence


def carried_out(job: Mapping[str, object]) -> int:
    """The exit code of one attempt at the plan, as the command line would give it."""
    environ, plan = job["environ"], Path(str(job["plan"]))
    assert isinstance(environ, dict)
    session = DoomedSession(load(environ))
    fate = Fate(str(job.get("point", "")), int(str(job.get("nth", 0))))
    session.__dict__["fate"] = fate
    try:
        return carry_out(read(plan), session, Bounds()).report.exit_code
    except RevopsError as error:
        return error.exit_code
    finally:
        session.close()
        if "tally" in job:
            Path(str(job["tally"])).write_text(json.dumps(fate.passed), "utf-8")


def main() -> None:
    """Answer every line of jobs."""
    for line in sys.stdin:
        jobs = json.loads(line)
        here = [carried_out(job) for job in jobs if "tally" in job]
        children = [_forked(job) for job in jobs if "tally" not in job]
        statuses = here + [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(json.dumps(statuses) + "\n")
        sys.stdout.flush()


def _forked(job: Mapping[str, object]) -> int:
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        code = carried_out(job)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
