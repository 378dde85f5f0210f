"""More groups than may be under way at once, and what ends a run before its plan is through."""

from dataclasses import replace

import pytest

from connectors.base import Writer
from connectors.changes import Batch, Merge, Set
from connectors.errors import CredentialError
from connectors.records import Record
from connectors.values import frozen
from sync.apply.progress import OPEN_GROUPS, tracks
from sync.apply.run import Apply
from sync.apply.stop import Rules
from sync.ledger.journal import Entry, State
from tests.sync.apply.test_recovered import tools
from tests.sync.desk import SPACE, Answers, desk, expected, group, plan_of, raises, record, ref, unknown

NEW = frozen({"name": "new"})


class Killed(BaseException):
    """The process is gone."""


def dies(_: Writer, batch: Batch) -> Answers:
    raise Killed


def test_groups_that_all_wait_for_a_later_one_do_not_block_it() -> None:
    crm = desk(*(record(str(place)) for place in range(OPEN_GROUPS + 1)))
    last = group("last", Set(ref("0"), NEW))
    waiting = [group(str(place), Set(ref(str(place)), NEW), after=["g-last"]) for place in range(1, OPEN_GROUPS + 1)]
    report = crm.apply(plan_of(*waiting, last))
    assert report.exit_code == 0 and report.groups_done == OPEN_GROUPS + 1
    assert [len(batch.rows) for batch in crm.writer.pushed] == [1, 100, 100]


def test_a_merge_found_unknown_by_recovery_stops_the_run_before_anything_is_sent() -> None:
    crm = desk(record("a", name="A"), record("b", name="B"), record("c", name="C"))
    parties = [expected("a", name="A"), expected("b", name="B")]
    plan = plan_of(group("m", Merge(ref("a"), (ref("b"),)), expects=parties), group("s", Set(ref("c"), NEW)))
    with pytest.raises(Killed):
        crm.apply(plan, dies)
    crm.edit("b", name="somebody's")
    report = crm.apply(plan, rules=Rules())
    assert report.stopped == "a merge has an unknown outcome" and report.exit_code == 5
    assert crm.writer.pushed == [] and crm.states("m") == [State.INTENT, State.UNKNOWN] and crm.states("s") == []


def test_a_credential_that_fails_while_sending_ends_the_run_and_the_next_one_settles() -> None:
    crm = desk(record("a", name="old"))
    plan = plan_of(group("a", Set(ref("a"), NEW), expects=[expected("a", name="old")]))
    report = crm.apply(plan, raises(CredentialError("the token was taken back")))
    assert "the token was taken back" in report.stopped and report.exit_code == 5
    assert crm.states("a") == [State.INTENT] and crm.value("a", "name") == "old"
    assert crm.apply(plan).exit_code == 0 and crm.value("a", "name") == "new"


@pytest.mark.parametrize(("count", "stopped"), [(1, False), (2, True)])
def test_a_plan_that_the_first_groups_use_up_proves_its_account_without_a_stop(count: int, stopped: bool) -> None:
    crm = desk(record("0"), record("1"))
    plan = plan_of(*(group(str(at), Set(ref(str(at)), NEW)) for at in range(count)))
    ready = replace(tools(crm), writers={SPACE: crm.crm.writer()})
    report = Apply(plan, "hash", "r", ready).run(1, {SPACE})
    assert report.proved == {SPACE} and bool(report.stopped) is stopped and report.groups_done == 1


def test_a_merge_with_a_value_that_no_party_had_may_be_somebody_elses() -> None:
    crm = desk(record("a", name="A", phone=None), record("b", name="B"), renumbers=True)

    def somebody(writer: Writer, batch: Batch) -> Answers:
        (answer,) = writer.push(batch)
        assert answer.ref is not None
        crm.crm.book.put(Record(answer.ref, frozen({"name": "A", "phone": "9"})))
        return unknown(batch.rows)

    parties = [expected("a", name="A", phone=None), expected("b", name="B")]
    report = crm.apply(plan_of(group("m", Merge(ref("a"), (ref("b"),)), expects=parties)), somebody)
    assert crm.states("m")[-1] is State.UNKNOWN and report.exit_code == 5
    assert report.reasons["g-m"] == "the outcome is unknown: somebody else may have merged them, phone"


def test_a_journal_speaks_only_of_the_steps_of_its_plan() -> None:
    (track,) = tracks(
        plan_of(group("a", Set(ref("a"), NEW))), "hash", [Entry("r", "k", "g-a", "1", State.VERIFIED, "")]
    )
    assert track.states == {} and not track.begun
    track.saw("1", State.VERIFIED, None, {})
    assert track.done and track.left == {}
