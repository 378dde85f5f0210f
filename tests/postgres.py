"""Runs the tests of stores, pull, plan and apply on a PostgreSQL server of their own: `python -m tests.postgres`.

Further arguments go to pytest, in place of the tests that are usually run. The server's programs come with Debian's
package `postgresql`; the server listens on loopback, keeps its files below a temporary folder and goes at the end.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
JOBS = tuple(f"tests/sync/jobs/test_{name}.py" for name in ("apply", "settle", "undo", "verify", "written", "run"))
TESTS = ("tests/sync/mirror", "tests/sync/ledger", "tests/sync/apply", "tests/sync/plan", *JOBS)
DEBIAN = "/usr/lib/postgresql/*/bin"
QUICK = "-c fsync=off -c full_page_writes=off -c max_connections=100"
"""Nothing of these databases has to outlive the machine."""


def main(arguments: Sequence[str]) -> int:
    """pytest's exit code."""
    with server() as url:
        command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", *(arguments or TESTS)]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, "TEST_POSTGRES_URL": url}, check=False).returncode


@contextmanager
def server() -> Iterator[str]:
    """The address of a new server that lives as long as the block."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        # The server refuses to be run by root: as root, Debian's own user runs it.
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        data, port = f"{folder}/data", _free()
        _run(user, _program("initdb"), "-D", data, "-A", "trust", "-U", "revops", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"{QUICK} -p {port} -k {folder} -h 127.0.0.1"
        _run(user, _program("pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql://revops@127.0.0.1:{port}/postgres"
        finally:
            _run(user, _program("pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop")


def _program(name: str) -> str:
    """Where a program of the server is: on the path, or where Debian puts it."""
    places = [os.environ.get("PATH", ""), *sorted(map(str, Path("/").glob(DEBIAN[1:])), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise SystemExit(f"{name} is missing: install PostgreSQL (Debian: apt-get install postgresql)")
    return found


def _run(user: str | None, *command: str) -> None:
    subprocess.run(command, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
