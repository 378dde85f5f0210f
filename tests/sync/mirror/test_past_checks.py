"""Every check can be asked of the past, and of the present in the guise of the past it says the same as ever."""

from datetime import timedelta

import pytest

from hygiene.check import all_checks, run
from sync.mirror.store import Mirror
from sync.session import Session
from tests.sync.stage import Stage

LATER = timedelta(hours=1)
BEFORE = timedelta(days=60)
PAST_ONLY = {"stage_skip", "stage_return", "close_date_push", "stale_deal"}
"""Checks whose findings need nothing that a CRM keeps no history of; none of the others can say much of then."""


def mirror_of(session: Session) -> Mirror:
    """The mirror an hour after its pull."""
    return Mirror(session.mirror_store, session.now() + LATER, session.ledger)


@pytest.mark.parametrize("name", sorted(all_checks()))
def test_of_now_either_past_says_what_the_mirror_says(first_stage: Stage, name: str) -> None:
    check = all_checks()[name]()
    with first_stage.opened() as session:
        mirror = mirror_of(session)
        found = list(run([check], mirror))
        assert list(run([check], mirror.at(mirror.as_of))) == found
        assert list(run([check], mirror.seen_at(mirror.as_of, mirror.memory))) == found


@pytest.mark.parametrize("name", sorted(all_checks()))
def test_of_the_time_before_the_first_pull_only_history_speaks(first_stage: Stage, name: str) -> None:
    check = all_checks()[name]()
    with first_stage.opened() as session:
        mirror = mirror_of(session)
        then = mirror.as_of - BEFORE
        found = [finding for finding in run([check], mirror.at(then)) if finding.refs]
        born = {ref: mirror.get(ref) for finding in found for ref in finding.refs}
        assert all(row and str(row.get("created_at")) <= str(then) for row in born.values())
        assert not list(run([check], mirror.seen_at(then)))
    assert not found or name in PAST_ONLY | {"required_field", "exit_criteria"}
