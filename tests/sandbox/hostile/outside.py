"""A sandbox in a process of its own, and everything hostile that can be sent to it through sockets."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.wire import Request
from tests.sandbox.hostile import wire
from tests.sandbox.hostile.calls import Attack, attacks
from tests.sandbox.hostile.inside import Report, shown
from tests.sandbox.hostile.judge import wrong
from tests.sandbox.hostile.target import behind, learned
from tests.sandbox.outsiders.client import read
from tests.sandbox.outsiders.environment import Unavailable, made

SIZES = ("--companies=60", "--contacts=120", "--leads=30", "--deals=40")
MOST_MEMORY = 1500.0
"""Megabytes that the process may ever have held; the largest body is 64, and some copies of it stand side by side."""
LOST = (OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Server:
    """The process, its port, and the file that its standard error goes to."""

    process: subprocess.Popen[str]
    port: int
    talk: Path


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """`revops-sync sandbox`, seeded, on a free port, till the block ends."""
    talk = folder / "stderr"
    with talk.open("w") as errors:
        command = [sys.executable, "-m", "sync", "sandbox", "--port", "0", *SIZES]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip().partition("=")[2]
            try:
                yield Server(process, urlsplit(url).port or 0, talk)
            finally:
                process.terminate()


def over_http(where: Server, count: int, seed: int) -> Report:
    """So many hostile calls as an HTTP library sends them."""
    send, report = behind(where.port), Report()
    facts = learned(send)
    document = json.loads(send(Request("GET", "/_sandbox/openapi.json")).body)
    for attack in islice(attacks(document, facts, seed), count):
        if not attack.request.method.isalpha() or len(attack.request.path) > 60_000:
            continue
        report.requests += 1
        report.violations += [f"{what}: {shown(attack)}" for what in _called(where, attack)]
    return report


def _called(where: Server, attack: Attack) -> Iterator[str]:
    try:
        answer = behind(where.port)(attack.request)
    except LOST as lost:
        yield f"no answer: {lost!r:.200}"
        return
    yield from wrong(answer.status, answer.headers, answer.body, 0.0)


def over_sockets(where: Server, count: int, seed: int) -> Report:
    """The messages that are no HTTP, or only just."""
    report = Report()
    for message in wire.messages(count, seed):
        report.requests += 1
        report.violations += [f"{what}: {message[:200]!r}" for what in wire.wrong(where.port, message)]
    return report


def from_schema(where: Server, examples: int, seed: int) -> Report:
    """What Schemathesis makes of the document; `Unavailable` where it cannot be installed."""
    client = read(Path(__file__).parent)
    python = made(client).interpreter
    session = learned(behind(where.port)).session
    program = [str(python), str(client.folder / client.program), f"http://127.0.0.1:{where.port}", session]
    done = subprocess.run([*program, str(examples), str(seed)], capture_output=True, text=True, check=False)
    report = Report()
    for line in done.stdout.splitlines():
        said = json.loads(line)
        report.requests += said.get("requests", 0)
        report.violations += [said["wrong"]] if "wrong" in said else []
    if done.returncode:
        report.violations.append(f"Schemathesis ended with {done.returncode}: {done.stderr[-600:]}")
    return report


def afterwards(where: Server) -> Report:
    """Whether the server lives, has no errors of its own, said nothing on standard error, and stayed small."""
    report = Report()
    if where.process.poll() is not None:
        report.violations.append(f"the server ended with {where.process.returncode}")
        return report
    errors = json.loads(behind(where.port)(Request("GET", "/_sandbox/errors")).body)["results"]
    report.violations += [f"/_sandbox/errors: {json.dumps(item)[:600]}" for item in errors]
    said = where.talk.read_text("utf-8", "replace")
    report.violations += [f"on standard error: {said[:600]}"] if "Traceback" in said else []
    largest = _memory(where.process.pid)
    report.violations += [f"{largest:.0f} MB of memory"] if largest > MOST_MEMORY else []
    return report


def _memory(pid: int) -> float:
    """The most memory that a process ever held, in megabytes; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


__all__ = ["Server", "Unavailable", "afterwards", "from_schema", "over_http", "over_sockets", "server"]
