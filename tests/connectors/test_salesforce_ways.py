"""Guarded writes and bulk loads: what an edit in between does, what a lost answer leaves, what a CSV carries."""

from dataclasses import replace

import pytest

from connectors.base import Loader
from connectors.changes import Batch, Outcome, Row, Set, Status, Way
from connectors.errors import NotProcessed, RefusedError, UsageError
from connectors.records import Ref
from connectors.values import Value, frozen
from sandbox.edits import edit
from tests.connectors.salesforce_org import WORKSPACE, Org

INGEST = "/services/data/v66.0/jobs/ingest"
TEXTS = ['plain, "quoted"', "two\nlines", "two\r\nlines", "ä €", "-", "false", "=1+1", "a;b|c\td", "'", "\\N"]


@pytest.fixture
def org() -> Org:
    return Org()


def sent(org: Org, refs: list[Ref], way: Way, **fields: Value) -> tuple[Outcome, ...]:
    """One push of the same fields to these records, right after they were read."""
    seen = org.reader.read(refs, ["name"])
    rows = tuple(Row(ref.id, Set(ref, frozen(fields)), getattr(seen[ref], "modified_at", None)) for ref in refs)
    batch = Batch(WORKSPACE, "company", "set", rows, way)
    return org.writer.push(replace(batch, job=org.writer.open(batch)) if way is Way.JOB else batch)


def states(outcomes: tuple[Outcome, ...]) -> list[Status]:
    return [item.status for item in outcomes]


def edited(org: Org, ref: Ref) -> None:
    org.sandbox.clock.advance(1)
    spec = {"crm": "salesforce", "kind": "company", "id": ref.id, "fields": {"Name": "by hand"}}
    edit(org.sandbox.store, org.sandbox.clock.now_ms(), spec)


def test_an_edit_in_a_later_second_is_never_written_over(org: Org) -> None:
    mine, theirs = org.companies(2)
    live = org.reader.read([mine, theirs], ["name"])
    edited(org, theirs)
    rows = [Row(ref.id, Set(ref, frozen({"name": "ours"})), live[ref].modified_at) for ref in live]  # type: ignore[union-attr]
    outcomes = org.writer.push(Batch(WORKSPACE, "company", "set", tuple(rows), Way.GUARDED))
    assert states(outcomes) == [Status.APPLIED, Status.HALTED]
    assert [org.one(ref, "name").get("name") for ref in (mine, theirs)] == ["ours", "by hand"]


def test_a_guarded_row_needs_to_know_what_was_seen(org: Org) -> None:
    (ref,) = org.companies(1)
    batch = Batch(WORKSPACE, "company", "set", (Row("k", Set(ref, frozen({"name": "x"}))),), Way.GUARDED)
    with pytest.raises(UsageError, match="modified last"):
        org.writer.push(batch)


@pytest.mark.parametrize("text", TEXTS)
def test_a_bulk_load_writes_any_text_as_it_is(org: Org, text: str) -> None:
    (ref,) = org.companies(1)
    assert states(sent(org, [ref], Way.JOB, description=text, phone="+1")) == [Status.APPLIED]
    assert states(sent(org, [ref], Way.JOB, phone=None)) == [Status.APPLIED]
    assert org.one(ref, "description", "phone").fields == {"description": text.strip(), "phone": None}


def test_a_text_that_would_clear_the_field_is_refused_alone(org: Org) -> None:
    (ref,) = org.companies(1)
    assert states(sent(org, [ref], Way.JOB, description="#N/A")) == [Status.REJECTED]


@pytest.mark.parametrize("step", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_job_whose_answer_is_lost_is_never_carried_out_twice(org: Org, step: str, when: str) -> None:
    refs = org.companies(3)
    done = org.done()
    org.fault(f"drop_{when}", method=step, path=f"{INGEST}*")
    try:
        outcomes = sent(org, refs, Way.JOB, phone="+1 555 0100")
    except NotProcessed:
        outcomes = ()
    written = sum(org.one(ref, "phone").get("phone") == "+1 555 0100" for ref in refs)
    assert org.done() - done == written == sum(item.status is Status.APPLIED for item in outcomes)


def test_a_job_that_was_never_begun_is_stopped_and_one_of_another_org_refused(org: Org) -> None:
    (ref,) = org.companies(1)
    job = org.writer.open(Batch(WORKSPACE, "company", "set", (Row("k", Set(ref, frozen({"name": "x"}))),), Way.JOB))
    assert isinstance(org.writer, Loader) and org.writer.through(WORKSPACE, job)
    assert org.sandbox.store.db.execute("SELECT state FROM salesforce_job").fetchall()[0][0] == "Aborted"
    with pytest.raises(RefusedError):
        org.writer.through("salesforce:other", job)


@pytest.mark.parametrize("way", [Way.GUARDED, Way.BULK, Way.JOB])
def test_a_locked_row_is_turned_away_and_the_others_are_written(org: Org, way: Way) -> None:
    refs = org.companies(3)
    org.sandbox.store.set("salesforce", "locked_rows", {refs[1].id: -1})
    outcomes = {item.key: item.status for item in sent(org, refs, way, phone="+1 555 0100")}
    assert [outcomes[ref.id] for ref in refs] == [Status.APPLIED, Status.NOT_SENT, Status.APPLIED]
