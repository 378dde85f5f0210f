"""What the gate said of each move, once, and the plans it left for the one writer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connectors.records import Ref
from connectors.values import Json
from sync.database import millis, moment, writing
from sync.ledger.inbox import done
from sync.ledger.tables import QueueRow, VerdictRow

VERDICT = VerdictRow.__table__  # type: ignore[attr-defined]
QUEUE = QueueRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Ruling:
    """The gate's word on one move of a deal from a stage to another; `facts` holds rules and field names, no values.

    `action` is what was done about it: `alert`, `task`, `revert`, or `none` where no rule objects.
    """

    move: str
    ref: Ref
    before: str
    stage: str
    moved_at: datetime
    received_at: datetime
    decided_at: datetime
    policy: str
    action: str
    facts: Mapping[str, Json]
    plan: str = ""

    @property
    def allow(self) -> bool:
        """Whether no rule objects."""
        return self.action == "none"

    @property
    def lag(self) -> float:
        """Seconds from the arrival of the news to the verdict."""
        return (self.decided_at - self.received_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Queued:
    """A plan of one group in the queue: its bytes, and the hash that names it."""

    plan: str
    move: str
    ref: Ref
    made_at: datetime
    content: bytes
    state: str = "waiting"
    why: str = ""


class Verdicts:
    """Rulings by move and queued plans by hash: whatever is kept twice is kept once."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def keep(self, rulings: Sequence[Ruling], queued: Sequence[Queued], outcomes: Mapping[str, str]) -> None:
        """Rulings, the plans they led to, and the events that are done with, in one transaction: after a crash at any
        point each is there or none is."""
        with writing(self.engine) as connection:
            _insert(connection, VERDICT, [_ruling(item) for item in rulings])
            _insert(connection, QUEUE, [_queued(item) for item in queued])
            done(connection, outcomes, self.now())

    def decided(self, moves: Sequence[str]) -> frozenset[str]:
        """Those of these moves that have their verdict."""
        with self.engine.connect() as connection:
            return frozenset(connection.scalars(select(VERDICT.c.move).where(VERDICT.c.move.in_(moves))))

    def of(self, ref: Ref) -> list[Ruling]:
        """Every ruling on a deal, the newest last."""
        query = select(VERDICT).where(VERDICT.c.ref == str(ref)).order_by(VERDICT.c.moved_at, VERDICT.c.decided_at)
        return self._rulings(query)

    def untold(self, most: int = 100) -> list[Ruling]:
        """The oldest rulings that block and that nobody was told of."""
        query = select(VERDICT).where(VERDICT.c.told_at.is_(None), VERDICT.c.action != "none")
        return self._rulings(query.order_by(VERDICT.c.decided_at, VERDICT.c.move).limit(most))

    def told(self, moves: Sequence[str]) -> None:
        """Somebody was told of these."""
        with writing(self.engine) as connection:
            connection.execute(update(VERDICT).where(VERDICT.c.move.in_(moves)).values(told_at=millis(self.now())))

    def counts(self) -> dict[str, int]:
        """How many rulings there are, by what was done."""
        query = select(VERDICT.c.action, func.count()).group_by(VERDICT.c.action)
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def lag(self, last: int = 1000) -> tuple[float, float]:
        """The median and the longest lag of the last rulings, in seconds; zeros where there are none."""
        lag = (VERDICT.c.decided_at - VERDICT.c.received_at).label("lag")
        query = select(lag).order_by(VERDICT.c.decided_at.desc()).limit(last)
        with self.engine.connect() as connection:
            found = sorted(connection.scalars(query))
        return (found[len(found) // 2] / 1000, found[-1] / 1000) if found else (0.0, 0.0)

    def queue(self, waiting: bool = True) -> list[Queued]:
        """The queued plans, the oldest first."""
        query = select(QUEUE).order_by(QUEUE.c.made_at, QUEUE.c.plan)
        query = query.where(QUEUE.c.state == "waiting") if waiting else query
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Queued(
                row.plan, row.move, Ref.parse(row.ref), moment(row.made_at), row.content.encode(), row.state, row.why
            )
            for row in rows
        ]

    def waiting(self) -> int:
        """How many plans wait for the writer."""
        count = func.count(case((QUEUE.c.state == "waiting", 1)))
        with self.engine.connect() as connection:
            return connection.scalar(select(count)) or 0

    def made_since(self, at: datetime) -> int:
        """How many plans were queued since a moment, whatever became of them."""
        query = select(func.count()).select_from(QUEUE).where(QUEUE.c.made_at >= millis(at))
        with self.engine.connect() as connection:
            return connection.scalar(query) or 0

    def settle(self, plan: str, state: str, why: str = "") -> None:
        """Say what became of a queued plan; it is not taken again."""
        cells = {"state": state, "why": why, "settled_at": millis(self.now())}
        with writing(self.engine) as connection:
            connection.execute(update(QUEUE).where(QUEUE.c.plan == plan).values(**cells))

    def _rulings(self, query: Any) -> list[Ruling]:
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_kept(row) for row in rows]


def _kept(row: Any) -> Ruling:
    return Ruling(
        move=row.move,
        ref=Ref.parse(row.ref),
        before=row.before,
        stage=row.stage,
        moved_at=moment(row.moved_at),
        received_at=moment(row.received_at),
        decided_at=moment(row.decided_at),
        policy=row.policy,
        action=row.action,
        facts=row.facts,
        plan=row.plan,
    )


def _ruling(item: Ruling) -> dict[str, Any]:
    times = {name: millis(getattr(item, name)) for name in ("moved_at", "received_at", "decided_at")}
    texts = {name: getattr(item, name) for name in ("move", "before", "stage", "policy", "action", "plan")}
    return {**texts, **times, "ref": str(item.ref), "facts": dict(item.facts), "told_at": None}


def _queued(item: Queued) -> dict[str, Any]:
    cells = {"plan": item.plan, "move": item.move, "ref": str(item.ref), "made_at": millis(item.made_at)}
    return {**cells, "content": item.content.decode(), "state": item.state, "why": item.why, "settled_at": None}


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_once(connection.dialect.name, table), rows)


@cache
def _once(dialect: str, table: Table) -> Insert:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table).on_conflict_do_nothing()
