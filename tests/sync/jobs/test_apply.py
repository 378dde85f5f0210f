"""Applying on the sandbox: refusals come before any write, the forecast holds, and what was written can be undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import CredentialError, RefusedError
from sandbox.edits import edit
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.jobs.check import ask, chosen
from sync.jobs.plan import Made, plan
from sync.jobs.pull import pull_all
from sync.jobs.undo import undo_run
from sync.plan.file import encode
from tests.sync.stage import Stage

DAY_IS_SPENT = {"status": 429, "body": {"status": "error", "errorType": "RATE_LIMIT", "policyName": "DAILY"}}
STRATEGIES = ("native", "soft", "mark")


@pytest.fixture(scope="module")
def first_plan(first_stage: Stage) -> Made:
    return first_stage.planned()


def configured(stage: Stage, text: str) -> Stage:
    """The same stage with other rules."""
    path = stage.state / "rules.yaml"
    path.write_text(f"version: 1\n{text}", "utf-8")
    return replace(stage, environ=stage.environ | {"REVOPS_CONFIG": str(path)})


def merging(stage: Stage, strategy: str) -> Stage:
    return configured(stage, f"merge: {{company: {strategy}, contact: {strategy}, lead: {strategy}}}\n")


def other_portal(stage: Stage) -> None:
    stage.sandbox.store.set("hubspot", "portal_id", 87654321)


def refused(stage: Stage, made: Made, bounds: Bounds | None = None, content: bytes | None = None) -> RefusedError:
    """The refusal, after making sure that nothing was written."""
    before = stage.effects()
    with stage.opened() as session, pytest.raises(RefusedError) as told:
        carry_out(content or made.content, session, bounds or Bounds())
    assert stage.effects() == before and told.value.exit_code == 4
    return told.value


def approved(stage: Stage, made: Made) -> Made:
    with stage.opened() as session:
        session.ledger.approve(made.hash, "test", {})
    return made


def test_an_unapproved_plan_is_refused(stage: Stage, first_plan: Made) -> None:
    assert "nobody approved" in refused(stage, first_plan).message


@pytest.mark.parametrize("place", [0.01, 0.2, 0.5, 0.7, 0.99])
def test_a_plan_with_one_byte_changed_is_refused(stage: Stage, first_plan: Made, place: float) -> None:
    approved(stage, first_plan)
    content = bytearray(first_plan.content)
    content[int(place * len(content))] ^= 1
    refused(stage, first_plan, content=bytes(content))


def test_a_plan_with_a_value_changed_by_hand_has_another_hash(stage: Stage, first_plan: Made) -> None:
    approved(stage, first_plan)
    other = replace(first_plan.plan, groups=first_plan.plan.groups[1:])
    assert "nobody approved" in refused(stage, first_plan, content=encode(other)).message


def test_a_plan_for_another_account_is_refused(stage: Stage, first_plan: Made) -> None:
    approved(stage, first_plan)
    other_portal(stage)
    assert "hubspot:87654321" in refused(stage, first_plan).message


def test_an_expired_plan_is_refused(stage: Stage, first_plan: Made) -> None:
    old = first_plan.plan.made_at - timedelta(days=2)
    late = replace(first_plan.plan, made_at=old, expires_at=old + timedelta(hours=24))
    made = approved(stage, Made(late, encode(late)))
    assert "expired" in refused(stage, made).message


def test_a_plan_of_which_the_accounts_fields_changed_is_refused(stage: Stage, first_plan: Made) -> None:
    approved(stage, first_plan)
    custom = {"Account": ["Another__c string:40 ncu Another"]}
    stage.sandbox.store.set("salesforce", "custom_fields", custom)
    assert "the fields of company" in refused(stage, first_plan).message


@pytest.mark.parametrize(("bounds", "why"), [(Bounds(calls=5), "--max-calls"), (Bounds(irreversible=0), "for good")])
def test_a_plan_beyond_the_bounds_of_who_applies_it_is_refused(
    stage: Stage, first_plan: Made, bounds: Bounds, why: str
) -> None:
    assert why in refused(stage, approved(stage, first_plan), bounds).message


def test_a_plan_that_would_use_up_the_days_calls_is_refused(stage: Stage, first_plan: Made) -> None:
    assert "calls left today" in refused(stage, approved(stage, first_plan), Bounds(reserve=999_990)).message


def test_a_plan_without_a_writers_credential_is_not_begun(stage: Stage, first_plan: Made) -> None:
    approved(stage, first_plan)
    bare = {name: value for name, value in stage.environ.items() if "WRITE" not in name}
    with replace(stage, environ=bare).opened() as session, pytest.raises(CredentialError, match="no writer"):
        carry_out(first_plan.content, session, Bounds())
    assert stage.effects() == []


@pytest.mark.parametrize("canary", [0, 3])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_forecast_equals_the_calls_made(stage: Stage, strategy: str, canary: int) -> None:
    stage = merging(stage, strategy)
    made = stage.planned()
    applied = stage.applied(made.content, canary, approve=made.hash)
    assert applied.report.exit_code == 0 and applied.report.groups_done == len(made.plan.groups) > 0
    assert applied.made == applied.forecast


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_was_applied_leaves_nothing_for_the_next_plan(stage: Stage, strategy: str) -> None:
    stage = merging(stage, strategy)
    made = stage.planned()
    stage.applied(made.content, approve=made.hash)
    with stage.opened() as session:
        pull_all(session)
        assert plan(session, ask(session, chosen(session))).plan.groups == ()
        assert session.journal.verify()[1] == []


def test_a_plan_is_applied_once(stage: Stage, first_plan: Made) -> None:
    assert stage.applied(first_plan.content, approve=first_plan.hash).report.exit_code == 0
    assert "applied already" in refused(stage, first_plan).message


def test_a_record_that_somebody_changed_meanwhile_is_left_alone(stage: Stage, first_plan: Made) -> None:
    group = next(group for group in first_plan.plan.groups if group.refs[0].crm == "hubspot")
    change = {"kind": group.refs[0].kind, "id": group.refs[0].id, "fields": {"phone": "+49 30 123456"}}
    edit(stage.sandbox.store, stage.sandbox.clock.now_ms(), change)
    applied = stage.applied(first_plan.content, approve=first_plan.hash)
    assert applied.report.exit_code == 3 and applied.report.states == {
        "done": len(first_plan.plan.groups) - 1,
        "halted": 1,
    }
    assert applied.report.reasons == {group.id: "changed since the plan was made: phone"}


def test_a_run_that_was_stopped_goes_on_where_it_stood(stage: Stage, first_plan: Made) -> None:
    stage.sandbox.faults.add([{"on": {"path": "/merge$", "nth": 2, "times": 0}, "do": [DAY_IS_SPENT]}])
    first = stage.applied(first_plan.content, approve=first_plan.hash).report
    assert first.exit_code == 5 and first.groups_done < len(first_plan.plan.groups) and first.written > 0
    stage.sandbox.faults.clear()
    second = stage.applied(first_plan.content).report
    assert second.exit_code == 0 and second.run == first.run
    assert second.groups_done == len(first_plan.plan.groups)
    merges = [
        item["detail"]["merged"] for item in stage.effects() if (item["crm"], item["verb"]) == ("hubspot", "merge")
    ]
    assert len(merges) == len(set(merges)) > 1


def shown(stage: Stage) -> dict[tuple[str, ...], object]:
    """The fields of every record in both CRMs, without those that the CRM keeps itself."""
    rows = stage.sandbox.store.rows("kind IN ('company', 'contact', 'lead', 'deal')")
    own = ("modified", "stamp", "lastmodified")
    return {
        (row.crm, row.kind, row.id): {
            name: value for name, value in row.fields.items() if value and not any(word in name.lower() for word in own)
        }
        for row in rows
    }


def test_undo_takes_every_mark_off_again(stage: Stage) -> None:
    stage = merging(stage, "mark")
    before, made = shown(stage), stage.planned()
    run = stage.applied(made.content, approve=made.hash).report.run
    assert shown(stage) != before
    with stage.opened() as session:
        back, kept = undo_run(session, run)
    assert kept == () and len(back.plan.groups) == len(made.plan.groups) and back.plan.undoes == run
    applied = stage.applied(back.content, approve=back.hash)
    assert applied.report.exit_code == 0 and applied.made == applied.forecast and shown(stage) == before


def test_a_stopped_run_is_not_resumed_on_another_account(stage: Stage, first_plan: Made) -> None:
    stage.sandbox.faults.add([{"on": {"path": "/merge$", "times": 0}, "do": [DAY_IS_SPENT]}])
    assert stage.applied(first_plan.content, approve=first_plan.hash).report.exit_code == 5
    stage.sandbox.faults.clear()
    other_portal(stage)
    refused(stage, first_plan)
