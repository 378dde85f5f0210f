"""Faults of single system calls, given to a process by `strace`: an error, or a kill, at the n-th call of a kind."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 10.0
SENT = re.compile(r'sendto\(.*"((?:POST|PATCH|DELETE|PUT) \S*(?:batch/(?:create|update|archive|labels)|/merge |'
                  r'composite |composite/sobjects[ ?]|/Soap/|jobs/ingest))')  # fmt: skip
"""A request that may change records, as the trace shows it."""


def missing() -> str:
    """Why no process can be traced here; empty where one can."""
    if shutil.which("strace") is None:
        return "strace is not installed (Debian: apt-get install strace)"
    found = subprocess.run(["strace", "-o", os.devnull, "-e", "trace=getpid", "true"], capture_output=True, check=False)
    return "" if found.returncode == 0 else "this machine does not let a process be traced"


def injection(call: str, fault: str, nth: int) -> str:
    """The option that makes the n-th call fail (`error=EIO`) or end the process (`signal=KILL`)."""
    return f"inject={call}:{fault}:when={nth}"


def unsynced(lines: Iterable[str]) -> list[str]:
    """Each write to a CRM, of a traced run, that left while an entry of the journal was not yet on the disk."""
    found, dirty = [], False
    for line in lines:
        if "ledger.db-wal" in line:
            dirty = "pwrite64(" in line
        sent = SENT.search(line)
        if sent and dirty:
            found.append(f"sent over a journal that was not synced: {sent[1]}")
    return found


@contextmanager
def traced(option: str, log: str = os.devnull) -> Iterator[None]:
    """This very process under `strace` with an option, from here on, each traced call a line of the log; nothing
    where there is no option. It goes on once the tracer has taken hold."""
    if not option:
        yield
        return
    names = option.partition("=")[2].partition(":")[0]
    chosen = ["-e", f"trace={names}", *(["-e", option] if option.startswith("inject") else [])]
    command = ["strace", "-f", "-qq", "-y", "-s", "120", "-o", log, *chosen, "-p", str(os.getpid())]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as tracer:
        deadline = time.monotonic() + PATIENCE
        while "TracerPid:\t0" in Path("/proc/self/status").read_text("ascii") and time.monotonic() < deadline:
            time.sleep(0.002)
        try:
            yield
        finally:
            tracer.terminate()
