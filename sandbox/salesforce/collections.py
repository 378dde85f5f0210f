"""Up to 200 records in one call (2,000 to read), each with a result of its own, in the order given."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import methodcaller
from typing import Any

from sandbox.salesforce import writes
from sandbox.salesforce.bodies import many, texts
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import normalize
from sandbox.salesforce.rows import fetch, transaction
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.sobjects import body_of, key_field, listed, shown
from sandbox.salesforce.values import holders
from sandbox.wire import Request, Response

MOST = 200
MOST_READ = 2000
MOST_RUNS = 10
ROLLED_BACK = "Record rolled back because not all records were valid and the request was using AllOrNone header"
Result = dict[str, Any]


class Undone(Exception):
    """Not all rows could be saved and the caller wants all or none."""


def each_of(
    call: Call,
    all_or_none: bool,
    jobs: Sequence[Callable[[], Result]],
    refused: Callable[[ApiError], Result] = methodcaller("in_row"),
) -> list[Result]:
    """Run the jobs, each in a transaction of its own; with `all_or_none` one failure undoes and marks the others.

    `refused` writes the result of a job that failed.
    """
    results: list[Result] = []
    try:
        with transaction(call.store):
            results = [_one(call, job, refused) for job in jobs]
            if all_or_none and not all(result["success"] for result in results):
                raise Undone
    except Undone:
        back = ApiError("ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK).in_row()
        return [back if result["success"] else result for result in results]
    return results


def _one(call: Call, job: Callable[[], Result], refused: Callable[[ApiError], Result]) -> Result:
    try:
        with transaction(call.store):
            return job()
    except ApiError as error:
        return refused(error)


def saved(id18: str, **more: Any) -> Result:
    """The result of a row that was saved."""
    return {"id": id18, "success": True, "errors": [], **more}


def create(call: Call, request: Request) -> Response:
    """POST /composite/sobjects."""
    body, rows = _records(request)

    def job(row: dict[str, Any]) -> Result:
        return saved(writes.create(call, _type_of(call, row), row).id)

    return _answer(call, body, [partial(job, row) for row in rows])


def update(call: Call, request: Request) -> Response:
    """PATCH /composite/sobjects."""
    body, rows = _records(request)

    def job(row: dict[str, Any]) -> Result:
        sobject, id18, values = identified(call, row)
        return saved(writes.update(call, sobject, id18, values).id)

    return _answer(call, body, [partial(job, row) for row in rows])


def identified(call: Call, row: dict[str, Any]) -> tuple[SObject, str, dict[str, Any]]:
    """The type, id and other values of a row to update."""
    ids = [value for name, value in row.items() if name.lower() == "id"]
    if not ids:
        raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call", ())
    sobject, id18 = writes.dml_id(call, _type_of(call, row), ids[0])
    return sobject, id18, {name: value for name, value in row.items() if name.lower() != "id"}


def delete(call: Call, request: Request) -> Response:
    """DELETE /composite/sobjects?ids=…"""
    ids = [each for each in (request.param("ids") or "").split(",") if each]
    if not ids:
        raise ApiError("REQUIRED_FIELD_MISSING", "At least 1 Id is required.")
    _within(len(ids), MOST)

    def job(text: str) -> Result:
        sobject, id18 = writes.dml_id(call, None, text)
        writes.delete(call, sobject, id18)
        return saved(id18)

    wanted = {"allOrNone": (request.param("allOrNone") or "").lower() == "true"}
    return _answer(call, wanted, [partial(job, text) for text in ids])


def upsert(call: Call, request: Request, name: str, key: str) -> Response:
    """PATCH /composite/sobjects/{type}/{external id field}."""
    sobject = call.sobject(name)
    field = key_field(sobject, key)
    body, rows = _records(request)
    return _answer(call, body, [partial(put, call, sobject, field.name, row) for row in rows])


def put(call: Call, sobject: SObject, key: str, row: dict[str, Any]) -> Result:
    """Create the row or change the record that its key names."""
    values = {name: value for name, value in row.items() if name.lower() not in (key.lower(), "attributes")}
    value = next((value for name, value in row.items() if name.lower() == key.lower()), None)
    if value is None:
        if key != "Id":
            raise ApiError("MISSING_ARGUMENT", f"{key} not specified", ())
        return saved(writes.create(call, sobject, values).id, created=True)
    if key == "Id":
        return saved(writes.update(call, *writes.dml_id(call, sobject, value), values).id, created=False)
    rows = holders(call.store, sobject, key, value)
    if len(rows) > 1:
        message = f"{key}: more than one record found for external id field: {[found.id for found in rows]}"
        raise ApiError("DUPLICATE_EXTERNAL_ID", message, ())
    if not rows:
        return saved(writes.create(call, sobject, {**values, key: value}).id, created=True)
    return saved(writes.update(call, sobject, rows[0].id, values).id, created=False)


def read(call: Call, request: Request, name: str) -> Response:
    """POST (or GET) /composite/sobjects/{type}: the records of up to 2,000 ids, null for each that is not there."""
    sobject = call.sobject(name)
    body = body_of(request) if request.method == "POST" else _asked(request)
    ids, fields = many(body, "ids"), texts(body, "fields")
    _within(len(ids), MOST_READ)
    for each in fields:
        listed(sobject, each)
    wanted = [normalize(str(each)) for each in ids]
    if None in wanted:
        raise ApiError("MALFORMED_ID", f"malformed id {ids[wanted.index(None)]}")
    rows = fetch(call.store, sobject.kind, [each for each in wanted if each])
    found = [rows.get(each or "") for each in wanted]
    names = ",".join(["Id", *(each for each in fields if each.lower() != "id")])
    return Response.of_json(
        200, [shown(call, sobject, row, names) if row and not row.archived else None for row in found]
    )


def _asked(request: Request) -> dict[str, Any]:
    return {name: [each for each in (request.param(name) or "").split(",") if each] for name in ("ids", "fields")}


def _records(request: Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    body = body_of(request)
    rows = body.get("records")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ApiError("JSON_PARSER_ERROR", "records must be a list of objects at [line:1, column:2]")
    _within(len(rows), MOST)
    types = [str((row.get("attributes") or {}).get("type", "")).lower() for row in rows]
    runs = sum(1 for index, kind in enumerate(types) if index == 0 or kind != types[index - 1])
    if runs > MOST_RUNS:
        raise ApiError("INVALID_BATCH_SIZE", f"The request has {runs} chunks of object types; {MOST_RUNS} are allowed.")
    return body, rows


def _within(count: int, most: int) -> None:
    if count > most:
        raise ApiError(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records in this call"
        )


def _type_of(call: Call, row: dict[str, Any]) -> SObject:
    name = str((row.get("attributes") or {}).get("type", ""))
    sobject = call.schema.get(name)
    if sobject is None:
        message = f"sObject type '{name}' is not supported." if name else "Object type is missing in attributes"
        raise ApiError("INVALID_TYPE", message, ())
    return sobject


def _answer(call: Call, body: dict[str, Any], jobs: Sequence[Callable[[], Result]]) -> Response:
    return Response.of_json(200, each_of(call, body.get("allOrNone") is True, jobs))
