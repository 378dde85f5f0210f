"""CRM -> mirror: full sweeps and pulls of changes, each ending in a certificate of what it can vouch for."""

import hashlib
import json
from collections.abc import Callable, Container, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select

from connectors.base import Connector, Gone, Page
from connectors.records import ObjectSpec, Record, Ref
from sync.database import millis, moment, upsert, writing
from sync.mirror.definitions import brought
from sync.mirror.rows import RECORD, SPEC, given, these
from sync.mirror.tables import CertificateRow, CursorRow, SeenRow
from sync.mirror.write import Absent, store_absent, store_past, store_records

CERTIFICATE = CertificateRow.__table__  # type: ignore[attr-defined]
CURSOR = CursorRow.__table__  # type: ignore[attr-defined]
SEEN = SeenRow.__table__  # type: ignore[attr-defined]


def _mine(table: Any) -> tuple[Any, Any]:
    return table.c.workspace == bindparam("_workspace"), table.c.kind == bindparam("_kind")


LIVE = (*_mine(RECORD), RECORD.c.gone == "")
NEW = (*_mine(SPEC), SPEC.c.what == bindparam("_what"))
SINCE = select(CURSOR.c.since).where(*_mine(CURSOR))
FORGET_SEEN = delete(SEEN).where(*_mine(SEEN))
COUNT_SEEN = select(func.count()).select_from(SEEN).where(*_mine(SEEN))
COUNT_LIVE = select(func.count()).select_from(RECORD).where(*LIVE)
UNSEEN = select(RECORD.c.id).where(*LIVE, RECORD.c.id.not_in(select(SEEN.c.id).where(*_mine(SEEN))))
NEWEST = select(SPEC.c.data).where(*NEW).order_by(SPEC.c.at.desc()).limit(1)
NEWEST_MARK = select(SPEC.c.fingerprint).where(*NEW).order_by(SPEC.c.at.desc()).limit(1)
KNOWN = select(SEEN.c.id).where(*these(SEEN))
SEE, CERTIFY = insert(SEEN), insert(CERTIFICATE)

OVERLAP = timedelta(minutes=10)
"""How far a pull of changes looks back behind its cursor: the longest transaction that a CRM may commit late."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one pull saw. `doubts` is empty where it is certified: then, and for a full sweep, absence means gone."""

    workspace: str
    kind: str
    mode: str
    started_at: datetime
    finished_at: datetime
    pages: int
    seen: int
    total: int | None
    fingerprint: str
    doubts: tuple[str, ...] = ()
    changed: int = 0
    gone: int = 0
    away: int = 0


@dataclass(slots=True)
class Tally:
    """Counts while a pull runs."""

    pages: int = 0
    seen: int = 0
    changed: int = 0
    gone: int = 0
    away: int = 0
    total: int | None = None
    newest: datetime | None = None
    doubts: list[str] = field(default_factory=list)


class Pull:
    """Pulls the kinds of one workspace; what is in `away` is counted and not kept.

    `now` tells the time and `progress` hears of every page.
    """

    def __init__(
        self,
        connector: Connector,
        engine: Engine,
        now: Callable[[], datetime],
        progress: Callable[[str, int, int | None], None] = lambda kind, seen, total: None,
        away: Container[Record] = (),
    ) -> None:
        self.connector = connector
        self.engine = engine
        self.now = now
        self.progress = progress
        self.away = away
        self.workspace = connector.identity().workspace

    def kind(self, kind: str, full: bool = False) -> Certificate:
        """Pull one kind: what changed since the cursor, or everything where there is none or `full` asks for it."""
        started, tally = self.now(), Tally()
        spec = self.connector.describe(kind)
        shown = fingerprint(spec)
        with writing(self.engine) as connection:
            cursor = None if self._widened(connection, spec) else connection.scalar(SINCE, self._of(kind))
            tally.doubts += self._shrunk(connection, spec)
            connection.execute(FORGET_SEEN, self._of(kind))
        self._pipelines(kind, started)
        since = None if full or cursor is None else moment(cursor)
        for page in self.connector.pull(kind, since and since - OVERLAP):
            with writing(self.engine) as connection:
                self._page(connection, page, tally, started, since is None)
            self.progress(kind, tally.seen, tally.total)
        with writing(self.engine) as connection:
            # Only now: a pull that fails half-way must not use up the doubt about fields that were lost.
            self._keep_spec(connection, kind, "object", asdict(spec), started)
            if not tally.doubts:
                self._keep_spec(connection, kind, "certified", sorted(item.native for item in spec.fields), started)
            return self._finish(connection, kind, started, tally, (since, shown))

    def _page(self, connection: Connection, page: Page, tally: Tally, started: datetime, sweep: bool) -> None:
        """Store one page; a page that the sweep has seen already is counted once."""
        tally.pages += 1
        tally.total = page.total if page.total is not None else tally.total
        left_out = {record.ref for record in page.records if record in self.away}
        tally.away += len(left_out)
        welcome = [record for record in page.records if record.ref not in left_out]
        tally.changed += store_records(connection, welcome, started)
        store_past(connection, [item for item in page.past if item.ref not in left_out], started)
        tally.gone += store_absent(connection, map(_absent, page.gone), started)
        times = [record.modified_at for record in page.records if record.modified_at]
        tally.newest = max([*times, tally.newest] if tally.newest else times, default=None)
        tally.seen += len(page.records)
        if sweep and page.records:
            upsert_seen(connection, [record.ref for record in page.records])

    def _finish(
        self,
        connection: Connection,
        kind: str,
        started: datetime,
        tally: Tally,
        basis: tuple[datetime | None, str],
    ) -> Certificate:
        """The certificate, the tombstones it allows and the new cursor, in the transaction of the last word."""
        since, shown = basis
        if since is None:
            distinct = connection.scalar(COUNT_SEEN, self._of(kind)) or 0
            tally.doubts += self._doubts(connection, kind, tally, distinct)
            tally.seen = distinct
            # Without a count of the CRM's own nothing tells a list that ended early; owners who leave stay on theirs.
            if not tally.doubts and tally.total is not None:
                tally.gone += self._sweep(connection, kind, started)
        # Our clock may be ahead of the CRM's: never beyond the newest change that was seen.
        reach = [started, *([tally.newest] if tally.newest else [])]
        cursor = max(min(reach), since) if since else min(reach)
        upsert(connection, CURSOR, [{"workspace": self.workspace, "kind": kind, "since": millis(cursor)}])
        connection.execute(FORGET_SEEN, self._of(kind))
        certificate = Certificate(
            self.workspace,
            kind,
            "full" if since is None else "changes",
            started,
            self.now(),
            tally.pages,
            tally.seen,
            tally.total,
            shown,
            tuple(tally.doubts),
            tally.changed,
            tally.gone,
            tally.away,
        )
        connection.execute(CERTIFY, _certificate_cells(certificate))
        return certificate

    def _doubts(self, connection: Connection, kind: str, tally: Tally, distinct: int) -> list[str]:
        """Why this sweep may not conclude that what it did not see is gone."""
        before = connection.scalar(COUNT_LIVE, self._of(kind)) or 0
        found = []
        if distinct == 0 and before > 0:
            found.append(f"the CRM showed no {kind} at all, the mirror holds {before}")
        if tally.total is not None and tally.total != distinct:
            found.append(f"the CRM counts {tally.total}, the pages held {distinct}")
        return found

    def _sweep(self, connection: Connection, kind: str, now: datetime) -> int:
        """Mark as missing every live record that the certified sweep did not see."""
        ids = list(connection.scalars(UNSEEN, self._of(kind)))
        return store_absent(connection, (Absent(Ref(self.workspace, kind, id_), "missing") for id_ in ids), now)

    def _shrunk(self, connection: Connection, spec: ObjectSpec) -> list[str]:
        """Fields that this credential saw before and no longer sees: then nothing may be called empty or gone."""
        last = connection.scalar(NEWEST, self._of(spec.kind) | {"_what": "certified"})
        lost = set(last or ()) - {item.native for item in spec.fields}
        return [f"no longer visible to this credential: {', '.join(sorted(lost))}"] if lost else []

    def _widened(self, connection: Connection, spec: ObjectSpec) -> bool:
        """Whether fields are pulled that were not before: records that did not change lack them as well."""
        last = connection.scalar(NEWEST, self._of(spec.kind) | {"_what": "object"})
        return last is not None and not set(brought(asdict(spec))) <= set(brought(last))

    def _pipelines(self, kind: str, now: datetime) -> None:
        found = [asdict(pipeline) for pipeline in self.connector.pipelines(kind)]
        if found:
            with writing(self.engine) as connection:
                self._keep_spec(connection, kind, "pipelines", found, now)

    def _keep_spec(self, connection: Connection, kind: str, what: str, data: Any, now: datetime) -> None:
        """Keep a definition where it differs from the newest one kept."""
        _keep(connection, self._of(kind), what, data, now)

    def _of(self, kind: str) -> dict[str, str]:
        return {"_workspace": self.workspace, "_kind": kind}


def keep_rules(engine: Engine, rules: str, settings: Any, now: datetime) -> None:
    """Keep the rules in force (their hash, and the settings as JSON) where they differ from the newest ones kept."""
    with writing(engine) as connection:
        _keep(connection, {"_workspace": "", "_kind": ""}, "rules", {"hash": rules, "settings": settings}, now)


def _keep(connection: Connection, place: dict[str, str], what: str, data: Any, now: datetime) -> None:
    text = json.dumps(data, sort_keys=True, default=str)
    mark = hashlib.sha256(text.encode()).hexdigest()
    if connection.scalar(NEWEST_MARK, place | {"_what": what}) == mark:
        return
    cells = {"what": what, "at": millis(now), "fingerprint": mark, "data": json.loads(text)}
    upsert(connection, SPEC, [{"workspace": place["_workspace"], "kind": place["_kind"], **cells}])


def _absent(gone: Gone) -> Absent:
    into = gone.merged_into.id if gone.merged_into else ""
    return Absent(gone.ref, "merged" if into else "archived", into)


def fingerprint(spec: ObjectSpec) -> str:
    """Equal for two descriptions that show the same fields with the same types and rights."""
    facts = [[item.native, item.type, item.writable, item.required] for item in spec.fields]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def upsert_seen(connection: Connection, refs: Iterable[Ref]) -> None:
    """Remember the ids of a page of the sweep now under way."""
    rows = [{"workspace": ref.workspace, "kind": ref.kind, "id": ref.id} for ref in dict.fromkeys(refs)]
    ids = [row["id"] for row in rows]
    old = set(connection.scalars(KNOWN, given(rows[0]["workspace"], rows[0]["kind"], ids)))
    fresh = [row for row in rows if row["id"] not in old]
    if fresh:
        connection.execute(SEE, fresh)


def certificates(engine: Engine) -> dict[tuple[str, str], Certificate]:
    """The newest certificate of each workspace and kind."""
    with engine.connect() as connection:
        rows = connection.execute(select(CERTIFICATE).order_by(CERTIFICATE.c.seq)).all()
    return {(row.workspace, row.kind): _certificate(row) for row in rows}


def _certificate_cells(item: Certificate) -> dict[str, Any]:
    cells = asdict(item) | {"started_at": millis(item.started_at), "finished_at": millis(item.finished_at)}
    return {name: value for name, value in cells.items() if name not in ("changed", "gone", "away")} | {
        "doubts": list(item.doubts)
    }


def _certificate(row: Any) -> Certificate:
    times = moment(row.started_at), moment(row.finished_at)
    counts = row.pages, row.seen, row.total
    return Certificate(row.workspace, row.kind, row.mode, *times, *counts, row.fingerprint, tuple(row.doubts))
