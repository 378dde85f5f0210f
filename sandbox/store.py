"""The bounded state of the sandbox in one SQLite database: records, their past, links, truth and the ledger."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE record (
  crm TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
  created INTEGER NOT NULL, modified INTEGER NOT NULL, visible INTEGER NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0, merged_into TEXT, data TEXT NOT NULL,
  PRIMARY KEY (crm, kind, id)) WITHOUT ROWID;
CREATE INDEX record_seq ON record (crm, kind, seq);
CREATE INDEX record_modified ON record (crm, kind, modified, seq, visible, archived, merged_into);
CREATE INDEX record_merged ON record (crm, kind, merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE past (
  crm TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, field TEXT NOT NULL,
  at INTEGER NOT NULL, value TEXT, source TEXT NOT NULL);
CREATE INDEX past_record ON past (crm, kind, id, field);
CREATE TABLE link (
  crm TEXT NOT NULL, from_kind TEXT NOT NULL, from_id TEXT NOT NULL,
  to_kind TEXT NOT NULL, to_id TEXT NOT NULL, type INTEGER NOT NULL,
  PRIMARY KEY (crm, from_kind, from_id, to_kind, to_id, type)) WITHOUT ROWID;
CREATE TABLE truth (
  crm TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, entity TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (crm, kind, id)) WITHOUT ROWID;
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, crm TEXT NOT NULL, verb TEXT NOT NULL,
  kind TEXT NOT NULL, id TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE call (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, crm TEXT NOT NULL, method TEXT NOT NULL,
  path TEXT NOT NULL, status INTEGER NOT NULL);
CREATE TABLE shadow (
  crm TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
  created INTEGER NOT NULL, modified INTEGER NOT NULL, visible INTEGER NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0, merged_into TEXT, data TEXT NOT NULL,
  PRIMARY KEY (crm, kind, id)) WITHOUT ROWID;
CREATE TABLE setting (crm TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (crm, name));
"""
CACHE = 96 * 1024
"""KiB that a store which is not in memory holds there; what is more lies in its file."""
SPILLING = ""
"""The path of a store in memory as long as it is small, and else in a nameless file that goes with the process."""
NARROW = 50_000
WINDOW = re.compile(r"\bmodified (?:[<>=]|BETWEEN)")
encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
COLUMNS = "crm, kind, id, seq, created, modified, visible, archived, merged_into, data"


@dataclass(slots=True)
class Row:
    """One stored record. Times are epoch milliseconds; `visible` is when the search index will know `modified`."""

    crm: str
    kind: str
    id: str
    seq: int
    created: int
    modified: int
    visible: int
    archived: bool
    merged_into: str | None
    fields: dict[str, Any]


class Store:
    """All the state there is. Every mutation of a record by an API caller must also be `note`d in the ledger."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self.lock = threading.RLock()
        self._depth = 0
        self.db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        pragmas = f"journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-{CACHE}; PRAGMA temp_store=FILE;"
        self.db.executescript(f"PRAGMA {pragmas}{SCHEMA}")

    # records

    def get(self, crm: str, kind: str, id: str) -> Row | None:  # noqa: A002
        """One record, archived or not; None when there never was one."""
        found = self.rows("crm=? AND kind=? AND id=?", (crm, kind, id), limit=1)
        return found[0] if found else None

    def get_many(self, crm: str, kind: str, ids: Iterable[str]) -> dict[str, Row]:
        """The records of these ids that exist, by id."""
        wanted = json.dumps(list(ids))
        where = "crm=? AND kind=? AND id IN (SELECT value FROM json_each(?))"
        # The plus keeps SQLite from walking the whole kind in the order of seq to find a few ids.
        return {row.id: row for row in self.rows(where, (crm, kind, wanted), order="+seq")}

    def rows(self, where: str, params: tuple[Any, ...] = (), order: str = "seq", limit: int = -1) -> list[Row]:
        """Records by an SQL condition over the columns of `record` (fields: `json_extract(data, '$.name')`)."""
        sql = f"SELECT {COLUMNS} FROM record WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608
        return [self._row(item) for item in self.db.execute(sql, (*params, limit))]

    def count(self, where: str, params: tuple[Any, ...] = ()) -> int:
        """How many records an SQL condition holds for."""
        return int(self.db.execute(f"SELECT count(*) FROM record WHERE {where}", params).fetchone()[0])  # noqa: S608

    def put(self, row: Row) -> None:
        """Insert the record or replace it whole."""
        self.put_all([row])

    def put_all(self, rows: Iterable[Row]) -> None:
        """Insert or replace many records in one transaction."""
        with self.lock, self.transaction():
            sql = f"INSERT OR REPLACE INTO record ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
            self.db.executemany(sql, (self._cells(row) for row in rows))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside is kept as a whole or, when an exception leaves it, not at all; it may be nested."""
        name = f"level{self._depth}"
        self.db.execute(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            self.db.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            self._depth -= 1
            self.db.execute(f"RELEASE {name}")

    # what the search index knows: the record once it is `visible`, till then the `shadow` it had before

    def put_later(self, row: Row, now: int) -> None:
        """Write a record whose change the search index learns at `row.visible`; till then it keeps what it knew."""
        key = (row.crm, row.kind, row.id)
        with self.lock:
            before = self.get(*key)
            if before is None or before.visible <= now:
                self.db.execute("DELETE FROM shadow WHERE crm=? AND kind=? AND id=?", key)
            if before is not None and before.visible <= now and not before.archived and before.merged_into is None:
                where = "crm=? AND kind=? AND id=?"
                sql = f"INSERT INTO shadow ({COLUMNS}) SELECT {COLUMNS} FROM record WHERE {where}"  # noqa: S608
                self.db.execute(sql, key)
            self.put(row)

    def indexed(
        self, crm: str, kind: str, now: int, clause: tuple[str, tuple[Any, ...]], page: tuple[str, int, int]
    ) -> tuple[int, list[Row]]:
        """How many records the index finds, and those of one page; `clause` is an SQL condition with its values,
        `page` an SQL order, a limit and an offset."""
        where, params = clause
        order, limit, offset = page
        live = f"crm=? AND kind=? AND visible<=? AND archived=0 AND merged_into IS NULL AND ({where})"
        source, bound, total = f"record WHERE {live}", (crm, kind, now, *params), None
        if self._behind(crm, kind, now):
            source, bound = self._known(live, where), (*bound, crm, kind, *params, now)
        elif WINDOW.search(where):
            # The planner cannot tell a narrow window of time from a wide one; a narrow one is found by its index alone.
            window = f"record INDEXED BY record_modified WHERE {live}"
            total = self._counted(window, bound)
            source = window if total <= NARROW else source
        sql = f"SELECT id FROM {source} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        ids = [key for (key,) in self.db.execute(sql, (*bound, limit, offset))]
        if total is None:
            ended = len(ids) < limit and (ids or not offset)
            total = offset + len(ids) if ended else self._counted(source, bound)
        return total, self._known_rows(crm, kind, now, ids)

    def _counted(self, source: str, bound: tuple[Any, ...]) -> int:
        return int(self.db.execute(f"SELECT count(*) FROM {source}", bound).fetchone()[0])  # noqa: S608

    def _known_rows(self, crm: str, kind: str, now: int, ids: list[str]) -> list[Row]:
        """The records of these ids, in this order, as the index knows them."""
        found = self.get_many(crm, kind, ids)
        behind = json.dumps([key for key, row in found.items() if row.visible > now])
        sql = f"SELECT {COLUMNS} FROM shadow WHERE crm=? AND kind=? AND id IN (SELECT value FROM json_each(?))"  # noqa: S608
        rows = (self._row(cells) for cells in self.db.execute(sql, (crm, kind, behind)))
        known = {**found, **{row.id: row for row in rows}}
        return [known[key] for key in ids]

    @staticmethod
    def _known(live: str, where: str) -> str:
        """The records as the index knows them: those it has seen, and the shadows of those it has not."""
        shadows = f"""SELECT {COLUMNS} FROM shadow AS old
          WHERE crm=? AND kind=? AND ({where}) AND EXISTS (SELECT 1 FROM record AS new
            WHERE new.crm=old.crm AND new.kind=old.kind AND new.id=old.id AND new.visible>?)"""  # noqa: S608
        return f"(SELECT {COLUMNS} FROM record WHERE {live} UNION ALL {shadows})"  # noqa: S608

    def _behind(self, crm: str, kind: str, now: int) -> bool:
        """Whether the index does not know some change yet; the cross join looks at the few shadows first."""
        sql = """SELECT EXISTS (SELECT 1 FROM shadow AS old CROSS JOIN record AS new USING (crm, kind, id)
          WHERE old.crm=? AND old.kind=? AND new.visible>?)"""
        return bool(self.db.execute(sql, (crm, kind, now)).fetchone()[0])

    def next_seq(self, crm: str, kind: str) -> int:
        """One more than the highest sequence number of this kind (1 for the first)."""
        sql = "SELECT coalesce(max(seq), 0) + 1 FROM record WHERE crm=? AND kind=?"
        return int(self.db.execute(sql, (crm, kind)).fetchone()[0])

    # the past of one field

    def remember(self, items: Iterable[tuple[str, str, str, str, int, str | None, dict[str, Any]]]) -> None:
        """Add history: (crm, kind, id, field, at, value, source) each; `source` is the CRM's own description."""
        sql = "INSERT INTO past VALUES (?,?,?,?,?,?,?)"
        self.db.executemany(sql, ((*item[:6], json.dumps(item[6])) for item in items))

    def past(self, crm: str, kind: str, id: str, field: str) -> list[tuple[int, str | None, dict[str, Any]]]:  # noqa: A002
        """(at, value, source) of one field, oldest first."""
        sql = "SELECT at, value, source FROM past WHERE crm=? AND kind=? AND id=? AND field=? ORDER BY at, rowid"
        return [(at, value, json.loads(source)) for at, value, source in self.db.execute(sql, (crm, kind, id, field))]

    # links (HubSpot associations; Salesforce keeps lookups in the record's fields)

    def link(self, crm: str, items: Iterable[tuple[str, str, str, str, int]]) -> None:
        """Add links: (from_kind, from_id, to_kind, to_id, type id) each; the caller adds the other direction."""
        self.db.executemany("INSERT OR IGNORE INTO link VALUES (?,?,?,?,?,?)", ((crm, *item) for item in items))

    def unlink(self, crm: str, items: Iterable[tuple[str, str, str, str, int]]) -> None:
        """Remove links, given as in `link`."""
        sql = "DELETE FROM link WHERE crm=? AND from_kind=? AND from_id=? AND to_kind=? AND to_id=? AND type=?"
        self.db.executemany(sql, ((crm, *item) for item in items))

    def links(self, crm: str, kind: str, id: str, to_kind: str | None = None) -> list[tuple[str, str, int]]:  # noqa: A002
        """(to_kind, to_id, type id) of one record, ordered."""
        sql = "SELECT to_kind, to_id, type FROM link WHERE crm=? AND from_kind=? AND from_id=?"
        more = (sql + " AND to_kind=?", (crm, kind, id, to_kind)) if to_kind else (sql, (crm, kind, id))
        return list(self.db.execute(more[0] + " ORDER BY to_kind, length(to_id), to_id, type", more[1]))

    # what tests and users look at

    def note(self, at: int, crm: str, verb: str, kind: str, id: str, detail: dict[str, Any]) -> None:  # noqa: A002
        """One effective mutation (create, update, archive, restore, merge, link, unlink, delete, undelete)."""
        sql = "INSERT INTO ledger (at, crm, verb, kind, id, detail) VALUES (?,?,?,?,?,?)"
        self.db.execute(sql, (at, crm, verb, kind, id, json.dumps(detail, ensure_ascii=False)))

    def ledger(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """Mutations in order, each {seq, at, crm, verb, kind, id, detail}."""
        names = ("seq", "at", "crm", "verb", "kind", "id")
        for *cells, detail in self.db.execute("SELECT * FROM ledger WHERE seq > ? ORDER BY seq", (after,)):
            yield dict(zip(names, cells, strict=True), detail=json.loads(detail))

    def setting(self, crm: str, name: str, default: Any = None) -> Any:
        """A switch of one CRM (account facts, readings of disputed behavior), stored as JSON."""
        found = self.db.execute("SELECT value FROM setting WHERE crm=? AND name=?", (crm, name)).fetchone()
        return json.loads(found[0]) if found else default

    def set(self, crm: str, name: str, value: Any) -> None:
        """Set a switch."""
        self.db.execute("INSERT OR REPLACE INTO setting VALUES (?,?,?)", (crm, name, json.dumps(value)))

    @staticmethod
    def _row(cells: tuple[Any, ...]) -> Row:
        crm, kind, key, seq, created, modified, visible, archived, merged_into, data = cells
        return Row(crm, kind, key, seq, created, modified, visible, bool(archived), merged_into, json.loads(data))

    @staticmethod
    def _cells(row: Row) -> tuple[Any, ...]:
        head = (row.crm, row.kind, row.id, row.seq, row.created, row.modified, row.visible)
        return (*head, int(row.archived), row.merged_into, encode(row.fields))
