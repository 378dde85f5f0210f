"""A validation rule stops what the gate objects to, nothing else, and says plainly what it cannot ask."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.records import FieldSpec, Link, ObjectSpec, Past, Record, Ref
from connectors.values import Value
from hygiene.check import RowCheck
from hygiene.checks.exit_criteria import ExitCriteria
from hygiene.checks.qualification import Qualification
from hygiene.checks.required_field import RequiredField
from hygiene.checks.stage_return import StageReturn
from hygiene.checks.stage_skip import StageSkip
from hygiene.gate import Asked, verdict
from sync.rules.salesforce import SPACE, drift, export
from tests.book import NOON, Book, record
from tests.hygiene.pipelines import SALESFORCE as PIPELINE
from tests.sync.rules.evaluator import Saved

SPACE_OF = "salesforce:1"
SPEC = ObjectSpec(
    "deal",
    "Opportunity",
    (
        FieldSpec("amount", "Amount", "currency"),
        FieldSpec("next_step", "NextStep", "string", length=255),
        FieldSpec("lost_reason", "Loss_Reason__c", "picklist", length=255),
        FieldSpec("close_date", "CloseDate", "date"),
        FieldSpec("owner", "OwnerId", "reference"),
        FieldSpec("description", "Description", "textarea", length=32000),
        FieldSpec("closed", "IsClosed", "boolean"),
    ),
)
NATIVE = {item.name: item.native for item in SPEC.fields} | {"stage": "StageName"}
VALUES: Mapping[str, tuple[Value, ...]] = {
    "amount": (None, Decimal(0), Decimal("1.00"), Decimal(1000)),
    "next_step": (None, "", " TBD ", "call"),
    "lost_reason": (None, "None", "price"),
    "close_date": (None, date(2026, 12, 1)),
    "owner": (None, "005A"),
}
REQUIRED = {
    "*": {
        "*": ("owner", "company"),
        "open": ("close_date",),
        "Qualification": ("amount",),
        "Proposal/Price Quote": ("next_step",),
        "won": ("amount",),
        "lost": ("lost_reason",),
    }
}
EITHER = [{"name": "written", "filled": ["next_step"]}, {"name": "known", "tied": "company"}]
CRITERIA = {
    "*": {
        "Prospecting": [
            {"name": "said", "any": [{"name": "a", "filled": ["next_step"]}, {"name": "b", "tied": "company"}]}
        ],
        "Qualification": [{"name": "worth it", "at_least": {"amount": 1000}}],
        "Needs Analysis": [{"name": "reason", "one_of": {"lost_reason": ["Price"]}, "filled": ["close_date"]}],
    }
}
CHECKS: tuple[RowCheck, ...] = (
    RequiredField.model_validate({"rules": REQUIRED}),
    ExitCriteria.model_validate({"rules": CRITERIA}),
    StageReturn(),
)
SKIPS = (StageSkip(again=True), StageSkip(again=True, optional=("Qualification",)), StageSkip(again=True, won=False))
STAGES = PIPELINE.stages


def formulas(rules: tuple[RowCheck, ...]) -> list[str]:
    files = export(rules, PIPELINE, SPEC).files.values()
    return [fromstring(text).findtext(f"{{{SPACE}}}errorConditionFormula") for text in files]


def saved(row: Record, before: str, to: str) -> Saved:
    fields: dict[str, Any] = {NATIVE[name]: value for name, value in row.fields.items() if name in NATIVE}
    fields["AccountId"] = next((link.to.id for link in row.links), None)
    return Saved(fields | {"StageName": to}, fields | {"StageName": before})


def alone() -> list[RowCheck]:
    """Each thing that the checks ask, as a check of its own, so that no other objection hides what it says."""
    fields = [{"*": {stage: [name]}} for stage, names in REQUIRED["*"].items() for name in names]
    criteria = [{"*": {stage: [item]}} for stage, items in CRITERIA["*"].items() for item in items]
    return [
        *(RequiredField.model_validate({"rules": one}) for one in fields),
        *(ExitCriteria.model_validate({"rules": one}) for one in criteria),
        *(StageReturn(), StageReturn(least=2)),
    ]


ALONE = alone()


@settings(max_examples=300)
@given(data=st.data())
def test_a_save_is_stopped_where_the_gate_objects(data: st.DataObject) -> None:
    before, to = (data.draw(st.sampled_from(STAGES)) for _ in range(2))
    fields = {name: data.draw(st.sampled_from(values)) for name, values in VALUES.items()}
    links = [Link(Ref(SPACE_OF, "company", "001A"))] if data.draw(st.booleans()) else []
    row = record("deal", "d", SPACE_OF, links=tuple(links), stage=before.id, pipeline=PIPELINE.id, **fields)
    rule = data.draw(st.sampled_from([*ALONE, *([] if before.closed else SKIPS)]))
    book = Book([row, record("company", "001A", SPACE_OF)], [PIPELINE]).told(Past(row.ref, "stage", NOON, before.id))
    said = verdict([rule], book, Asked(row, {"stage": to.id}, NOON))
    stopped = [formula for formula in formulas((rule,)) if saved(row, before.id, to.id).refused(formula)]
    assert before is to or said.allow is not bool(stopped), (said.objections, stopped)


def test_a_deal_that_is_not_moved_is_never_stopped() -> None:
    row = record("deal", "d", SPACE_OF, stage=STAGES[3].id)
    assert not any(saved(row, STAGES[3].id, STAGES[3].id).refused(text) for text in formulas((*CHECKS, *SKIPS)))


def test_a_deal_is_asked_while_it_is_created() -> None:
    new = Saved({"StageName": STAGES[0].id, "OwnerId": "005A", "CloseDate": date(2026, 12, 1)}, None)
    assert [text for text in formulas(CHECKS) if new.refused(text)] == [
        text for text in formulas(CHECKS) if "ISBLANK(AccountId)" in text and "NextStep" not in text
    ]


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (RequiredField.model_validate({"rules": {"*": {"*": ["contact"]}}}), "which contact records are tied"),
        (RequiredField.model_validate({"rules": {"*": {"*": ["description"]}}}), "cannot read Description"),
        (RequiredField.model_validate({"rules": {"*": {"*": ["mystery"]}}}), "no such field"),
        (ExitCriteria(), "contact records are tied"),
        (ExitCriteria.model_validate({"rules": {"*": {"Prospecting": [{"name": "x", "active_days": 3}]}}}), "activity"),
        (StageSkip(), "stood in a skipped stage before"),
        (Qualification(), "only the gate itself"),
    ],
)
def test_what_no_formula_can_ask_is_told(check: RowCheck, words: str) -> None:
    assert any(words in item.why for item in export([check], PIPELINE, SPEC).left_out)


def test_yes_and_no_are_never_empty() -> None:
    found = export([RequiredField.model_validate({"rules": {"*": {"*": ["closed"]}}})], PIPELINE, SPEC)
    assert (found.files, found.left_out) == ({}, ())


def test_names_are_those_that_salesforce_takes() -> None:
    files = export((*CHECKS, *SKIPS), PIPELINE, SPEC).files
    names = [fromstring(text).findtext(f"{{{SPACE}}}fullName") for text in files.values()]
    assert [path.rpartition("/")[2] for path in files] == [f"{name}.validationRule-meta.xml" for name in names]
    assert len(set(names)) == len(names) >= 10
    assert all(len(name) <= 40 and name[0].isalpha() and "__" not in name and name[-1] != "_" for name in names)


def test_drift_names_each_difference() -> None:
    ours = export(CHECKS, PIPELINE, SPEC).files
    active = export(CHECKS, PIPELINE, SPEC, active=True).files
    assert list(drift(ours, {f"src/{path}": text.replace(", ", ",\n  ") for path, text in active.items()})) == []
    first, second, third, *_ = ours
    theirs = {**active, second: active[second].replace("ISNEW", "NOT"), third: ours[third]}
    theirs["x/Revops_old.validationRule-meta.xml"] = theirs.pop(first)
    theirs["x/Another.validationRule-meta.xml"] = active[first]
    found = {item.path.rpartition("/")[2]: item.what for item in drift(ours, theirs)}
    assert [found[path.rpartition("/")[2]] for path in (first, second, third)] == [
        "is missing",
        "has another formula",
        "is not active",
    ]
    assert len(found) == 4 and "no rule of the gate" in found["Revops_old.validationRule-meta.xml"]
