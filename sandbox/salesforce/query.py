"""Queries and their pages: GET /query and /queryAll, and what their locators lead to."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.locators import Reading, follow, keep
from sandbox.salesforce.session import Call
from sandbox.salesforce.soql import metadata
from sandbox.salesforce.soql.compiler import Compiler, Scope, aggregates
from sandbox.salesforce.soql.groups import groups
from sandbox.salesforce.soql.names import Names, source_of
from sandbox.salesforce.soql.parser import parse
from sandbox.salesforce.soql.records import Record, render, shape_of
from sandbox.salesforce.soql.tree import Function, Query
from sandbox.salesforce.switches import switch
from sandbox.wire import Request, Response

BATCHES = range(200, 2001)


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
    """GET /query and /queryAll; `columns=true` describes the answer instead, and `explain=` the way to it."""
    explained = request.param("explain")
    if explained is not None and not deleted:
        return Response.of_json(200, metadata.plans(call, explained))
    text = request.param("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "SOQL query is missing: the parameter q is required")
    if (request.param("columns") or "").lower() == "true":
        return Response.of_json(200, metadata.columns(call, text))
    options = request.headers.get("sforce-query-options", "")
    return Response.of_json(200, first(call, text, deleted, batch_size(call, options)).body(call))


def more(call: Call, locator: str) -> Response:
    """GET /query/{locator}."""
    return Response.of_json(200, following(call, locator).body(call))


def batch_size(call: Call, options: str) -> int:
    """The `batchSize` of Sforce-Query-Options where it is allowed, else the organization's own.

    It is a hint: `short_pages` makes the server answer smaller pages than asked for, as it does with wide records.
    """
    found = re.search(r"batchSize\s*=\s*(\d+)", options, re.IGNORECASE)
    asked = int(found[1]) if found and int(found[1]) in BATCHES else int(switch(call.store, "batch_size"))
    return min(asked, int(switch(call.store, "short_pages")) or asked)


def first(call: Call, text: str, deleted: bool, batch: int) -> Page:
    """Run a SELECT and answer its first page."""
    query = parse(text)
    sobject = source_of(query, call.schema)
    compiler = Compiler(call, query, sobject, Scope(deleted))
    if counts(query):
        return Page(int(call.store.db.execute(*compiler.count()).fetchone()[0]), [])
    if aggregates(query):
        return _aggregated(call, compiler, batch)
    shape = shape_of(query, compiler.names)
    ids = [each for (each,) in call.store.db.execute(*compiler.ids())]
    reading = Reading(text, deleted, batch)
    locator = keep(call, reading, ids) if len(ids) > batch else None
    return Page(len(ids), render(call, ids[:batch], shape, reading), locator)


def counts(query: Query) -> bool:
    """Whether the SELECT is `COUNT()`, which answers no records."""
    only = query.select[0]
    return isinstance(only, Function) and only.name == "COUNT" and only.argument is None and not query.group


def _aggregated(call: Call, compiler: Compiler, batch: int) -> Page:
    records = groups(call, compiler)
    if len(records) > batch:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise ApiError("EXCEEDED_ID_LIMIT", message)
    return Page(len(records), records)


def following(call: Call, text: str) -> Page:
    """The page that a locator leads to; INVALID_QUERY_LOCATOR when it is unknown or older than two days."""
    kept = follow(call, text)
    query = parse(kept.reading.text)
    names = Names(query, call.schema, source_of(query, call.schema))
    for step in kept.reading.way:
        inner = query.select[step]
        assert isinstance(inner, Query)  # the way was made from this text
        query, names = inner, Names(inner, call.schema, names.child(inner).sobject)
    return Page(kept.total, render(call, kept.ids, shape_of(query, names), kept.reading), kept.locator)
