"""The decisions in the ledger: approvals, runs, the lease, judgements, aliases, twins and findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, islice
from typing import Any

from sqlalchemy import Engine, bindparam, func, insert, select, update

from connectors.errors import RefusedError
from connectors.records import Ref
from connectors.values import Json
from hygiene.check import Band
from hygiene.view import Judgement, Twin
from sync.database import millis, moment, upsert, writing
from sync.ledger import agreed
from sync.ledger.tables import AliasRow, ApprovalRow, EntryRow, FindingRow, JudgementRow, LeaseRow, RunRow, TwinRow

RUN = RunRow.__table__  # type: ignore[attr-defined]
APPROVAL = ApprovalRow.__table__  # type: ignore[attr-defined]
LEASE = LeaseRow.__table__  # type: ignore[attr-defined]
ALIAS = AliasRow.__table__  # type: ignore[attr-defined]
JUDGEMENT = JudgementRow.__table__  # type: ignore[attr-defined]
FINDING = FindingRow.__table__  # type: ignore[attr-defined]
ENTRY = EntryRow.__table__  # type: ignore[attr-defined]
TWIN = TwinRow.__table__  # type: ignore[attr-defined]

# What is asked often is built once: SQLAlchemy builds and compiles a statement at three times the cost of running it.
NOW = select(ALIAS.c.now_id).where(
    *(ALIAS.c.workspace == bindparam("_workspace"), ALIAS.c.kind == bindparam("_kind"), ALIAS.c.id == bindparam("_id"))
)
NOW_BY = NOW.where(ALIAS.c.run == bindparam("_run"))
APPROVED = select(APPROVAL).where(APPROVAL.c.plan == bindparam("_plan"))
RUNS = select(RUN).order_by(RUN.c.started_at, RUN.c.id)
RUNS_OF = RUNS.where(RUN.c.plan == bindparam("_plan"))
TWINS = select(TWIN.c.a, TWIN.c.b).where(TWIN.c.a.in_(bindparam("_named", expanding=True)))
PAGE = 500
WRITER = select(LEASE).where(LEASE.c.name == "writer")


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt to carry out a plan."""

    id: str
    plan: str
    started_at: datetime
    finished_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who allowed a plan, when, and the counts that they were shown."""

    plan: str
    who: str
    at: datetime
    counts: dict[str, Json]


class Ledger:
    """Reads and writes decisions; the reading half satisfies `hygiene.view.Memory`."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    # judgements and twins: what checks may remember

    def judgements(self, kind: str) -> Mapping[tuple[Ref, Ref], Judgement]:
        """The last word of people on each pair, under the ids that stand for the records now, in ascending order.

        Where merges bring several pairs together, a "not a duplicate" on any of them is a "no" to all.
        """
        query = select(JUDGEMENT).where(JUDGEMENT.c.kind == kind).order_by(JUDGEMENT.c.seq)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        said = {(Ref.parse(row.a), Ref.parse(row.b)): Judgement(row.verdict) for row in rows}
        now, found = self._moved(kind), dict[tuple[Ref, Ref], Judgement]()
        for (a, b), verdict in said.items():
            low, high = sorted((now.get(a, a), now.get(b, b)))
            if low != high and found.get((low, high)) is not Judgement.DISTINCT:
                found[low, high] = verdict
        return found

    def doubts(self, kind: str) -> frozenset[tuple[Ref, Ref]]:
        """The pairs of every finding that waits for a person's word, under the ids that stand for them now."""
        waiting = select(FINDING.c.body).where(FINDING.c.closed_at.is_(None), FINDING.c.band == Band.REVIEW.value)
        with self.engine.connect() as connection:
            told = [body["refs"] for body in connection.scalars(waiting)]
        now = self._moved(kind)
        found: set[tuple[Ref, Ref]] = set()
        for texts in told:
            refs = {now.get(ref, ref) for ref in map(Ref.parse, texts) if ref.kind == kind}
            found.update(combinations(sorted(refs), 2))
        return frozenset(found)

    def twin(self, ref: Ref) -> Ref | None:
        """The same thing in the other CRM, as far as known."""
        text = str(ref)
        query = select(TWIN).where((TWIN.c.a == text) | (TWIN.c.b == text))
        with self.engine.connect() as connection:
            row = connection.execute(query.order_by(TWIN.c.at.desc())).first()
        return Ref.parse(row.b if row.a == text else row.a) if row else None

    def paired(self, hubspot: str, salesforce: str) -> Iterator[Twin]:
        """Every twin of these kinds, in the order of HubSpot's refs, with what its two sides last agreed on."""
        return agreed.paired(self.engine, (hubspot, salesforce), self._said(hubspot, salesforce))

    def pairs(self, hubspot: str, salesforce: str) -> Iterator[Twin]:
        """The same without what they agreed on."""
        return agreed.pairs(self.engine, (hubspot, salesforce), self._said(hubspot, salesforce))

    def _said(self, *kinds: str) -> Mapping[tuple[Ref, Ref], Judgement]:
        return {pair: word for kind in kinds for pair, word in self.judgements(kind).items()}

    def moved_twins(self) -> Iterator[tuple[tuple[Ref, Ref], tuple[Ref, Ref]]]:
        """The pairs that name a record which was merged away, with the pair that they are now."""
        now = {old: new for kind in ("company", "contact", "lead", "deal") for old, new in self._moved(kind).items()}
        merged = [str(old) for old, new in now.items() if old != new]
        for start in range(0, len(merged), PAGE):
            some = merged[start : start + PAGE]
            with self.engine.connect() as connection:
                rows = connection.execute(
                    select(TWIN.c.a, TWIN.c.b).where(TWIN.c.a.in_(some) | TWIN.c.b.in_(some))
                ).all()
            for row in rows:
                a, b = Ref.parse(row.a), Ref.parse(row.b)
                yield (a, b), (now.get(a, a), now.get(b, b))

    def judge(self, pairs: Iterable[tuple[Ref, Ref]], verdict: Judgement, who: str) -> None:
        """Remember what a person said; an earlier word stays on record beneath it."""
        at = millis(self.now())
        rows = [
            {"kind": a.kind, "a": str(min(a, b)), "b": str(max(a, b)), "verdict": verdict.value, "who": who, "at": at}
            for a, b in pairs
        ]
        with writing(self.engine) as connection:
            connection.execute(insert(JUDGEMENT), rows)

    def keep_twins(self, pairs: Iterable[tuple[Ref, Ref]], how: str) -> int:
        """Remember pairs across CRMs, a page in a transaction; how many were not known before."""
        rest, count = iter(pairs), 0
        while page := {(str(min(pair)), str(max(pair))) for pair in islice(rest, PAGE)}:
            with writing(self.engine) as connection:
                rows = connection.execute(TWINS, {"_named": [a for a, _ in page]})
                fresh = sorted(page - {(row.a, row.b) for row in rows})
                if fresh:
                    at = millis(self.now())
                    connection.execute(insert(TWIN), [{"a": a, "b": b, "how": how, "at": at} for a, b in fresh])
            count += len(fresh)
        return count

    def twins(self) -> int:
        """How many pairs are known."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(TWIN)) or 0

    # aliases: ids that merges left behind

    def alias(self, old: Ref, new: Ref, run: str) -> None:
        """From now on `old` means `new`; what meant `old` before means `new` too. A restored record means itself."""
        same = ALIAS.c.workspace == old.workspace, ALIAS.c.kind == old.kind
        with writing(self.engine) as connection:
            moved = update(ALIAS).where(*same, ALIAS.c.now_id == old.id)
            connection.execute(moved.values(now_id=new.id))
            row = {"workspace": old.workspace, "kind": old.kind, "id": old.id, "now_id": new.id}
            upsert(connection, ALIAS, [row | {"run": run, "at": millis(self.now())}])

    def resolve(self, ref: Ref, run: str | None = None) -> Ref:
        """The record that an id stands for today; with a run, only as far as that run itself merged it."""
        asked = {"_workspace": ref.workspace, "_kind": ref.kind, "_id": ref.id, "_run": run}
        with self.engine.connect() as connection:
            found = connection.scalar(NOW if run is None else NOW_BY, asked)
        return Ref(ref.workspace, ref.kind, found) if found else ref

    def keep_aliases(self, pairs: Iterable[tuple[Ref, Ref]]) -> None:
        """Remember merges that others made, as a pull shows them: (merged away, what it became)."""
        wanted = dict(pairs)
        with self.engine.connect() as connection:
            rows = connection.execute(select(ALIAS.c.workspace, ALIAS.c.kind, ALIAS.c.id, ALIAS.c.now_id)).all()
        known = {Ref(*row[:3]) for row in rows if row.now_id != row.id}
        for old, new in wanted.items():
            if old not in known and old != new:
                self.alias(old, new, "")

    def _moved(self, kind: str) -> dict[Ref, Ref]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(ALIAS).where(ALIAS.c.kind == kind)).all()
        return {Ref(row.workspace, kind, row.id): Ref(row.workspace, kind, row.now_id) for row in rows}

    # approvals and runs

    def approve(self, plan: str, who: str, counts: dict[str, Json]) -> Approval:
        """Allow the plan of this hash."""
        row = {"plan": plan, "who": who, "at": millis(self.now()), "counts": counts}
        with writing(self.engine) as connection:
            upsert(connection, APPROVAL, [row])
        return Approval(plan, who, moment(int(str(row["at"]))), counts)

    def approval(self, plan: str) -> Approval | None:
        """The approval of the plan of this hash."""
        with self.engine.connect() as connection:
            row = connection.execute(APPROVED, {"_plan": plan}).first()
        return Approval(row.plan, row.who, moment(row.at), row.counts) if row else None

    def runs(self, plan: str | None = None) -> list[Run]:
        """Every run, or those of one plan, the newest last."""
        with self.engine.connect() as connection:
            rows = connection.execute(RUNS_OF if plan else RUNS, {"_plan": plan}).all()
        return [_run(row) for row in rows]

    def journalled(self, run: str) -> bool:
        """Whether a run got so far as to write to the journal: then something may have been sent."""
        with self.engine.connect() as connection:
            return connection.scalar(select(ENTRY.c.seq).where(ENTRY.c.run == run).limit(1)) is not None

    def begin(self, run: str, plan: str) -> Run:
        """Start a run, or go on with it."""
        row = {"id": run, "plan": plan, "started_at": millis(self.now()), "finished_at": None, "status": "running"}
        with writing(self.engine) as connection:
            found = connection.execute(select(RUN).where(RUN.c.id == run)).first()
            if found is None:
                connection.execute(insert(RUN), row)
            else:
                connection.execute(update(RUN).where(RUN.c.id == run).values(status="running", finished_at=None))
        return next(item for item in self.runs(plan) if item.id == run)

    def finish(self, run: str, status: str) -> None:
        """Say how a run ended: `done`, or `stopped` where it can be resumed."""
        done = {"status": status, "finished_at": millis(self.now())}
        with writing(self.engine) as connection:
            connection.execute(update(RUN).where(RUN.c.id == run).values(**done))

    # the lease: one writer at a time, told apart by a token that only grows

    def take_lease(self, holder: str) -> int:
        """Become the writer; the fencing token of this tenure."""
        with writing(self.engine) as connection:
            row = connection.execute(WRITER).first()
            token = row.token + 1 if row else 1
            upsert(connection, LEASE, [{"name": "writer", "token": token, "holder": holder, "at": millis(self.now())}])
        return token

    def check_lease(self, token: int) -> None:
        """`RefusedError` when another process has become the writer since."""
        with self.engine.connect() as connection:
            row = connection.execute(WRITER).first()
        if row is None or row.token != token:
            holder = row.holder if row else "nobody"
            raise RefusedError(f"another process writes now ({holder})", "Wait for it; then run this again")


def _run(row: Any) -> Run:
    finished = None if row.finished_at is None else moment(row.finished_at)
    return Run(row.id, row.plan, moment(row.started_at), finished, row.status)
