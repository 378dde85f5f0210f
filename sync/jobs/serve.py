"""The gate as a process: the endpoints on a port, and the worker beside them in a process of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import uvicorn

from connectors.errors import UsageError
from connectors.values import Json
from sync.database import millis
from sync.ledger.inbox import Inbox
from sync.session import Session
from sync.web.app import Gate, app
from sync.web.commit import GroupCommit
from sync.web.doors import doors
from sync.web.meter import Meter
from sync.web.numbers import Numbers

READ_ONLY = MappingProxyType({"REVOPS_READ_ONLY": "1"})
MOST = 500
"""Requests under way at once; beyond it a caller is answered 503 and comes again."""
BACK_OFF = (1.0, 60.0)
"""Seconds before a worker that ended is started again: first, and at most."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int


@contextmanager
def gate_of(session: Session, at: Address) -> Iterator[Gate]:
    """The gate of a session, its group commit running until the block ends."""
    numbers = Numbers(session)
    inbox = Inbox(session.ledger_store, session.now)

    def judge(body: Json) -> Mapping[str, Json]:
        from sync.jobs.gate import answer

        return answer(session, body)

    gate = Gate(
        doors=doors(session.settings.env, at.host, at.port),
        now_ms=lambda: millis(session.now()),
        commit=GroupCommit(inbox.put),
        accounts=numbers.accounts,
        judge=judge,
        health=numbers.health,
        meter=Meter(numbers.metrics),
    )
    session.mirror_store  # noqa: B018 - opened here, once, and not by the first two requests at the same time
    gate.commit.start()
    try:
        yield gate
    finally:
        gate.commit.close()


def serve(session: Session, at: Address, say: Callable[[str], None] = lambda text: None) -> None:
    """Answer until the process is asked to stop; what was taken in is then on the disk."""
    with gate_of(session, at) as gate:
        config = uvicorn.Config(
            app(gate),
            host=at.host,
            port=at.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=MOST,
            timeout_graceful_shutdown=10,
            lifespan="off",
        )
        server = uvicorn.Server(config)
        say(f"# the gate listens on {at.host}:{at.port} as {gate.doors.url}; open: {', '.join(gate.doors.open)}")
        try:
            with _asked_once():
                server.run()
        except SystemExit:
            raise UsageError(f"cannot listen on {at.host}:{at.port}", "Name another with --host and --port") from None


@contextmanager
def _asked_once() -> Iterator[None]:
    """uvicorn stops in good order and then raises the signal again, which would end the process before its worker."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def worker_beside(command: tuple[str, ...], say: Callable[[str], None]) -> Iterator[None]:
    """A worker process that is started again whenever it ends, until the block does.

    A process of its own, since one that computes verdicts would hold up the acknowledgements of one that shares its
    interpreter.
    """
    stop = threading.Event()
    children: list[subprocess.Popen[bytes]] = []

    def watch() -> None:
        pause = BACK_OFF[0]
        while not stop.is_set():
            began = time.monotonic()
            child = subprocess.Popen([sys.executable, "-m", "sync", *command], env={**os.environ, **READ_ONLY})  # noqa: S603
            children[:] = [child]
            child.wait()
            if stop.is_set():
                return
            pause = BACK_OFF[0] if time.monotonic() - began > BACK_OFF[1] else min(pause * 2, BACK_OFF[1])
            say(f"the gate's worker ended ({child.returncode}); it is started again in {pause:g} s")
            stop.wait(pause)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        for child in children:
            child.terminate()
        thread.join(timeout=10)
