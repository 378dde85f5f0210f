"""Undo on the sandbox: merges of either kind are taken back in both CRMs, exactly up to what is listed."""

from typing import Any

import pytest

from sync.jobs.undo import undo_run
from sync.plan.model import Grade
from sync.plan.undo import Kept, born
from tests.sync.jobs.test_apply import merging
from tests.sync.stage import Stage

FIELDS = ("name", "phone", "city", "lifecyclestage", "jobtitle", "Name", "Phone", "BillingCity", "Title", "AccountId")
Shown = dict[tuple[str, str], tuple[Any, ...]]


def shown(stage: Stage, ids: dict[tuple[str, str], str]) -> Shown:
    """The values of all live companies and contacts, each under the id that it had first."""
    live = "archived=0 AND merged_into IS NULL AND kind IN ('company', 'contact', 'account')"
    rows = stage.sandbox.store.rows(live)
    return {
        (row.kind, ids.get((row.kind, row.id), row.id)): tuple(row.fields.get(name) or "" for name in FIELDS)
        for row in rows
    }


def there_and_back(stage: Stage) -> tuple[Shown, Shown, tuple[Kept, ...]]:
    """What stood before a plan and what stands after its undo, by first id; and what the undo says is lost."""
    before, made = shown(stage, {}), stage.planned()
    run = stage.applied(made.content, approve=made.hash).report.run
    with stage.opened() as session:
        back, kept = undo_run(session, run)
    applied = stage.applied(back.content, approve=back.hash)
    assert applied.ids and applied.report.exit_code == 0 and applied.made == applied.forecast
    with stage.opened() as session:
        ids = {(new.kind, new.id): old.id for old, new in born(session.journal.entries(applied.report.run)).items()}
        heads = [group.expects[0].ref for group in made.plan.groups]
        ids = {(ref.kind, session.ledger.resolve(ref).id): ref.id for ref in heads} | ids
    return before, shown(stage, ids), kept


@pytest.mark.parametrize("strategy", ["soft", "native"])
def test_a_merge_and_its_undo_leave_values_as_they_were(stage: Stage, strategy: str) -> None:
    before, after, kept = there_and_back(merging(stage, strategy))
    assert {
        key: (before.get(key), after.get(key)) for key in before.keys() | after if before.get(key) != after.get(key)
    } == {}
    assert any("new id" in item.reason for item in kept)


def test_soft_merges_are_graded_by_what_each_crm_restores(stage: Stage) -> None:
    groups = merging(stage, "soft").planned().plan.groups
    grades = {group.refs[0].crm: group.grade for group in groups}
    assert grades == {"hubspot": Grade.NEW_ID, "salesforce": Grade.REVERSIBLE}
