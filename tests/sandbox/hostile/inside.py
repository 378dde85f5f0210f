"""Sends hostile calls to a sandbox in this process, and says which answers break a rule."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.seed import seed as fill
from sandbox.wire import Request
from tests.sandbox.hostile.calls import Attack, attacks
from tests.sandbox.hostile.judge import wrong
from tests.sandbox.hostile.target import learned, timed, within

NOW = 1_772_366_400_000
SIZES = {"companies": 12, "contacts": 20, "leads": 8, "deals": 8}
MOST = 12
"""So many control calls are answered by one sandbox; they change what it is."""


@dataclass(slots=True)
class Report:
    """How many requests were sent, what was answered (by kind and status), and what was wrong."""

    requests: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        """Take another report in."""
        self.requests += other.requests
        self.answers += other.answers
        self.violations += other.violations


def sandbox() -> Sandbox:
    """A small seeded sandbox with a frozen clock."""
    made = Sandbox(clock=Clock(NOW))
    fill(made.store, seed=1, now_ms=NOW, **SIZES)
    return made


def calls(count: int, seed: int) -> Report:
    """So many calls to one sandbox."""
    return _sent(sandbox(), count, seed, control=False)


def control_calls(count: int, seed: int) -> Report:
    """So many control calls, to sandboxes that each take a few."""
    report = Report()
    for number, start in enumerate(range(0, count, MOST)):
        report.add(_sent(sandbox(), min(MOST, count - start), seed * 1000 + number, control=True))
    return report


def _sent(target: Sandbox, count: int, seed: int, control: bool) -> Report:
    send, report = within(target), Report()
    facts = learned(send)
    document = json.loads(send(Request("GET", "/_sandbox/openapi.json")).body)
    for attack in islice(attacks(document, facts, seed, control), count):
        report.requests += 1
        for what in _tried(target, attack, report):
            report.violations.append(f"{what}: {shown(attack)}")
    return report


def _tried(target: Sandbox, attack: Attack, report: Report) -> Iterator[str]:
    """What was wrong with one answer; an exception that leaves the sandbox is wrong, too."""
    try:
        answer, seconds = timed(within(target), attack.request)
    except Exception as stumbled:  # noqa: BLE001 - whatever leaves the sandbox is what is looked for
        yield f"it raised {stumbled!r:.200}"
        return
    report.answers[attack.about, answer.status] += 1
    if not (attack.request.path.startswith("/_sandbox/errors")):
        yield from wrong(answer.status, answer.headers, answer.body, seconds)
    yield from (f"{item['error']:.300} {_where(item)}" for item in target.errors)
    target.errors.clear()


def _where(item: dict[str, str]) -> str:
    places = [line.strip() for line in item.get("trace", "").splitlines() if line.strip().startswith("File")]
    return " < ".join(place.partition("/sandbox/")[2] or place for place in reversed(places[-3:]))


def shown(attack: Attack) -> str:
    """A call in one line."""
    request = attack.request
    query = "&".join(f"{name}={text[:120]}" for name, text in request.query)
    return f"{attack.about}: {request.method[:20]} {request.path[:150]!r} {query!r} {request.body[:400]!r}"
