"""Measures the gate under load, and tries to get a forgery in and an acknowledged event lost."""

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from bench.gate_calls import PATH, Lines, Target, events, forged, scheduled, sendable, signed
from bench.gate_ground import NOOP, cpu, environment, free_port, gate, noop, pulling, sandbox
from sync.ledger.inbox import Told
from sync.web.events import from_hubspot

RATIO = 2.0
"""How many times the no-op's p99 the gate's may be."""
SHARES = (0.5, 0.99, 0.999, 1.0)


def percentiles(found: list[float]) -> list[float]:
    """The milliseconds below which so many of the answers came."""
    ranked = sorted(found)
    return [ranked[min(len(ranked) - 1, int(share * len(ranked)))] for share in SHARES]


def load(seconds: float, rate: float, count: int, records: int) -> int:
    """The gate and the no-op side by side on one schedule, while a pull runs; 1 where the gate is too slow."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = free_port(), free_port(), free_port()
        env = environment(folder, ports[2])
        crm = stack.enter_context(sandbox(ports[2], records))
        processes = {"gate": gate(ports[0], env), "noop": noop(ports[1], folder), "sandbox": crm}
        for name in ("gate", "noop"):
            stack.callback(_ended, processes[name])
        codes = stack.enter_context(pulling(env))
        time.sleep(5)
        before = {name: cpu(process) for name, process in processes.items()}
        found = _generated(ports[:2], (rate, seconds, count))
        spent = {name: cpu(process) - before[name] for name, process in processes.items()}
        pulls = len(codes)
        kept = _kept(folder)
    return _told(found, spent, {"pulls": pulls, "rows": kept, "wanted": int(rate * seconds) * count})


def _generated(ports: tuple[int, ...], schedule: tuple[float, float, int]) -> list[list[float]]:
    """The load, from a process of its own so that measuring costs the measured nothing but the processor."""
    words = [sys.executable, "-m", "bench.gate_load", "--generate", *map(str, (*ports, *schedule))]
    made = subprocess.run(words, check=True, capture_output=True, text=True)
    return [[float(item) for item in row] for row in json.loads(made.stdout)]


def generate(gate_port: int, noop_port: int, rate: float, seconds: float, count: int) -> None:
    """Print the milliseconds of every call, due to answered: of the gate, then of the no-op."""
    targets = Target(gate_port, PATH), Target(noop_port, NOOP)
    print(json.dumps(asyncio.run(scheduled(targets, rate, seconds, count))))


def _told(found: list[list[float]], spent: dict[str, float], counts: dict[str, int]) -> int:
    print(f"{'':10}{'p50':>9}{'p99':>9}{'p99.9':>9}{'most':>9}  ms, from when a call was due to its answer")
    rows = dict(zip(("gate", "noop"), map(percentiles, found), strict=True))
    for name, cells in rows.items():
        print(f"{name:10}" + "".join(f"{cell:9.2f}" for cell in cells))
    ratio = rows["gate"][1] / rows["noop"][1]
    failed = sum(cell == float("inf") for cell in found[0])
    print(f"p99 is {ratio:.2f} times the no-op's (at most {RATIO}); {failed} of {len(found[0])} calls not acknowledged")
    print(f"events kept {counts['rows']} of {counts['wanted']}; pulls finished meanwhile {counts['pulls']}")
    print("processor seconds: " + ", ".join(f"{name} {value:.1f}" for name, value in spent.items()))
    return int(ratio > RATIO or failed > 0 or counts["rows"] != counts["wanted"])


def over_http(count: int) -> int:
    """Forgeries over HTTP: how many were not answered 401, and how many events are on the disk afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        process = gate(port, environment(Path(folder)))
        try:
            statuses = asyncio.run(_forge(Target(port, PATH), count))
        finally:
            _ended(process)
        wrong, kept = sum(status != 401 for status in statuses), _kept(Path(folder))
    print(f"{count} forgeries over HTTP: {wrong} answered other than 401, {kept} events kept")
    return int(wrong + kept > 0)


async def _forge(target: Target, count: int) -> list[int]:
    lines, found = Lines(target), list[int]()
    for false in sendable(count, 7, target.uri, lambda: time.time_ns() // 1_000_000):
        found.append(await lines.send(target.request(false)))
    await lines.close()
    return found


def kills(count: int, seed: int = 1) -> int:
    """So many SIGKILLs in the middle of a load: how many acknowledged events are not on the disk afterwards."""
    dice, acknowledged, sent = random.Random(seed), set[str](), 0
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder))
        for kill in range(count):
            port = free_port()
            process = gate(port, env)
            found = asyncio.run(_until_killed(Target(port, PATH), process, dice, kill))
            acknowledged |= found[0]
            sent += found[1]
        lost = len(acknowledged - _keys(Path(folder)))
    print(f"{count} SIGKILLs: {len(acknowledged)} of {sent} events acknowledged, {lost} of them lost")
    return int(lost > 0 or not acknowledged)


async def _until_killed(
    target: Target, process: subprocess.Popen[bytes], dice: random.Random, kill: int
) -> tuple[set[str], int]:
    """Eight callers as fast as they can until the gate dies: the keys acknowledged, and how many events were sent."""
    lines, found, sent = Lines(target), set[str](), [0]
    alive = [True]

    async def caller(number: int) -> None:
        while alive[0]:
            sent[0] += 3
            stamp = time.time_ns() // 1_000_000
            body = events(((kill * 8 + number) << 20) + sent[0], 3, stamp)
            status = await lines.send(target.request(signed(target.uri, body, stamp)))
            if status == 204:
                found.update(item.key for item in _told_of(body))
            elif status == 0:
                return

    async def killer() -> None:
        while not found and process.poll() is None:
            await asyncio.sleep(0.005)
        await asyncio.sleep(dice.uniform(0.02, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        alive[0] = False

    await asyncio.gather(killer(), *(caller(number) for number in range(8)))
    await lines.close()
    return found, sent[0]


def _told_of(body: bytes) -> tuple[Told, ...]:
    return from_hubspot(json.loads(body))


def _keys(state: Path) -> set[str]:
    with closing(sqlite3.connect(state / "ledger.db")) as file:
        return {row[0] for row in file.execute("SELECT key FROM inbox")}


def _kept(state: Path) -> int:
    with closing(sqlite3.connect(state / "ledger.db")) as file:
        return int(file.execute("SELECT count(*) FROM inbox").fetchone()[0])


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def main() -> int:
    """One of four trials; exit code 1 where it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long the load lasts")
    parser.add_argument("--rate", type=float, default=200.0, help="signed requests a second")
    parser.add_argument("--events", type=int, default=3, help="events in each request")
    parser.add_argument("--records", type=int, default=4000, help="contacts of the sandbox that is pulled meanwhile")
    parser.add_argument("--forged", type=int, help="instead: so many forgeries at the verify function")
    parser.add_argument("--over-http", type=int, help="instead: so many forgeries over HTTP")
    parser.add_argument("--kills", type=int, help="instead: so many SIGKILLs under load")
    parser.add_argument("--generate", nargs=5, metavar="N", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.generate:
        gate_port, noop_port, rate, seconds, count = asked.generate
        generate(int(gate_port), int(noop_port), float(rate), float(seconds), int(count))
        return 0
    if asked.forged:
        began, wrong = time.process_time(), forged(asked.forged)
        print(f"{asked.forged} forgeries at the verify function: {wrong} let in ({time.process_time() - began:.0f} s)")
        return int(wrong > 0)
    if asked.over_http:
        return over_http(asked.over_http)
    if asked.kills:
        return kills(asked.kills)
    return load(asked.seconds, asked.rate, asked.events, asked.records)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
