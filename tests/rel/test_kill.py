"""A process killed anywhere in an apply, and those that go on after it: every effect once, none twice, none beside."""

import pytest

from tests.rel.child import POINTS
from tests.rel.trial import Ground, spread, trial


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_nothing_and_repeats_nothing(prepared: Ground, point: str) -> None:
    assert [fault for nth in spread(prepared.points[point], 5) for fault in trial(prepared, point, nth)] == []


def test_the_plan_writes_in_every_way(prepared: Ground) -> None:
    seen = {(item.split('"')[1], item.split('"')[3]) for item in prepared.effects}
    assert {("hubspot", "update"), ("hubspot", "merge"), ("hubspot", "archive")} <= seen
    assert {("salesforce", "update"), ("salesforce", "merge"), ("salesforce", "delete")} <= seen
    assert min(prepared.points.values()) >= 15


def test_of_twenty_that_start_together_one_writes(prepared: Ground) -> None:
    with prepared.served() as (stage, job):
        statuses = prepared.children.run(*[job] * 20)
        assert sorted(statuses) == [0] + [4] * 19
        assert prepared.differences(stage) == []


def test_one_that_starts_after_a_kill_does_not_wait_for_a_lock(prepared: Ground) -> None:
    with prepared.served() as (_, job):
        assert prepared.children.run(job | {"point": "after append", "nth": 1}) == [-9]
        assert prepared.children.run(job) == [0]
        assert prepared.children.run(job) == [4]
