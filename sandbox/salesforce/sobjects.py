"""One record by id or external id: GET, POST, PATCH, DELETE, and the conditions that headers set."""

import base64
import hashlib
from typing import Any

from sandbox.salesforce import writes
from sandbox.salesforce.errors import ApiError, deleted, not_found
from sandbox.salesforce.ids import normalize
from sandbox.salesforce.rows import CRM, value_of
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.times import http_date, http_time
from sandbox.salesforce.values import holders
from sandbox.store import Row
from sandbox.wire import Request, Response

TELLS_CREATED = 46.0
NO_FIELD = "Provided external ID field does not exist or is not accessible: "


def read(call: Call, request: Request, name: str, id_text: str) -> Response:
    """GET /sobjects/{type}/{id}, all fields or those of `?fields=`."""
    sobject = call.sobject(name)
    row = found(call, sobject, id_text)
    if refused := unmet(request, row):
        return refused
    headers = {"Last-Modified": http_date(row.modified), **({"ETag": etag(row)} if row.kind == "company" else {})}
    return Response.of_json(200, shown(call, sobject, row, asked(request)), headers)


def read_by_key(call: Call, request: Request, name: str, key: str, value: str) -> Response:
    """GET /sobjects/{type}/{external id field}/{value}."""
    sobject = call.sobject(name)
    rows = holders(call.store, sobject, key_field(sobject, key).name, value)
    if not rows:
        raise not_found()
    return several(call, sobject, rows) or Response.of_json(200, shown(call, sobject, rows[0], asked(request)))


def create(call: Call, request: Request, name: str) -> Response:
    """POST /sobjects/{type}."""
    sobject = call.sobject(name)
    return created(call, sobject, writes.create(call, sobject, body_of(request)), {})


def update(call: Call, request: Request, name: str, id_text: str) -> Response:
    """PATCH /sobjects/{type}/{id}."""
    sobject = call.sobject(name)
    values = without_id(body_of(request))
    row = found(call, sobject, own_id(sobject, id_text))
    if refused := unmet(request, row):
        return refused
    writes.update(call, sobject, row.id, values)
    return Response(204)


def delete(call: Call, request: Request, name: str, id_text: str) -> Response:
    """DELETE /sobjects/{type}/{id}."""
    sobject = call.sobject(name)
    writes.delete(call, sobject, found(call, sobject, own_id(sobject, id_text)).id)
    return Response(204)


def upsert(call: Call, request: Request, name: str, key: str, value: str) -> Response:
    """PATCH /sobjects/{type}/{external id field}/{value}: 201 when it makes a record, 200 when it changes one.

    Up to version 45 a change answers 204 and a create says nothing of `created` (recorded at 26).
    """
    modern = float(call.version) >= TELLS_CREATED
    sobject = call.sobject(name)
    field = key_field(sobject, key)
    values = without_id(body_of(request))
    if field.name in values:
        message = f"The {field.name} field should not be specified in the sobject data."
        raise ApiError("INVALID_FIELD", message, (field.name,))
    rows = holders(call.store, sobject, field.name, value)
    if refused := several(call, sobject, rows) or (unmet(request, rows[0]) if rows else None):
        return refused
    if not rows:
        row = writes.create(call, sobject, {**values, field.name: value})
        return created(call, sobject, row, {"created": True} if modern else {})
    writes.update(call, sobject, rows[0].id, values)
    if not modern:
        return Response(204)
    return Response.of_json(200, {"id": rows[0].id, "success": True, "errors": [], "created": False})


def created(call: Call, sobject: SObject, row: Row, more: dict[str, Any]) -> Response:
    """The answer to a create."""
    location = {"Location": f"{call.base}/sobjects/{sobject.name}/{row.id}"}
    return Response.of_json(201, {"id": row.id, "success": True, "errors": [], **more}, location)


def several(call: Call, sobject: SObject, rows: list[Row]) -> Response | None:
    """300 with the addresses of the records, when a key belongs to more than one."""
    if len(rows) < 2:
        return None
    return Response.of_json(300, [f"{call.base}/sobjects/{sobject.name}/{row.id}" for row in rows])


def found(call: Call, sobject: SObject, id_text: str) -> Row:
    """The live record of an id in an address."""
    id18 = normalize(id_text)
    if id18 is None:
        raise ApiError("NOT_FOUND", NO_FIELD + id_text)
    row = call.store.get(CRM, sobject.kind, id18)
    if row is None:
        raise not_found()
    if row.archived:
        raise deleted()
    return row


def own_id(sobject: SObject, id_text: str) -> str:
    """An id to write to; MALFORMED_ID for one of another type."""
    id18 = normalize(id_text)
    if id18 is not None and id18[:3] != sobject.prefix:
        raise writes.wrong_id(sobject, id_text)
    return id_text


def key_field(sobject: SObject, name: str) -> Field:
    """A field that records can be looked up by."""
    field = sobject.field(name)
    if field is None or not (field.external_id or field.name == "Id" or "l" in field.flags):
        raise ApiError("NOT_FOUND", NO_FIELD + name)
    return field


def shown(call: Call, sobject: SObject, row: Row, fields: str | None) -> dict[str, Any]:
    """A record with all its fields or the listed ones."""
    chosen = list(sobject.fields.values())
    if fields is not None:
        chosen = [listed(sobject, name.strip()) for name in fields.split(",") if name.strip()]
    attributes = {"type": sobject.name, "url": f"{call.base}/sobjects/{sobject.name}/{row.id}"}
    return {"attributes": attributes, **{field.name: value_of(row, field) for field in chosen}}


def asked(request: Request) -> str | None:
    """The `fields` of a request; the id comes along unasked (the vendor's composite batch example)."""
    fields = request.param("fields")
    if fields is None or "id" in (name.strip().lower() for name in fields.split(",")):
        return fields
    return f"{fields},Id"


def listed(sobject: SObject, name: str) -> Field:
    """A field of `?fields=`; INVALID_FIELD otherwise."""
    field = sobject.field(name)
    if field is None:
        raise ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    return field


def etag(row: Row) -> str:
    """The entity tag, which the vendor gives for accounts only."""
    return f'"{base64.b64encode(hashlib.sha1(f"{row.id} {row.modified}".encode()).digest()).decode()}"'  # noqa: S324


def unmet(request: Request, row: Row) -> Response | None:
    """304 or 412 where a header's condition does not hold; times compare to the second, tags on accounts only.

    Values that cannot be read are refused where something is written and skipped where something is read.
    """
    strict = request.method in ("PATCH", "POST")
    headers, modified = request.headers, row.modified // 1000 * 1000
    limit = _time(headers.get("if-unmodified-since"), strict)
    if limit is not None and modified > limit:
        return Response(412)
    if row.kind == "company":
        wanted, known = (_tags(headers.get(name), strict) for name in ("if-match", "if-none-match"))
        if wanted and not _tagged(wanted, row):
            return Response(412)
        if known:
            return Response(412 if strict else 304) if _tagged(known, row) else None
    since = None if strict else _time(headers.get("if-modified-since"), strict)
    return Response(304) if since is not None and modified <= since else None


def _tags(text: str | None, strict: bool) -> list[str]:
    """The tags of a list: quoted or `*`, perhaps weak, perhaps marked as those of a compressed answer."""
    tags = [tag.strip().removeprefix("W/") for tag in (text or "").split(",") if tag.strip()]
    if not all(tag == "*" or (len(tag) > 1 and tag[0] == tag[-1] == '"') for tag in tags):
        if strict:
            raise ApiError("INVALID_HTTP_HEADER", f"not a list of entity tags: {text}")
        return []
    return tags


def _tagged(tags: list[str], row: Row) -> bool:
    own = etag(row)
    return any(tag in ("*", own, f'{own[:-1]}-gzip"') for tag in tags)


def _time(text: str | None, strict: bool) -> int | None:
    found = http_time(text)
    if found is None and text is not None and strict:
        raise ApiError("INVALID_HTTP_HEADER", f"not an HTTP date: {text}")
    return found


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request; JSON_PARSER_ERROR otherwise."""
    value = json_of(request)
    if not isinstance(value, dict):
        raise ApiError(
            "JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object at [line:1, column:1]"
        )
    return value


def json_of(request: Request) -> Any:
    """The JSON of a request; UNSUPPORTED_MEDIA_TYPE or JSON_PARSER_ERROR otherwise."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", f"content type '{kind}' is not supported")
    try:
        return request.json()
    except ValueError:
        message = "The HTTP entity body is required, but this request has no readable JSON at [line:1, column:1]"
        raise ApiError("JSON_PARSER_ERROR", message) from None


def without_id(values: dict[str, Any]) -> dict[str, Any]:
    """The values of an update by address, which must not repeat the id."""
    if any(name.lower() == "id" for name in values):
        raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.", ("Id",))
    return values
