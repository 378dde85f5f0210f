"""The gate's question in its three forms, on both CRMs, and the words for a question that is wrong."""

from typing import Any

import pytest

from connectors.errors import UsageError
from connectors.records import Ref
from hygiene.check import run
from sync.jobs.gate import answer, asked, gating
from sync.session import Session
from tests.sync.stage import Stage

NAMES = {
    "hubspot": ("dealstage", "amount", "id", "contractsent"),
    "salesforce": ("StageName", "Amount", "Id", "Negotiation/Review"),
}


def first(session: Session, crm: str) -> Ref:
    """The first open deal of a CRM."""
    mirror = session.mirror()
    open_ = (row.ref for row in mirror.records("deal", "closed") if not row.get("closed"))
    return next(ref for ref in open_ if ref.crm == crm)


def native(crm: str, ref: Ref, **fields: Any) -> dict[str, Any]:
    return {"id": ref.id, "properties": fields} if crm == "hubspot" else {"Id": ref.id[:15], **fields}


@pytest.mark.parametrize("crm", NAMES)
def test_all_forms_of_a_question_have_one_answer(stage: Stage, crm: str) -> None:
    name, _, _, to = NAMES[crm]
    with stage.opened() as session:
        ref = first(session, crm)
        others = [answer(session, body) for body in ({"ref": str(ref), "to": to}, native(crm, ref, **{name: to}))]
        said, *others = asked(session, str(ref), to).told(), *others
        assert all(item.pop("mirror_age_seconds") is not None for item in (said, *others))
        assert [said, said] == others and said["deal"] == str(ref) and said["from"]


@pytest.mark.parametrize("crm", NAMES)
def test_a_deal_that_stands_is_judged_as_the_report_does(stage: Stage, crm: str) -> None:
    with stage.opened() as session:
        mirror, rules = session.mirror(), [check for check, _ in gating(session)]
        report = [item for item in run(list(rules), mirror) if item.refs and item.check != "stage_skip"]
        for row in list(mirror.records("deal"))[:12]:
            told = {item.key for item in asked(session, str(row.ref), "").verdict.objections}
            assert told == {item.key for item in report if item.refs == (row.ref,)}


@pytest.mark.parametrize("crm", NAMES)
def test_a_value_in_the_question_counts(stage: Stage, crm: str) -> None:
    name, amount, _, to = NAMES[crm]
    with stage.opened() as session:
        ref = first(session, crm)
        for value, lacks in (("12.5" if crm == "hubspot" else 12.5, False), (None, True)):
            said = answer(session, native(crm, ref, **{name: to, amount: value}))
            assert ("amount" in str(said["missing"])) is lacks


WRONG: list[tuple[Any, str]] = [
    ([], "no JSON object"),
    ({}, "neither"),
    ({"ref": "x"}, "As in|x"),
    ({"ref": "hubspot:12345678/deal/1"}, "no deal"),
    ({"id": "1", "properties": {"dealstage": "nowhere", "pipeline": "default"}}, "no stage"),
    ({"id": "1", "properties": {"amount": "12,5"}}, "amount: not a number"),
    ({"id": "1", "properties": {"closedate": "soon"}}, "closedate: not a date"),
    ({"Id": "006000000000001", "StageName": "Prospecting", "Amount": "12"}, "Amount: not a"),
]


@pytest.mark.parametrize(("body", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_question_is_told_where(stage: Stage, body: Any, words: str) -> None:
    with stage.opened() as session, pytest.raises(UsageError, match=words):
        answer(session, body)


@pytest.mark.parametrize("extra", [{"too": 1}, {"fields": []}, {"fields": {"nope": 1}}, {"to": "nowhere"}])
def test_a_wrong_key_of_the_plain_form_is_named(stage: Stage, extra: dict[str, Any]) -> None:
    with stage.opened() as session:
        ref = str(first(session, "hubspot"))
        with pytest.raises(UsageError, match=str(next(iter(extra.values()))) if "to" in extra else next(iter(extra))):
            answer(session, {"ref": ref, **extra})
