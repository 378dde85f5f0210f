"""The plan that ties the people of the sandbox to their companies is carried out."""

from connectors.changes import Connect
from hygiene.checks.unlinked_lead import UnlinkedLead
from sync.jobs.check import ask
from sync.jobs.plan import plan
from sync.jobs.pull import pull_all
from tests.sync.stage import Stage


def test_a_plan_ties_the_hubspot_leads_to_their_companies(stage: Stage) -> None:
    check = UnlinkedLead()
    with stage.opened() as session:
        made = plan(session, ask(session, [check]))
    groups = [group for group in made.plan.groups if isinstance(group.steps[0].change, Connect)]
    applied = stage.applied(made.content, approve=made.hash)
    assert groups and applied.report.exit_code == 0 and applied.report.groups_done == len(groups)
    with stage.opened() as session:
        pull_all(session)
        left = plan(session, ask(session, [check])).plan.groups
    assert not left
