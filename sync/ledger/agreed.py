"""The twins as checks see them, with what their two sides last agreed on field by field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, bindparam, delete, insert, select, tuple_

from connectors.records import Ref
from connectors.values import Value, dump, load, same
from hygiene.view import Agreed, Judgement, Twin
from sync.database import moment, upsert, writing
from sync.ledger.tables import AgreedRow, AgreementRow, TwinRow

TWIN = TwinRow.__table__  # type: ignore[attr-defined]
AGREED = AgreedRow.__table__  # type: ignore[attr-defined]
AGREEMENT = AgreementRow.__table__  # type: ignore[attr-defined]
PAGE = 400
TURNS = 20
"""How many earlier agreements of a field are read: enough to see it go back and forth."""
SIDES = ("hubspot", "salesforce")

NEXT = select(TWIN).where((TWIN.c.a > bindparam("_a")) | ((TWIN.c.a == bindparam("_a")) & (TWIN.c.b > bindparam("_b"))))
NEXT = NEXT.order_by(TWIN.c.a, TWIN.c.b).limit(PAGE)
NOW = select(AGREED).where(AGREED.c.a.in_(bindparam("_named", expanding=True)))
BEFORE = select(AGREEMENT).where(AGREEMENT.c.a.in_(bindparam("_named", expanding=True)))
BEFORE = BEFORE.order_by(AGREEMENT.c.seq.desc())
Words = Mapping[tuple[Ref, Ref], Judgement]


class Agreement(NamedTuple):
    """That both sides of a twin say the same of a field, each in its own terms."""

    hubspot: Ref
    salesforce: Ref
    field: str
    here: Value
    there: Value


def paired(engine: Engine, kinds: tuple[str, str], said: Words) -> Iterator[Twin]:
    """The twins of two kinds (HubSpot's first) in the order of HubSpot's refs, a page of the ledger at a time; those
    that a person called distinct are none."""
    for page in _pages(engine, kinds, said):
        with engine.connect() as connection:
            agreed = _agreed(connection, sorted({str(twin.hubspot) for twin in page}))
        for twin in page:
            held = agreed.get((str(twin.hubspot), str(twin.salesforce)), {})
            yield replace(twin, agreed=MappingProxyType(held))


def pairs(engine: Engine, kinds: tuple[str, str], said: Words) -> Iterator[Twin]:
    """The same without what they agreed on."""
    return chain.from_iterable(_pages(engine, kinds, said))


def _pages(engine: Engine, kinds: tuple[str, str], said: Words) -> Iterator[list[Twin]]:
    a = b = ""
    while True:
        with engine.connect() as connection:
            rows = connection.execute(NEXT, {"_a": a, "_b": b}).all()
        told = (Twin(Ref.parse(row.a), Ref.parse(row.b), row.how) for row in rows)
        page = [twin for twin in told if _asked(twin, kinds, said)]
        if page:
            yield page
        if len(rows) < PAGE:
            return
        a, b = rows[-1].a, rows[-1].b


def _asked(twin: Twin, kinds: tuple[str, str], said: Words) -> bool:
    pair = twin.hubspot, twin.salesforce
    named = tuple(ref.kind for ref in pair), tuple(ref.crm for ref in pair)
    return named == (kinds, SIDES) and said.get(pair) is not Judgement.DISTINCT


def keep(engine: Engine, items: Iterable[Agreement], at: int) -> int:
    """Remember what twins agree on, a page in a transaction; how many agreements are new or have changed."""
    rest, count = iter(items), 0
    while page := list(islice(rest, PAGE)):
        with writing(engine) as connection:
            rows = connection.execute(NOW, {"_named": sorted({str(item.hubspot) for item in page})})
            held = {(row.a, row.b, row.field): row for row in rows}
            fresh = [item for item in page if _differs(held.get(_key(item)), item)]
            if fresh:
                upsert(connection, AGREED, [_cells(item, at) for item in fresh])
                turns = [item for item in fresh if _turned(held.get(_key(item)), item)]
                if turns:
                    connection.execute(insert(AGREEMENT), [_turn(item, at) for item in turns])
        count += len(fresh)
    return count


def move(engine: Engine, old: tuple[Ref, Ref], new: tuple[Ref, Ref], at: int) -> None:
    """What the twins `old` agreed on counts for `new`, which a merge made of them, where these have no word of their
    own: what the merge changed is then a change, and no conflict."""
    mine, theirs = tuple(map(str, old)), tuple(map(str, new))
    with writing(engine) as connection:
        how = connection.scalar(select(TWIN.c.how).where(_is(TWIN, mine)))
        upsert(connection, TWIN, [{"a": theirs[0], "b": theirs[1], "how": how or "a merge", "at": at}])
        taken = set(connection.scalars(select(AGREED.c.field).where(_is(AGREED, theirs))))
        rows = [dict(row._mapping) for row in connection.execute(select(AGREED).where(_is(AGREED, mine)))]
        moved = [row | {"a": theirs[0], "b": theirs[1]} for row in rows if row["field"] not in taken]
        if moved:
            connection.execute(insert(AGREED), moved)
        for table in (TWIN, AGREED, AGREEMENT):
            connection.execute(delete(table).where(_is(table, mine)))


def _is(table: Any, pair: tuple[str, ...]) -> Any:
    return tuple_(table.c.a, table.c.b) == tuple_(*pair)


def _agreed(connection: Connection, named: Sequence[str]) -> dict[tuple[str, str], dict[str, Agreed]]:
    turns: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for row in connection.execute(BEFORE, {"_named": named}):
        kept = turns.setdefault((row.a, row.b, row.field), [])
        if len(kept) < TURNS:
            kept.append(row)
    found: dict[tuple[str, str], dict[str, Agreed]] = {}
    for row in connection.execute(NOW, {"_named": named}):
        before = tuple((moment(turn.at), load(turn.value)) for turn in turns.get((row.a, row.b, row.field), ()))
        one = Agreed(load(row.hubspot), load(row.salesforce), moment(row.at), before)
        found.setdefault((row.a, row.b), {})[row.field] = one
    return found


def _key(item: Agreement) -> tuple[str, str, str]:
    return str(item.hubspot), str(item.salesforce), item.field


def _differs(row: Row[Any] | None, item: Agreement) -> bool:
    return row is None or row.hubspot != dump(item.here) or row.salesforce != dump(item.there)


def _turned(row: Row[Any] | None, item: Agreement) -> bool:
    return row is None or not same(load(row.hubspot), item.here)


def _cells(item: Agreement, at: int) -> dict[str, Any]:
    a, b, field = _key(item)
    return {"a": a, "b": b, "field": field, "hubspot": dump(item.here), "salesforce": dump(item.there), "at": at}


def _turn(item: Agreement, at: int) -> dict[str, Any]:
    a, b, field = _key(item)
    return {"a": a, "b": b, "field": field, "value": dump(item.here), "at": at}
