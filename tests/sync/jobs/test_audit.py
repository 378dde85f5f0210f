"""The audit over the sandbox, against counts of the sandbox's own rows, and how it is asked for."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.errors import UsageError
from metrics.figure import all_measures
from metrics.slo import Reading, State
from sandbox.edits import edit
from sandbox.store import Row
from sync.jobs.audit import Line, audit, chosen, people, slices
from sync.jobs.pull import pull_all
from tests.sync.stage import Stage

OPEN = {
    "hubspot": ("hs_is_closed", "false"),
    "salesforce": ("IsClosed", False),
}
SALESFORCE = {"amount": "Amount", "next_step": "NextStep", "owner": "OwnerId", "title": "Title", "phone": "Phone"}
HUBSPOT = {"amount": "amount", "next_step": "hs_next_step", "owner": "hubspot_owner_id", "title": "jobtitle"}
NAMES = {"hubspot": HUBSPOT | {"phone": "phone"}, "salesforce": SALESFORCE}
"""The CRMs' own names, as their documentation has them."""


def lines(stage: Stage, *names: str, by: str = "") -> list[Line]:
    with stage.opened() as session:
        return audit(session.settings, session.mirror(), names, by)


def rows(stage: Stage, crm: str, kind: str) -> list[Row]:
    return stage.sandbox.store.rows("crm = ? AND kind = ? AND NOT archived AND merged_into IS NULL", (crm, kind))


def told(found: list[Line], crm: str, about: str = "") -> tuple[Decimal, Decimal | None, set[str]]:
    (figure,) = [line.figure for line in found if line.figure.account.startswith(crm) and line.figure.about == about]
    return figure.count, figure.of, {ref.id for ref in figure.refs}


def says(row: Row, name: str) -> bool:
    value: Any = row.fields.get(name)
    return str(value or "").strip().lower() not in ("", "n/a", "tbd", "0")


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
@pytest.mark.parametrize("field", ["amount", "next_step", "owner"])
def test_open_deals_with_a_field_are_those_of_the_crm(first_stage: Stage, crm: str, field: str) -> None:
    name, value = OPEN[crm]
    there = [row for row in rows(first_stage, crm, "deal") if row.fields.get(name) == value]
    blank = {row.id for row in there if not says(row, NAMES[crm][field])}
    assert told(lines(first_stage, "fill_rate:deal"), crm, field) == (len(there) - len(blank), len(there), blank)


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
@pytest.mark.parametrize("field", ["title", "phone"])
def test_contacts_with_a_field_are_those_of_the_crm(first_stage: Stage, crm: str, field: str) -> None:
    there = rows(first_stage, crm, "contact")
    blank = {row.id for row in there if not says(row, NAMES[crm][field])}
    found = told(lines(first_stage, "fill_rate:contact"), crm, field)
    assert found == (len(there) - len(blank), len(there), blank)


def test_orphans_are_those_without_an_account_or_an_association(first_stage: Stage) -> None:
    found, store = lines(first_stage, "orphan_contacts"), first_stage.sandbox.store
    alone = {row.id for row in rows(first_stage, "salesforce", "contact") if not row.fields["AccountId"]}
    assert alone and told(found, "salesforce")[2] == alone
    there = rows(first_stage, "hubspot", "contact")
    alone = {row.id for row in there if not store.links("hubspot", "contact", row.id, "company")}
    assert alone and told(found, "hubspot") == (len(alone), len(there), alone)


def test_lost_deals_without_a_reason_are_those_of_hubspot_and_unknown_in_salesforce(stage: Stage) -> None:
    said, silent, *_ = rows(stage, "hubspot", "deal")
    for row, reason in (said, "price"), (silent, " "):
        fields = {"dealstage": "closedlost", "closed_lost_reason": reason}
        edit(stage.sandbox.store, stage.sandbox.clock.now_ms(), {"kind": "deal", "id": row.id, "fields": fields})
    with stage.opened() as session:
        pull_all(session, full=True)
    found = lines(stage, "lost_reasons")
    assert told(found, "hubspot") == (1, 2, {silent.id})
    states = [line.verdict.state for line in found if line.verdict]
    assert states == [State.BREACHED, State.UNKNOWN]


def test_every_measure_is_asked_and_every_target_is_judged(first_stage: Stage) -> None:
    with first_stage.opened() as session:
        asked = chosen(session.settings)
    assert {measure.name() for _, measure in asked} == set(all_measures())
    assert [slo.id for slo, _ in asked if slo][:2] == ["duplicate_accounts", "open_deals_complete"]
    assert len({(slo and slo.id, measure.label) for slo, measure in asked}) == len(asked)


NAMED = {
    "lost_reasons": ["lost_reasons"],
    "duplicate_accounts": ["duplicate_rate:company"],
    "fill_rate:deal": ["fill_rate:deal"],
    "complete_profiles": ["complete_profiles:company", "complete_profiles:contact"],
}


@pytest.mark.parametrize(("name", "found"), NAMED.items())
def test_a_name_is_that_of_a_target_a_figure_or_a_figure_and_its_kind(
    first_stage: Stage, name: str, found: list[str]
) -> None:
    with first_stage.opened() as session:
        assert [measure.label for _, measure in chosen(session.settings, [name])] == found
        with pytest.raises(UsageError, match="no such figure: nonsense"):
            chosen(session.settings, [name, "nonsense"])


def test_a_breakdown_adds_up_and_shows_whose_record_is_whose(first_stage: Stage) -> None:
    found = lines(first_stage, "fill_rate:deal", by="owner")
    for figure in [line.figure for line in found]:
        assert sum(part.count for part in figure.parts) == figure.count
        assert sum(part.of or 0 for part in figure.parts) == figure.of
    with first_stage.opened() as session:
        whose, names = slices(found, session.mirror(), "owner.name"), set(people(session.mirror()).values())
    assert whose and set(whose.values()) <= names


def test_what_no_record_has_breaks_nothing_down(first_stage: Stage) -> None:
    with pytest.raises(UsageError, match="nothing to break down by 'nonsense'"):
        lines(first_stage, "lost_reasons", by="nonsense")
    assert {line.figure.measure for line in lines(first_stage, by="quarters")} == {"moved_money"}


def test_the_audit_goes_by_earlier_readings_as_the_targets_do(first_stage: Stage) -> None:
    with first_stage.opened() as session:
        view = session.mirror()
        (slo,) = [slo for slo in session.settings.slos if slo.id == "stale_deals"]
        first, _ = audit(session.settings, view, ["stale_deals"])
        place, at = ("stale_deals", first.figure.account, ""), view.as_of - timedelta(days=1)
        readings = {place: [Reading(slo.period(at), at, Decimal(2), State.BREACHED)]}
        line, _ = audit(session.settings, view, ["stale_deals"], "", lambda name: readings)
    assert first.verdict and line.verdict
    assert (first.verdict.left, line.verdict.left, line.verdict.before, line.verdict.trend) == (-1, -2, 2, "better")
