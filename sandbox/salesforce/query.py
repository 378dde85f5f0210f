"""Queries and their pages: the ids are kept under a locator when the first page is made, and never searched again."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql.compiler import Compiler, Scope, aggregates
from sandbox.salesforce.soql.names import Names, source_of
from sandbox.salesforce.soql.parser import parse
from sandbox.salesforce.soql.records import Record, groups, render, shape_of
from sandbox.salesforce.soql.tree import Function, Query
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import DAY
from sandbox.wire import Request, Response

TABLES = """
CREATE TABLE IF NOT EXISTS salesforce_locator (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, soql TEXT NOT NULL, deleted INTEGER NOT NULL, batch INTEGER NOT NULL,
  total INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS salesforce_located (
  locator TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (locator, position)) WITHOUT ROWID;
"""
LIFETIME = 2 * DAY
BATCHES = range(200, 2001)
LOCATOR = re.compile(r"([0-9A-Za-z]{18})-(\d+)")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer; `locator` leads to the next one."""

    total: int
    records: list[Record]
    locator: str | None = None

    def body(self, call: Call) -> dict[str, Any]:
        """The JSON of a REST answer."""
        body: dict[str, Any] = {"totalSize": self.total, "done": self.locator is None}
        if self.locator:
            body["nextRecordsUrl"] = f"{call.base}/query/{self.locator}"
        return {**body, "records": self.records}


def answer(call: Call, request: Request, deleted: bool) -> Response:
    """GET /query and /queryAll."""
    text = request.param("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "SOQL query is missing: the parameter q is required")
    options = request.headers.get("sforce-query-options", "")
    return Response.of_json(200, first(call, text, deleted, batch_size(call, options)).body(call))


def more(call: Call, locator: str) -> Response:
    """GET /query/{locator}."""
    return Response.of_json(200, following(call, locator).body(call))


def batch_size(call: Call, options: str) -> int:
    """The `batchSize` of Sforce-Query-Options where it is allowed, else the organization's own."""
    found = re.search(r"batchSize\s*=\s*(\d+)", options, re.IGNORECASE)
    return int(found[1]) if found and int(found[1]) in BATCHES else int(switch(call.store, "batch_size"))


def first(call: Call, text: str, deleted: bool, batch: int) -> Page:
    """Run a SELECT and answer its first page."""
    query = parse(text)
    sobject = source_of(query, call.schema)
    compiler = Compiler(call, query, sobject, Scope(deleted))
    if counts(query):
        return Page(int(call.store.db.execute(*compiler.count()).fetchone()[0]), [])
    if aggregates(query):
        return _aggregated(call, compiler, batch)
    shape = shape_of(query, Names(query, call.schema, sobject))
    ids = [each for (each,) in call.store.db.execute(*compiler.ids())]
    records = render(call, ids[:batch], shape, deleted)
    locator = _keep(call, text, deleted, batch, ids) if len(ids) > batch else None
    return Page(len(ids), records, f"{locator}-{batch}" if locator else None)


def counts(query: Query) -> bool:
    """Whether the SELECT is `COUNT()`, which answers no records."""
    only = query.select[0]
    return len(query.select) == 1 and isinstance(only, Function) and only.name == "COUNT" and only.argument is None


def _aggregated(call: Call, compiler: Compiler, batch: int) -> Page:
    records = groups(call, compiler)
    if len(records) > batch:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise ApiError("EXCEEDED_ID_LIMIT", message)
    return Page(len(records), records)


def _keep(call: Call, text: str, deleted: bool, batch: int, ids: list[str]) -> str:
    db = call.store.db
    for statement in TABLES.split(";")[:-1]:
        db.execute(statement)
    _forget(call)
    number = db.execute("SELECT coalesce(max(rowid), 0) + 1 FROM salesforce_locator").fetchone()[0]
    locator = make_id("0r8", number)
    db.execute("SAVEPOINT salesforce_locator")
    db.execute(
        "INSERT INTO salesforce_locator VALUES (?,?,?,?,?,?)", (locator, call.now, text, int(deleted), batch, len(ids))
    )
    db.executemany(
        "INSERT INTO salesforce_located VALUES (?,?,?)",
        ((locator, position, each) for position, each in enumerate(ids)),
    )
    db.execute("RELEASE salesforce_locator")
    return locator


def _forget(call: Call) -> None:
    old = "SELECT id FROM salesforce_locator WHERE at < ?"
    call.store.db.execute(f"DELETE FROM salesforce_located WHERE locator IN ({old})", (call.now - LIFETIME,))  # noqa: S608
    call.store.db.execute("UPDATE salesforce_locator SET total=0, soql='' WHERE at < ?", (call.now - LIFETIME,))


def following(call: Call, text: str) -> Page:
    """The page that a locator leads to; INVALID_QUERY_LOCATOR when it is unknown or older than two days."""
    found = LOCATOR.fullmatch(text)
    kept = _kept(call, found[1]) if found else None
    if found is None or kept is None or int(found[2]) >= kept[3]:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    soql, deleted, batch, total = kept
    start = int(found[2])
    sql = "SELECT id FROM salesforce_located WHERE locator=? AND position >= ? AND position < ? ORDER BY position"
    ids = [each for (each,) in call.store.db.execute(sql, (found[1], start, start + batch))]
    query = parse(soql)
    shape = shape_of(query, Names(query, call.schema, source_of(query, call.schema)))
    after = f"{found[1]}-{start + batch}" if start + batch < total else None
    return Page(total, render(call, ids, shape, bool(deleted)), after)


def _kept(call: Call, locator: str) -> tuple[str, int, int, int] | None:
    exists = "SELECT 1 FROM sqlite_master WHERE name='salesforce_locator'"
    if call.store.db.execute(exists).fetchone() is None:
        return None
    sql = "SELECT soql, deleted, batch, total FROM salesforce_locator WHERE id=? AND at >= ?"
    found: tuple[str, int, int, int] | None = call.store.db.execute(sql, (locator, call.now - LIFETIME)).fetchone()
    return found
