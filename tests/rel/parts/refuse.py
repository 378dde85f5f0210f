"""Plans that may not be applied, and runs that lose their right to write: nothing is written from then on."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from connectors.changes import Restore
from sync.database import open_store
from sync.ledger.store import Ledger
from sync.session import wall_clock
from tests.rel.bench import SCENES, Bench, Trial, bench
from tests.rel.children import Children, children
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.kill import attempt

STARTERS = 20
SIGN_IN = ("/account-info", "/token")
SMALL = ("update", "native", "soft")


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every way to be refused, for every kind of write."""
    scenes = SMALL if tier is Tier.SMALL else SCENES
    with bench() as made, children() as starter:
        number = 0
        for scene in scenes:
            for case in CASES:
                if mine(share, number := number + 1):
                    with made.trial(scene) as trial:
                        CASES[case](trial)
                        yield Result([f"{scene}, {case}: {fault}" for fault in _judged(trial)])
            if mine(share, number := number + 1):
                yield Result([f"{scene}, {STARTERS} together: {fault}" for fault in together(made, starter, scene)])
        for nth in range(1, 50) if tier is Tier.RELEASE else range(14, 26, 2):
            if mine(share, nth):
                yield Result([f"soft, lease lost at call {nth}: {fault}" for fault in usurped(made, nth)])


def unapproved(trial: Trial) -> None:
    """Nobody has allowed it."""
    _sql(trial, "DELETE FROM approval")
    trial.attempt()


def again(trial: Trial) -> None:
    """It was applied already."""
    trial.attempt()
    trial.attempt()


def tampered(trial: Trial) -> None:
    """One word of it was changed."""
    trial.attempt(content=trial.scene.made.content.replace(b"written", b"wriTten", 1).replace(b"g-", b"h-", 1))


def expired(trial: Trial) -> None:
    """It is too old."""
    late = trial.scene.made.plan.expires_at - wall_clock() + timedelta(seconds=1)
    trial.now = lambda: wall_clock() + late
    trial.attempt()


def elsewhere(trial: Trial) -> None:
    """The credentials open other accounts than it was made for."""
    store = trial.watched.store
    store.set("hubspot", "portal_id", 999)
    store.db.execute("UPDATE record SET id = '00D000000000062EAA' WHERE crm = 'salesforce' AND kind = 'organization'")
    trial.attempt()


def canary(trial: Trial) -> None:
    """The record of its first group was archived by a person, or erased for good where it is archived already, so
    that no other group may follow."""
    first = trial.scene.made.plan.groups[0]
    ref = first.refs[0]
    if isinstance(first.steps[0].change, Restore):
        trial.watched.store.db.execute(
            "DELETE FROM record WHERE crm = ? AND kind = ? AND id = ?", (ref.crm, ref.kind, ref.id)
        )
        trial.attempt(canary=1)
        return
    trial.watched.faults.add([{"on": {"nth": 1}, "do": [{"edit": {"crm": ref.crm, "kind": ref.kind, "id": ref.id,
                                                                   "actor": "person", "archive": True}}]}])  # fmt: skip
    trial.attempt(canary=1)


CASES: dict[str, Callable[[Trial], None]] = {
    **{"unapproved": unapproved, "applied again": again, "tampered with": tampered, "expired": expired},
    **{"another account": elsewhere, "canary failed": canary},
}


def usurped(made: Bench, nth: int) -> list[str]:
    """What was written after another process had become the writer, during the n-th call."""
    with made.trial("soft") as trial:
        seen = [0]

        def before(_: object) -> None:
            seen[0] += 1
            if seen[0] == nth:
                _lease(trial)

        trial.watched.before = before
        trial.attempt()
        after = [wire for wire in trial.watched.wires[nth:] if wire.writes and wire.last > wire.first]
        if any(part in trial.watched.wires[nth - 1].path for part in SIGN_IN):
            after = after[1:]  # a writer's first call asks who it is, between the fence and the sending
        late = [f"V5 a write went out after the lease was lost: {wire.path}" for wire in after]
        return [*(late if nth > _lock_call(trial) else []), *trial.faults(whole=False)]


def together(made: Bench, starter: Children, scene: str) -> list[str]:
    """What went wrong when several started at once: one writes, the others are refused."""
    with made.served(scene) as (trial, job):
        begun = trial.place()
        statuses = starter.run(*[job] * STARTERS)
        if sorted(statuses) != [0] + [4] * (STARTERS - 1):
            return [f"V5 they ended with {sorted(statuses)}"]
        trial.ended(begun, 0)
        attempt(trial, starter, job)
        return trial.faults(whole=False)


def _judged(trial: Trial) -> list[str]:
    """A plan refused writes nothing; a canary that failed stops the rest."""
    last = trial.attempts[-1]
    low, high = last.effects
    wrote = [one for one in trial.history().mutations if low < one.seq <= high and not one.foreign]
    faults = [f"V5 it wrote although it ended with {last.exit}: {one.verb} {one.id}" for one in wrote]
    told = [] if last.exit in (2, 4, 5) else [f"V9 it ended with {last.exit}"]
    return [*faults, *told, *trial.faults(whole=False)]


def _sql(trial: Trial, text: str) -> None:
    engine = open_store("ledger", f"sqlite:///{trial.stage.state / 'ledger.db'}", durable=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(text)
    engine.dispose()


def _lease(trial: Trial) -> None:
    engine = open_store("ledger", f"sqlite:///{trial.stage.state / 'ledger.db'}", durable=True)
    Ledger(engine, wall_clock).take_lease("another")
    engine.dispose()


def _lock_call(trial: Trial) -> int:
    """The last call before the run took its own lease: it asks who the accounts are and what fields they have."""
    return next(place for place, wire in enumerate(trial.watched.wires, 1) if wire.looks) - 1


PART = Part("refuse", "plans and runs without the right to write", trials)
