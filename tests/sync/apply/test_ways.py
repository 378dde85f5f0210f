"""How updates travel by policy, and a CRM that keeps a form of its own: forecast, drift, locks and lost jobs."""

from collections.abc import Callable

import pytest

from bench import throughput
from connectors.base import Identity, Loader
from connectors.changes import Batch, Connect, Outcome, Set, Way
from connectors.records import Link
from connectors.values import Value, frozen
from sandbox.edits import edit
from sync.apply.accepted import accepted
from sync.apply.rehearse import rehearse
from sync.apply.run import Apply
from sync.apply.scribe import Report
from sync.apply.tools import Tools
from sync.ledger.journal import Scratch, State
from sync.plan.model import Expectation, Plan
from sync.plan.ways import BulkRule, Writes, assigned
from tests.connectors.salesforce_org import WORKSPACE, Org
from tests.sync.desk import group, plan_of

WAYS = {
    Way.GUARDED: Writes(),
    Way.BULK: Writes(default="bulk"),
    Way.JOB: Writes(bulk=(BulkRule(kind="company", above=10),), job_above=20),
}


def plan_for(org: Org, writes: Writes, count: int = 30) -> Plan:
    """One update for each of so many new companies."""
    live = org.reader.read(org.companies(count), ["phone"])
    groups = [
        group(str(at), Set(ref, frozen({"phone": "+1 555 0100"})), expects=[Expectation(ref, frozen({"phone": None}))])
        for at, ref in enumerate(live)
    ]
    return plan_of(*assigned(groups, writes, {WORKSPACE: org.reader.limits}))


def applied(org: Org, plan: Plan, journal: Scratch, sleep: Callable[[float], None] | None = None) -> Report:
    tools = Tools(
        journal=journal,
        readers={WORKSPACE: org.reader},
        writers={WORKSPACE: org.writer},
        resolve=lambda ref: ref,
        alias=lambda old, new: None,
        fence=lambda: None,
        keep=lambda readings: None,
        sleep=sleep or org.sandbox.clock.advance,
        age=lambda entry: 60.0,
        clock=lambda: org.sandbox.clock.now_ms() / 1000,
    )
    return Apply(plan, "hash", "run", tools).run()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_forecast_is_what_is_called(way: Way) -> None:
    org = Org()
    plan = plan_for(org, WAYS[way])
    assert {item.way for item in plan.groups} == {way}
    limits = {WORKSPACE: org.reader.limits}
    calls = rehearse(plan, {WORKSPACE: Identity(WORKSPACE, "", False, "66.0")}, limits)[WORKSPACE]
    before = org.reader.calls + org.writer.calls
    report = applied(org, plan, Scratch())
    assert (report.exit_code, report.written, list(report.windows)) == (0, 30, [f"set {way.value}"])
    ahead = calls["identity"] + calls["describe"]
    assert org.reader.calls + org.writer.calls - before == sum(calls.values()) - ahead


def test_an_edit_between_read_and_write_is_drift_and_no_failure_of_the_crm() -> None:
    org = Org()
    plan = plan_for(org, Writes(), 3)
    theirs = plan.groups[1].refs[0]
    spec = {"crm": "salesforce", "kind": "company", "id": theirs.id, "fields": {"Phone": "by hand"}}
    org.sandbox.clock.advance(2)
    send = org.writer.push

    def late(batch: Batch) -> tuple[Outcome, ...]:
        edit(org.sandbox.store, org.sandbox.clock.now_ms(), spec)
        return send(batch)

    org.writer.push = late  # type: ignore[method-assign]
    report = applied(org, plan, Scratch())
    assert report.states == {"done": 2, "halted": 1} and org.one(theirs, "phone").get("phone") == "by hand"


@pytest.mark.parametrize(
    ("way", "calls", "code"),
    [(Way.GUARDED, 1, 0), (Way.BULK, 1, 0), (Way.GUARDED, -1, 5), (Way.BULK, -1, 5), (Way.JOB, -1, 5)],
)
def test_a_locked_row_is_sent_again_so_often_and_not_for_ever(way: Way, calls: int, code: int) -> None:
    org = Org()
    plan, journal = plan_for(org, WAYS[way]), Scratch()
    locked = plan.groups[7].refs[0]
    org.sandbox.store.set("salesforce", "locked_rows", {locked.id: calls})
    report = applied(org, plan, journal)
    assert (report.exit_code, report.written) == (code, 30 if code == 0 else 29)
    sent = [entry for entry in journal.entries("run") if entry.ref == str(locked) and entry.state is State.INTENT]
    assert len(sent) == (2 if code == 0 else 3)


class Killed(BaseException):
    """The process dies."""


@pytest.mark.parametrize("step", ["PUT", "PATCH", "GET"])
def test_a_job_that_a_crash_left_behind_is_settled_and_never_sent_twice(step: str) -> None:
    org = Org()
    plan, journal = plan_for(org, WAYS[Way.JOB]), Scratch()
    done, once = org.done(), org.writer.transport.once

    def dies(call: object, **more: object) -> object:
        answer = once(call, **more)  # type: ignore[arg-type]
        if getattr(call, "method", "") == step and "/jobs/ingest" in getattr(call, "path", ""):
            raise Killed
        return answer

    org.writer.transport.once = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        applied(org, plan, journal)
    org.writer.transport.once = once  # type: ignore[method-assign]
    assert isinstance(org.writer, Loader) and applied(org, plan, journal).exit_code == 0
    assert org.done() - done == 30


FORMS = [
    ("phone", "+1 (415) 555-0100", "+14155550100", "x", True),
    ("phone", "+14155550100", "(415) 555-0100", "x", True),
    ("phone", "+14155550100", "(415) 555-0100", "(415) 555-0100", False),
    ("phone", "+14155550100", "+14155550199", "x", False),
    ("email", "Ann@Example.com", "ann@example.com", None, True),
    ("website", "https://www.example.com/", "example.com", None, True),
    ("industry", "Computer Software", "COMPUTER SOFTWARE", None, True),
    ("name", "Ann  Lee", "Ann Lee", None, True),
    ("name", "ANN LEE", "Ann Lee", None, False),
    ("active", True, False, None, False),
]


@pytest.mark.parametrize(("name", "wrote", "shows", "stood", "same"), FORMS)
def test_the_crms_own_form_is_no_write_undone(name: str, wrote: Value, shows: Value, stood: Value, same: bool) -> None:
    assert accepted(name, wrote, shows, stood) is same


@pytest.mark.parametrize("way", WAYS)
def test_calls_are_those_of_whole_batches(way: Way) -> None:
    made, wanted, report = throughput.calls(way, 450)
    assert report.written == 450 and wanted <= made <= wanted * 1.05 + 2  # the two learn the fields and the account


def test_guarded_writes_lose_no_edit_and_bulk_ones_do() -> None:
    assert throughput.lost_edits(Way.GUARDED, range(5)) == (15, 0)
    assert throughput.lost_edits(Way.BULK, range(1)) == (3, 3)


@pytest.mark.parametrize("held_by", ["near", "far"])
def test_a_lookup_that_a_person_filled_after_the_look_is_left_alone(held_by: str) -> None:
    org = Org()
    ours, theirs = org.companies(2)
    person = org.make("contact", last_name="Doe")
    change = Connect(person, Link(ours)) if held_by == "near" else Connect(ours, Link(person))
    plan = plan_of(*assigned([group("t", change)], Writes(default="bulk"), {WORKSPACE: org.reader.limits}))
    org.sandbox.clock.advance(2)
    fill = {"crm": "salesforce", "kind": "contact", "id": person.id, "fields": {"AccountId": theirs.id}}
    first = {"path": "/composite$", "method": "POST"}
    org.sandbox.faults.add([{"on": first, "do": [{"edit": fill, "when": "before"}]}])
    report = applied(org, plan, Scratch())
    held = org.reader.read([person], ["last_name"], ["company"])[person]
    assert report.states == {"halted": 1} and [link.to for link in getattr(held, "links", ())] == [theirs]
