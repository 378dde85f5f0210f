"""Query locators: the ids that a search found are kept when its first page is made, and never searched again."""

import re
from dataclasses import dataclass

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.session import Call
from sandbox.salesforce.times import DAY

TABLES = (
    """CREATE TABLE IF NOT EXISTS salesforce_locator (
      id TEXT PRIMARY KEY, at INTEGER NOT NULL, soql TEXT NOT NULL, way TEXT NOT NULL, deleted INTEGER NOT NULL,
      batch INTEGER NOT NULL, total INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS salesforce_located (
      locator TEXT NOT NULL, position INTEGER NOT NULL, ids TEXT NOT NULL, PRIMARY KEY (locator, position))
      WITHOUT ROWID""",
)
LIFETIME = 2 * DAY
ID = 18
LOCATOR = re.compile(r"([0-9A-Za-z]{18})-(\d+)")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a search is read: its text, whether deleted records show, how many records a page holds.

    `way` leads to the SELECT that is read: the positions of nested sub-selects, empty for the whole text.
    """

    text: str
    deleted: bool
    batch: int
    way: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """One page's worth of a kept search; `locator` leads to the next page."""

    reading: Reading
    total: int
    ids: list[str]
    locator: str | None


def keep(call: Call, reading: Reading, ids: list[str]) -> str:
    """Keep the ids of a search and answer the locator of its second page."""
    db = call.store.db
    for statement in TABLES:
        db.execute(statement)
    _forget(call)
    number = db.execute("SELECT coalesce(max(rowid), 0) + 1 FROM salesforce_locator").fetchone()[0]
    locator = make_id("0r8", number)
    way = ",".join(map(str, reading.way))
    cells = (locator, call.now, reading.text, way, int(reading.deleted), reading.batch, len(ids))
    db.execute("SAVEPOINT salesforce_locator")
    db.execute("INSERT INTO salesforce_locator VALUES (?,?,?,?,?,?,?)", cells)
    pages = range(0, len(ids), reading.batch)
    rows = ((locator, start, "".join(ids[start : start + reading.batch])) for start in pages)
    db.executemany("INSERT INTO salesforce_located VALUES (?,?,?)", rows)
    db.execute("RELEASE salesforce_locator")
    return f"{locator}-{reading.batch}"


def _forget(call: Call) -> None:
    old = "SELECT id FROM salesforce_locator WHERE at < ?"
    call.store.db.execute(f"DELETE FROM salesforce_located WHERE locator IN ({old})", (call.now - LIFETIME,))  # noqa: S608
    call.store.db.execute("UPDATE salesforce_locator SET total=0, soql='' WHERE at < ?", (call.now - LIFETIME,))


def follow(call: Call, text: str) -> Kept:
    """What a locator leads to; INVALID_QUERY_LOCATOR when it is unknown or older than two days."""
    found = LOCATOR.fullmatch(text)
    kept = _kept(call, found[1]) if found else None
    if found is None or kept is None or int(found[2]) >= kept[4]:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    soql, way, deleted, batch, total = kept
    start = int(found[2])
    ids = _located(call, found[1], start, batch)
    after = f"{found[1]}-{start + batch}" if start + batch < total else None
    reading = Reading(soql, bool(deleted), batch, tuple(int(step) for step in way.split(",") if step))
    return Kept(reading, total, ids, after)


def _located(call: Call, locator: str, start: int, batch: int) -> list[str]:
    """So many ids from a place on; they are kept by the page, one after the other."""
    sql = "SELECT position, ids FROM salesforce_located WHERE locator=? AND position>? AND position<? ORDER BY position"
    pages = call.store.db.execute(sql, (locator, start - batch, start + batch)).fetchall()
    text = "".join(ids for _, ids in pages)
    first = (start - pages[0][0]) * ID if pages else 0
    return [text[at : at + ID] for at in range(first, min(len(text), first + batch * ID), ID)]


def _kept(call: Call, locator: str) -> tuple[str, str, int, int, int] | None:
    exists = "SELECT 1 FROM sqlite_master WHERE name='salesforce_locator'"
    if call.store.db.execute(exists).fetchone() is None:
        return None
    sql = "SELECT soql, way, deleted, batch, total FROM salesforce_locator WHERE id=? AND at >= ?"
    found: tuple[str, str, int, int, int] | None = call.store.db.execute(sql, (locator, call.now - LIFETIME)).fetchone()
    return found
