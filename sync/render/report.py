"""Findings and figures as a report for other programs: rules, levels and ids, no value of a record."""

import hashlib
import inspect
from collections.abc import Iterable, Sequence
from typing import Literal

from hygiene.check import Check, Finding, Severity
from metrics.slo import State, Verdict
from sync.jobs.audit import Line
from sync.render import Item, Report, Rule
from sync.wording import amount, worded

Level = Literal["pass", "note", "warning", "error", "unknown"]
LEVELS: dict[Severity, Level] = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
STATES: dict[State, Level] = {
    State.MET: "pass",
    State.SPENDING: "note",
    State.BREACHED: "error",
    State.UNKNOWN: "unknown",
}


def of_findings(checks: Sequence[Check], findings: Iterable[Finding]) -> Report:
    """A rule for each check that was asked, an item for each finding."""
    rules = tuple(_rule(check) for check in checks)
    items = [
        Item(item.check, item.key, LEVELS[item.severity], item.message, tuple(map(str, item.refs))) for item in findings
    ]
    return Report("check", rules, items)


def of_figures(command: str, lines: Sequence[Line]) -> Report:
    """A rule for each target or figure, an item for each number; a figure without a target only informs."""
    rules = {line.name: Rule(line.name, line.figure.formula, _asked(line.verdict)) for line in lines}
    return Report(command, tuple(rules.values()), [_item(line) for line in lines])


def _rule(check: Check) -> Rule:
    doc = inspect.getdoc(type(check)) or check.label
    return Rule(check.label, doc.partition("\n")[0], doc.replace("\nWhy: ", "\n\n**Why:** "))


def _asked(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    owner = f"; owner: {verdict.slo.owner}" if verdict.slo.owner else ""
    return f"Asked: {worded(verdict.slo)}, looked at {verdict.slo.every.value}{owner}."


def _item(line: Line) -> Item:
    figure, verdict = line.figure, line.verdict
    where = " ".join(filter(None, (figure.account, figure.about)))
    key = hashlib.sha256("\n".join((line.name, figure.account, figure.about)).encode()).hexdigest()[:24]
    level: Level = STATES[verdict.state] if verdict else "pass" if figure.value is not None else "unknown"
    asked = f", where {worded(verdict.slo)} is asked" if verdict else ""
    return Item(line.name, key, level, f"{line.name} in {where}: {amount(figure)}{asked}", (where,))
