"""Answers to a create or a merge that name a wrong record: it is never taken for what was made."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from connectors import hubspot
from connectors.base import Writer
from connectors.changes import Batch, Create, Merge, Outcome, Status
from connectors.records import Ref
from connectors.values import frozen
from sandbox.app import Sandbox
from sync.ledger.journal import Entry, State
from sync.plan.model import Plan
from tests.adapter import SandboxAdapter
from tests.connectors.crms import Crm
from tests.connectors.salesforce_org import halves, organization
from tests.sync.apply.test_catalogue_crms import Bench
from tests.sync.desk import SPACE, Act, Answers, Desk, desk, expected, group, plan_of, record, ref

MAKE = plan_of(group("c", Create(SPACE, "company", "key-1", frozen({"name": "new"}), "revops_key")))
VERIFIED = [State.INTENT, State.APPLIED, State.VERIFIED]


def names(wrong: Ref, does: bool = True, status: Status = Status.APPLIED) -> Act:
    """The answer names this record, whether the change was carried out or not."""

    def act(writer: Writer, batch: Batch) -> Answers:
        if does:
            writer.push(batch)
        return tuple(Outcome(row.key, status, wrong) for row in batch.rows)

    return act


def made(*acts: Act) -> tuple[Desk, Any]:
    """A create with these answers, beside two records, the second made by another create."""
    crm = desk(record("z", name="Z"), record("y", revops_key="key-0"))
    return crm, crm.apply(MAKE, *acts)


@pytest.mark.parametrize("wrong", [ref("z"), ref("y"), ref("nobody")], ids=["keyless", "of another", "not there"])
@pytest.mark.parametrize("status", [Status.APPLIED, Status.UNKNOWN])
def test_a_create_is_found_by_its_key_where_its_answer_names_another(wrong: Ref, status: Status) -> None:
    crm, report = made(names(wrong, status=status))
    (bearer,) = [one.ref for one in crm.crm.book.records.values() if one.get("revops_key") == "key-1"]
    last = crm.journal.kept[-1]
    assert (report.exit_code, report.written, len(crm.writer.pushed)) == (0, 1, 1)
    assert (last.state, last.ref) == (State.VERIFIED, str(bearer)) and list(shown_of(last)) == [str(bearer)]


def shown_of(entry: Entry) -> Mapping[str, object]:
    shown = entry.values["shown"]
    assert isinstance(shown, Mapping)
    return shown


def test_a_create_that_was_confirmed_and_is_nowhere_is_unknown() -> None:
    crm, report = made(names(ref("z"), does=False))
    assert crm.states("c") == [State.INTENT, State.APPLIED, State.UNKNOWN]
    assert report.exit_code == 5 and len(crm.crm.book.records) == 2 and crm.journal.kept[-1].ref == ""


def test_a_create_that_was_not_confirmed_and_is_nowhere_is_sent_again() -> None:
    crm, report = made(names(ref("z"), does=False, status=Status.UNKNOWN))
    assert crm.states("c") == [State.INTENT, State.UNKNOWN, State.NOT_SENT, *VERIFIED]
    assert report.exit_code == 0 and len(crm.crm.book.records) == 3


def test_a_right_answer_beside_a_wrong_one_is_kept() -> None:
    crm = desk(record("z", name="Z"))
    keys = ("key-1", "key-2")
    plan = plan_of(*(group(key, Create(SPACE, "company", key, frozen({}), "revops_key")) for key in keys))

    def half(writer: Writer, batch: Batch) -> Answers:
        first, second = writer.push(batch)
        return first, Outcome(second.key, Status.APPLIED, ref("z"))

    assert crm.apply(plan, half).exit_code == 0
    left = {entry.group: entry.ref for entry in crm.journal.kept if entry.state is State.VERIFIED}
    bearers = {f"g-{one.text('revops_key')}": str(one.ref) for one in crm.crm.book.records.values()}
    assert left == {f"g-{key}": bearers[f"g-{key}"] for key in keys}


@pytest.mark.parametrize("renumbers", [False, True])
@pytest.mark.parametrize("does", [False, True])
def test_a_merge_is_never_verified_on_a_live_record_that_only_its_answer_names(renumbers: bool, does: bool) -> None:
    crm = desk(record("a", name="A"), record("b", name="B"), record("z", name="Z"), renumbers=renumbers)
    parties = [expected("a", name="A"), expected("b", name="B")]
    report = crm.apply(plan_of(group("m", Merge(ref("a"), (ref("b"),)), expects=parties)), names(ref("z"), does))
    told = {entry.ref for entry in crm.journal.kept if entry.state is State.VERIFIED}
    assert told == ({str(crm.resolve(ref("b")))} if does else set()) and str(ref("z")) not in told
    assert report.exit_code == (0 if does else 5) and ref("z") not in crm.aliases.values()


def on_hubspot() -> tuple[Sandbox, Crm]:
    sandbox = Sandbox()
    adapter = SandboxAdapter(sandbox)
    reader = hubspot.connect(hubspot.Account("pat-na1-sandbox-reader"), adapter)
    writer = hubspot.writer(hubspot.Account("pat-na1-sandbox-writer"), adapter)
    writer.ensure_fields("company")
    return sandbox, served(sandbox, reader, writer)


def on_salesforce() -> tuple[Sandbox, Crm]:
    sandbox = organization()
    return sandbox, served(sandbox, *halves(sandbox))


def served(sandbox: Sandbox, reader: Any, writer: Writer) -> Crm:
    effects = sandbox.store.ledger
    return Crm(reader, writer, lambda: None, lambda: len(list(effects())), lambda: sandbox.clock.advance(60))


def one_off(_: Ref) -> Any:
    return {"garble": "wrong_id"}


def in_composite(other: Ref) -> Any:
    return {"set_json": {"compositeResponse.0.body.id": other.id}}


@pytest.mark.parametrize(("served_by", "spoilt"), [(on_hubspot, one_off), (on_salesforce, in_composite)])
def test_a_create_is_verified_on_what_it_made_where_the_wire_names_another_live_record(
    served_by: Callable[[], tuple[Sandbox, Crm]], spoilt: Callable[[Ref], Any]
) -> None:
    sandbox, crm = served_by()
    others = crm.make("company", *(f"{at:02}" for at in range(12)))
    wrong = {"on": {"method": "POST", "path": "/batch/create$|/composite"}, "do": [spoilt(others[-1])]}
    sandbox.faults.add([wrong])
    bench = Bench(crm)
    report = bench.apply(one_create(crm))
    last, bearers = bench.journal.kept[-1], crm.reader.find("company", "revops_key", ["key-x"])
    assert (report.exit_code, last.state, last.ref) == (0, State.VERIFIED, str(bearers["key-x"]))
    answer = next(entry for entry in bench.journal.kept if entry.state is State.APPLIED)
    assert str(answer.facts["left"]) in map(str, others) and bearers["key-x"] not in others


def one_create(crm: Crm) -> Plan:
    return plan_of(group("c", Create(crm.workspace, "company", "key-x", frozen({"name": "X"}), "revops_key")))
