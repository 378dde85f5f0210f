"""A process that carries out a plan and kills itself where it is told to; started as `python -m tests.rel.child`.

It reads lines of JSON from stdin, each a list of jobs, forks for every job so that nothing is imported twice, and
answers each line with the list of their exit statuses (-9: killed). A job is `{environ, plan, point, nth, tally,
trace, log}`. One with a `tally` is carried out by this process itself, without a death: it writes there how often each
point was passed. One with a `trace` runs under `strace` with this option.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from connectors.errors import RevopsError
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.ledger.journal import DiskJournal, Entry
from sync.plan.file import read
from sync.session import Session
from sync.settings import load
from tests.rel.syscalls import traced

POINTS = ("before append", "after append", "before call", "after call")


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


class DoomedAdapter(BaseAdapter):
    """The way to the CRMs, with a death before a request leaves or once its answer has come."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self.fate, self.inner = fate, HTTPAdapter(max_retries=0)

    def send(self, request: requests.PreparedRequest, *args: object, **more: object) -> requests.Response:
        self.fate.at("before call")
        answer = self.inner.send(request, *args, **more)  # type: ignore[arg-type]
        self.fate.at("after call")
        return answer

    def close(self) -> None:
        self.inner.close()


class DoomedSession(Session):
    """A session whose journal may die; its adapter is given to it."""

    fate: Fate

    @cached_property
    def journal(self) -> DiskJournal:
        made = DoomedJournal(self.ledger_store, self.now)
        made.fate = self.fate
        return made


def carried_out(job: Mapping[str, object]) -> int:
    """The exit code of one attempt at the plan, as the command line would give it."""
    environ, plan = job["environ"], Path(str(job["plan"]))
    assert isinstance(environ, dict)
    fate = Fate(str(job.get("point", "")), int(str(job.get("nth", 0))))
    session = DoomedSession(load(environ), adapter=DoomedAdapter(fate))
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
        with traced(str(job.get("trace", "")), str(job.get("log", os.devnull))):
            code = carried_out(job)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
