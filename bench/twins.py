"""Two CRMs whose twins are edited at random between runs end alike, as an oracle says: `python -m bench.twins`."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bench.twins_ground import SETTLED, Ground, ground, text
from bench.twins_oracle import Oracle, Place, oracle
from connectors.changes import Set
from connectors.errors import RefusedError, RevopsError
from connectors.records import Ref
from sync.apply.guard import Bounds
from sync.forms import load_change
from sync.jobs.apply import carry_out
from sync.jobs.check import ask, chosen
from sync.jobs.plan import Made, plan
from sync.jobs.pull import pull_all
from sync.ledger.journal import State
from sync.session import Session

TRIES = 12


@dataclass
class Runs:
    """The rounds so far: the oracle that follows them, and what did not come as it said."""

    ground: Ground
    oracle: Oracle
    wrong: list[str] = field(default_factory=list)

    def round(self, storm: float, between: int) -> Made:
        """Pull, plan, approve, let people meddle a little, apply until it is through."""
        self.ground.sandbox.clock.advance(SETTLED)
        self._until(storm, lambda session: pull_all(session))
        seen = self.ground.held()
        asked = self.oracle.pulled(seen)
        made: Made = self._until(storm, lambda session: plan(session, ask(session, chosen(session))))
        self._compare(asked, made)
        self.ground.meddle(between)
        if made.plan.groups:
            self._until(storm, lambda session: self._apply(session, made))
        return made

    def _apply(self, session: Session, made: Made) -> None:
        session.ledger.approve(made.hash, "bench", {})
        try:
            applied = carry_out(made.content, session, Bounds())
        except RefusedError as error:
            if "already" not in error.message:
                raise
            return
        self.ground.told["groups applied"] += applied.report.groups_done
        if applied.report.exit_code == 5:
            raise requests.exceptions.ConnectionError(applied.report.stopped)
        self._believe(session, applied.report.run)

    def _believe(self, session: Session, run: str) -> None:
        """The oracle hears which writes the tool says it has seen there; whether they were right is compared before."""
        place = self.ground.places
        done = {entry.key for entry in session.journal.entries(run) if entry.state is State.VERIFIED}
        for entry in session.journal.entries(run):
            if entry.state is State.INTENT and entry.key in done:
                ref = Ref.parse(entry.ref)
                change = load_change(entry.values["change"])  # type: ignore[arg-type]
                for name, value in change.after.items() if isinstance(change, Set) else ():
                    self.oracle.written((ref.kind, place[ref.crm, ref.kind, ref.id], name), text(value))

    def _until(self, storm: float, work: Callable[[Session], Any]) -> Any:
        """Try again as a scheduler would, in calmer weather each time."""
        for attempt in range(TRIES):
            with self.ground.opened(storm / 2**attempt if attempt < TRIES - 1 else 0.0) as session:
                try:
                    return work(session)
                except (RevopsError, OSError) as error:
                    if attempt == TRIES - 1:
                        raise
                    self.ground.told[f"tried again: {type(error).__name__}"] += 1
                    self.ground.sandbox.clock.advance(60)
        return None

    def _compare(self, asked: dict[Place, tuple[str, str]], made: Made) -> None:
        place = self.ground.places
        planned: dict[Place, tuple[str, str]] = {}
        for _, step in made.plan.walk():
            if isinstance(step.change, Set) and isinstance(ref := step.change.ref, Ref):
                spot = ref.kind, place[ref.crm, ref.kind, ref.id]
                planned |= {(*spot, name): (ref.crm, text(value)) for name, value in step.change.after.items()}
        odd = {spot for spot in asked.keys() | planned.keys() if asked.get(spot) != planned.get(spot)}
        self.wrong += [
            f"{spot}: planned {planned.get(spot)}, the oracle says {asked.get(spot)}" for spot in sorted(odd)
        ]


def bench(folder: Path, seed: int, count: int, rounds: int, storm: float = 0.02) -> tuple[list[str], Counter[str]]:
    """What did not come as the oracle says, and what happened."""
    here = ground(folder, seed, count, storm)
    runs = Runs(here, oracle())
    for number in range(rounds):
        here.meddle(max(3, count // 20), whole=True)
        runs.round(storm if number % 3 else 0.0, between=2 if number % 2 else 0)
    # What was edited while the last of them was applied goes over in a calm run; the one after has nothing to do.
    runs.round(0.0, between=0)
    expected = {spot: value for spot, (_, value) in runs.oracle.pulled(here.held()).items()}
    runs.wrong += [f"{spot} still waits for {value!r}" for spot, value in sorted(expected.items())]
    effects = len(list(here.sandbox.store.ledger()))
    second = runs.round(0.0, between=0)
    if second.plan.groups or len(list(here.sandbox.store.ledger())) != effects:
        runs.wrong.append(f"the second run had {len(second.plan.groups)} groups")
    open_ = sum(both.hubspot != both.salesforce for both in here.held().values())
    here.told |= Counter({"fields": len(here.held()), "left for a person": open_, "rounds": rounds + 2})
    return runs.wrong, here.told


def main(words: Sequence[str] | None = None) -> int:
    """Print what happened with the seed; 1 where anything came otherwise than the oracle says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twins", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--storm", type=float, default=0.02, help="share of requests or answers that are lost")
    asked = parser.parse_args(words)
    print(f"seed {asked.seed}", flush=True)
    began, spent = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        wrong, told = bench(Path(folder), asked.seed, asked.twins, asked.rounds, asked.storm)
    for name, number in sorted(told.items()):
        print(f"{name:32} {number}")
    print(f"{'seconds (CPU)':32} {time.monotonic() - began:.1f} ({time.process_time() - spent:.1f})")
    for line in wrong[:20]:
        print(f"WRONG {line}")
    print(f"{'otherwise than the oracle says':32} {len(wrong)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
