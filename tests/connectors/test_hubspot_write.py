"""What only HubSpot's writer does, against the sandbox in process and in virtual time."""

from typing import Any

import pytest

from connectors import hubspot
from connectors.changes import Archive, Batch, Change, Connect, Create, Merge, Restore, Row, Set, Status, Unlink
from connectors.errors import CredentialError, NotProcessed, Rejected, UsageError
from connectors.hubspot.allowed import BUDGETS
from connectors.pace import Pace
from connectors.records import Link, Record, Ref
from sandbox.app import Sandbox
from tests.connectors.desk import READER, SPACE, Desk, opened


@pytest.fixture
def desk() -> Desk:
    return opened(Sandbox())


CHANGES = [("set", 100), ("create", 100), ("archive", 100), ("merge", 1), ("link", 100), ("unlink", 100)]


@pytest.mark.parametrize(("word", "rows"), CHANGES)
def test_a_push_is_one_call(desk: Desk, word: str, rows: int) -> None:
    desk.writer.identity()
    companies, contacts = desk.fill("company", max(rows, 2)), desk.fill("contact", max(rows, 2))
    changes: dict[str, list[Change]] = {
        "set": [Set(ref, {"name": "y"}) for ref in companies],
        "create": [Create(SPACE, "company", f"k{n}", {}, "name") for n in range(rows)],
        "archive": [Archive(ref) for ref in companies],
        "merge": [Merge(companies[0], (companies[1],))],
        "link": [Connect(ref, Link(companies[0])) for ref in contacts],
        "unlink": [Unlink(ref, Link(companies[0])) for ref in contacts],
    }
    before = desk.writer.calls
    assert set(desk.statuses(*changes[word])) == {Status.APPLIED}
    assert desk.writer.calls - before == desk.writer.limits.calls(word, rows) == 1


LOSSES = ["drop_after", {"apply_then": 502}, {"apply_then": 200}, {"truncate": 7}, {"garble": "empty"}]
ENDED = ["set", "create", "merge", "link"]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
@pytest.mark.parametrize("word", ENDED)
def test_a_write_whose_answer_is_lost_is_unknown_and_done_once(desk: Desk, word: str, loss: Any) -> None:
    if word == "merge" and loss == {"garble": "empty"}:
        loss = {"status": 200, "body": []}
    (one, two), (contact, _) = desk.fill("company", 2), desk.fill("contact", 2)
    changes: dict[str, Change] = {
        "set": Set(one, {"name": "y"}),
        "create": Create(SPACE, "company", "new", {}, "name"),
        "merge": Merge(one, (two,)),
        "link": Connect(contact, Link(one)),
    }
    desk.writer.identity()
    before = desk.writer.calls
    desk.fault("(batch/(update|create)|merge)$", loss)
    assert desk.statuses(changes[word]) == [Status.UNKNOWN]
    assert desk.writer.calls - before == 1


EXPIRED = {"status": 401, "body": {"category": "EXPIRED_AUTHENTICATION"}}
UNPROCESSED = ["drop_before", {"status": 423, "body": {}}, EXPIRED]


@pytest.mark.parametrize("do", UNPROCESSED, ids=str)
def test_a_write_of_which_nothing_was_processed_says_so(desk: Desk, do: Any) -> None:
    (one,) = desk.fill("company", 1)
    desk.writer.identity()
    desk.fault("batch/update$", do)
    with pytest.raises(NotProcessed):
        desk.push(Set(one, {"name": "y"}))
    assert list(desk.sandbox.store.ledger()) == []


def test_outcomes_are_matched_by_id_and_never_by_position(desk: Desk) -> None:
    refs = desk.fill("company", 3)
    desk.fault("batch/update$", {"garble": "reorder"})
    outcomes = desk.push(*(Set(ref, {"name": "y"}) for ref in refs))
    assert [outcome.ref for outcome in outcomes] == refs


def test_one_bad_value_is_told_by_property_and_not_by_value(desk: Desk) -> None:
    one, two = desk.fill("company", 2)
    good, bad = desk.push(Set(one, {"name": "y"}), Set(two, {"employees": "many"}))
    assert (good.status, bad.status) == (Status.APPLIED, Status.REJECTED)
    assert "numberofemployees" in bad.message and "many" not in bad.message


@pytest.mark.parametrize("kind", ["set", "archive"])
def test_a_readers_token_cannot_write(desk: Desk, kind: str) -> None:
    (one,) = desk.fill("company", 1)
    weak = hubspot.writer(hubspot.Account(READER), desk.reader.portal.transport.adapter, Pace(BUDGETS))
    change: Change = Set(one, {"name": "y"}) if kind == "set" else Archive(one)
    with pytest.raises(CredentialError):
        weak.push(Batch(SPACE, "company", kind, (Row("a", change),)))


@pytest.mark.parametrize(("label", "types"), [("", {279}), ("Primary", {1, 279})])
def test_a_label_becomes_its_type(desk: Desk, label: str, types: set[int]) -> None:
    (company,), (contact,) = desk.fill("company", 1), desk.fill("contact", 1)
    assert desk.statuses(Connect(contact, Link(company, label))) == [Status.APPLIED]
    found = {type_ for _, _, type_ in desk.sandbox.store.links("hubspot", "contact", contact.id)}
    assert found == types
    reading = desk.reader.read([contact], [], ["company"])[contact]
    assert isinstance(reading, Record) and {link.label for link in reading.links} == {label, ""}


def test_cutting_a_label_leaves_the_plain_tie(desk: Desk) -> None:
    (company,), (contact,) = desk.fill("company", 1), desk.fill("contact", 1)
    desk.push(Connect(contact, Link(company, "Primary")))
    assert desk.statuses(Unlink(contact, Link(company, "Primary"))) == [Status.APPLIED]
    reading = desk.reader.read([contact], [], ["company"])[contact]
    assert isinstance(reading, Record) and [link.label for link in reading.links] == [""]


def test_a_label_that_nobody_made_is_refused_before_anything_is_sent(desk: Desk) -> None:
    (company,), (contact,) = desk.fill("company", 1), desk.fill("contact", 1)
    with pytest.raises(UsageError, match="Boss"):
        desk.push(Connect(contact, Link(company, "Boss")))


def test_one_bad_tie_is_told_from_the_good_one(desk: Desk) -> None:
    (company,), contacts = desk.fill("company", 1), desk.fill("contact", 2)
    nobody = Ref(SPACE, "company", "99999999999")
    assert desk.statuses(Connect(contacts[0], Link(company)), Connect(contacts[1], Link(nobody))) == [
        Status.APPLIED,
        Status.REJECTED,
    ]


def test_ties_to_two_kinds_are_two_calls(desk: Desk) -> None:
    (company,), (contact,), (deal,) = desk.fill("company", 1), desk.fill("contact", 1), desk.fill("deal", 1)
    desk.writer.identity()
    before = desk.writer.calls
    assert set(desk.statuses(Connect(deal, Link(company)), Connect(deal, Link(contact)))) == {Status.APPLIED}
    assert desk.writer.calls - before == 2


def test_a_restore_is_refused_without_a_call(desk: Desk) -> None:
    (one,) = desk.fill("company", 1)
    desk.writer.identity()
    before = desk.writer.calls
    (outcome,) = desk.push(Restore(one))
    assert (outcome.status, outcome.code, desk.writer.calls) == (Status.REJECTED, "no_restore", before)


def test_a_company_merge_is_refused_while_the_salesforce_integration_is_on(desk: Desk) -> None:
    keep, lose = opened(desk.sandbox, salesforce_integration=True).fill("company", 2)
    with pytest.raises(Rejected):
        desk.push(Merge(keep, (lose,)))


def test_a_merge_of_three_is_refused_before_anything_is_sent(desk: Desk) -> None:
    one, two, three = desk.fill("company", 3)
    with pytest.raises(UsageError):
        desk.push(Merge(one, (two, three)))


BUILT: list[tuple[str, str, tuple[Change, ...]]] = [
    ("set", "contact", (Set(Ref(SPACE, "company", "1"), {}),)),
    ("set", "company", (Archive(Ref(SPACE, "company", "1")),)),
    ("set", "company", (Set(Ref(SPACE, "company", "1"), {}), Set(Ref(SPACE, "company", "1"), {}))),
    ("set", "company", ()),
    ("set", "company", tuple(Set(Ref(SPACE, "company", str(number)), {}) for number in range(101))),
    ("explode", "company", (Set(Ref(SPACE, "company", "1"), {}),)),
]


@pytest.mark.parametrize(("word", "kind", "changes"), BUILT)
def test_a_batch_misbuilt_is_refused_before_anything_is_sent(desk: Desk, word: str, kind: str, changes: Any) -> None:
    rows = tuple(Row(str(number), change) for number, change in enumerate(changes))
    with pytest.raises(UsageError):
        desk.writer.push(Batch(SPACE, kind, word, rows))
    assert list(desk.sandbox.store.ledger()) == []


def test_our_own_properties_are_made_once(desk: Desk) -> None:
    desk.writer.ensure_fields("company")
    desk.writer.ensure_fields("company")
    spec = desk.reader.describe("company")
    mark, key = spec.field("merged_into"), spec.field("revops_key")
    assert mark is not None and key is not None and key.unique and key.writable
