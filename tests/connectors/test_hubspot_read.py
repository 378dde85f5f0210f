"""What only HubSpot's reader does, against the sandbox in process and in virtual time."""

from dataclasses import asdict
from datetime import UTC, datetime
from math import ceil
from typing import Any

import pytest

from connectors import hubspot
from connectors.base import Gone
from connectors.changes import Create, Set
from connectors.errors import CredentialError, Exhausted, Garbled, RevopsError, UsageError
from connectors.records import Record, Ref
from sandbox import store
from sandbox.app import Sandbox
from sandbox.hubspot.catalog import Property
from tests.connectors.desk import READER, SPACE, Desk, opened


@pytest.fixture
def desk() -> Desk:
    return opened(Sandbox())


def listed(desk: Desk, kind: str, since: datetime | None = None) -> list[str]:
    return [record.ref.id for page in desk.reader.pull(kind, since) for record in page.records]


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 1001])
def test_a_full_pull_pages_through_everything(desk: Desk, number: int) -> None:
    refs = desk.fill("company", number)
    assert listed(desk, "company") == [ref.id for ref in refs]


def test_changes_beyond_ten_thousand_with_one_stamp_are_all_found(desk: Desk) -> None:
    refs = desk.fill("company", 10_450)
    assert listed(desk, "company", datetime(1970, 1, 1, tzinfo=UTC)) == [ref.id for ref in refs]


@pytest.mark.parametrize(("milliseconds", "found"), [(999, 3), (1000, 3), (1001, 0)])
def test_changes_at_the_very_stamp_are_found(desk: Desk, milliseconds: int, found: int) -> None:
    desk.fill("contact", 3)
    since = datetime.fromtimestamp(milliseconds / 1000, UTC)
    assert len(listed(desk, "contact", since)) == found


def test_a_list_that_hides_records_does_not_match_its_total(desk: Desk) -> None:
    refs = desk.fill("company", 5)
    desk.fault("objects/2026-03/companies$", {"hide": [refs[2].id]}, method="GET")
    (page,) = desk.reader.pull("company")
    assert (len(page.records), page.total) == (4, 5)


def test_every_tie_is_read_however_many_pages_there_are(desk: Desk) -> None:
    (company,) = desk.fill("company", 1)
    contacts = desk.fill("contact", 1203)
    desk.sandbox.store.link("hubspot", [("company", company.id, "contact", ref.id, 280) for ref in contacts])
    reading = desk.reader.read([company], [], ["contact"])[company]
    assert isinstance(reading, Record) and {link.to for link in reading.links} == set(contacts)


ASKED = [(1, ()), (100, ("contact",)), (101, ("contact", "deal")), (1001, ("deal",))]


@pytest.mark.parametrize(("number", "links"), ASKED)
def test_a_read_costs_the_calls_that_the_limits_foretell(desk: Desk, number: int, links: tuple[str, ...]) -> None:
    refs = desk.fill("company", number)
    desk.reader.describe("company")
    desk.reader.identity()
    before, limits = desk.reader.calls, desk.reader.limits
    desk.reader.read(refs, ["name"], links)
    foretold = limits.calls("read", number) + len(links) * limits.calls("read_links", number)
    assert desk.reader.calls - before == foretold == ceil(number / 100) + len(links) * ceil(number / 1000)


def test_history_is_told_oldest_first(desk: Desk) -> None:
    fields = {"pipeline": "default", "stage": "appointmentscheduled"}
    made = Create(SPACE, "deal", "Deal", fields, "name")
    ref = desk.push(made)[0].ref
    assert ref is not None
    for stage in ("qualifiedtobuy", "closedwon"):
        desk.sandbox.clock.advance(60)
        desk.push(Set(ref, {"stage": stage}))
    past = [item for page in desk.reader.pull("deal") for item in page.past if item.field == "stage"]
    assert [item.value for item in past] == ["appointmentscheduled", "qualifiedtobuy", "closedwon"]
    assert [item.at for item in past] == sorted(item.at for item in past)
    assert {item.source.split()[0] for item in past} == {"INTEGRATION"}


SPOILT = [
    *({"truncate": 40}, {"status": 200, "body": "<html>"}, {"status": 503}, {"status": 502}),
    *("drop_after", "drop_before", {"status": 423, "body": {}}),
]


@pytest.mark.parametrize("do", SPOILT, ids=str)
def test_a_spoilt_page_is_asked_for_again(desk: Desk, do: Any) -> None:
    refs = desk.fill("company", 150)
    desk.fault("objects/2026-03/companies$", do, method="GET", nth=2)
    assert listed(desk, "company") == [ref.id for ref in refs]


def test_a_batch_read_that_answers_nothing_is_made_good_one_by_one(desk: Desk) -> None:
    refs = desk.fill("company", 3)
    desk.fault("batch/read$", {"garble": "empty"})
    assert all(isinstance(item, Record) for item in desk.reader.read(refs, ["name"]).values())


def test_a_search_that_counts_and_shows_nothing_is_not_believed(desk: Desk) -> None:
    desk.fill("company", 3)
    desk.fault("/search$", {"garble": "empty"}, times=0)
    with pytest.raises(Garbled, match="shows none"):
        listed(desk, "company")


def test_a_cursor_that_comes_round_again_is_noticed(desk: Desk) -> None:
    page = {"results": [], "paging": {"next": {"after": "7"}}}
    desk.fault("objects/2026-03/companies$", {"status": 200, "body": page}, method="GET", times=0)
    with pytest.raises(Garbled, match="move on"):
        listed(desk, "company")


def test_a_record_listed_twice_is_noticed(desk: Desk) -> None:
    row = {"id": "7", "properties": {}, "archived": False}
    page = {"results": [row, row]}
    desk.fault("objects/2026-03/companies$", {"status": 200, "body": page}, method="GET")
    with pytest.raises(Garbled, match="twice"):
        listed(desk, "company")


def test_a_day_without_calls_left_stops_cleanly(desk: Desk) -> None:
    small = opened(desk.sandbox, rate_day=2)
    with pytest.raises(Exhausted):
        for _ in range(3):
            hubspot.connect(hubspot.Account(READER), small.reader.portal.transport.adapter).identity()


def test_the_calls_left_today_are_learned(desk: Desk) -> None:
    desk.reader.identity()
    left: int | None = desk.reader.calls_left
    assert left == 999_999


def test_a_token_that_opens_nothing_is_the_users_to_mend(desk: Desk) -> None:
    with pytest.raises(CredentialError):
        opened(desk.sandbox, "pat-na1-nobody").reader.identity()


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "naïve"])
def test_a_token_that_cannot_be_one_is_refused_unseen(token: str) -> None:
    with pytest.raises(UsageError) as refusal:
        hubspot.connect(hubspot.Account(token))
    assert not token or token not in str(refusal.value)


def test_nothing_shows_the_token(desk: Desk) -> None:
    account = hubspot.Account("canary-token")
    assert "canary" not in repr(account) + repr(hubspot.connect(account).portal.transport.auth)


def test_owners_who_left_are_records_too(desk: Desk) -> None:
    facts = {"email": "a@example.com", "firstName": "Ann", "lastName": "Doe"}
    for seq, active in ((1, True), (2, False)):
        row = {**facts, "active": str(active).lower()}
        desk.sandbox.store.put(store.Row("hubspot", "owner", str(seq), seq, 1, 1, 1, not active, None, row))
    found = {record.ref.id: record.get("active") for page in desk.reader.pull("owner") for record in page.records}
    assert found == {"1": True, "2": False}
    left = Ref(SPACE, "owner", "9")
    assert desk.reader.read([left], ["email"]) == {left: Gone(left)}


def test_pipelines_come_in_their_order(desk: Desk) -> None:
    default = next(item for item in desk.reader.pipelines("deal") if item.id == "default")
    assert [stage.id for stage in default.stages][-2:] == ["closedwon", "closedlost"]
    assert [stage.won for stage in default.stages][-2:] == [True, False]
    assert desk.reader.pipelines("task") == ()


def test_a_wide_row_is_read_by_id_instead_of_by_address(desk: Desk) -> None:
    names = tuple(f"wide_property_number_{number}" for number in range(400))
    made = {name: asdict(Property(name, "string", "text", name, "companyinformation")) for name in names}
    desk.sandbox.store.set("hubspot", "properties:company", made)
    desk.fill("company", 3)
    (page,) = opened(desk.sandbox, extra={"company": names}).reader.pull("company")
    assert len(page.records) == 3 and set(names) <= page.records[0].fields.keys()


def test_the_account_of_a_test_portal_is_not_production(desk: Desk) -> None:
    assert desk.reader.identity().production
    assert not opened(desk.sandbox, account_type="DEVELOPER_TEST").reader.identity().production
    assert opened(desk.sandbox, account_type="A_TYPE_OF_TOMORROW").reader.identity().production


def test_a_kind_that_nobody_named_is_the_users_to_mend(desk: Desk) -> None:
    with pytest.raises(RevopsError, match="type id"):
        desk.reader.describe("spaceship")
