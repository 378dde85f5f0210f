"""First contact with a live account: looked over first, then a few groups that a person sees, then the rest."""

from dataclasses import replace

import pytest

from connectors.errors import RefusedError
from sync.cli.sandbox import go_live
from sync.jobs.apply import Applied
from sync.jobs.doctor import Line, examine
from sync.jobs.plan import Made
from tests.sync.stage import Stage

HUBSPOT = "hubspot:12345678"
SHARED = {
    "hubspot": ({"HUBSPOT_WRITE_TOKEN": "pat-na1-sandbox-reader"}, HUBSPOT),
    "salesforce": ({"SALESFORCE_WRITE_CLIENT_ID": "sandbox-reader"}, "salesforce:"),
}
BLIND = {"on": {"path": "/properties/", "probability": 1}, "do": [{"status": 403, "body": {"status": "error"}}]}


@pytest.fixture
def live(stage: Stage) -> Stage:
    """Both CRMs say that they are production."""
    go_live(stage.sandbox)
    return stage


@pytest.fixture
def made(live: Stage) -> Made:
    """An approved plan for both accounts."""
    made = live.planned()
    with live.opened() as session:
        session.ledger.approve(made.hash, "test", {})
    assert {name.partition(":")[0] for name in made.plan.workspaces} == {"hubspot", "salesforce"}
    return made


def looked_over(stage: Stage) -> list[Line]:
    with stage.opened() as session:
        return list(examine(session))


def refused(stage: Stage, made: Made, canary: int = 0) -> str:
    """What the refusal says, after making sure that nothing was written."""
    before = stage.effects()
    with pytest.raises(RefusedError) as told:
        stage.applied(made.content, canary)
    assert stage.effects() == before
    return str(told.value)


def begun(stage: Stage, made: Made, canary: int = 2) -> Applied:
    looked_over(stage)
    return stage.applied(made.content, canary)


def test_nothing_is_written_before_doctor_looked_the_account_over(live: Stage, made: Made) -> None:
    assert "run `revops-sync doctor`" in refused(live, made, canary=3).lower()
    assert [state for _, state, _ in looked_over(live)].count("error") == 0
    assert "--canary 3" in refused(live, made)


@pytest.mark.parametrize("canary", [0, 11])
def test_the_first_run_is_a_small_one(live: Stage, made: Made, canary: int) -> None:
    looked_over(live)
    assert "PRODUCTION" in refused(live, made, canary)


def test_the_first_groups_on_each_account_are_verified_and_then_the_run_waits_for_a_person(
    live: Stage, made: Made
) -> None:
    first = begun(live, made).report
    assert first.exit_code == 5 and "look at them in the CRM" in first.stopped and first.groups_done <= 4
    assert {name.partition(":")[0] for name in first.proved} == {"hubspot", "salesforce"}
    rest = live.applied(made.content).report
    assert rest.exit_code == 0 and rest.groups_done == len(made.plan.groups)


def test_a_first_group_that_is_not_verified_proves_nothing(live: Stage, made: Made) -> None:
    update = {
        "on": {"path": "batch/update|composite", "method": "POST|PATCH", "probability": 1},
        "do": [{"status": 502}],
    }
    live.sandbox.faults.add([update])
    first = begun(live, made)
    live.sandbox.faults.clear()
    assert first.report.proved == frozenset() and "not all verified" in first.report.stopped
    assert "--canary 3" in refused(live, made)


def test_an_error_that_doctor_finds_later_takes_the_pass_back(live: Stage, made: Made) -> None:
    begun(live, made)
    live.sandbox.faults.add([BLIND])
    assert any(state == "error" for _, state, _ in looked_over(live))
    live.sandbox.faults.clear()
    assert "doctor" in refused(live, made)


@pytest.mark.parametrize("crm", SHARED)
def test_a_writer_that_is_the_reader_is_an_error_on_a_live_account(live: Stage, crm: str) -> None:
    more, workspace = SHARED[crm]
    same = replace(live, environ=live.environ | more)
    told = [line for line in looked_over(same) if "the writer's credential is the reader's" in line[2]]
    assert [(where.startswith(workspace), state) for where, state, _ in told] == [(True, "error")]


def test_a_sandbox_is_written_to_without_ceremony(stage: Stage) -> None:
    made = stage.planned()
    assert stage.applied(made.content, approve=made.hash).report.exit_code == 0
    with stage.opened() as session:
        assert {session.contacts.of(name).examined_at for name in session.readers} == {None}


def test_a_first_plan_for_a_live_account_only_marks(live: Stage, made: Made) -> None:
    assert made.plan.counts()["merged_for_good"] == 0
