"""SARIF 2.1.0, for code scanning: rules with their help, a result for each finding, ids and no values."""

import json
from importlib.metadata import version

from connectors.values import Json
from sync.render import Item, Report, Rule, Sheet, reported
from sync.render.mask import plain

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
WHERE = "config/revops.yaml"
"""The file that decides the rules: what collects results asks for a place in a repository, and records are in none."""


def show(sheet: Sheet) -> str:
    """One log with one run.

    What passed is no result, because GitHub takes every result for a problem, whatever its kind (microsoft/PSRule
    issue 955). What nobody could judge is a notification of the run (section 3.58 of the standard).
    """
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(reported(sheet))]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _run(report: Report) -> Json:
    places = {rule.id: place for place, rule in enumerate(report.rules)}
    driver: Json = {
        "name": "revops-sync",
        "semanticVersion": version("revops-sync"),
        "rules": [_rule(rule) for rule in report.rules],
    }
    unknown = [item for item in report.items if item.level == "unknown"]
    found = [item for item in report.items if item.level not in ("pass", "unknown")]
    told: Json = [_notification(item, places[item.rule]) for item in unknown]
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"revops-sync/{report.command}/"},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}],
        "results": [_result(item, places[item.rule]) for item in found],
    }


def _rule(rule: Rule) -> Json:
    more = rule.more or rule.line
    text = plain(more.replace("**", ""))
    return {
        "id": rule.id,
        "shortDescription": {"text": plain(rule.line)},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": more},
    }


def _notification(item: Item, place: int) -> Json:
    associated: Json = {"id": item.rule, "index": place}
    return {"level": "note", "message": {"text": plain(item.message)}, "associatedRule": associated}


def _result(item: Item, place: int) -> Json:
    records: Json = [{"fullyQualifiedName": plain(name), "kind": "resource"} for name in item.about]
    physical: Json = {"artifactLocation": {"uri": WHERE}, "region": {"startLine": 1}}
    location: dict[str, Json] = {"physicalLocation": physical}
    return {
        "ruleId": item.rule,
        "ruleIndex": place,
        "level": item.level,
        "message": {"text": plain(item.message)},
        "locations": [location | ({"logicalLocations": records} if item.about else {})],
        # The first is the only one by which GitHub tells results apart; all of ours stand in the same line.
        "partialFingerprints": {"primaryLocationLineHash": f"{item.key}:1", "finding/v1": item.key},
    }
