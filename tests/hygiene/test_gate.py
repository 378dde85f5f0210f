"""The gate says of a move what the report would say after it, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Link, Past, Record, Ref
from connectors.values import Value, frozen
from hygiene.check import RowCheck, all_checks, run
from hygiene.checks.exit_criteria import ExitCriteria
from hygiene.checks.qualification import Qualification
from hygiene.checks.required_field import RequiredField
from hygiene.checks.stage_return import StageReturn
from hygiene.checks.stage_skip import StageSkip
from hygiene.gate import Asked, Verdict, verdict
from hygiene.overlay import Overlay
from hygiene.stages import pipeline_of
from tests.book import NOON, Book, record
from tests.hygiene.pipelines import HUBSPOT, SALESFORCE

CRMS = {"hubspot:1": HUBSPOT, "salesforce:1": SALESFORCE}
RULES: list[RowCheck] = [RequiredField(), ExitCriteria(), StageSkip(), StageReturn(), Qualification()]
FIELDS: dict[str, tuple[Value, ...]] = {
    "amount": (None, "N/A", "100"),
    "next_step": (None, "tbd", "call"),
    "owner": (None, "7"),
    "close_date": (None, "2026-12-01"),
    "lost_reason": (None, "price"),
}


def deal(crm: str, stage: str, **fields: Value) -> Record:
    named = {name: fields.get(name) for name in FIELDS}
    return record("deal", "d", crm, stage=stage, pipeline=CRMS[crm].id, created_at=NOON - timedelta(days=30), **named)


def stood(row: Record, *stages: str) -> list[Past]:
    """A history of one stage a day, the last one yesterday."""
    days = range(len(stages), 0, -1)
    return [
        Past(row.ref, "stage", NOON - timedelta(days=day), stage, "rep")
        for day, stage in zip(days, stages, strict=True)
    ]


def asked(crm: str, *stages: str, to: str, **fields: Value) -> Verdict:
    row = deal(crm, stages[-1], **fields)
    book = Book([row], [CRMS[crm]]).told(*stood(row, *stages))
    return verdict(RULES[:3], book, Asked(row, {"stage": to}, NOON))


@given(data=st.data(), crm=st.sampled_from(sorted(CRMS)))
def test_gate_and_report_say_the_same(data: st.DataObject, crm: str) -> None:
    stages = [stage.id for stage in CRMS[crm].stages]
    past = data.draw(st.lists(st.sampled_from(stages), min_size=1, max_size=5))
    to = data.draw(st.sampled_from(stages))
    fields = {name: data.draw(st.sampled_from(values)) for name, values in FIELDS.items()}
    row = deal(crm, past[-1], **fields)
    ties = (Link(Ref(crm, "contact", "c")),) if data.draw(st.booleans()) else ()
    row, other = replace(row, links=ties), record("contact", "c", crm)
    before = Book([row, other], [CRMS[crm]]).told(*stood(row, *past))
    said = verdict(RULES, before, Asked(row, {"stage": to}, NOON, "rep"))
    moved = replace(row, fields=frozen({**row.fields, "stage": to}))
    new = [Past(row.ref, "stage", NOON, to, "rep")] if to != past[-1] else []
    after = Book([moved, other], [CRMS[crm]]).told(*stood(row, *past), *new)
    report = {item.key: item for item in run(list(RULES), after) if item.refs and item.severity != "info"}
    old = {item.key for check in RULES[2:4] for item in check.look(row, before)}
    told = {item.key: item.message for item in said.objections}
    assert set(told) <= set(report) and all(report[key].message == text for key, text in told.items())
    if not any(item.check == "stage_return" for item in report.values() if item.key not in old):
        assert set(told) == set(report) - old


@pytest.mark.parametrize("crm", sorted(CRMS))
def test_a_deal_with_all_it_takes_may_move_one_stage(crm: str) -> None:
    first, second = (stage.id for stage in CRMS[crm].stages[:2])
    full = {name: values[-1] for name, values in FIELDS.items()}
    row = replace(deal(crm, first, **full), links=(Link(Ref(crm, "contact", "c")), Link(Ref(crm, "company", "a"))))
    book = Book([row, record("contact", "c", crm), record("company", "a", crm)], [CRMS[crm]]).told(*stood(row, first))
    assert verdict(RULES[:3], book, Asked(row, {"stage": second}, NOON)).allow


@pytest.mark.parametrize("crm", sorted(CRMS))
def test_what_is_missing_skipped_and_unmet_is_named(crm: str) -> None:
    stages = CRMS[crm].stages
    said = asked(crm, stages[0].id, to=stages[3].id, owner="7", amount="N/A")
    assert not said.allow and said.stage == stages[3].id
    assert (
        {"company", "contact", "amount", "next_step", "close_date"} >= set(said.named("required_field")) >= {"contact"}
    )
    assert said.named("stage_skip") == tuple(stage.label for stage in stages[1:3])
    assert "somebody to talk to" in said.named("exit_criteria")
    assert all(item.mend and item.key for item in said.objections)


def test_an_old_skip_stops_no_later_move() -> None:
    ids = [stage.id for stage in HUBSPOT.stages]
    said = asked("hubspot:1", ids[0], ids[3], to=ids[4])
    assert said.named("stage_skip") == ()


def test_a_deal_may_always_go_back() -> None:
    ids = [stage.id for stage in HUBSPOT.stages]
    assert asked("hubspot:1", ids[0], ids[1], ids[2], to=ids[1]).allow


def test_a_field_that_cannot_be_seen_stops_nobody_and_is_told() -> None:
    row = deal("hubspot:1", "appointmentscheduled")
    known = {"deal": frozenset({"stage", "pipeline"})}
    book = Book([row], [HUBSPOT], known=known).told(*stood(row, "appointmentscheduled"))
    said = verdict(
        [RequiredField(rules={"*": {"*": ("amount",)}})], book, Asked(row, {"stage": "qualifiedtobuy"}, NOON)
    )
    assert said.allow and said.unknown == ("amount is not visible in hubspot:1: whether deals lack it is unknown",)


def test_every_check_of_one_deal_can_be_asked_over_an_overlay() -> None:
    row = deal("hubspot:1", "appointmentscheduled")
    over = Overlay(Book([row], [HUBSPOT]), replace(row, fields=frozen({**row.fields, "amount": "5"})), NOON)
    assert (
        [item.get("amount") for item in over.records("deal")]
        == ["5"]
        == [over.columns("deal", ["amount"]).data["amount"][0]]
    )
    assert over.history(row.ref, "amount")[-1].source == "gate" and pipeline_of(row, over) == HUBSPOT
    for check in all_checks().values():
        list(run([check()], over))
