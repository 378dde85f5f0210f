"""Erases a person's values from the ledger: the chain of the journal stays valid, its commitments are all it needs."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, select

from connectors.records import Ref
from connectors.values import Json
from sync.database import writing
from sync.ledger.agreed import AGREED, AGREEMENT
from sync.ledger.decisions import DECISION
from sync.ledger.findings import FINDING
from sync.ledger.journal import ENTRY, VALUE
from sync.ledger.store import ALIAS, TWIN

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """How many values and findings went, and the runs that can no longer be undone in full."""

    values: int
    findings: int
    runs: tuple[str, ...]


def erase(engine: Engine, refs: Collection[Ref], texts: Collection[str] = ()) -> Erased:
    """Erase the values of every entry that is about these records or holds one of the texts, and their findings."""
    names = {str(ref) for ref in refs}
    with writing(engine) as connection:
        hit = {seq: run for seq, run, body in _values(connection) if names & _strings(body) or _holds(body, texts)}
        for some in _chunks(sorted(hit)):
            connection.execute(delete(VALUE).where(VALUE.c.seq.in_(some)))
        for table in (AGREED, AGREEMENT):
            for some in _chunks(sorted(names)):
                connection.execute(delete(table).where(table.c.a.in_(some) | table.c.b.in_(some)))
        bodies = connection.execute(select(FINDING.c.key, FINDING.c.body)).all()
        told = sorted(row.key for row in bodies if names & {*row.body["refs"]} or _holds(row.body, texts))
        for some in _chunks(told):
            connection.execute(delete(FINDING).where(FINDING.c.key.in_(some)))
            connection.execute(delete(DECISION).where(DECISION.c.finding.in_(some)))
    return Erased(len(hit), len(told), tuple(sorted(set(hit.values()))))


def erase_older(engine: Engine, before: int) -> Erased:
    """Erase the values of entries, and closed findings, from before a moment (milliseconds since 1970)."""
    old = select(ENTRY.c.seq).where(ENTRY.c.at < before)
    with writing(engine) as connection:
        runs = connection.scalars(
            select(ENTRY.c.run).join(VALUE, VALUE.c.seq == ENTRY.c.seq).where(ENTRY.c.at < before).distinct()
        ).all()
        count = connection.scalar(select(func.count()).select_from(VALUE).where(VALUE.c.seq.in_(old))) or 0
        connection.execute(delete(VALUE).where(VALUE.c.seq.in_(old)))
        connection.execute(delete(AGREEMENT).where(AGREEMENT.c.at < before))
        findings = connection.execute(delete(FINDING).where(FINDING.c.closed_at < before)).rowcount
    return Erased(count, findings, tuple(sorted(runs)))


def same_person(engine: Engine, ref: Ref) -> frozenset[Ref]:
    """Every record that is this one: ids that merges left behind, and its twins in the other CRM with theirs."""
    found, fresh = frozenset[Ref](), frozenset({ref})
    with engine.connect() as connection:
        pairs = [*_merged(connection), *_twins(connection)]
    while fresh - found:
        found |= fresh
        fresh = frozenset(other for pair in pairs if found & set(pair) for other in pair)
    return found


def _merged(connection: Connection) -> Iterator[tuple[Ref, Ref]]:
    for row in connection.execute(select(ALIAS)):
        yield Ref(row.workspace, row.kind, row.id), Ref(row.workspace, row.kind, row.now_id)


def _twins(connection: Connection) -> Iterator[tuple[Ref, Ref]]:
    for row in connection.execute(select(TWIN)):
        yield Ref.parse(row.a), Ref.parse(row.b)


def _values(connection: Connection) -> Iterator[tuple[int, str, Json]]:
    """Every kept value with its entry's run; the entry's own ref counts as a part of it."""
    query = select(ENTRY.c.seq, ENTRY.c.run, ENTRY.c.ref, VALUE.c.body).join(VALUE, VALUE.c.seq == ENTRY.c.seq)
    for row in connection.execute(query):
        yield row.seq, row.run, [row.ref, json.loads(row.body)]


def _strings(value: Json) -> set[str]:
    """Every text in a JSON value, names of members included."""
    match value:
        case str():
            return {value}
        case dict():
            return {*value}.union(*map(_strings, value.values()))
        case list():
            return set().union(*map(_strings, value))
    return set()


def _holds(value: Json, texts: Collection[str]) -> bool:
    return bool(texts) and any(text in held.casefold() for held in _strings(value) for text in texts)


def _chunks(items: list[int] | list[str]) -> Iterator[list[int] | list[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
