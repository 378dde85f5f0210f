"""Pipeline rules say which moves HubSpot refuses; what a stage requires is told for a person to set."""

import json
from typing import Any

import pytest

from connectors.errors import UsageError
from connectors.records import FieldSpec, ObjectSpec
from hygiene.check import RowCheck
from hygiene.checks.qualification import Qualification
from hygiene.checks.required_field import RequiredField
from hygiene.checks.stage_return import StageReturn
from hygiene.checks.stage_skip import StageSkip
from sync.rules.hubspot import RULES, drift, export
from tests.hygiene.pipelines import HUBSPOT

SPEC = ObjectSpec(
    "deal", "deals", (FieldSpec("amount", "amount", "number"), FieldSpec("next_step", "hs_next_step", "string"))
)
ASKED = "company, owner, close_date, contact, amount, hs_next_step"
OPEN = [stage.id for stage in HUBSPOT.stages if not stage.closed]


def rules(*checks: RowCheck) -> Any:
    (text,) = export(checks, HUBSPOT, SPEC).files.values()
    return json.loads(text)[RULES]


@pytest.mark.parametrize(
    ("checks", "everywhere", "stages"),
    [
        ([], False, []),
        ([StageSkip()], True, []),
        ([StageSkip(optional=("Presentation Scheduled", "contractsent"))], False, [OPEN[0], OPEN[1], OPEN[3]]),
        ([StageSkip(optional=(OPEN[0],)), StageSkip(optional=(OPEN[1],))], False, OPEN),
    ],
)
def test_which_stages_may_not_be_skipped(checks: list[RowCheck], everywhere: bool, stages: list[str]) -> None:
    assert rules(*checks)["noSkippingStagesRule"] == {"enabledForAllStages": everywhere, "pipelineStageIds": stages}


@pytest.mark.parametrize(("checks", "held"), [([], False), ([StageReturn()], True), ([StageReturn(least=2)], False)])
def test_whether_a_deal_may_go_back(checks: list[RowCheck], held: bool) -> None:
    assert rules(*checks)["noBackwardsMovementRule"] == {"enabledForAllStages": held, "pipelineStageIds": []}


@pytest.mark.parametrize(
    ("check", "what", "why"),
    [
        (
            RequiredField(),
            "Presentation Scheduled: company, owner, close_date, contact, amount, hs_next_step",
            "no API",
        ),
        (StageSkip(won=False), "winning from any stage", "stricter"),
        (StageReturn(least=2), "going back by 2 stages", "every step"),
        (Qualification(), "all of it", "only the gate"),
    ],
)
def test_what_hubspot_has_no_rule_for_is_told(check: RowCheck, what: str, why: str) -> None:
    assert any(item.what == what and why in item.why for item in export([check], HUBSPOT, SPEC).left_out)


def test_drift_is_told_rule_by_rule() -> None:
    ours = export([StageSkip(optional=(OPEN[2],))], HUBSPOT, SPEC).files
    (path,) = ours
    answer = {"id": "0-3-default", **json.loads(ours[path])}
    answer[RULES]["noSkippingStagesRule"]["pipelineStageIds"].reverse()
    assert list(drift(ours, {"got/default.json": json.dumps(answer)})) == []
    answer[RULES]["noBackwardsMovementRule"]["enabledForAllStages"] = True
    assert [item.what for item in drift(ours, {"got/default.json": json.dumps(answer)})] == [
        "noBackwardsMovementRule is another one"
    ]
    assert [item.what for item in drift(ours, {})] == ["is missing"]


@pytest.mark.parametrize("text", ["{", "[]", '{"governanceValidationRules": 1}'])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"got\.json: no answer"):
        list(drift(export([], HUBSPOT, SPEC).files, {"got.json": text}))
