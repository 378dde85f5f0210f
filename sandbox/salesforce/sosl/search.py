"""GET /search and /parameterizedSearch: the records whose words a search finds, type after type."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sandbox.salesforce.bodies import objects, texts, whole
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.locators import Reading
from sandbox.salesforce.rows import CRM, full_name
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.sobjects import body_of
from sandbox.salesforce.soql.compiler import Compiler, Scope
from sandbox.salesforce.soql.names import source_of
from sandbox.salesforce.soql.parser import parse as parse_select
from sandbox.salesforce.soql.records import Record, render, shape_of
from sandbox.salesforce.sosl.statement import MOST, SCOPES, Statement, Wanted, parse
from sandbox.salesforce.sosl.words import Test, compiled, words_of
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import SECOND
from sandbox.store import Row
from sandbox.wire import Request, Response

BLOCK = 5000
TEXTS = frozenset({"string", "textarea", "email", "phone", "url", "combobox"})
NAMES = frozenset({"FirstName", "LastName"})
OBJECT_ANSWERS = 37.0  # before this version the answer was the bare list


def sosl(call: Call, request: Request) -> Response:
    """GET /search?q="""
    text = request.param("q")
    if text is None:
        raise ApiError("MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.")
    return _answer(call, found(call, parse(text)))


def parameterized(call: Call, request: Request) -> Response:
    """GET /parameterizedSearch?q= and POST with the same in a JSON body."""
    asked = body_of(request) if request.method == "POST" else _in_address(request)
    text = asked.get("q")
    if not text:
        raise ApiError("MALFORMED_SEARCH", "q is required")
    scope = str(asked.get("in") or "ALL").upper()
    if scope not in SCOPES:
        raise ApiError("INVALID_SEARCH_SCOPE", f"{scope} is not a search scope")
    limit = min(whole(asked, "overallLimit") or MOST, MOST)
    types = objects(asked, "sobjects")
    wanted = tuple(_wanted(each, asked) for each in types) if types else None
    plain = re.sub(r"[&|!{}\[\]^~:-]", r"\\\g<0>", str(text))
    return _answer(call, found(call, Statement(plain, plain, 0, scope, wanted, limit)))


def _in_address(request: Request) -> dict[str, Any]:
    names = [value for name, value in request.query if name == "sobject"]
    types = [
        {
            "name": name,
            "fields": _listed(request.param(f"{name}.fields")),
            "limit": request.param(f"{name}.limit"),
            "where": request.param(f"{name}.where"),
        }
        for name in names
    ]
    plain = {name: request.param(name) for name in ("q", "in", "overallLimit", "defaultLimit")}
    return {**plain, "fields": _listed(request.param("fields")), "sobjects": types}


def _listed(text: str | None) -> list[str]:
    return [each.strip() for each in (text or "").split(",") if each.strip()]


def _wanted(spec: dict[str, Any], asked: dict[str, Any]) -> Wanted:
    limit = whole(spec, "limit") or whole(asked, "defaultLimit")
    rest = [f"WHERE {spec['where']}" if spec.get("where") else "", f"LIMIT {limit}" if limit else ""]
    fields = texts(spec, "fields") or texts(asked, "fields") or ["Id"]
    return Wanted(str(spec.get("name")), ", ".join(fields), " ".join(part for part in rest if part))


def _answer(call: Call, records: list[Record]) -> Response:
    return Response.of_json(200, {"searchRecords": records} if float(call.version) >= OBJECT_ANSWERS else records)


def found(call: Call, statement: Statement) -> list[Record]:
    """The records of a search; INVALID_TYPE and SOQL's errors for what is to be returned."""
    test = compiled(statement.find, statement.text, statement.at)
    records: list[Record] = []
    for wanted in statement.wanted or _everything(call):
        records += _of_type(call, statement, wanted, test)
    return records[: statement.limit]


def _everything(call: Call) -> Iterator[Wanted]:
    return (Wanted(each.name) for each in call.schema.sobjects.values() if "searchable" in each.abilities)


def _of_type(call: Call, statement: Statement, wanted: Wanted, test: Test) -> list[Record]:
    """The SELECT that the wanted fields make, over the records that the search finds."""
    text = f"SELECT {wanted.fields} FROM {wanted.name} {wanted.rest}"  # noqa: S608 - SOQL, which its parser judges
    query = parse_select(text)
    sobject = source_of(query, call.schema)
    compiler = Compiler(call, replace(query, limit=None, offset=0), sobject, Scope())
    hits = {row.id for row in _rows(call, sobject) if test(_texts(sobject, row, statement.scope))}
    ids = [each for (each,) in call.store.db.execute(*compiler.ids()) if each in hits]
    chosen = ids[query.offset :][: query.limit]
    return render(call, chosen, shape_of(query, compiler.names), Reading(text, False, len(chosen)))


def _rows(call: Call, sobject: SObject) -> Iterator[Row]:
    """The records that are in the index, which `search_lag_seconds` keeps behind the records."""
    indexed = call.now - int(switch(call.store, "search_lag_seconds")) * SECOND
    where = "crm=? AND kind=? AND archived=0 AND seq > ?"
    last = -1
    while rows := call.store.rows(where, (CRM, sobject.kind, last), limit=BLOCK):
        last = rows[-1].seq
        yield from (row for row in rows if row.modified // SECOND * SECOND <= indexed)


def _texts(sobject: SObject, row: Row, scope: str) -> list[list[str]]:
    """The words of each value that the scope looks at."""
    values = [row.fields.get(field.name) for field in sobject.fields.values() if _in_scope(field, scope)]
    name = [full_name(row.fields)] if scope in ("ALL", "NAME", "SIDEBAR") and "LastName" in row.fields else []
    return [words_of(str(value)) for value in [*name, *values] if value]


def _in_scope(field: Field, scope: str) -> bool:
    named = "m" in field.flags or field.name in NAMES
    if scope == "ALL":
        return field.type in TEXTS
    if scope == "SIDEBAR":
        return named or field.type in ("email", "phone")
    return named if scope == "NAME" else field.type == scope.lower()
