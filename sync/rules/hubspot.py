"""The gate's rules as HubSpot's pipeline rules, the body of `PUT /crm/pipelines-rules/2026-09/0-3/PIPELINE`.

The form is that of HubSpot's guide to its Pipeline Rules API. What a stage requires stands in conditional properties,
which no API reads or writes: those are told, for a person to set them in HubSpot's settings.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from connectors.errors import UsageError
from connectors.records import ObjectSpec, Pipeline
from connectors.values import Json
from hygiene.check import RowCheck
from hygiene.checks.required_field import LINKED, RequiredField
from hygiene.checks.stage_return import StageReturn
from hygiene.checks.stage_skip import StageSkip
from sync.rules import Drift, Export, LeftOut

FOLDER, RULES = PurePosixPath("pipelines-rules/0-3"), "governanceValidationRules"
SKIPPING, BACKWARDS, CREATION = "noSkippingStagesRule", "noBackwardsMovementRule", "objectCreationRule"
STAGES, ALL = "pipelineStageIds", "enabledForAllStages"
BY_HAND = "no API: set it in Settings > Objects > Deals > Pipelines, conditional logic of the stage"
Body = dict[str, dict[str, dict[str, Json]]]


def export(rules: Sequence[RowCheck], pipeline: Pipeline, spec: ObjectSpec) -> Export:
    """The pipeline's rules in one file, and what has to be set by hand."""
    skips = [check for check in rules if isinstance(check, StageSkip)]
    returns = [check for check in rules if isinstance(check, StageReturn) and check.least == 1]
    body: Body = {
        RULES: {
            BACKWARDS: {ALL: bool(returns), STAGES: []},
            SKIPPING: _skipping(skips, pipeline),
            CREATION: {STAGES: []},
        }
    }
    text = json.dumps(body, indent=2, sort_keys=True) + "\n"
    left = tuple(item for check in rules for item in _left_out(check, pipeline, spec))
    return Export({str(FOLDER / f"{pipeline.id}.json"): text}, left)


def drift(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Drift]:
    """How rules as HubSpot answered with them differ from ours; `theirs` are texts by path, whatever folder."""
    there = {PurePosixPath(path).name: _rules(path, text) for path, text in theirs.items() if path.endswith(".json")}
    for path, text in ours.items():
        found = there.get(PurePosixPath(path).name)
        if found is None:
            yield Drift(path, "is missing")
            continue
        for name, rule in _rules(path, text).items():
            if _folded(rule) != _folded(found.get(name, {})):
                yield Drift(path, f"{name} is another one")


def _skipping(checks: Sequence[StageSkip], pipeline: Pipeline) -> dict[str, Json]:
    """What no check lets pass may not be skipped."""
    free = [{name.casefold() for name in check.optional} for check in checks]
    if any(not names for names in free):
        return {ALL: True, STAGES: []}
    held: list[Json] = [
        stage.id
        for stage in pipeline.stages
        if not stage.closed and any(names.isdisjoint((stage.id.casefold(), stage.label.casefold())) for names in free)
    ]
    return {ALL: False, STAGES: held}


def _left_out(check: RowCheck, pipeline: Pipeline, spec: ObjectSpec) -> Iterator[LeftOut]:
    match check:
        case RequiredField():
            for stage in pipeline.stages:
                asked = check.asked(pipeline, stage)
                names = [name if name in LINKED else _native(spec, name) for name in asked]
                if names:
                    yield LeftOut(check.label, f"{stage.label}: {', '.join(names)}", BY_HAND)
        case StageSkip() if not check.won:
            yield LeftOut(check.label, "winning from any stage", "stricter: HubSpot lets no stage be skipped then")
        case StageReturn() if check.least > 1:
            yield LeftOut(check.label, f"going back by {check.least} stages", "HubSpot forbids every step back or none")
        case StageSkip() | StageReturn():
            return
        case _:
            yield LeftOut(check.label, "all of it", "only the gate itself can ask it")


def _native(spec: ObjectSpec, name: str) -> str:
    field = spec.field(name)
    return field.native if field else name


def _rules(path: str, text: str) -> dict[str, dict[str, Json]]:
    """The rules of a body or an answer; `UsageError` for what is none."""
    try:
        found = json.loads(text)[RULES]
        return {name: dict(found[name]) for name in (BACKWARDS, SKIPPING, CREATION) if name in found}
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: no answer of HubSpot's Pipeline Rules API", "Fetch it again") from None


def _folded(rule: Mapping[str, Json]) -> tuple[bool, frozenset[str]]:
    stages = rule.get(STAGES)
    return bool(rule.get(ALL)), frozenset(map(str, stages if isinstance(stages, list) else ()))
