"""The stage endpoints: the steps of one pipeline are read, added, replaced, changed and deleted."""

from dataclasses import replace
from typing import Any

from sandbox.hubspot import audit, bodies, definitions
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalog import Pipeline, Stage
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.pipelines import stage_drawn, stage_made, swap
from sandbox.hubspot.stage_facts import metadata
from sandbox.wire import Response


def _pipeline(call: Call) -> Pipeline:
    every = definitions.pipelines(call.store, call.kind().kind)
    found = next((item for item in every if item.id == call.args["pipeline"]), None)
    if found is None:
        raise Refusal(404, f"No pipeline found with id {call.args['pipeline']}", "OBJECT_NOT_FOUND")
    return found


def _stage(call: Call) -> tuple[Pipeline, Stage, int]:
    pipeline = _pipeline(call)
    for place, item in enumerate(pipeline.stages):
        if item.id == call.args["stage"]:
            return pipeline, item, place
    raise Refusal(404, f"No stage found with id {call.args['stage']}", "OBJECT_NOT_FOUND")


def listing(call: Call) -> Response:
    """The stages of one pipeline, in order."""
    every = _pipeline(call).stages
    return call.reply(200, {"results": [stage_drawn(item, place) for place, item in enumerate(every)]})


def one(call: Call) -> Response:
    """One stage of one pipeline."""
    _, item, place = _stage(call)
    return call.reply(200, stage_drawn(item, place))


def create(call: Call) -> Response:
    """201 with the new stage."""
    pipeline, body = _pipeline(call), call.body()
    made = stage_made(call, call.kind().kind, body)
    return _saved(call, 201, replace(pipeline, stages=(*pipeline.stages, made)), made, "CREATE")


def put(call: Call) -> Response:
    """The stage as the body describes it, in place of what it was."""
    pipeline, before, _ = _stage(call)
    made = replace(stage_made(call, call.kind().kind, call.body()), id=before.id, created=before.created)
    return _changed(call, pipeline, made)


def patch(call: Call) -> Response:
    """The stage with what the body names."""
    pipeline, before, _ = _stage(call)
    body, kind = call.body(), call.kind().kind
    order = bodies.integer(body["displayOrder"]) if body.get("displayOrder") is not None else before.order
    facts = metadata(kind, body["metadata"], before.metadata) if body.get("metadata") is not None else before.metadata
    label = str(body.get("label") or before.label)
    return _changed(call, pipeline, replace(before, label=label, order=order, metadata=facts, updated=call.now))


def _changed(call: Call, pipeline: Pipeline, made: Stage) -> Response:
    others = tuple(made if item.id == made.id else item for item in pipeline.stages)
    return _saved(call, 200, replace(pipeline, stages=others), made, "UPDATE")


def _saved(call: Call, status: int, pipeline: Pipeline, made: Stage, action: str) -> Response:
    labels = [item.label for item in pipeline.stages]
    if labels.count(made.label) > 1 or [item.id for item in pipeline.stages].count(made.id) > 1:
        raise Refusal(409, f"A stage named '{made.label}' already exists in this pipeline", "OBJECT_ALREADY_EXISTS")
    kind = call.kind().kind
    swap(call, kind, pipeline)
    audit.note(call, kind, made.id, action, _raw(call))
    return call.reply(status, stage_drawn(made, pipeline.stages.index(made)))


def _raw(call: Call) -> dict[str, Any]:
    return call.body() if call.request.body else {}


def delete(call: Call) -> Response:
    """204; the last stage stays, and one in use where the call asks (or its version makes it) look."""
    pipeline, item, _ = _stage(call)
    if len(pipeline.stages) == 1:
        raise invalid("The last stage of a pipeline cannot be deleted")
    kind = call.kind().kind
    audit.refuse_used(call, kind, pipeline.id, {item.id})
    swap(call, kind, replace(pipeline, stages=tuple(each for each in pipeline.stages if each.id != item.id)))
    audit.note(call, kind, item.id, "DELETE", {})
    return call.done()
