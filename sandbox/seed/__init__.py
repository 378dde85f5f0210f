"""A seeded, dirty go-to-market database in both CRMs, with the truth about it."""

import random

from sandbox.seed.cast import Sizes, assemble
from sandbox.seed.hubspot import HubSpot, owners
from sandbox.seed.pen import Pen
from sandbox.seed.salesforce import Salesforce, organization
from sandbox.seed.scene import Scene
from sandbox.seed.world import World
from sandbox.store import Store

STAFF = (
    ("Grace", "Okafor"), ("Liam", "Novak"), ("Maya", "Lindholm"), ("Noah", "Costa"), ("Emma", "Ricci"),
    ("Omar", "Haddad"), ("Sofia", "Petrova"), ("Ethan", "Brooks"), ("Hana", "Sato"), ("Peter", "Marsh"),
    ("Julia", "Weber"), ("Rosa", "Dahl"),
)  # fmt: skip


def seed(store: Store, *, seed: int, companies: int, contacts: int, leads: int, deals: int, now_ms: int) -> None:
    """Fill an empty store: each CRM gets exactly these numbers of records, made in the three years before now.

    `now_ms` is in epoch milliseconds. The same arguments give the same bytes. About one record in seven is a duplicate
    (deals: one in twenty), half of the entities stand in both CRMs; the truth table says of every record which entity
    it is and, in `note`, why it is hard.
    """
    cast = assemble(random.Random(seed), Sizes(companies, contacts, leads, deals), now_ms)  # noqa: S311
    scene = Scene(seed, now_ms, World(seed, cast), cast, Pen(store))
    owners(scene, STAFF)
    organization(scene, STAFF)
    HubSpot(scene).write()
    Salesforce(scene).write()
    scene.pen.flush()
