"""JUnit XML, for pipelines: a suite for each rule, a case for each thing that was looked at, ids and no values."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from sync.render import Item, Report, Rule, Sheet, reported
from sync.render.mask import plain

FAILED = ("warning", "error")


def show(sheet: Sheet) -> str:
    """One document; a rule with nothing to say has one case that passed."""
    report = reported(sheet)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {_counts(_all(report))}>"]
    for rule in report.rules:
        lines += _suite(rule, _cases(report, rule))
    return "\n".join([*lines, "</testsuites>"])


def _cases(report: Report, rule: Rule) -> list[Item]:
    found = [item for item in report.items if item.rule == rule.id]
    return found or [Item(rule.id, rule.id, "pass", "nothing was found")]


def _all(report: Report) -> list[Item]:
    return [item for rule in report.rules for item in _cases(report, rule)]


def _suite(rule: Rule, cases: list[Item]) -> list[str]:
    lines = [f"  <testsuite name={_attribute(rule.id)} {_counts(cases)}>"]
    return [*lines, *(_case(item) for item in cases), "  </testsuite>"]


def _case(item: Item) -> str:
    named = " ".join([*item.about, item.key])
    head = f"    <testcase classname={_attribute(item.rule)} name={_attribute(named)}"
    if item.level in FAILED:
        return f"{head}><failure type={_attribute(item.level)} message={_attribute(item.message)}/></testcase>"
    if item.level == "unknown":
        return f"{head}><skipped message={_attribute(item.message)}/></testcase>"
    return f"{head}/>"


def _counts(items: Sequence[Item]) -> str:
    """How many cases, failures and skips, as attributes; an info passes."""
    levels = [item.level for item in items]
    failed, skipped = sum(level in FAILED for level in levels), levels.count("unknown")
    return f'tests="{len(levels)}" failures="{failed}" errors="0" skipped="{skipped}"'


def _attribute(text: str) -> str:
    """Quoted, without what XML has no way to write: control characters, halves of pairs, and two that are none."""
    shown = (char for char in plain(text) if not ("\ud800" <= char <= "\udfff" or char in "\ufffe\uffff"))
    return quoteattr("".join(shown))
