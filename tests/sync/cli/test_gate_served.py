"""`serve gate` and `apply --queue` as people and schedulers start them."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench.gate_calls import SECRET
from sandbox.server import serve
from sync.environment import Secrets
from sync.ledger.verdicts import Verdicts
from tests.sync.cli.terminal import Terminal
from tests.sync.stage import Stage
from tests.sync.web.floor import Floor, copy, prepared
from tests.sync.web.house import Caller, event, free
from tests.tree import ROOT

pytestmark = pytest.mark.enable_socket
WRITERS = [name.upper() for name in Secrets.model_fields]


@pytest.fixture(scope="module")
def ready(first_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return prepared(first_stage.copy(tmp_path_factory.mktemp("ready")))


@pytest.fixture
def floor(ready: Stage, tmp_path: Path, at: Terminal) -> Iterator[Floor]:
    """A floor that the terminal stands on."""
    found = copy(ready, tmp_path)
    with serve(found.stage.sandbox) as url:
        at.point(found.stage, url)
        yield found


@pytest.fixture
def reading(at: Terminal) -> Terminal:
    """A terminal without a writer's credential."""
    for name in WRITERS:
        at.monkeypatch.delenv(name, raising=False)
    return at


def test_it_refuses_to_start_where_it_could_write(at: Terminal) -> None:
    said = at("serve", "gate")
    assert said.code == 2 and "HUBSPOT_WRITE_TOKEN" in said.err and "must not be able to write" in said.err
    assert "pat-na1" not in said.err


def test_it_refuses_to_start_without_a_secret(reading: Terminal) -> None:
    said = reading("serve", "gate", "--only", "receive")
    assert said.code == 2 and "REVOPS_HUBSPOT_WEBHOOK_SECRETS" in said.err


def test_an_empty_inbox_is_worked_through_at_once(reading: Terminal) -> None:
    assert reading("serve", "gate", "--only", "work", "--once").code == 0


def test_an_empty_queue_is_an_empty_document(at: Terminal) -> None:
    said = at("apply", "--queue", "--format", "jsonl")
    assert (said.code, said.out.strip()) == (0, "")
    assert at("apply").code == 2


def test_the_queue_goes_before_a_plan(at: Terminal, floor: Floor) -> None:
    floor.move("salesforce")
    floor.tell("salesforce")
    floor.work()
    said = at("apply", "--queue", "--format", "csv")
    assert said.code == 0 and f"{floor.deals['salesforce']},done" in said.out
    assert at("apply", "--queue", "absent.json").code == 2


def test_a_gate_of_two_processes_hears_judges_and_ends(floor: Floor) -> None:
    with free() as on:
        port = on.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if name not in WRITERS}
    call = [sys.executable, "-m", "sync", "serve", "gate", "--port", str(port)]
    floor.move("hubspot")
    env |= {"REVOPS_HUBSPOT_WEBHOOK_SECRETS": SECRET, "PYTHONPATH": str(ROOT)}
    gate = subprocess.Popen(call, env=env, stderr=subprocess.DEVNULL)
    try:
        assert within(60, lambda: answered(port))
        told = event(deal=int(floor.deals["hubspot"].id), occurredAt=time.time_ns() // 1_000_000)
        assert Caller(f"http://127.0.0.1:{port}").hubspot([told]).status == 204
        assert within(40, lambda: judged(floor))
        gate.send_signal(signal.SIGTERM)
        assert gate.wait(20) == 0
    finally:
        gate.kill()
        gate.wait()


def within(seconds: float, happened: object) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if callable(happened) and happened():
            return True
        time.sleep(0.1)
    return False


def answered(port: int) -> bool:
    with suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200)
    return False


def judged(floor: Floor) -> bool:
    with floor.stage.opened(REVOPS_READ_ONLY="1") as session:
        return bool(Verdicts(session.ledger_store, session.now).counts())
