"""Checks by name over the mirror of the sandbox, whether or not they are configured."""

import pytest

from connectors.changes import Archive
from connectors.errors import UsageError
from connectors.records import Ref
from hygiene.check import Band, all_checks
from hygiene.checks.stage_skip import StageSkip
from hygiene.checks.stale_deal import StaleDeal
from sync.jobs.check import ask, chosen
from sync.jobs.plan import plan
from tests.sync.stage import Stage

QUIET = sorted(set(all_checks()) - {"duplicate", "field_sync", "inactive_contact", "unlinked_contact", "unlinked_lead"})


def test_a_check_that_is_not_configured_is_asked_by_name_with_its_defaults(first_stage: Stage) -> None:
    with first_stage.opened() as session:
        assert chosen(session, ["stage_skip", "stale_deal", "stage_skip"]) == [StageSkip(), StaleDeal()]
        assert {check.name() for check in chosen(session)} == {"duplicate", "required_field"}
        with pytest.raises(UsageError, match="no such check: stage_skips"):
            chosen(session, ["stage_skips"])


@pytest.mark.parametrize("name", QUIET)
def test_a_check_that_only_tells_proposes_nothing(first_stage: Stage, name: str) -> None:
    with first_stage.opened() as session:
        findings = ask(session, chosen(session, [name]))
    assert not any(finding.changes for finding in findings)
    assert len({finding.key for finding in findings}) == len(findings)


def test_archiving_waits_for_a_person_and_spares_whoever_has_a_deal(stage: Stage) -> None:
    with stage.opened() as session:
        findings = ask(session, chosen(session, ["inactive_contact"]))
        mirror, made = session.mirror(), plan(session, findings)
        deals = {deal.ref: mirror.linked(deal.ref, "contact") for deal in mirror.records("deal")}
    archived = [change.ref for finding in findings for change in finding.changes if isinstance(change, Archive)]
    assert archived and made.plan.groups == () and all(finding.band is Band.REVIEW for finding in findings)
    busy = {ref for deal, refs in deals.items() for ref in refs if not _lost(stage, deal)}
    assert busy.isdisjoint(archived)


def _lost(stage: Stage, deal: Ref) -> bool:
    """As the sandbox's own record says."""
    with stage.opened() as session:
        record = session.mirror().get(deal)
    assert record is not None
    return (record.get("closed"), record.get("won")) == (True, False)


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_either_crm_s_stages_and_history_are_understood(first_stage: Stage, crm: str) -> None:
    with first_stage.opened() as session:
        found = ask(session, chosen(session, ["exit_criteria", "stage_skip", "stale_deal", "close_date_push"]))
    assert {finding.check for finding in found if any(ref.crm == crm for ref in finding.refs)} == {
        *("exit_criteria", "stage_skip", "stale_deal", "close_date_push")
    }
