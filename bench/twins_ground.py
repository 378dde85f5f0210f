"""Two CRMs in process that hold twins, and the people who edit, archive, delete and merge them."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from bench.twins_oracle import FIELDS, Both, Place
from sandbox.app import Sandbox
from sandbox.edits import edit
from sandbox.salesforce.ids import KEY_PREFIXES, make_id
from sandbox.seed.properties import object_id
from sandbox.store import Row
from sync.cli.sandbox import environment, made
from sync.session import Session
from sync.settings import load
from tests.adapter import SandboxAdapter

URL = "https://crm.example"
CRMS = ("hubspot", "salesforce")
WORDS = {"recent": "most_recent", "person": "manual"}
CONFIG = """version: 1
crms: [hubspot, salesforce]
kinds: [owner, company, contact]
checks: [{check: field_sync, flips: 1000}]
guards: {changes: [{change: set, max_records: 1000000, max_share: 1.0}]}
apply: {stop: {consecutive: 1000, share: 1.0, reverted: 1000}}
sync:
"""
EACH = 0.25
"""Seconds that a call takes: no limit of calls in a second is ever met, however fast this machine is."""
SETTLED = 1200
"""Seconds between two runs: what a CRM's search index may lag behind has long arrived."""


class Stormy(SandboxAdapter):
    """Loses requests, or the answers to them, by chance."""

    def __init__(self, sandbox: Sandbox, dice: random.Random, share: float) -> None:
        super().__init__(sandbox)
        self.dice, self.share, self.lost = dice, share, 0

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        """As the sandbox answers, if it comes so far."""
        self.sandbox.clock.advance(EACH)
        luck = self.dice.random()
        if luck < self.share / 2:
            self.lost += 1
            raise requests.exceptions.ConnectTimeout("never arrived", request=request)
        answer = super().send(request, *args, **more)
        if luck < self.share:
            self.lost += 1
            raise requests.exceptions.ReadTimeout("the answer was lost", request=request)
        return answer


@dataclass
class Ground:
    """Both CRMs, the twins in them by kind and number, and the tool's state."""

    sandbox: Sandbox
    environ: dict[str, str]
    dice: random.Random
    storm: float
    twins: dict[str, list[tuple[str, str]]]
    apart: set[tuple[str, int]] = field(default_factory=set)
    archived: set[tuple[str, int]] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def opened(self, storm: float = 0.0) -> Iterator[Session]:
        """One process of the tool, in the sandbox's time."""
        clock = self.sandbox.clock
        adapter = Stormy(self.sandbox, self.dice, storm)
        now = lambda: datetime.fromtimestamp(clock.now_ms() / 1000, UTC)  # noqa: E731
        session = Session(load(self.environ), now=now, sleep=clock.advance, adapter=adapter)
        try:
            yield session
        finally:
            self.told["requests or answers lost"] += adapter.lost
            session.close()

    @property
    def places(self) -> dict[tuple[str, str, str], int]:
        """The number of a twin by CRM, kind and id."""
        listed = ((kind, number, pair) for kind, pairs in self.twins.items() for number, pair in enumerate(pairs))
        return {(crm, kind, key): number for kind, number, pair in listed for crm, key in zip(CRMS, pair, strict=True)}

    def held(self) -> dict[Place, Both]:
        """What both CRMs hold of every field of every twin that is whole."""
        found = {}
        for kind, pairs in self.twins.items():
            rows = {crm: self._live(crm, kind) for crm in CRMS}
            for number, (here, there) in enumerate(pairs):
                if (kind, number) not in self.apart and here in rows["hubspot"] and there in rows["salesforce"]:
                    a, b = rows["hubspot"][here], rows["salesforce"][there]
                    for item in FIELDS[kind]:
                        values = text(a.fields.get(item.hubspot)), text(b.fields.get(item.salesforce))
                        found[kind, number, item.neutral] = Both(*values, (a.modified, b.modified))
        return found

    def _live(self, crm: str, kind: str) -> dict[str, Row]:
        where = "crm = ? AND kind = ? AND archived = 0 AND merged_into IS NULL"
        return {row.id: row for row in self.sandbox.store.rows(where, (crm, kind))}

    def meddle(self, count: int, whole: bool = False) -> None:
        """So many edits by people, on either side; now and then a record goes, returns, or is merged."""
        for _ in range(count):
            kind = self.dice.choice(list(self.twins))
            number = self.dice.randrange(len(self.twins[kind]))
            self.sandbox.clock.advance(self.dice.choice((1, 1, 2, 5)))
            luck = self.dice.random()
            if (kind, number) not in self.apart | self.archived and (not whole or luck < 0.97):
                self._edit(kind, number)
            elif whole and luck >= 0.97:
                self._uproot(kind, number)

    def _edit(self, kind: str, number: int) -> None:
        crm, item = self.dice.choice(CRMS), self.dice.choice(FIELDS[kind])
        name = item.hubspot if crm == "hubspot" else item.salesforce
        value = "" if self.dice.random() < 0.1 else f"{item.neutral} {self.dice.randrange(10**6)}"
        key = self.twins[kind][number][crm == "salesforce"]
        self._do({"crm": crm, "kind": kind, "id": key, "fields": {name: value or None}})
        self.told["edits by people"] += 1

    def _uproot(self, kind: str, number: int) -> None:
        """One of HubSpot is archived or brought back; one of Salesforce is deleted, or merged into its neighbor."""
        here, there = self.twins[kind][number]
        other = (number + 1) % len(self.twins[kind])
        if (kind, number) in self.archived:
            self._do({"crm": "hubspot", "kind": kind, "id": here, "restore": True})
            self.archived.discard((kind, number))
            self.told["restored"] += 1
        elif (kind, number) in self.apart or {(kind, other)} & (self.apart | self.archived):
            return
        elif self.dice.random() < 0.5:
            self._do({"crm": "hubspot", "kind": kind, "id": here, "archive": True})
            self.archived.add((kind, number))
            self.told["archived"] += 1
        elif self.dice.random() < 0.5:
            self._do({"crm": "salesforce", "kind": kind, "id": there, "archive": True})
            self.apart.add((kind, number))
            self.told["deleted"] += 1
        else:
            into = self.twins[kind][other][1]
            self._do({"crm": "salesforce", "kind": kind, "id": into, "merge": there})
            self.apart |= {(kind, number), (kind, other)}
            self.told["merged"] += 1

    def _do(self, spec: dict[str, Any]) -> None:
        edit(self.sandbox.store, self.sandbox.clock.now_ms(), spec)


def ground(folder: Path, seed: int, count: int, storm: float) -> Ground:
    """So many twins that know each other by id, half of them companies, in CRMs that hold nothing else."""
    sandbox, dice = made(seed, None), random.Random(seed)
    sandbox.clock.freeze()
    now = sandbox.clock.now_ms() // 1000 * 1000
    twins: dict[str, list[tuple[str, str]]] = {"company": [], "contact": []}
    for kind, pairs in twins.items():
        rows = []
        for number in range(max(2, count // 2)):
            key, other = object_id(number + 1), make_id(KEY_PREFIXES[kind], number + 1)
            values = {item: f"{item.neutral} {number}" for item in FIELDS[kind]}
            here = {item.hubspot: value for item, value in values.items()} | _born(kind, "hubspot", number, other)
            there = {item.salesforce: value for item, value in values.items()} | _born(kind, "salesforce", number, key)
            rows.append(Row("hubspot", kind, key, number + 1, now, now, now, False, None, here))
            rows.append(Row("salesforce", kind, other, number + 1, now, now, now, False, None, there))
            pairs.append((key, other))
        sandbox.store.put_all(rows)
    path = folder / "revops.yaml"
    path.write_text(CONFIG + "".join(_mapped(kind) for kind in twins), "utf-8")
    environ = environment(URL) | {"REVOPS_STATE": str(folder / "state"), "REVOPS_CONFIG": str(path)}
    return Ground(sandbox, environ, dice, storm, twins)


def _born(kind: str, crm: str, number: int, twin: str) -> dict[str, Any]:
    if crm == "hubspot":
        own = {"name": f"Company {number}"} if kind == "company" else {"lastname": f"Person {number}"}
        return own | {"salesforceaccountid" if kind == "company" else "salesforcecontactid": twin}
    return {"Name": f"Company {number}"} if kind == "company" else {"LastName": f"Person {number}"}


def _mapped(kind: str) -> str:
    lines = []
    for item in FIELDS[kind]:
        way = f", direction: {item.rule}" if item.rule.startswith("to_") else ""
        record = f", policy: system_of_record, record: {item.rule}" if item.rule in CRMS else ""
        word = f", policy: {WORDS[item.rule]}" if item.rule in WORDS else ""
        lines.append(f"      - {{hubspot: {item.neutral}{way}{record}{word}}}\n")
    return f"  - kind: {kind}\n    fields:\n{''.join(lines)}"


def text(value: object) -> str:
    return "" if value is None else str(value)
