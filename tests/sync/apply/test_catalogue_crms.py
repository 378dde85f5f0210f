"""Failure modes of apply over every connector: what people do meanwhile, the ids and values that merges leave."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from connectors.base import Gone
from connectors.changes import Archive, Change, Connect, Merge, Set, Settle, Status, Survivor
from connectors.errors import Exhausted
from connectors.records import Record, Ref
from connectors.values import frozen
from hygiene.check import Finding
from sandbox.edits import edit
from sync.apply.run import Apply
from sync.apply.scribe import Report
from sync.apply.tools import Tools
from sync.cli import interruptible
from sync.ledger.journal import Scratch
from sync.mirror.pull import Pull
from sync.mirror.store import Mirror
from sync.plan.build import Policy, build
from sync.plan.model import Expectation, Group, Plan
from sync.plan.strategy import Strategy
from tests.connectors.crms import MAKERS, Crm, hubspot_sandbox
from tests.sync.desk import NOW, PATIENT, desk, group, plan_of, raises, record, ref, refuses, through
from tests.sync.stores import new_store


@dataclass
class Bench:
    """One CRM, the journal of one run, and the aliases that merges left."""

    crm: Crm
    journal: Scratch = field(default_factory=Scratch)
    aliases: dict[Ref, Ref] = field(default_factory=dict)

    def resolve(self, ref: Ref) -> Ref:
        return self.resolve(self.aliases[ref]) if ref in self.aliases else ref

    def apply(self, plan: Plan, halt: Callable[[], bool] = lambda: False) -> Report:
        """One process's attempt."""
        tools = Tools(
            journal=self.journal,
            readers={self.crm.workspace: self.crm.reader},
            writers={self.crm.workspace: self.crm.writer},
            resolve=self.resolve,
            alias=self.aliases.__setitem__,
            fence=lambda: None,
            keep=lambda readings: None,
            sleep=lambda seconds: self.crm.wait(),
            age=lambda entry: 0.0,
            halt=halt,
        )
        return Apply(plan, "hash", "r", tools, PATIENT).run()

    def one(self, ref: Ref, *names: str, links: tuple[str, ...] = ()) -> Record:
        reading = self.crm.reader.read([self.resolve(ref)], names, links)[self.resolve(ref)]
        assert isinstance(reading, Record)
        return reading

    def group(self, strategy: Strategy, merge: Merge) -> Group:
        """The one group that the planner makes of a proposed merge, from a fresh pull."""
        (found,) = self.planned(strategy, merge)
        return found

    def planned(self, strategy: Strategy, merge: Merge) -> tuple[Group, ...]:
        """What the planner makes of a proposed merge."""
        store = new_store("mirror")
        pull = Pull(self.crm.reader, store, lambda: NOW)
        for kind in ("company", "contact"):
            pull.kind(kind)
        assert isinstance(merge.survivor, Ref)
        finding = Finding("duplicate", (merge.survivor, *merge.merged), "one", changes=(merge,))
        policy = Policy(lambda workspace, kind: strategy, {self.crm.workspace: self.crm.reader.limits})
        found, _ = build([finding], Mirror(store, NOW), policy)
        store.dispose()
        return found


@pytest.fixture(params=sorted(MAKERS))
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(MAKERS[request.param]())


def named(*refs: Ref, **fields: str) -> list[Expectation]:
    return [Expectation(ref, frozen(fields)) for ref in refs]


MEANWHILE: dict[str, Callable[[Ref, Ref], Change]] = {
    "a party was archived": lambda keep, lose: Archive(lose),
    "the survivor was archived": lambda keep, lose: Archive(keep),
    "a person merged them": lambda keep, lose: Merge(keep, (lose,)),
    "a person merged them the other way": lambda keep, lose: Merge(lose, (keep,)),
    "a field was edited": lambda keep, lose: Set(lose, frozen({"name": "somebody's"})),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_a_person_did_since_the_plan_was_made_stops_its_group(bench: Bench, what: str) -> None:
    keep, lose = bench.crm.make("company", "Acme", "Acme Inc")
    expects = [*named(keep, name="Acme"), *named(lose, name="Acme Inc")]
    plan = plan_of(group("m", Set(keep, frozen({"phone": "1"})), Merge(keep, (lose,)), expects=expects))
    bench.crm.push(MEANWHILE[what](keep, lose))
    bench.crm.wait()
    before = bench.crm.effects()
    report = bench.apply(plan)
    assert (report.exit_code, report.states, bench.crm.effects()) == (3, {"halted": 1}, before)


def test_a_record_that_gained_a_tie_since_the_plan_is_not_archived(bench: Bench) -> None:
    (company,) = bench.crm.make("company", "Acme")
    (person,) = bench.crm.make("contact", "Doe")
    untied = Expectation(company, frozen({"name": "Acme"}), links={"contact": ()})
    bench.crm.push(Connect(person, bench.crm.company_link(company)))
    before = bench.crm.effects()
    report = bench.apply(plan_of(group("a", Archive(company), expects=[untied])))
    assert (report.states, bench.crm.effects()) == ({"halted": 1}, before)


def test_a_chain_of_merges_goes_on_with_whatever_id_is_left(bench: Bench) -> None:
    a, b, c = bench.crm.make("company", "A", "B", "C")
    (person,) = bench.crm.make("contact", "Doe")
    merges = Merge(a, (b,)), Merge(Survivor("1"), (c,)), Settle(Survivor("2"), frozen({"name": "ABC"}))
    later = group("t", Connect(person, bench.crm.company_link(c)), after=["g-m"])
    report = bench.apply(plan_of(group("m", *merges), later))
    assert (report.exit_code, report.merged) == (0, 2)
    (left,) = {bench.resolve(ref) for ref in (a, b, c)}
    assert bench.one(left, "name").get("name") == "ABC"
    assert {link.to for link in bench.one(person, links=("company",)).links} == {left}


@pytest.mark.parametrize("reading", ["primary", "recent"])
def test_the_planned_values_stand_whatever_the_crms_merge_decides(reading: str) -> None:
    bench = Bench(hubspot_sandbox(merge_values=reading))
    keep, lose = bench.crm.make("company", "Acme", "Acme Inc")
    bench.crm.push(Set(keep, frozen({"phone": "1", "city": "Bonn"})))
    bench.crm.wait()
    bench.crm.push(Set(lose, frozen({"phone": "2", "website": "https://acme.example"})))
    bench.crm.wait()
    carry = frozen({"website": "https://acme.example"})
    assert bench.apply(plan_of(bench.group(Strategy.NATIVE, Merge(keep, (lose,), carry)))).exit_code == 0
    shown = bench.one(keep, "name", "phone", "city", "website").fields
    assert shown == {"name": "Acme", "phone": "1", "city": "Bonn", "website": "https://acme.example"}


def opted_out(bench: Bench) -> tuple[Ref, Ref]:
    """Two contacts of one person, who refused mail under the second."""
    keep, lose = bench.crm.make("contact", "Doe", "Doe Jr")
    (outcome,) = bench.crm.push(Set(lose, frozen({"opted_out": True})))
    if outcome.status is not Status.APPLIED:
        sandbox = bench.crm.reader.portal.transport.adapter.sandbox  # type: ignore[attr-defined]
        refused = {"kind": "contact", "id": lose.id, "fields": {"hs_email_optout": "true"}}
        edit(sandbox.store, sandbox.clock.now_ms(), {"crm": "hubspot", **refused})
    bench.crm.wait()
    return keep, lose


@pytest.mark.parametrize("strategy", [Strategy.NATIVE, Strategy.SOFT])
def test_one_refusal_of_mail_is_a_refusal_afterwards(strategy: Strategy) -> None:
    bench = Bench(MAKERS["salesforce"]())
    keep, lose = opted_out(bench)
    found = bench.group(strategy, Merge(keep, (lose,), frozen({"opted_out": True})))
    assert bench.apply(plan_of(found)).exit_code == 0
    assert bench.one(keep, "opted_out").get("opted_out") is True


@pytest.mark.parametrize("maker", ["hubspot", "hubspot-keeps-id"])
@pytest.mark.parametrize("strategy", [Strategy.NATIVE, Strategy.SOFT])
def test_where_a_refusal_of_mail_cannot_be_written_no_merge_is_planned(maker: str, strategy: Strategy) -> None:
    bench = Bench(MAKERS[maker]())
    keep, lose = opted_out(bench)
    assert bench.planned(strategy, Merge(keep, (lose,), frozen({"opted_out": True}))) == ()
    assert [bench.one(ref, "opted_out").get("opted_out") for ref in (keep, lose)] == [None, True]


def test_a_set_that_holds_already_is_not_sent(bench: Bench) -> None:
    (ref,) = bench.crm.make("company", "Acme")
    before = bench.crm.effects()
    report = bench.apply(plan_of(group("a", Set(ref, frozen({"name": " Acme "})))))
    assert (report.exit_code, report.already, bench.crm.effects()) == (0, 1, before)


def test_a_merge_beyond_what_the_crm_takes_fails_its_group_alone() -> None:
    bench = Bench(hubspot_sandbox(salesforce_integration=True))
    keep, lose, other = bench.crm.make("company", "A", "B", "C")
    plan = plan_of(group("m", Merge(keep, (lose,))), group("s", Set(other, frozen({"phone": "1"}))))
    report = bench.apply(plan)
    assert report.exit_code == 3 and report.states == {"rejected": 1, "done": 1}
    assert not isinstance(bench.crm.reader.read([lose], [])[lose], Gone)


MERGED = group("m", Merge(ref("a"), (ref("b"),)), Settle(Survivor("1"), frozen({"name": "AB"})))


@pytest.mark.parametrize("renumbers", [False, True])
def test_a_merge_whose_follow_up_failed_is_finished_before_anything_new(renumbers: bool) -> None:
    crm = desk(record("a", name="A"), record("b", name="B"), record("c", name="C"), renumbers=renumbers)
    plan = plan_of(MERGED, group("s", Set(ref("c"), frozen({"name": "new"})), after=["g-m"]))
    assert crm.apply(plan, through, raises(Exhausted("spent"))).exit_code == 5
    assert (crm.value("a", "name"), crm.value("c", "name")) == ("A", "C")
    assert crm.apply(plan).exit_code == 0 and [batch.verb for batch in crm.writer.pushed] == ["settle", "set"]
    assert (crm.value("a", "name"), crm.value("c", "name")) == ("AB", "new")


def test_a_merge_whose_follow_up_is_refused_is_told_and_its_dependents_are_left() -> None:
    crm = desk(record("a", name="A"), record("b", name="B"), record("c", name="C"))
    plan = plan_of(MERGED, group("s", Set(ref("c"), frozen({"name": "new"})), after=["g-m"]))
    report = crm.apply(plan, through, refuses(0))
    assert (report.exit_code, report.merged, report.states) == (3, 1, {"rejected": 1, "skipped": 1})
    assert "refused" in report.reasons["g-m"] and crm.value("c", "name") == "C"


def test_a_run_that_is_asked_to_stop_ends_after_its_batch_and_goes_on_later(bench: Bench) -> None:
    refs = bench.crm.make("company", "A", "B", "C", "D")
    steps = [(Set(ref, frozen({"phone": "1"})), Set(ref, frozen({"city": "Bonn"}))) for ref in refs]
    plan = plan_of(*(group(str(place), *pair) for place, pair in enumerate(steps)))
    first = bench.apply(plan, halt=lambda: True)
    assert first.exit_code == 5 and "asked to stop" in first.stopped and first.written == 4
    assert bench.apply(plan).exit_code == 0
    assert [bench.one(ref, "phone", "city").fields for ref in refs] == [{"phone": "1", "city": "Bonn"}] * 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_ends(number: signal.Signals) -> None:
    held = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interruptible() as halt:
        assert not halt()
        os.kill(os.getpid(), number)
        assert halt()
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is held
