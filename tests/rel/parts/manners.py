"""Runs under tight call limits: no call is refused for its rate, a pause asked for is kept, a day used up ends it."""

import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from connectors.base import Connector, Writer
from connectors.errors import RevopsError
from sandbox.wire import Request
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.jobs.pull import pull_all
from sync.session import Session
from sync.settings import load
from tests.rel.bench import SCENES, Bench, Trial, bench
from tests.rel.part import Part, Result, Share, Tier, mine

SMALL, RELEASE = 6, 300
TOKEN, DAY, DAYS, PLENTY = "authorization", 86_400, 5, 10**6
LAST_CALLS = 2
"""Once the day is used up: each of the two tokens may find it out by itself."""
PAUSED: Mapping[str, Any] = {
    "status": 429,
    "headers": {"Retry-After": "7"},
    "body": {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING", "message": "slow"},
}
PAUSE = 7.0


class TimedSession(Session):
    """A session whose every pace reads and moves the sandbox's clock, which stands still otherwise."""

    trial: Trial

    @cached_property
    def readers(self) -> Mapping[str, Connector]:
        return {name: self.timed(reader) for name, reader in super().readers.items()}

    def _writers(self) -> dict[str, Writer]:
        return {name: self.timed(writer) for name, writer in super()._writers().items()}

    def timed(self, half: Any) -> Any:
        """A half of a connector in the sandbox's time."""
        clock = self.trial.watched.clock
        pace = (half.portal.transport if hasattr(half, "portal") else half.transport).pace
        pace.sleep, pace.clock = clock.advance, lambda: clock.now_ms() / 1000
        return half


@dataclass
class Times:
    """When each call came, by what token and to where."""

    trial: Trial
    calls: list[tuple[float, str, str]] = field(default_factory=list)

    def __call__(self, request: Request) -> None:
        """A call comes in."""
        at = self.trial.watched.clock.now_ms() / 1000
        self.calls.append((at, request.headers.get(TOKEN, ""), request.path))


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """A pull and an apply of some scene, under limits and with pauses by chance."""
    with bench() as made:
        for number in range(SMALL if tier is Tier.SMALL else RELEASE):
            if mine(share, number):
                yield Result(mannered(made, seed * 100_003 + number))


def mannered(made: Bench, seed: int) -> list[str]:
    """What was impolite in one life under limits by chance."""
    dice = random.Random(seed)
    scene = dice.choice(SCENES)
    with made.trial(scene) as trial:
        times, told = Times(trial), f"{scene}, seed {seed}"
        trial.watched.before = times
        trial.watched.clock.freeze()
        for name, value in {"rate_ten_seconds": dice.randint(3, 30), "rate_search_second": dice.randint(4, 5)}.items():
            trial.watched.store.set("hubspot", name, value)
        day = 0
        paused = dice.randint(2, 30) if dice.random() < 0.5 else 0
        if paused:
            trial.watched.faults.add([{"on": {"crm": "hubspot", "nth": paused}, "do": [PAUSED]}])
        elif dice.random() < 0.5:
            trial.watched.store.set("hubspot", "rate_day", day := dice.randint(5, 40))
        lived(trial)
        refused = [wire.path for wire in trial.watched.wires if wire.done == 429]
        allowed = LAST_CALLS * len(trial.attempts) if day else 0
        faults = [f"refused for its rate {len(refused)} times"] * (len(refused) > allowed)
        faults += _hurried(times, trial)
        return [f"{told}: {fault}" for fault in (*faults, *trial.faults())]


def lived(trial: Trial) -> None:
    """The plan, as many days as it takes, and a full pull."""
    while not trial.attempts or (trial.attempts[-1].exit in (4, 5) and len(trial.attempts) < DAYS):
        if trial.attempts:
            trial.watched.clock.advance(DAY)
            trial.watched.store.set("hubspot", "rate_day", PLENTY)  # what used the day up was somebody else's
        tried(trial)


def tried(trial: Trial) -> None:
    """One process, within the limits."""
    settings, adapter = load(trial.stage.environ), trial.stage.adapter
    clock = trial.watched.clock
    session = TimedSession(settings, now=trial.now, sleep=clock.advance, adapter=adapter)
    session.__dict__["trial"] = trial
    try:
        begun = trial.place()
        report = carry_out(trial.scene.made.content, session, Bounds()).report
        trial.ended(begun, report.exit_code, report.stopped, report)
        with suppress(RevopsError):
            pull_all(session, full=True)
    except RevopsError as error:
        trial.ended(begun, error.exit_code, str(error))
    finally:
        session.close()


def _hurried(times: Times, trial: Trial) -> Iterator[str]:
    """Calls by a token to HubSpot within the pause that its last answer asked for."""
    for place, (wire, (at, token, path)) in enumerate(zip(trial.watched.wires, times.calls, strict=True)):
        if wire.crm != "hubspot" or wire.done:
            continue
        later = [(when, where) for when, who, where in times.calls[place + 1 :] if who == token]
        if later and later[0][0] - at < PAUSE and ("/search" in path) == ("/search" in later[0][1]):
            yield f"it called again {later[0][0] - at:.1f} s after it was asked to wait {PAUSE:.0f} s"


PART = Part("manners", "runs under tight call limits and with pauses asked for", trials)
