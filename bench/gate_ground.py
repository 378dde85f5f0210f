"""The processes that a load on the gate needs: a sandbox, a pull of it, the gate, and an endpoint that does nothing."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import uvicorn
from fastapi import FastAPI, Request, Response
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, create_engine, event, insert

from bench.gate_calls import SECRET
from sync.database import _begin, _durable
from sync.web.commit import GroupCommit

TICKS = os.sysconf("SC_CLK_TCK")
NOOP = "/noop"
Process = subprocess.Popen[bytes]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def environment(state: Path, sandbox: int = 0) -> dict[str, str]:
    """A reader's environment: no writer's credential is in it."""
    base = {name: value for name, value in os.environ.items() if not name.startswith(("HUBSPOT_", "SALESFORCE_"))}
    url = f"http://127.0.0.1:{sandbox}"
    crm = {"HUBSPOT_BASE_URL": url, "HUBSPOT_ACCESS_TOKEN": "pat-na1-sandbox-reader"} if sandbox else {}
    return {**base, **crm, "REVOPS_STATE": str(state), "REVOPS_HUBSPOT_WEBHOOK_SECRETS": SECRET}


def started(words: Sequence[str], env: dict[str, str]) -> Process:
    """A Python process with these arguments, quiet."""
    return subprocess.Popen([sys.executable, *words], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def gate(port: int, env: dict[str, str], only: Sequence[str] = ("--only", "receive")) -> Process:
    """The gate as it is started in earnest, listening."""
    process = started(["-m", "sync", "serve", "gate", "--port", str(port), *only], env)
    await_port(port, "/healthz", process)
    return process


def noop(port: int, folder: Path) -> Process:
    """The endpoint to compare with, listening."""
    process = started(["-m", "bench.gate_ground", str(port), str(folder / "noop.db")], dict(os.environ))
    await_port(port, "/healthz", process)
    return process


def await_port(port: int, path: str, process: Process, patience: float = 60.0) -> None:
    """Wait until something answers there."""
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


@contextmanager
def sandbox(port: int, records: int) -> Iterator[Process]:
    """A sandbox with so many contacts, half as many deals and companies."""
    sizes = ["--contacts", str(records), "--deals", str(records // 2), "--companies", str(records // 2)]
    process = started(["-m", "sync", "sandbox", "--port", str(port), *sizes], dict(os.environ))
    try:
        await_port(port, "/_sandbox/clock", process, 300.0)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def pulling(env: dict[str, str]) -> Iterator[list[int]]:
    """One full pull after the other until the block ends; the list grows by each one's exit code."""
    stop, codes = Event(), list[int]()

    def run() -> None:
        while not stop.is_set():
            process = started(["-m", "sync", "pull", "--full"], env)
            while process.poll() is None and not stop.wait(0.2):
                pass
            if process.poll() is None:
                process.kill()
                process.wait()
            else:
                codes.append(process.returncode)

    thread = Thread(target=run)
    thread.start()
    try:
        yield codes
    finally:
        stop.set()
        thread.join()


def cpu(process: Process) -> float:
    """Seconds of processor time that a running process has used, user and system."""
    cells = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / TICKS


def serve_noop(port: int, place: str) -> None:
    """The same server, which reads a body, writes one row in a group commit and checks nothing."""
    engine = create_engine(f"sqlite:///{place}")
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    metadata = MetaData()
    rows = Table("row", metadata, Column("id", Integer, primary_key=True), Column("at", BigInteger))
    metadata.create_all(engine)

    def write(items: Sequence[int]) -> int:
        with engine.connect() as connection, connection.execution_options(writes=True).begin():
            return connection.execute(insert(rows), [{"at": item} for item in items]).rowcount

    commit: GroupCommit[int] = GroupCommit(write)
    commit.start()
    app = FastAPI(openapi_url=None)

    async def keep(request: Request) -> Response:
        await request.body()
        await commit.keep([time.time_ns()])
        return Response(status_code=204)

    app.add_api_route(NOOP, keep, methods=["POST"])
    app.add_api_route("/healthz", lambda: {"status": "ok"}, methods=["GET"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False, lifespan="off")


if __name__ == "__main__":
    serve_noop(int(sys.argv[1]), sys.argv[2])
