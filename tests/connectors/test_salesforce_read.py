"""Reading the sandbox's organization: pulls, reads by id, stages and the past."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from connectors import errors, salesforce
from connectors.base import Gone
from connectors.changes import (
    Archive,
    Connect,
    Merge,
    Set,
)
from connectors.records import Link, Ref
from sandbox.salesforce.ids import make_id
from sandbox.store import Row as Stored
from tests.connectors.salesforce_org import Org


@pytest.fixture
def org() -> Org:
    return Org()


def test_a_deal_comes_with_its_past_and_its_people(org: Org) -> None:
    company, person = org.make("company", name="Acme"), org.make("contact", last_name="Doe")
    ref = org.deal()
    org.push(Connect(ref, Link(company)), kind="deal")
    role(org, ref, person)
    org.sandbox.clock.advance(60)
    org.push(Set(ref, {"stage": "Proposal", "amount": Decimal("20.25")}), kind="deal")
    (page,) = org.reader.pull("deal")
    assert [(item.field, item.value) for item in page.past] == [
        *(("stage", "Prospecting"), ("amount", Decimal("10.5")), ("close_date", date(2026, 3, 1))),
        *(("stage", "Proposal"), ("amount", Decimal("20.25"))),
    ]
    assert page.records[0].links == (Link(company, "AccountId", "out"), Link(person, "Decision Maker", "both"))


def role(org: Org, deal: Ref, contact: Ref) -> None:
    """A contact role, put there by hand: the connector writes none."""
    now = org.sandbox.clock.now_ms()
    fields = {"OpportunityId": deal.id, "ContactId": contact.id, "Role": "Decision Maker", "IsPrimary": True}
    place = ("salesforce", "deal_contact_role", make_id("00K", 1), 1, now, now, now)
    org.sandbox.store.put(Stored(*place, False, None, fields))


def test_a_deal_keeps_its_numbers_and_dates(org: Org) -> None:
    ref = org.deal(amount=Decimal("1234567890123.45"))
    record = org.one(ref, "amount", "close_date", "probability", "closed", "created_at")
    assert (record.get("amount"), record.get("close_date")) == (Decimal("1234567890123.45"), date(2026, 3, 1))
    assert (record.get("probability"), record.get("closed")) == (Decimal("0.1"), False)
    assert isinstance(record.get("created_at"), datetime)


def test_stages_come_in_their_own_order(org: Org) -> None:
    (pipeline,) = org.reader.pipelines("deal")
    assert [(stage.id, stage.probability, stage.won) for stage in pipeline.stages] == [
        *(("Prospecting", 0.1, False), ("Proposal", 0.75, False), ("Closed Won", 1.0, True)),
    ]
    assert org.reader.pipelines("company") == ()


def test_changes_are_found_again_with_what_was_deleted_and_merged(org: Org) -> None:
    _, changed, dropped, merged = org.companies(4)
    org.sandbox.clock.advance(60)
    since = datetime.fromtimestamp(org.sandbox.clock.now_ms() // 1000, UTC)
    org.push(Set(changed, {"phone": "1"}))
    org.push(Archive(dropped))
    org.push(Merge(changed, (merged,)))
    pages = list(org.reader.pull("company", since))
    assert {record.ref for page in pages for record in page.records} == {changed}
    assert {item for page in pages for item in page.gone} == {Gone(dropped), Gone(merged, changed)}


def test_read_calls_are_those_that_the_limits_say(org: Org) -> None:
    refs = org.companies(3)
    org.reader.read(refs, ["name"], ["contact", "deal"])
    before = org.reader.calls
    org.reader.read(refs, ["name"], ["contact", "deal"])
    limits = org.reader.limits
    assert org.reader.calls - before == limits.calls("read", 3) + 2 * limits.calls("read_links", 3)


@pytest.mark.parametrize("kind", salesforce.KINDS)
def test_every_kind_is_described_and_pulled(org: Org, kind: str) -> None:
    assert org.reader.describe(kind).kind == kind
    assert all(record.ref.kind == kind for page in org.reader.pull(kind) for record in page.records)


def test_a_moment_without_a_zone_is_no_since(org: Org) -> None:
    with pytest.raises(errors.UsageError):
        org.reader.pull("company", datetime(2026, 1, 1) + timedelta())  # noqa: DTZ001
