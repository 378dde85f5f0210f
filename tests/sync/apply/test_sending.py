"""A CRM that is busy, out of reach, out of budget or refuses a batch whole: what is sent again and what is left."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.base import Writer
from connectors.changes import Batch, Merge, Set
from connectors.errors import Busy, Exhausted, Expired, Rejected, Unreachable
from connectors.values import frozen
from sync.ledger.journal import DiskJournal, State
from sync.plan.model import Plan
from tests.sync.desk import NOW, Answers, Desk, desk, group, plan_of, pretends, raises, record, ref
from tests.sync.stores import new_store

BUSY = Busy("later", wait=7.5)


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Desk]:
    """Twenty records and a journal on the disk."""
    engine = new_store("ledger", tmp_path, durable=True)
    made = desk(*(record(f"{place:02}", name="old") for place in range(20)))
    yield replace(made, journal=DiskJournal(engine, lambda: NOW))  # type: ignore[arg-type]
    engine.dispose()


def plan() -> Plan:
    sets = (Set(ref(f"{place:02}"), frozen({"name": "new"}), frozen({"name": "old"})) for place in range(20))
    return plan_of(*(group(str(place), change) for place, change in enumerate(sets)))


def states(crm: Desk) -> set[State]:
    """The last state of every step."""
    return set({entry.key: entry.state for entry in crm.journal.entries("r")}.values())


def renamed(crm: Desk) -> int:
    return sum(item.get("name") == "new" for item in crm.crm.book.records.values())


@pytest.mark.parametrize(("error", "waits"), [(BUSY, [7.5, 7.5]), (Unreachable("x"), [2, 4]), (Expired("x"), [2, 4])])
def test_what_the_crm_did_not_process_is_waited_for_and_sent_again(crm: Desk, error: Exception, waits: list) -> None:  # type: ignore[type-arg]
    report = crm.apply(plan(), raises(error), raises(error))
    assert report.exit_code == 0 and renamed(crm) == 20
    assert crm.slept == waits and len(crm.writer.pushed) == 3


def test_a_crm_that_stays_busy_ends_the_run_in_good_order(crm: Desk) -> None:
    report = crm.apply(plan(), *[raises(BUSY)] * 9)
    assert report.exit_code == 5 and report.stopped.startswith("later") and renamed(crm) == 0
    assert states(crm) == {State.NOT_SENT} and len(crm.writer.pushed) == 6
    assert crm.apply(plan()).exit_code == 0 and renamed(crm) == 20


def test_a_spent_budget_ends_the_run_at_once_and_the_next_goes_on(crm: Desk) -> None:
    report = crm.apply(plan(), raises(Exhausted("the day's calls are used up")))
    assert report.exit_code == 5 and crm.slept == [] and len(crm.writer.pushed) == 1
    assert states(crm) == {State.NOT_SENT}
    assert crm.apply(plan()).exit_code == 0 and renamed(crm) == 20


def bad_row(writer: Writer, batch: Batch) -> Answers:
    """A CRM that refuses every batch with record 07 in it, as a whole."""
    if any(getattr(row.change, "ref", None) == ref("07") for row in batch.rows):
        raise Rejected("one row is bad", status=400, code="INVALID")
    return writer.push(batch)


def test_a_batch_refused_whole_is_split_until_the_bad_row_stands_alone(crm: Desk) -> None:
    report = crm.apply(plan(), *[bad_row] * 20)
    assert report.exit_code == 3 and report.reasons == {"g-7": "the CRM refused it: INVALID"}
    assert renamed(crm) == 19 and crm.value("07", "name") == "old"
    assert len(crm.writer.pushed) <= 10


def test_a_split_batch_that_runs_out_of_budget_keeps_what_was_answered(crm: Desk) -> None:
    first = crm.apply(plan(), raises(Rejected("no", status=400)), lambda w, b: w.push(b), raises(Exhausted("spent")))
    assert first.exit_code == 5 and renamed(crm) == 10
    assert states(crm) == {State.APPLIED, State.NOT_SENT}
    assert crm.apply(plan()).exit_code == 0 and renamed(crm) == 20 and len(crm.writer.pushed) == 1
    assert crm.journal.verify()[1] == []  # type: ignore[attr-defined]


def test_a_merge_that_shows_late_is_looked_at_again(crm: Desk) -> None:
    held: list[Batch] = []

    def later(seconds: float) -> None:
        crm.slept.append(seconds)
        crm.crm.writer().push(held.pop())

    def slow(writer: Writer, batch: Batch) -> Answers:
        held.append(batch)
        return pretends(writer, batch)

    crm.sleep = later
    report = crm.apply(plan_of(group("m", Merge(ref("00"), (ref("01"),)))), slow)
    assert report.exit_code == 0 and report.merged == 1 and len(crm.slept) == 1
