"""What happened in one trial, as data: plan, journal, mutations, calls, attempts, and both worlds at the end."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.changes import Change
from sync.apply.progress import key_of
from sync.apply.scribe import Report
from sync.ledger.journal import State
from sync.plan.model import Group, Plan, Step
from tests.rel.witness import Watched, Wire

KILLED = -9
FOREIGN = frozenset(("person", "workflow"))


@dataclass(frozen=True, slots=True)
class Op:
    """One step of the plan under the key by which the journal knows it."""

    key: str
    group: Group
    step: Step
    place: int

    @property
    def change(self) -> Change:
        """What it does."""
        return self.step.change


@dataclass(frozen=True, slots=True)
class Mutation:
    """One line of the sandbox's ledger."""

    seq: int
    crm: str
    verb: str
    kind: str
    id: str
    detail: Mapping[str, Any]

    @property
    def foreign(self) -> bool:
        """Whether somebody else did it."""
        return self.detail.get("actor") in FOREIGN

    @property
    def fields(self) -> Mapping[str, Any]:
        """The values that it wrote."""
        found: Mapping[str, Any] = self.detail.get("fields") or {}
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the journal."""

    seq: int
    run: str
    key: str
    state: State
    already: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One process's try: its exit code (-9: killed), journal entries `first + 1` to `last` and mutations likewise,
    everything it said, and its report where it came back with one."""

    exit: int
    first: int
    last: int
    effects: tuple[int, int]
    said: str = ""
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A record at the end, in the CRM or in the mirror (`merged_into` and `gone`)."""

    fields: Mapping[str, Any]
    archived: bool
    merged_into: str


@dataclass(frozen=True)
class History:
    """Everything that the checker looks at. Records are keyed by (crm, kind, id)."""

    plan: Plan
    ops: Mapping[str, Op]
    lines: tuple[Line, ...]
    chain: tuple[str, ...]
    mutations: tuple[Mutation, ...]
    wires: tuple[Wire, ...]
    attempts: tuple[Attempt, ...]
    world: Mapping[tuple[str, str, str], Stored]
    mirror: Mapping[tuple[str, str, str], Stored]
    links: frozenset[tuple[tuple[str, str, str], tuple[str, str, str]]] = frozenset()

    def states(self, key: str, upto: int | None = None) -> list[Line]:
        """The entries of one op, up to a place in the journal."""
        return [line for line in self.by_key.get(key, ()) if upto is None or line.seq <= upto]

    @property
    def by_key(self) -> Mapping[str, list[Line]]:
        """The entries of each op, in order."""
        cached: dict[str, list[Line]] | None = self.__dict__.get("_by_key")
        if cached is None:
            cached = {}
            for line in self.lines:
                cached.setdefault(line.key, []).append(line)
            self.__dict__["_by_key"] = cached
        return cached

    def last(self, key: str, upto: int | None = None) -> State | None:
        """The last word on an op."""
        found = self.states(key, upto)
        return found[-1].state if found else None


def gathered(plan: Plan, plan_hash: str, watched: Watched, state: Path, attempts: list[Attempt]) -> History:
    """The history that the stores hold, read from their files and not through the code under test."""
    ops = {
        key_of(plan_hash, group, step): Op(key_of(plan_hash, group, step), group, step, place)
        for place, (group, step) in enumerate(plan.walk())
    }
    rows = watched.store.ledger()
    mutations = tuple(
        Mutation(row["seq"], row["crm"], row["verb"], row["kind"], row["id"], row["detail"]) for row in rows
    )
    world = {
        (row.crm, row.kind, row.id): Stored(row.fields, row.archived, row.merged_into or "")
        for row in watched.store.rows("1=1")
    }
    ties = watched.store.db.execute("SELECT crm, from_kind, from_id, to_kind, to_id FROM link")
    links = frozenset(((crm, kind, id_), (crm, to_kind, to_id)) for crm, kind, id_, to_kind, to_id in ties)
    lines, chain = journal_of(state / "ledger.db")
    mirror = mirror_of(state / "mirror.db")
    return History(plan, ops, lines, chain, mutations, tuple(watched.wires), tuple(attempts), world, mirror, links)


def journal_of(path: Path) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The entries, and where one does not follow the one before."""
    sql = "SELECT seq, run, key, state, facts, previous, hash FROM entry ORDER BY seq"
    lines, faults, before = [], [], "0" * 64
    for place, (seq, run, key, state, facts, previous, hash_) in enumerate(_rows(path, sql), 1):
        if seq != place or previous != before:
            faults.append(f"entry {seq} at place {place} does not follow the one before it")
        before = hash_
        lines.append(Line(seq, run, key, State(state), bool(json.loads(facts).get("already"))))
    return tuple(lines), tuple(faults)


def mirror_of(path: Path) -> dict[tuple[str, str, str], Stored]:
    """The records of the mirror."""
    sql = "SELECT workspace, kind, id, data, gone, merged_into FROM record"
    return {
        (workspace.partition(":")[0], kind, id_): Stored(json.loads(data), bool(gone), into or "")
        for workspace, kind, id_, data, gone, into in _rows(path, sql)
    }


def _rows(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
