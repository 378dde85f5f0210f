"""The pipeline endpoints: pipelines and stages are read, added, changed, deleted and brought back, and who did it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.hubspot import audit, bodies, definitions
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalog import Pipeline, Stage, stage_of
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.stage_facts import metadata
from sandbox.hubspot.times import iso
from sandbox.wire import Response

MAX_STAGES: Mapping[str, int] = {"deal": 100, "ticket": 100}  # custom types too; 30 for all others (documented)
FIRST_ID = 2_000_000_000


def listing(call: Call) -> Response:
    """Every live pipeline of a type, in order."""
    every = definitions.pipelines(call.store, _kind(call))
    return call.reply(200, {"results": [drawn(item, place) for place, item in enumerate(every)]})


def _kind(call: Call) -> str:
    item = call.kind()
    if stage_of(item.kind) is None:
        raise invalid(f"Pipelines are not supported for object type {item.type_id}")
    return item.kind


def one(call: Call) -> Response:
    """One pipeline."""
    item, place = _found(call)
    return call.reply(200, drawn(item, place))


def _found(call: Call) -> tuple[Pipeline, int]:
    """The live pipeline that the path names and its place."""
    for place, item in enumerate(definitions.pipelines(call.store, _kind(call))):
        if item.id == call.args["pipeline"]:
            return item, place
    raise Refusal(404, f"No pipeline found with id {call.args['pipeline']}", "OBJECT_NOT_FOUND")


def create(call: Call) -> Response:
    """201 with the pipeline and its stages."""
    kind, body = _kind(call), call.body()
    made = _described(call, kind, body, _new_id(call))
    _keep(call, kind, [*definitions.every_pipeline(call.store, kind), made])
    audit.note(call, kind, made.id, "CREATE", body)
    return call.reply(201, drawn(*_placed(call, kind, made.id)))


def _described(call: Call, kind: str, body: Mapping[str, Any], pipeline_id: str) -> Pipeline:
    missing = [name for name in ("label", "displayOrder", "stages") if body.get(name) is None]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    stages = tuple(stage_made(call, kind, part) for part in bodies.many(body["stages"]))
    limit = 100 if kind.startswith("2-") else MAX_STAGES.get(kind, 30)
    if len(stages) > limit:
        raise invalid(f"A pipeline can have at most {limit} stages")
    if len({item.label for item in stages}) < len(stages):
        raise invalid("Stage labels must be unique within a pipeline")
    _refuse_label(call, kind, str(body["label"]), pipeline_id)
    order = bodies.integer(body["displayOrder"])
    return Pipeline(pipeline_id, str(body["label"]), _sorted(stages), order, call.now, call.now)


def _refuse_label(call: Call, kind: str, label: str, pipeline_id: str) -> None:
    if any(item.label == label and item.id != pipeline_id for item in definitions.pipelines(call.store, kind)):
        raise Refusal(409, f"A pipeline named '{label}' already exists", "OBJECT_ALREADY_EXISTS")


def stage_made(call: Call, kind: str, part: Mapping[str, Any]) -> Stage:
    """A new stage as a body describes it; an id given as `stageId` is taken, else it is a number."""
    missing = [name for name in ("label", "displayOrder") if part.get(name) is None]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    facts, order = metadata(kind, part.get("metadata"), {}), bodies.integer(part["displayOrder"])
    given = str(part.get("stageId") or _new_id(call))
    return Stage(given, str(part["label"]), facts, order, call.now, call.now)


def _new_id(call: Call) -> str:
    """Pipelines and stages are numbered together."""
    number = int(call.store.setting("hubspot", "pipeline_id", FIRST_ID)) + 1
    call.store.set("hubspot", "pipeline_id", number)
    return str(number)


def _sorted(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Stages in the order that they ask for; equal ones by label (documented)."""
    places = {item.id: place if item.order is None else item.order for place, item in enumerate(stages)}
    return tuple(sorted(stages, key=lambda item: (places[item.id], item.label)))


def _keep(call: Call, kind: str, every: list[Pipeline]) -> None:
    places = {item.id: place if item.order is None else item.order for place, item in enumerate(every)}
    definitions.set_pipelines(call.store, kind, sorted(every, key=lambda item: (places[item.id], item.label)))


def _placed(call: Call, kind: str, pipeline_id: str) -> tuple[Pipeline, int]:
    every = definitions.pipelines(call.store, kind)
    return next((item, place) for place, item in enumerate(every) if item.id == pipeline_id)


def swap(call: Call, kind: str, changed: Pipeline) -> None:
    """Put a changed pipeline in the place of the one with its id."""
    every = definitions.every_pipeline(call.store, kind)
    fresh = replace(changed, updated=call.now, stages=_sorted(changed.stages))
    _keep(call, kind, [fresh if item.id == changed.id else item for item in every])


def put(call: Call) -> Response:
    """The pipeline as the body describes it, in place of what it was; stages that it no longer has must be unused."""
    kind, body = _kind(call), call.body()
    before, _ = _found(call)
    kept = {item.label: item for item in before.stages}
    after = _described(call, kind, body, before.id)
    stages = tuple(replace(item, id=kept[item.label].id) if item.label in kept else item for item in after.stages)
    audit.refuse_used(call, kind, before.id, {item.id for item in before.stages} - {item.id for item in stages})
    swap(call, kind, replace(after, stages=stages, created=before.created))
    audit.note(call, kind, before.id, "UPDATE", body)
    return call.reply(200, drawn(*_placed(call, kind, before.id)))


def patch(call: Call) -> Response:
    """The pipeline with another label or place, or brought back from the archive."""
    kind, body = _kind(call), call.body()
    if body.get("archived") is False:
        _restore(call, kind)
    before, _ = _found(call)
    order = bodies.integer(body["displayOrder"]) if body.get("displayOrder") is not None else before.order
    _refuse_label(call, kind, str(body.get("label") or before.label), before.id)
    swap(call, kind, replace(before, label=str(body.get("label") or before.label), order=order))
    audit.note(call, kind, before.id, "UPDATE", body)
    return call.reply(200, drawn(*_placed(call, kind, before.id)))


def _restore(call: Call, kind: str) -> None:
    """`archived` may be named for a pipeline in the archive alone (documented)."""
    every = definitions.every_pipeline(call.store, kind)
    gone = next((item for item in every if item.id == call.args["pipeline"] and item.archived), None)
    if gone is None:
        raise invalid("archived can only be set to false for an archived pipeline")
    swap(call, kind, replace(gone, archived=False))


def delete(call: Call) -> Response:
    """204; the last pipeline stays, and one in use where the call asks (or its version makes it) look."""
    kind = _kind(call)
    item, _ = _found(call)
    if len(definitions.pipelines(call.store, kind)) == 1:
        raise invalid("The last pipeline of an object type cannot be deleted")
    audit.refuse_used(call, kind, item.id, {stage.id for stage in item.stages})
    swap(call, kind, replace(item, archived=True))
    audit.note(call, kind, item.id, "DELETE", {})
    return call.done()


def drawn(item: Pipeline, place: int) -> dict[str, Any]:
    """A pipeline as the API shows it."""
    shown = [stage_drawn(stage, order) for order, stage in enumerate(item.stages)]
    order = place if item.order is None else item.order
    times = {"createdAt": iso(item.created), "updatedAt": iso(item.updated), "archived": item.archived}
    return {"label": item.label, "displayOrder": order, "id": item.id, "stages": shown, **times}


def stage_drawn(item: Stage, place: int) -> dict[str, Any]:
    """A stage as the API shows it."""
    return {
        "label": item.label,
        "displayOrder": place if item.order is None else item.order,
        "metadata": dict(item.metadata),
        "id": item.id,
        "createdAt": iso(item.created),
        "updatedAt": iso(item.updated),
        "archived": False,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }
