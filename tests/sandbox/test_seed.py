"""The seeded population is repeatable, of the size asked for, true to its truth table and shaped as the CRMs do it."""

import json
import random
from collections import Counter
from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.hubspot.association_types import ASSOCIATIONS, LABELS
from sandbox.hubspot.catalog import properties
from sandbox.salesforce.catalog.picklists import PICKLISTS
from sandbox.salesforce.schema import schema_of
from sandbox.seed import dirt, places, seed, story, traps
from sandbox.seed.cast import Cast
from sandbox.seed.world import World
from sandbox.store import Row, Store

NOW = 1_795_000_000_000
SIZES = {"companies": 300, "contacts": 700, "leads": 150, "deals": 200}
KINDS = {"company": 300, "contact": 700, "lead": 150, "deal": 200}
CRMS = ("hubspot", "salesforce")


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    seed(made, seed=7, **SIZES, now_ms=NOW)
    return made


def records(store: Store, crm: str, kind: str) -> list[Row]:
    return store.rows("crm=? AND kind=?", (crm, kind))


def truth(store: Store, crm: str, kind: str) -> dict[str, tuple[str, str]]:
    sql = "SELECT id, entity, note FROM truth WHERE crm=? AND kind=?"
    return {record: (entity, note) for record, entity, note in store.db.execute(sql, (crm, kind))}


def test_same_arguments_give_the_same_bytes(store: Store) -> None:
    again = Store()
    seed(again, seed=7, **SIZES, now_ms=NOW)
    assert list(again.db.iterdump()) == list(store.db.iterdump())


def test_another_seed_gives_another_world(store: Store) -> None:
    other = Store()
    seed(other, seed=8, **SIZES, now_ms=NOW)
    names = [{row.fields["name"] for row in records(made, "hubspot", "company")} for made in (store, other)]
    assert len(names[0] & names[1]) < 0.05 * len(names[0])


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize(("kind", "size"), KINDS.items())
def test_each_crm_has_exactly_the_size_asked_for(store: Store, crm: str, kind: str, size: int) -> None:
    assert store.count("crm=? AND kind=?", (crm, kind)) == size


@pytest.mark.parametrize(
    "sizes", [(0, 0, 0, 0), (1, 1, 1, 1), (0, 5, 0, 0), (0, 0, 9, 0), (5, 0, 0, 9), (3, 40, 60, 2)]
)
def test_any_size_can_be_had(sizes: tuple[int, int, int, int]) -> None:
    made = Store()
    seed(made, seed=1, companies=sizes[0], contacts=sizes[1], leads=sizes[2], deals=sizes[3], now_ms=NOW)
    counts = [made.count("crm=? AND kind=?", (crm, kind)) for crm in CRMS for kind in KINDS]
    assert counts == [*sizes, *sizes]
    assert made.count("kind IN ('owner', 'user')") == 12 + 13


def test_chunks_lose_nothing() -> None:
    made = Store()
    seed(made, seed=2, companies=1000, contacts=2500, leads=0, deals=0, now_ms=NOW)
    assert made.count("kind IN ('company', 'contact')") == 7000
    assert made.db.execute("SELECT count(*) FROM truth").fetchone()[0] == made.count("1")


def test_every_record_has_its_truth_and_every_truth_its_record(store: Store) -> None:
    both = ["SELECT crm, kind, id FROM record", "SELECT crm, kind, id FROM truth"]
    assert set(store.db.execute(both[0])) == set(store.db.execute(both[1]))


@pytest.mark.parametrize(
    ("kind", "trap"),
    [("company", trap) for trap in traps.COMPANIES] + [("contact", trap) for trap in traps.PEOPLE],
)
@pytest.mark.parametrize("crm", CRMS)
def test_each_trap_stands_beside_what_it_resembles(store: Store, crm: str, kind: str, trap: str) -> None:
    known = truth(store, crm, kind)
    entities = {entity for entity, _ in known.values()}
    bases = {note.split(";")[0].removeprefix(f"{trap}: ") for _, note in known.values() if note.startswith(f"{trap}: ")}
    assert bases & entities


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize(("kind", "low", "high"), [("company", 0.1, 0.2), ("contact", 0.1, 0.2), ("lead", 0.06, 0.25)])
def test_about_one_record_in_seven_is_surplus(store: Store, crm: str, kind: str, low: float, high: float) -> None:
    clusters = Counter(entity for entity, _ in truth(store, crm, kind).values())
    assert low < 1 - len(clusters) / clusters.total() < high
    assert max(clusters.values()) <= 6
    sizes = Counter(clusters.values())
    assert sizes[2] > sizes[3] + sizes[4] + sizes[5] + sizes[6]


@pytest.mark.parametrize("kind", KINDS)
def test_about_half_of_the_entities_stand_in_both(store: Store, kind: str) -> None:
    here, there = ({entity for entity, _ in truth(store, crm, kind).values()} for crm in CRMS)
    assert 0.25 < len(here & there) / len(here | there) < 0.75


def test_leads_are_people_who_may_be_contacts_too(store: Store) -> None:
    people = {entity for crm in CRMS for entity, _ in truth(store, crm, "contact").values()}
    leads = {entity for crm in CRMS for entity, _ in truth(store, crm, "lead").values()}
    assert all(entity.startswith("person-") for entity in leads)
    assert len(leads & people) > 0.5 * len(leads)


@pytest.mark.parametrize("kind", ["company", "contact", "deal", "lead", "task", "call", "meeting", "email", "note"])
def test_hubspot_values_are_strings_that_the_catalog_allows(store: Store, kind: str) -> None:
    specs = properties(kind)
    for row in records(store, "hubspot", kind):
        for name, value in row.fields.items():
            allowed = {option.value for option in specs[name].options}
            assert isinstance(value, str)
            assert not allowed or value in allowed, (name, value)


@pytest.mark.parametrize(
    "kind",
    ["company", "contact", "deal", "lead", "task", "event", "user", "stage", "deal_history", "deal_contact_role"],
)
def test_salesforce_fields_are_those_of_the_catalog(store: Store, kind: str) -> None:
    fields = {field.name: field for field in schema_of(store).by_kind[kind].fields.values()}
    for row in records(store, "salesforce", kind):
        assert set(row.fields) <= set(fields)
        picked = [
            (row.fields[name], field.values)
            for name, field in fields.items()
            if row.fields.get(name) and field.type == "picklist"
        ]
        assert all(value in values for value, values in picked if values)


def test_the_stages_are_the_standard_ones(store: Store) -> None:
    names = [row.fields["ApiName"] for row in records(store, "salesforce", "stage")]
    assert tuple(names) == PICKLISTS["stage"]


def test_links_go_both_ways_between_records_that_exist(store: Store) -> None:
    sql = "SELECT from_kind, from_id, to_kind, to_id FROM link WHERE crm='hubspot'"
    links = set(store.db.execute(sql))
    known = set(store.db.execute("SELECT kind, id FROM record WHERE crm='hubspot'"))
    assert links
    assert {(kind, key) for kind, key, *_ in links} <= known
    assert {(*back, *forth) for *forth, a, b in links for back in [(a, b)]} == links


def test_association_types_are_hubspots(store: Store) -> None:
    known = {(a, b, number) for a, b, *numbers in ASSOCIATIONS for number in numbers}
    known |= {(a, b, number) for a, b, number, *_ in LABELS}
    assert set(store.db.execute("SELECT DISTINCT from_kind, to_kind, type FROM link")) <= known


def lookups(store: Store) -> Iterator[tuple[str, str]]:
    names = ("AccountId", "OwnerId", "WhoId", "WhatId", "ParentId", "OpportunityId", "ContactId", "CreatedById")
    for row in store.rows("crm='salesforce'"):
        yield from ((name, row.fields[name]) for name in names if row.fields.get(name))


def test_salesforce_lookups_find_their_record(store: Store) -> None:
    known = {key for (key,) in store.db.execute("SELECT id FROM record WHERE crm='salesforce'")}
    assert [(name, key) for name, key in lookups(store) if key not in known] == []


@pytest.mark.parametrize(
    ("crm", "kind", "name"),
    [
        ("hubspot", "company", "salesforceaccountid"),
        ("hubspot", "contact", "salesforcecontactid"),
        ("hubspot", "deal", "hs_salesforceopportunityid"),
        ("salesforce", "company", "HubSpot_Company_Id__c"),
        ("salesforce", "contact", "HubSpot_Contact_Id__c"),
        ("salesforce", "deal", "HubSpot_Deal_Id__c"),
    ],
)
def test_linked_twins_are_one_entity_and_linked_once(store: Store, crm: str, kind: str, name: str) -> None:
    here, there = truth(store, crm, kind), truth(store, CRMS[crm == "hubspot"], kind)
    linked = [(row.id, row.fields[name]) for row in records(store, crm, kind) if row.fields.get(name)]
    assert len(linked) > 0.1 * len(here)
    assert all(here[one][0] == there[other][0] for one, other in linked)
    assert len({other for _, other in linked}) == len(linked)


def test_hubspot_keeps_addresses_unique_and_in_lower_case(store: Store) -> None:
    emails = [row.fields["email"] for row in records(store, "hubspot", "contact") if "email" in row.fields]
    assert len(set(emails)) == len(emails) > 500
    assert all(email == email.lower() and email.count("@") == 1 for email in emails)


def test_records_are_numbered_in_the_order_of_their_making(store: Store) -> None:
    for crm in CRMS:
        for kind in KINDS:
            rows = records(store, crm, kind)
            assert all(row.created <= row.modified <= row.visible <= NOW for row in rows)
            assert [row.created for row in rows] == sorted(row.created for row in rows)


def test_deals_stand_where_their_history_ends(store: Store) -> None:
    for row in records(store, "hubspot", "deal"):
        for name in ("dealstage", "closedate", "amount"):
            past = store.past("hubspot", "deal", row.id, name)
            assert (past[-1][1] if past else None) == row.fields.get(name)
            assert all(row.created <= at <= NOW for at, _, _ in past)


def test_opportunities_stand_where_their_history_ends(store: Store) -> None:
    last = {row.fields["OpportunityId"]: row.fields for row in records(store, "salesforce", "deal_history")}
    for row in records(store, "salesforce", "deal"):
        assert all(row.fields[name] == last[row.id][name] for name in ("StageName", "Amount", "CloseDate"))


@pytest.mark.parametrize("crm", CRMS)
def test_every_pattern_of_history_is_there(store: Store, crm: str) -> None:
    notes = {note.removeprefix("pattern: ") for _, note in truth(store, crm, "deal").values()}
    assert set(story.PATTERNS) <= notes


def stages(store: Store, pattern: str) -> list[list[tuple[int, str | None]]]:
    found = [key for key, (_, note) in truth(store, "hubspot", "deal").items() if note == f"pattern: {pattern}"]
    return [[(at, stage) for at, stage, _ in store.past("hubspot", "deal", key, "dealstage")] for key in found]


def test_a_bulk_move_takes_less_than_a_second(store: Store) -> None:
    for past in stages(store, "bulk"):
        assert 0 < past[-1][0] - past[1][0] < 1000


def test_a_backward_move_reenters_a_stage_and_a_skip_leaves_one_out(store: Store) -> None:
    assert all(len({stage for _, stage in past}) < len(past) for past in stages(store, "backward"))
    assert all("presentationscheduled" not in {stage for _, stage in past} for past in stages(store, "skip"))


def test_stale_deals_have_rested_for_a_month(store: Store) -> None:
    known = truth(store, "hubspot", "deal")
    stale = [row for row in records(store, "hubspot", "deal") if known[row.id][1] == "pattern: stale"]
    worked = [row.fields["notes_last_updated"] for row in stale if "notes_last_updated" in row.fields]
    assert len(worked) > 5
    assert max(worked) < "2026-10-19"
    assert all(row.fields["hs_is_closed"] == "false" for row in stale)


def test_last_activity_is_that_of_the_linked_work(store: Store) -> None:
    for row in records(store, "hubspot", "deal"):
        linked = [store.get("hubspot", kind, key) for kind, key, _ in store.links("hubspot", "deal", row.id)]
        times = [
            found.fields["hs_timestamp"]
            for found in linked
            if found and "hs_timestamp" in found.fields and found.fields.get("hs_task_status") != "NOT_STARTED"
        ]
        assert row.fields.get("notes_last_updated") == max(times, default=None)


def test_what_a_stage_needs_is_sometimes_missing(store: Store) -> None:
    deals = records(store, "hubspot", "deal")
    assert any("amount" not in row.fields for row in deals)
    assert any(row.fields["hs_is_closed"] == "false" and "hs_next_step" not in row.fields for row in deals)
    assert any(not store.links("hubspot", "deal", row.id, "contact") for row in deals)


@given(st.sampled_from(places.COUNTRIES), st.integers(0, 1_200_000))
def test_numbers_are_valid_where_they_come_from(country: places.Country, slot: int) -> None:
    for number in (places.fixed_line(country, slot), places.mobile(country, slot)):
        parsed = phonenumbers.parse(number.replace(" ", "").replace("-", ""), None)
        assert phonenumbers.is_valid_number(parsed), number
        assert parsed.country_code == int(country.calling)


@given(st.sampled_from(places.COUNTRIES), st.integers(0, 50_000), st.randoms(use_true_random=False))
def test_a_styled_number_is_still_that_number(country: places.Country, slot: int, roll: random.Random) -> None:
    number = places.fixed_line(country, slot)
    styled = dirt.phone_style(number, roll)
    read = phonenumbers.parse(styled or "", country.code if not (styled or "").startswith("00") else "DE")
    assert f"+{read.country_code}" == number.split(" ")[0]
    assert str(read.national_number).lstrip("0") == "".join(number.split(" ")[1:]).lstrip("-0")


@given(st.integers(0, 100_000), st.integers(0, 5), st.randoms(use_true_random=False))
def test_a_copy_keeps_a_name_and_something_to_know_it_by(number: int, copy: int, roll: random.Random) -> None:
    company = World(3, Cast()).company(number)
    made, _ = dirt.company_copy(company, copy, roll)
    assert made.name.strip()
    assert made.domain or made.phone or made.street


def test_a_thing_is_the_same_whenever_it_is_asked_for() -> None:
    one, other = World(5, Cast()), World(5, Cast())
    assert [one.company(number) for number in range(50)] == [other.company(number) for number in range(49, -1, -1)][
        ::-1
    ]


def test_names_and_domains_of_strangers_do_not_collide() -> None:
    world = World(5, Cast())
    domains = [world.company(number).domain for number in range(3000)]
    assert len(set(domains)) > 2995


def test_values_survive_as_json(store: Store) -> None:
    cells = store.db.execute("SELECT data FROM record WHERE instr(data, 'ü') LIMIT 5").fetchall()
    assert len(cells) == 5
    assert all("ü" in json.dumps(json.loads(cell), ensure_ascii=False) for (cell,) in cells)
