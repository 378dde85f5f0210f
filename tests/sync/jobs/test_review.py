"""A word on a finding about one record: what it does to the next plan, and when it no longer counts."""

from dataclasses import replace

import pytest

from connectors.changes import Archive
from connectors.errors import UsageError
from connectors.records import Ref
from hygiene.check import Band, Finding
from sandbox.edits import edit
from sync.jobs.check import ask, chosen, settled
from sync.jobs.plan import Made, plan
from sync.jobs.pull import pull_all
from sync.jobs.review import Decided, decide
from sync.ledger.decisions import Word
from sync.ledger.findings import open_findings
from sync.plan.model import Grade
from tests.sync.stage import Stage

NOW = {"lifecyclestage": "customer"}


def asked(stage: Stage) -> tuple[list[Finding], Made]:
    with stage.opened() as session:
        findings = ask(session, chosen(session, ["inactive_contact"]))
        return findings, plan(session, findings)


def said(stage: Stage, findings: list[Finding], word: Word) -> Decided:
    with stage.opened() as session:
        return decide(session, [finding.key for finding in findings], word)


def one_of(findings: list[Finding], crm: str) -> Finding:
    return next(finding for finding in findings if finding.refs and finding.refs[0].crm == crm)


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_an_accepted_archive_is_planned_applied_and_verified_and_nothing_else_goes(stage: Stage, crm: str) -> None:
    findings, before = asked(stage)
    chosen_one = one_of(findings, crm)
    assert before.plan.groups == () and said(stage, [chosen_one], Word.ACCEPTED) == Decided(0, 1)
    _, made = asked(stage)
    (group,) = made.plan.groups
    assert [step.change for step in group.steps] == [Archive(chosen_one.refs[0])]
    assert group.grade is (Grade.REVERSIBLE if crm == "salesforce" else Grade.NEW_ID)
    report = stage.applied(made.content, approve=made.hash).report
    assert (report.exit_code, report.groups_done) == (0, 1)
    verb = "delete" if crm == "salesforce" else "archive"
    assert [(row["verb"], row["id"]) for row in stage.effects()] == [(verb, chosen_one.refs[0].id)]
    again, then = asked(stage)
    assert chosen_one.key not in {item.key for item in again} and then.plan.groups == ()


def test_a_rejected_archive_is_never_proposed_again(stage: Stage) -> None:
    findings, _ = asked(stage)
    first = one_of(findings, "hubspot")
    said(stage, [first], Word.REJECTED)
    assert first.key not in {item.key for item in asked(stage)[0]}
    with stage.opened() as session:
        assert first.key not in {item.key for item in open_findings(session.ledger_store, Band.REVIEW)}


def test_the_last_word_counts(stage: Stage) -> None:
    findings, _ = asked(stage)
    first = one_of(findings, "hubspot")
    said(stage, [first], Word.ACCEPTED)
    said(stage, [first], Word.REJECTED)
    assert asked(stage)[1].plan.groups == ()


def test_a_finding_that_was_gone_and_comes_back_takes_a_new_word(stage: Stage) -> None:
    findings, _ = asked(stage)
    first = one_of(findings, "hubspot")
    said(stage, [first], Word.ACCEPTED)
    with stage.opened() as session:
        (check,) = chosen(session, ["inactive_contact"])
        ask(session, [check.model_copy(update={"months": 1200})])
    assert asked(stage)[1].plan.groups == ()


def test_a_word_counts_for_what_was_proposed_then(stage: Stage) -> None:
    findings, _ = asked(stage)
    first = one_of(findings, "hubspot")
    said(stage, [first], Word.ACCEPTED)
    other = Archive(Ref(first.refs[0].workspace, "contact", "1"))
    with stage.opened() as session:
        assert settled(session, [first])[0].band is Band.AUTO
        assert settled(session, [replace(first, changes=(other,))])[0].band is Band.REVIEW


def test_nothing_is_remembered_where_one_key_is_wrong(stage: Stage) -> None:
    findings, _ = asked(stage)
    first = one_of(findings, "hubspot")
    with stage.opened() as session, pytest.raises(UsageError, match="no finding waits for review under zz"):
        decide(session, [first.key, "zz"], Word.ACCEPTED)
    assert asked(stage)[1].plan.groups == ()


def test_an_accepted_archive_of_whom_somebody_made_a_customer_since_is_not_planned(stage: Stage) -> None:
    findings, _ = asked(stage)
    first = one_of(findings, "hubspot")
    said(stage, [first], Word.ACCEPTED)
    customer(stage, first.refs[0])
    with stage.opened() as session:
        pull_all(session, full=True)
    again, made = asked(stage)
    assert first.key not in {item.key for item in again} and made.plan.groups == ()


def test_an_archive_is_halted_where_the_contact_changed_after_the_plan_was_made(stage: Stage) -> None:
    findings, _ = asked(stage)
    first = one_of(findings, "hubspot")
    said(stage, [first], Word.ACCEPTED)
    made = asked(stage)[1]
    customer(stage, first.refs[0])
    before = len(stage.effects())
    report = stage.applied(made.content, approve=made.hash).report
    assert report.groups_done == 0 and report.exit_code == 3 and len(stage.effects()) == before


def customer(stage: Stage, ref: Ref) -> None:
    """Somebody makes a customer of a contact, in HubSpot itself."""
    edit(stage.sandbox.store, stage.sandbox.clock.now_ms(), {"kind": "contact", "id": ref.id, "fields": NOW})
