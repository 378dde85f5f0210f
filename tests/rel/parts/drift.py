"""People and workflows change records between plan, look, write and read-back: nothing of theirs is overwritten."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.changes import Set
from connectors.records import Ref
from tests.rel.bench import SCENES, Bench, Trial, bench
from tests.rel.effects import wired
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.ambiguous import WRITES
from tests.rel.world import CANARY

SMALL, RELEASE = 80, 2000
TEXTS = {
    ("hubspot", "company"): ("description", "city", "phone", "name"),
    ("hubspot", "contact"): ("lastname", "jobtitle", "phone", "mobilephone"),
    ("salesforce", "company"): ("Description", "BillingCity", "Phone", "Name"),
    ("salesforce", "contact"): ("LastName", "Title", "Phone", "AccountId"),
}


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """One or two changes by somebody else, at moments by chance."""
    with bench() as made:
        for number in range(SMALL if tier is Tier.SMALL else RELEASE):
            if mine(share, number):
                yield Result(drifted(made, seed * 100_003 + number))


def drifted(made: Bench, seed: int, scene: str = "") -> list[str]:
    """What went wrong when somebody changed records of the plan while it was carried out."""
    dice = random.Random(seed)
    scene = scene or dice.choice(SCENES[:-1])
    with made.trial(scene) as trial:
        for _ in range(dice.randint(1, 2)):
            trial.watched.faults.add([rule(trial, dice)])
        trial.attempt()
        trial.resumed(tries=2)
        exits = [item.exit for item in trial.attempts]
        return [f"{scene}, seed {seed} {exits}: {fault}" for fault in trial.faults(whole=False)]


def rule(trial: Trial, dice: random.Random) -> dict[str, Any]:
    """Somebody's change around the n-th call, or around the n-th write: half of them right after it."""
    edit = somebody(trial, dice)
    if dice.random() < 0.3:
        where = {"path": WRITES, "method": "POST|PATCH|DELETE", "nth": dice.randint(1, 3)}
        return {"on": where, "do": [{"edit": overwriting(trial, dice) or edit, "when": "after"}]}
    return {"on": {"nth": dice.randint(1, 25)}, "do": [{"edit": edit, "when": dice.choice(("before", "after"))}]}


def somebody(trial: Trial, dice: random.Random) -> Mapping[str, Any]:
    """A change by a person to a record that the plan expects something of."""
    refs = [ref for group in trial.scene.made.plan.groups for ref in group.refs if (ref.crm, ref.kind) in TEXTS]
    ref = dice.choice(refs)
    edit: dict[str, Any] = {"crm": ref.crm, "kind": ref.kind, "id": ref.id, "actor": "person"}
    what = dice.random()
    if what < 0.12:
        return edit | {"archive": True}
    if what < 0.24:
        return edit | {"merge": dice.choice(_others(trial, ref))}
    name = dice.choice(TEXTS[ref.crm, ref.kind])
    company = trial.scene.world.names["s.company.3"].id
    return edit | {"fields": {name: company if name == "AccountId" else f"{CANARY} by hand {dice.random():.3f}"}}


def overwriting(trial: Trial, dice: random.Random) -> Mapping[str, Any] | None:
    """A person's change of a field that the plan itself sets, where it sets one."""
    changes = [step.change for _, step in trial.scene.made.plan.walk() if isinstance(step.change, Set)]
    if not changes:
        return None
    change = dice.choice(changes)
    assert isinstance(change.ref, Ref)
    name = dice.choice(sorted(wired(change.ref.crm, change.ref.kind, change.after)))
    edit = {"crm": change.ref.crm, "kind": change.ref.kind, "id": change.ref.id, "actor": "person"}
    return edit | {"fields": {name: f"{CANARY} by hand {dice.random():.3f}"}}


def _others(trial: Trial, ref: Ref) -> list[str]:
    found = trial.scene.world.names.values()
    return [one.id for one in found if (one.workspace, one.kind) == (ref.workspace, ref.kind) and one != ref]


PART = Part("drift", "runs with somebody else's changes", trials)
