"""A write that HubSpot's version 2026-09 would refuse is foreseen: what is foreseen is what the sandbox refuses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.changes import Change, Create, Merge, Set, Settle, Survivor
from connectors.hubspot.fields import NATIVE
from connectors.records import Record, Ref
from connectors.values import frozen
from hygiene.check import Finding
from sync.plan.build import Policy, build
from sync.plan.model import Grade, Group, Step
from sync.plan.required import Required, refused
from sync.plan.strategy import Strategy
from tests.sandbox.hubspot_desk import Desk
from tests.sync.plan.test_build import LIMITS, Shelf

RULES = (
    Required(kind="deal", field="stage", values=("closedwon", "ContractSent"), required=("amount", "close_date")),
    Required(kind="deal", field="type", values=("newbusiness",), required=("next_step",)),
    Required(kind="deal", required=("next_step",)),
)
FIELDS = {
    "stage": ("appointmentscheduled", "contractsent", "closedwon"),
    "amount": ("", "12"),
    "close_date": ("", "2026-12-01"),
    "type": ("", "newbusiness", "existingbusiness"),
    "next_step": ("", "call"),
}
NAMES = NATIVE["deal"]
TEXTS = st.fixed_dictionaries({}, optional={name: st.sampled_from(texts) for name, texts in FIELDS.items()})
DEAL = Ref("hubspot:1", "deal", "7")


def group(*changes: Change) -> Group:
    steps = tuple(Step(str(place), change) for place, change in enumerate(changes, 1))
    return Group("g", "check", "f", "title", Grade.REVERSIBLE, steps)


def portal() -> Desk:
    conditional = [
        {"property": NAMES[rule.field], "values": [value.lower() for value in rule.values], "required": native(rule)}
        for rule in RULES
        if rule.field
    ]
    return Desk(conditional_required={"deal": conditional}, create_form={"deal": ["hs_next_step"]})


def native(rule: Required) -> list[str]:
    return [NAMES[name] for name in rule.required]


def sent(fields: dict[str, str]) -> dict[str, Any]:
    return {"properties": {NAMES[name]: text for name, text in fields.items()}}


@given(held=TEXTS, change=TEXTS)
def test_what_is_foreseen_of_an_update_is_what_is_refused(held: dict[str, str], change: dict[str, str]) -> None:
    desk = portal()
    old = {"name": "Acme", "stage": "appointmentscheduled", **held}
    deal = desk.make("deals", **sent(old)["properties"])
    shown = desk.get("deals", deal, *NAMES.values())
    mirrored = frozen({name: shown.get(native) for name, native in NAMES.items()})
    answer = desk.call("PATCH", f"/crm/objects/2026-09/deals/{deal}", sent(change))
    said = refused(group(Set(DEAL, frozen(change))), RULES, Shelf(Record(DEAL, mirrored)))
    assert bool(said) is (answer.status_code == 400), (answer.text, said)


@given(fields=TEXTS)
def test_what_is_foreseen_of_a_create_is_what_is_refused(fields: dict[str, str]) -> None:
    new = {"name": "Acme", "stage": "appointmentscheduled", **fields}
    answer = portal().call("POST", "/crm/objects/2026-09/deals", sent(new))
    said = refused(group(Create("hubspot:1", "deal", "k", frozen(new), "revops_key")), RULES, Shelf())
    assert bool(said) is (answer.status_code == 400), (answer.text, said)


def shelf(**fields: str) -> Shelf:
    return Shelf(*(Record(Ref(DEAL.workspace, "deal", key), frozen(fields)) for key in "78"))


WON = frozen({"stage": "closedwon"})
OTHER = Ref(DEAL.workspace, "deal", "8")
SF = Ref("salesforce:1", "deal", "9")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([Set(DEAL, frozen({"amount": "1"})), Settle(DEAL, frozen({"close_date": "2026-12-01"})), Set(DEAL, WON)], ""),
        ([Set(DEAL, frozen({"amount": "1"})), Set(DEAL, WON)], "requires close_date of a deal by its rule on stage"),
        ([Merge(DEAL, (OTHER,)), Settle(Survivor("1"), WON)], "requires amount, close_date"),
        (
            [Create(DEAL.workspace, "deal", "k", frozen({"stage": "x"}), "revops_key")],
            "requires next_step of a new deal",
        ),
        ([Create(DEAL.workspace, "deal", "k", frozen({"next_step": "x"}), "y"), Settle(Survivor("1"), WON)], "2026-09"),
        ([Set(SF, WON)], ""),
    ],
)
def test_a_group_is_looked_at_step_by_step(changes: list[Change], words: str) -> None:
    known = Shelf(*shelf(name="x").records.values(), Record(SF, frozen({})))
    said = refused(group(*changes), RULES, known)
    assert words in said and bool(said) is bool(words)


def test_a_change_that_would_be_refused_is_left_with_the_reason() -> None:
    finding = Finding("test", (DEAL,), "won", changes=(Set(DEAL, WON),))
    policy = Policy(lambda workspace, kind: Strategy.NATIVE, {DEAL.workspace: LIMITS}, RULES)
    groups, (left,) = build([finding], shelf(name="x"), policy)
    assert groups == () and "HubSpot requires amount, close_date" in left.reason and "a person" in left.reason
