"""Every connector is asked the same questions."""

from datetime import timedelta

import pytest

from connectors.base import Gone, Page
from connectors.changes import Archive, Batch, Connect, Create, Merge, Row, Set, Status, Unlink
from connectors.errors import RefusedError
from connectors.records import Record, Ref
from tests.connectors.crms import Crm


def ids(pages: list[Page]) -> list[str]:
    return [record.ref.id for page in pages for record in page.records]


def one(crm: Crm, ref: Ref, *fields: str, links: tuple[str, ...] = ()) -> Record:
    reading = crm.reader.read([ref], fields, links)[ref]
    assert isinstance(reading, Record)
    return reading


def test_identity_is_stable_and_in_every_ref(crm: Crm) -> None:
    (ref,) = crm.make("company", "Acme")
    assert crm.reader.identity() == crm.reader.identity()
    assert ref.workspace == crm.reader.identity().workspace


def test_a_full_pull_lists_every_live_record_once(crm: Crm) -> None:
    made = crm.make("company", *(f"Company {number}" for number in range(100)))
    made += crm.make("company", *(f"Company {number}" for number in range(100, 120)))
    crm.push(Archive(made.pop()))
    crm.wait()
    assert sorted(ids(list(crm.reader.pull("company")))) == sorted(ref.id for ref in made)


def test_a_full_pull_bears_fields_and_says_how_many_there_are(crm: Crm) -> None:
    crm.make("company", "Acme", "Globex")
    crm.wait()
    pages = list(crm.reader.pull("company"))
    assert sorted(record.text("name") for page in pages for record in page.records) == ["Acme", "Globex"]
    assert pages[0].total == 2


def test_a_pull_of_nothing_is_empty(crm: Crm) -> None:
    assert ids(list(crm.reader.pull("contact"))) == []


def test_a_pull_of_changes_finds_what_changed(crm: Crm) -> None:
    made = crm.make("company", "Acme", "Globex", "Initech")
    crm.wait()
    since = one(crm, made[0]).modified_at
    assert since is not None
    crm.push(Set(made[1], {"name": "Globex Corporation"}))
    crm.wait()
    changed = ids(list(crm.reader.pull("company", since + timedelta(milliseconds=1))))
    assert made[1].id in changed


def test_a_pull_of_changes_tells_of_archived_ones(crm: Crm) -> None:
    made = crm.make("company", "Acme", "Globex")
    crm.wait()
    since = one(crm, made[0]).modified_at
    crm.push(Archive(made[1]))
    crm.wait()
    gone = [item.ref for page in crm.reader.pull("company", since) for item in page.gone]
    assert gone == [made[1]]


def test_a_read_shows_only_what_was_asked_for(crm: Crm) -> None:
    (ref,) = crm.make("company", "Acme")
    assert dict(one(crm, ref, "name").fields) == {"name": "Acme"}


def test_a_read_of_a_missing_id_is_gone(crm: Crm) -> None:
    (ref,) = crm.make("company", "Acme")
    absent = Ref(ref.workspace, ref.kind, crm.absent)
    readings = crm.reader.read([ref, absent], ["name"])
    assert isinstance(readings[ref], Record)
    assert readings[absent] == Gone(absent)


def test_a_set_writes_and_clears(crm: Crm) -> None:
    (ref,) = crm.make("company", "Acme")
    (outcome,) = crm.push(Set(ref, {"name": "Acme Ltd", "phone": "+1 555 0100"}))
    assert (outcome.status, outcome.ref) == (Status.APPLIED, ref)
    crm.push(Set(ref, {"phone": None}))
    record = one(crm, ref, "name", "phone")
    assert (record.get("name"), record.get("phone")) == ("Acme Ltd", None)


def test_one_bad_row_does_not_spoil_the_good_ones(crm: Crm) -> None:
    good, other = crm.make("company", "Acme", "Globex")
    outcomes = crm.push(
        *(Set(ref, {"phone": "1"}) for ref in (good, Ref(good.workspace, "company", crm.absent), other))
    )
    assert [item.status for item in outcomes] == [Status.APPLIED, Status.REJECTED, Status.APPLIED]
    assert one(crm, other, "phone").get("phone") == "1"


def test_a_created_record_is_found_by_its_key(crm: Crm) -> None:
    (ref,) = crm.make("company", "Acme")
    assert crm.reader.find("company", crm.key_field, ["key-Acme", "key-None"]) == {"key-Acme": ref}


def test_a_merge_leaves_a_survivor_that_both_ids_lead_to(crm: Crm) -> None:
    keep, lose = crm.make("company", "Acme", "Acme Inc")
    crm.push(Set(lose, {"phone": "2"}))
    carry = {"phone": "2"} if crm.reader.limits.merge_carries else {}
    (outcome,) = crm.push(Merge(keep, (lose,), carry))
    assert outcome.status is Status.APPLIED and outcome.ref is not None
    assert one(crm, outcome.ref, "name", "phone").fields == {"name": "Acme", "phone": "2"}
    readings = crm.reader.read([ref for ref in (keep, lose) if ref != outcome.ref], ["name"])
    assert set(readings.values()) == {Gone(ref, outcome.ref) for ref in readings}


def test_a_pull_names_who_was_merged_into_whom(crm: Crm) -> None:
    keep, lose = crm.make("company", "Acme", "Acme Inc")
    since = one(crm, keep).modified_at
    (outcome,) = crm.push(Merge(keep, (lose,)))
    crm.wait()
    pages = list(crm.reader.pull("company", since))
    told = {item.ref: item.merged_into for page in pages for item in page.gone}
    assert told[lose] == outcome.ref


def test_a_link_is_made_and_cut(crm: Crm) -> None:
    (company,) = crm.make("company", "Acme")
    (contact,) = crm.make("contact", "Doe")
    link = crm.company_link(company)
    (made,) = crm.push(Connect(contact, link))
    assert (made.status, made.ref) == (Status.APPLIED, contact)
    assert {item.to for item in one(crm, contact, links=("company",)).links} == {company}
    (cut,) = crm.push(Unlink(contact, link))
    assert cut.status is Status.APPLIED
    assert one(crm, contact, links=("company",)).links == ()


def test_ties_are_read_from_the_other_end_too(crm: Crm) -> None:
    (company,) = crm.make("company", "Acme")
    contacts = crm.make("contact", "Doe", "Roe")
    crm.push(*(Connect(ref, crm.company_link(company)) for ref in contacts))
    assert {item.to for item in one(crm, company, links=("contact",)).links} == set(contacts)


def test_an_archived_record_is_gone_and_archiving_names_it(crm: Crm) -> None:
    keep, drop = crm.make("company", "Acme", "Globex")
    (outcome,) = crm.push(Archive(drop))
    assert (outcome.status, outcome.ref) == (Status.APPLIED, drop)
    assert crm.reader.read([drop], ["name"]) == {drop: Gone(drop)}
    assert isinstance(crm.reader.read([keep], ["name"])[keep], Record)


def test_a_lost_answer_is_unknown_and_nothing_is_sent_twice(crm: Crm) -> None:
    before = crm.effects()
    crm.lose()
    (outcome,) = crm.push(Create(crm.workspace, "company", "key-lost", {"name": "Lost"}, crm.key_field))
    assert outcome.status is Status.UNKNOWN
    assert crm.effects() == before + 1
    assert len(crm.reader.find("company", crm.key_field, ["key-lost"])) == 1


@pytest.mark.parametrize("elsewhere", ["memory:elsewhere", "hubspot:1"])
def test_a_record_of_another_account_is_refused(crm: Crm, elsewhere: str) -> None:
    (ref,) = crm.make("company", "Acme")
    before = crm.effects()
    change = Set(Ref(elsewhere, "company", ref.id), {"name": "No"})
    for workspace in (elsewhere, crm.workspace):
        with pytest.raises(RefusedError):
            crm.writer.push(Batch(workspace, "company", "set", (Row("1", change),)))
    assert crm.effects() == before


def test_a_reader_has_no_way_to_write(crm: Crm) -> None:
    assert not hasattr(crm.reader, "push")
