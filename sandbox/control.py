"""The sandbox's own endpoints under `/_sandbox`: look at what happened, move time, script faults, edit records."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox import openapi
from sandbox.edits import edit
from sandbox.faults import parse
from sandbox.hubspot.deliveries import waiting
from sandbox.settings import all_settings, change
from sandbox.wire import Request, Response

if TYPE_CHECKING:
    from sandbox.app import Sandbox

Control = Callable[["Sandbox", Request], Any]
# An id in a path: HubSpot's are numbers of their own segment, Salesforce's 15 or 18 letters and digits.
ID = re.compile(r"(?<=/)(\d{2,}(?=/|$)|(?=\w*\d)[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?(?=/|$)|0r8\w+-\d+(?=/|$))")


def handle(sandbox: "Sandbox", request: Request) -> Response:
    """Answer one control call; 404 for an unknown one, 400 with a reason for a bad order."""
    call = CALLS.get((request.method, request.path.removeprefix("/_sandbox").strip("/")))
    if call is None:
        known = ", ".join(sorted(f"{method} /_sandbox/{name}" for method, name in CALLS))
        return Response.of_json(404, {"message": f"not one of: {known}"})
    try:
        return Response.of_json(200, call(sandbox, request))
    except (KeyError, ValueError, TypeError, OverflowError, re.error) as wrong:
        return Response.of_json(400, {"message": f"{type(wrong).__name__}: {wrong}"})


def ordered(request: Request) -> dict[str, Any]:
    """The JSON object of an order; `ValueError` for anything else."""
    found = request.json()
    if not isinstance(found, dict):
        raise ValueError("give a JSON object")
    return found


def ledger(sandbox: "Sandbox", request: Request) -> Any:
    """Every effective mutation in order, those after sequence number `?after=`."""
    return {"results": list(sandbox.store.ledger(int(request.param("after", "0") or 0)))}


def truth(sandbox: "Sandbox", _: Request) -> Any:
    """Which records are the same real thing."""
    names = ("crm", "kind", "id", "entity", "note")
    rows = sandbox.store.db.execute("SELECT crm, kind, id, entity, note FROM truth ORDER BY crm, kind, id")
    return {"results": [dict(zip(names, row, strict=True)) for row in rows]}


def metrics(sandbox: "Sandbox", _: Request) -> Any:
    """Calls counted by CRM, method, path template and status (0: dropped)."""
    counts: dict[tuple[str, str, str, int], int] = {}
    sql = "SELECT crm, method, path, status, count(*) FROM call GROUP BY crm, method, path, status"
    for crm, method, path, status, number in sandbox.store.db.execute(sql):
        key = (crm, method, ID.sub("{id}", path), status)
        counts[key] = counts.get(key, 0) + number
    names = ("crm", "method", "path", "status")
    results = [{**dict(zip(names, key, strict=True)), "calls": number} for key, number in sorted(counts.items())]
    return {"calls": sum(counts.values()), "results": results}


def read_clock(sandbox: "Sandbox", _: Request) -> Any:
    """The sandbox's present."""
    return {"now_ms": sandbox.clock.now_ms(), "frozen": sandbox.clock.frozen}


def set_clock(sandbox: "Sandbox", request: Request) -> Any:
    """Move or stop time: {set_ms | advance_seconds | freeze | resume}."""
    sandbox.clock.change(ordered(request))
    return read_clock(sandbox, request)


def add_faults(sandbox: "Sandbox", request: Request) -> Any:
    """Follow a fault script: {title, modes, seed, rules}, a list of rules, or one rule; its rules hold from now on."""
    script = parse(request.json())
    sandbox.faults.follow(script, sandbox.clock.now_ms())
    return {"added": len(script.rules)}


def clear_faults(sandbox: "Sandbox", _: Request) -> Any:
    """Forget the script; tokens that it let expire are good again."""
    sandbox.faults.clear()
    sandbox.expired.clear()
    return {"rules": 0}


def make_edit(sandbox: "Sandbox", request: Request) -> Any:
    """A person or a workflow changes a record now."""
    edit(sandbox.store, sandbox.clock.now_ms(), ordered(request))
    return {"edited": True}


def read_settings(sandbox: "Sandbox", _: Request) -> Any:
    """Every switch and its present value."""
    return all_settings(sandbox.store)


def change_settings(sandbox: "Sandbox", request: Request) -> Any:
    """Set switches: {crm: {name: value}}."""
    change(sandbox.store, ordered(request))
    return all_settings(sandbox.store)


def errors(sandbox: "Sandbox", _: Request) -> Any:
    """Bugs of the sandbox itself, with their traces; empty in a healthy run."""
    return {"results": sandbox.errors}


def webhooks(sandbox: "Sandbox", _: Request) -> Any:
    """HubSpot's events that have not been delivered; `POST /_sandbox/webhooks` sends what is due."""
    return {"results": waiting(sandbox.store)}


def schema(_: "Sandbox", __: Request) -> Any:
    """Everything that the sandbox answers, as an OpenAPI 3.1 document."""
    return openapi.document(CALLS)


CALLS: dict[tuple[str, str], Control] = {
    ("GET", "ledger"): ledger,
    ("GET", "truth"): truth,
    ("GET", "metrics"): metrics,
    ("GET", "clock"): read_clock,
    ("POST", "clock"): set_clock,
    ("POST", "faults"): add_faults,
    ("DELETE", "faults"): clear_faults,
    ("POST", "edit"): make_edit,
    ("GET", "settings"): read_settings,
    ("POST", "settings"): change_settings,
    ("GET", "errors"): errors,
    ("GET", "webhooks"): webhooks,
    ("GET", "openapi.json"): schema,
}
