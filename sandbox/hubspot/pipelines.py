"""The pipeline endpoints: definitions with their stages in order."""

from typing import Any

from sandbox.hubspot import definitions
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalog import Pipeline
from sandbox.hubspot.errors import Refusal
from sandbox.wire import Response

BORN = {"createdAt": "1970-01-01T00:00:00Z", "updatedAt": "1970-01-01T00:00:00Z", "archived": False}


def listing(call: Call) -> Response:
    """Every pipeline of a type."""
    every = definitions.pipelines(call.store, call.kind().kind)
    return call.reply(200, {"results": [_drawn(item, order) for order, item in enumerate(every)]})


def one(call: Call) -> Response:
    """One pipeline."""
    return call.reply(200, _found(call))


def stages(call: Call) -> Response:
    """The stages of one pipeline."""
    return call.reply(200, {"results": _found(call)["stages"]})


def stage(call: Call) -> Response:
    """One stage of one pipeline."""
    found = next((item for item in _found(call)["stages"] if item["id"] == call.args["stage"]), None)
    if found is None:
        raise Refusal(404, f"No stage found with id {call.args['stage']}", "OBJECT_NOT_FOUND")
    return call.reply(200, found)


def _found(call: Call) -> dict[str, Any]:
    every = enumerate(definitions.pipelines(call.store, call.kind().kind))
    found = next((_drawn(item, order) for order, item in every if item.id == call.args["pipeline"]), None)
    if found is None:
        raise Refusal(404, f"No pipeline found with id {call.args['pipeline']}", "OBJECT_NOT_FOUND")
    return found


def _drawn(pipeline: Pipeline, order: int) -> dict[str, Any]:
    drawn = [
        {"label": item.label, "displayOrder": place, "metadata": dict(item.metadata), "id": item.id, **BORN}
        for place, item in enumerate(pipeline.stages)
    ]
    stages_ = [{**item, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT"} for item in drawn]
    return {"label": pipeline.label, "displayOrder": order, "id": pipeline.id, "stages": stages_, **BORN}
