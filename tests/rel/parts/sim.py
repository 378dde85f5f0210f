"""Lives through months of cron by the seed: pulls, plans and applies among faults, deaths, a person and a workflow."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from connectors.errors import RevopsError
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.jobs.plan import Made, basis_of, make
from sync.jobs.pull import pull_all
from sync.ledger.journal import State
from sync.session import Session
from tests.rel.cron import Shop, shop
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.weather import Killed, World, built, findings, meddle

COUNTS = {Tier.SMALL: 24, Tier.RELEASE: 20_000}
ROUNDS, SETTLING = 4, 12
MEMORY = Path("/dev/shm")


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """So many lives; the seed of one is `SEED/NUMBER`."""
    with shop(MEMORY if MEMORY.is_dir() else None) as place:
        for number in range(COUNTS[tier]):
            if mine(share, number):
                yield Result([f"seed {seed}/{number}: {fault}" for fault in lived(place, f"{seed}/{number}")])


def lived(place: Shop, seed: str) -> list[str]:
    """What went wrong in one life."""
    world, wrong = built(seed), list[str]()
    dice = random.Random(f"{seed}/life")
    with place.life():
        open_: Made | None = None
        for turn in range(ROUNDS + SETTLING):
            if turn == ROUNDS:
                world.weather.calm()
            elif turn < ROUNDS:
                for _ in range(dice.randint(0, 2)):
                    meddle(world)
            world.now += timedelta(hours=dice.randint(1, 48))
            done, open_ = round_(place.session(world), world, open_, wrong)
            if done and turn >= ROUNDS:
                break
        else:
            wrong.append("it never came to rest")
        wrong += judged(place.session(world), world)
    return wrong


def round_(session: Session, world: World, open_: Made | None, wrong: list[str]) -> tuple[bool, Made | None]:
    """One cron run: whether there was nothing to do, and the plan that is still under way."""
    try:
        if open_ and carry_out(open_.content, session, Bounds()).report.stopped:
            return False, open_
        open_ = None
        pull_all(session, full=world.weather.dice.random() < 0.5)
        mirror = session.mirror()
        made = make(
            findings(list(mirror.records("company")), list(mirror.records("contact"))),
            basis_of(session),
            lambda identity, kind: world.strategy,
        )
        if not made.plan.groups:
            return True, None
        session.ledger.approve(made.hash, "cron", {})
        open_ = made
        report = carry_out(made.content, session, Bounds()).report
        wrong += dishonest(session, report.exit_code)
        return False, made if report.stopped else None
    except Killed:
        return False, open_
    except RevopsError as error:
        return False, open_ if error.exit_code == 5 else None


def dishonest(session: Session, code: int) -> Iterator[str]:
    """V9: what the last run's exit code hides."""
    states = last_words(session, session.ledger.runs()[-1].id)
    if code == 0 and set(states.values()) - {State.VERIFIED}:
        yield f"V9 it said 0 with {sorted(map(str, set(states.values())))}"
    if code == 3 and set(states.values()) & {State.UNKNOWN, State.INTENT, State.APPLIED}:
        yield "V9 it said 3 with an open outcome"


def last_words(session: Session, run: str) -> dict[str, State]:
    """The state of every step of a run."""
    return {entry.key: entry.state for entry in session.journal.entries(run)}


def judged(session: Session, world: World) -> Iterator[str]:
    """What the journal, the CRM's own account and the mirror say of each other once all is quiet."""
    counts = Counter(effect.key for effect in world.effects)
    yield from (f"V1 an effect {count} times" for count in counts.values() if count > 1)
    yield from (f"V4 an edit was written over: {effect.over}" for effect in world.effects if effect.over)
    entries = [entry for run in session.ledger.runs() for entry in session.journal.entries(run.id)]
    intended = {entry.key for entry in entries if entry.state is State.INTENT}
    yield from (f"V6 an effect without an intent: {key}" for key in counts if key not in intended)
    final = {entry.key: entry for entry in entries}
    for key, entry in final.items():
        if entry.state is State.VERIFIED and not entry.facts.get("already") and not counts[key]:
            yield f"V2 verified without an effect: {entry.step} {entry.ref}"
        if entry.state in (State.NOT_SENT, State.REJECTED, State.HALTED) and counts[key]:
            yield f"V6 the journal says {entry.state}, the CRM carried it out: {entry.ref}"
    yield from session.journal.verify()[1]
    pull_all(session, full=True)
    mirror = session.mirror()
    for kind in ("company", "contact"):
        there = {one.ref: dict(one.fields) for one in world.records(kind)}
        here = {one.ref: dict(one.fields) for one in mirror.records(kind)}
        if there != here:
            yield f"V7 the mirror differs in {sorted(map(str, {*there} ^ {*here}))[:3]}"
    left = findings(world.records("company"), world.records("contact"))
    yield from (f"the rule `{one.check}` is still broken" for one in left)


PART = Part("sim", "lives of cron by the seed, among faults, deaths, a person and a workflow", trials)
