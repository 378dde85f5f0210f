"""SARIF against the objects of the standard (OASIS, SARIF 2.1.0, section 3), and what a pipeline needs of it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given

from connectors.errors import UsageError
from sync.render import Item, Report, Rule, Sheet, render
from tests.sync.render.reports import reports

WORD, FLAG, COUNT = "string", "boolean", "from 0"
OBJECTS: dict[str, dict[str, str]] = {
    "3.13 sarifLog": {"version!": "2.1.0", "$schema": "uri", "runs!": "[3.14 run"},
    "3.14 run": {
        **{"tool!": "3.18 tool", "results": "[3.27 result", "invocations": "[3.20 invocation"},
        "automationDetails": "3.17 runAutomationDetails",
    },
    "3.17 runAutomationDetails": {"id": WORD},
    "3.18 tool": {"driver!": "3.19 toolComponent"},
    "3.19 toolComponent": {"name!": WORD, "semanticVersion": "semver", "rules": "[3.49 reportingDescriptor"},
    "3.49 reportingDescriptor": {
        **{"id!": WORD, "shortDescription": "3.12 text", "fullDescription": "3.12 text", "help": "3.12 text"}
    },
    "3.12 text": {"text!": WORD, "markdown": WORD},
    "3.20 invocation": {"executionSuccessful!": FLAG, "toolExecutionNotifications": "[3.58 notification"},
    "3.58 notification": {
        **{"message!": "3.11 message", "level": "level", "associatedRule": "3.52 reportingDescriptorReference"}
    },
    "3.52 reportingDescriptorReference": {"id": WORD, "index": COUNT},
    "3.27 result": {
        **{"ruleId": WORD, "ruleIndex": COUNT, "level": "level", "message!": "3.11 message"},
        **{"locations": "[3.28 location", "partialFingerprints": "strings"},
    },
    "3.11 message": {"text": WORD},
    "3.28 location": {"physicalLocation": "3.29 physicalLocation", "logicalLocations": "[3.33 logicalLocation"},
    "3.29 physicalLocation": {"artifactLocation": "3.4 artifactLocation", "region": "3.30 region"},
    "3.4 artifactLocation": {"uri": "uri"},
    "3.30 region": {"startLine": "from 1"},
    "3.33 logicalLocation": {"fullyQualifiedName": WORD, "kind": WORD},
}
"""The objects that we write, each with its properties; `!` marks those that the standard requires."""
FORMS: dict[str, Any] = {
    "2.1.0": lambda value: value == "2.1.0",
    "uri": lambda value: bool(re.fullmatch(r"[\w:/.-]+", value)),
    "semver": lambda value: bool(re.fullmatch(r"\d+\.\d+\.\d+", value)),
    "level": lambda value: value in ("none", "note", "warning", "error"),
    "strings": lambda value: all(isinstance(item, str) for item in value.values()),
    WORD: lambda value: isinstance(value, str),
    FLAG: lambda value: isinstance(value, bool),
    COUNT: lambda value: isinstance(value, int) and value >= 0,
    "from 1": lambda value: isinstance(value, int) and value >= 1,
}


def wrong(value: Any, form: str) -> list[str]:
    """Where a value is not what the standard says."""
    if form.startswith("["):
        return [fault for item in value for fault in wrong(item, form[1:])]
    if form in FORMS:
        return [] if FORMS[form](value) else [f"{form}: {value!r}"]
    known = {name.rstrip("!"): part for name, part in OBJECTS[form].items()}
    missing = {name[:-1] for name in OBJECTS[form] if name.endswith("!")} - value.keys()
    faults = [f"{form}: {name}" for name in [*missing, *(value.keys() - known.keys())]]
    return faults + [fault for name in value.keys() & known.keys() for fault in wrong(value[name], known[name])]


def shown(report: Report) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render(Sheet("", (), report=report), "sarif"))
    return log


@given(reports())
def test_a_log_is_as_the_standard_has_it(report: Report) -> None:
    log = shown(report)
    assert wrong(log, "3.13 sarifLog") == []
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    told = [item["associatedRule"] for item in run["invocations"][0]["toolExecutionNotifications"]]
    pairs = [(item["ruleId"], item["ruleIndex"]) for item in run["results"]] + [(i["id"], i["index"]) for i in told]
    assert all(rules[place] == name for name, place in pairs) and len(set(rules)) == len(rules)


@given(reports())
def test_a_result_is_a_problem_and_nothing_else_is_one(report: Report) -> None:
    (run,) = shown(report)["runs"]
    kinds = [item.level for item in report.items]
    assert [item["level"] for item in run["results"]] == [
        kind for kind in kinds if kind in ("note", "warning", "error")
    ]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == kinds.count("unknown")


def test_two_records_in_one_line_of_one_file_are_told_apart_in_every_run() -> None:
    items = [Item("stage_skip", key, "warning", "x", (f"hubspot:1/deal/{key}",)) for key in ("a1", "b2")]
    first, again = (shown(Report("check", (Rule("stage_skip", "x"),), items))["runs"][0]["results"] for _ in range(2))
    prints = [item["partialFingerprints"]["primaryLocationLineHash"] for item in first]
    assert prints == ["a1:1", "b2:1"] and first == again
    records = [item["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for item in first]
    assert records == ["hubspot:1/deal/a1", "hubspot:1/deal/b2"]


@pytest.mark.parametrize("format_", ["sarif", "junit"])
def test_a_sheet_without_a_report_does_not_look_like_one_without_findings(format_: str) -> None:
    with pytest.raises(UsageError, match="not this list"):
        render(Sheet("", ("a",), [(1,)]), format_)
