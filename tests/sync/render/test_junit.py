"""JUnit as another program reads it: counts that add up, names of their own, and text that XML can hold."""

import xml.etree.ElementTree as ET

from hypothesis import given

from sync.render import Item, Report, Rule, Sheet, render
from tests.sync.render.reports import reports


def shown(report: Report) -> ET.Element:
    return ET.fromstring(render(Sheet("", (), report=report), "junit").encode())


@given(reports())
def test_the_counts_are_those_of_the_cases(report: Report) -> None:
    root = shown(report)
    assert (root.tag, [suite.tag for suite in root]) == ("testsuites", ["testsuite"] * len(report.rules))
    for part in (root, *root):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
            assert int(part.attrib[name]) == len(list(part.iter(tag)))


@given(reports())
def test_a_finding_fails_what_nobody_can_judge_is_skipped_and_the_rest_passes(report: Report) -> None:
    cases = list(shown(report).iter("testcase"))
    levels = [item.level for item in report.items]
    idle = sum(all(item.rule != rule.id for item in report.items) for rule in report.rules)
    failed = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    assert (failed, skipped) == (levels.count("warning") + levels.count("error"), levels.count("unknown"))
    assert len(cases) - failed - skipped == levels.count("pass") + levels.count("note") + idle


def test_a_hand_made_report() -> None:
    rules = Rule("stage_skip", "x"), Rule("stale_deal", "y")
    items = [
        Item("stage_skip", "k1", "warning", 'deal 7 "skipped" <two> & more', ("hubspot:1/deal/7",)),
        Item("stage_skip", "k2", "note", "push_reason is not visible"),
    ]
    skip, stale = shown(Report("check", rules, items))
    assert [(case.attrib["classname"], case.attrib["name"]) for case in (*skip, *stale)] == [
        *(("stage_skip", "hubspot:1/deal/7 k1"), ("stage_skip", "k2"), ("stale_deal", "stale_deal"))
    ]
    (failure,) = skip.iter("failure")
    assert failure.attrib == {"type": "warning", "message": 'deal 7 "skipped" <two> & more'}
    assert stale.attrib == {"name": "stale_deal", "tests": "1", "failures": "0", "errors": "0", "skipped": "0"}
