"""Runs each client's program against a sandbox of its own and gathers what it said."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.app import Sandbox
from tests.sandbox.outsiders.client import Client
from tests.sandbox.outsiders.environment import Environment, Unavailable, made
from tests.sandbox.outsiders.stage import Stage, reference, stage

SCRIPT = Path(__file__).parent / "script"
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a client did, and whether what it read back was right; `ok` None: not tried."""

    name: str
    ok: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one client; `reason` says why it could not run at all. Seconds exclude the installation."""

    client: Client
    version: str
    operations: tuple[Operation, ...]
    seconds: float
    reason: str = ""

    @property
    def failed(self) -> tuple[Operation, ...]:
        """The operations that went wrong."""
        return tuple(item for item in self.operations if item.ok is False)


def run(client: Client, own: bool = False) -> Result:
    """Run one client; `own` takes the interpreter that runs this for a Python client."""
    if client.reference and not (reference() / client.reference).exists():
        return Result(client, "", (), 0.0, f"no reference data: {client.reference}")
    try:
        environment = made(client, own)
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder) / "scratch"
            scratch.mkdir()
            with stage(client, scratch) as place:
                begun = time.monotonic()
                operations = (*_performed(client, environment, place), _steady(place.sandbox))
                return Result(client, environment.version, operations, time.monotonic() - begun)
    except Unavailable as wrong:
        return Result(client, "", (), 0.0, str(wrong))


def _performed(client: Client, environment: Environment, place: Stage) -> Iterator[Operation]:
    command = [str(environment.interpreter), str(client.folder / client.program)]
    try:
        done = subprocess.run(
            command,
            env=_variables(client, environment, place),
            cwd=place.variables["SCRATCH"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=client.timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        said = late.stdout.decode("utf-8", "replace") if isinstance(late.stdout, bytes) else late.stdout or ""
        yield from heard(said)
        yield Operation("the program ends", False, f"not within {client.timeout} s")
        return
    operations = list(heard(done.stdout))
    yield from operations
    why = "" if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr.strip()[-600:]}"
    yield Operation("the program ends", not why and bool(operations), why or ("" if operations else "it said nothing"))


def _variables(client: Client, environment: Environment, place: Stage) -> dict[str, str]:
    """A clean environment: nothing of the caller's settings or credentials reaches a client."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    path = os.pathsep.join([str(environment.bin), kept.get("PATH", "")])
    found = {"PATH": path, "BIN": str(environment.bin), "PYTHONPATH": str(SCRIPT), "PYTHONDONTWRITEBYTECODE": "1"}
    return {
        **kept,
        **found,
        "NODE_PATH": f"{environment.modules}{os.pathsep}{SCRIPT}",
        **place.variables,
        **dict(client.variables),
    }


def heard(said: str) -> Iterator[Operation]:
    """The operations among the lines of a program's output."""
    for line in said.splitlines():
        try:
            found: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and "op" in found:
            yield Operation(str(found["op"]), found.get("ok"), str(found.get("why") or ""))


def _steady(sandbox: Sandbox) -> Operation:
    """The sandbox's own mistakes, which it answers with a 500 as the vendor's outage would be."""
    why = "; ".join(f"{item.get('method', '')} {item['path']}: {item['error']}" for item in sandbox.errors[:3])
    return Operation("the sandbox does not stumble", not sandbox.errors, why)
