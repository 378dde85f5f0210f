"""New records, each under a reference of its own that the answer repeats."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.changes import Create, Outcome, Row, Status
from connectors.records import Ref
from connectors.salesforce import convert
from connectors.salesforce.answers import Fault, faults
from connectors.salesforce.fields import native, object_of
from connectors.salesforce.ids import id18
from connectors.salesforce.match import SILENT, full
from connectors.salesforce.paths import DATA

MAX = 25
"""Requests in one composite call, which counts as one call."""


def composite(kind: str, rows: Sequence[Row], keys: frozenset[str], headers: Mapping[str, str]) -> Mapping[str, Any]:
    """The body of the call; `keys` are the external ids, by which a record is found instead of made twice."""
    requests = [
        {"referenceId": f"row{at}", "httpHeaders": dict(headers), **_request(kind, row.change, keys)}
        for at, row in enumerate(rows)
        if isinstance(row.change, Create)
    ]
    return {"allOrNone": False, "collateSubrequests": False, "compositeRequest": requests}


def _request(kind: str, change: Create, keys: frozenset[str]) -> Mapping[str, Any]:
    sobject, key = f"{DATA}/sobjects/{object_of(kind)}", native(kind, change.key_field)
    fields = {native(kind, name): convert.write(name, value) for name, value in change.fields.items()}
    if key in keys:
        body = {name: value for name, value in fields.items() if name != key}
        return {"method": "PATCH", "url": f"{sobject}/{key}/{quote(change.key, safe='')}", "body": body}
    return {"method": "POST", "url": sobject, "body": {**fields, key: change.key}}


def outcomes(workspace: str, kind: str, rows: Sequence[Row], content: Any, request_id: str = "") -> tuple[Outcome, ...]:
    """An outcome for each row, joined by the reference; a row whose reference is missing or comes twice is UNKNOWN."""
    answers = content.get("compositeResponse") if isinstance(content, Mapping) else None
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in answers if isinstance(answers, list) else ():
        if isinstance(item, Mapping):
            found.setdefault(str(item.get("referenceId")), []).append(item)
    made: list[Outcome] = []
    for at, row in enumerate(rows):
        status, id_, fault = _read(found.get(f"row{at}", ()))
        ref = Ref(workspace, kind, id_) if id_ else None
        made.append(Outcome(row.key, status, ref, fault.code, fault.message, request_id))
    return tuple(made)


def _read(items: Sequence[Mapping[str, Any]]) -> tuple[Status, str, Fault]:
    """What one part says: 200 and 201 name the record, 300 to 499 refuse, anything else leaves it open."""
    if len(items) != 1:
        return Status.UNKNOWN, "", SILENT
    status, body = items[0].get("httpStatusCode"), items[0].get("body")
    made = full(body.get("id")) if isinstance(body, Mapping) and body.get("success") is True else ""
    # An id with a wrong character makes a read fail for all that are read with it; the record is found by its key.
    if status in (200, 201) and made and made == id18(made[:15]):
        return Status.APPLIED, made, Fault()
    found = faults(body)
    fault = found[0] if found else Fault(f"HTTP_{status}" if isinstance(status, int) else "")
    refused = isinstance(status, int) and 300 <= status < 500
    return (Status.REJECTED if refused else Status.UNKNOWN), "", fault
