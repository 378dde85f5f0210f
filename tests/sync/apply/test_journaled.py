"""What stands in the journal and in a run's report, word for word."""

import pytest

from connectors.changes import Connect, Create, Merge, Set, Settle, Survivor
from connectors.errors import Exhausted, Rejected, UsageError
from connectors.records import Link
from connectors.values import Json, frozen
from sync.apply.progress import Track
from sync.ledger.journal import State
from sync.plan.model import Expectation
from tests.sync.desk import SPACE, desk, expected, group, plan_of, raises, record, ref

SET = Set(ref("a"), frozen({"name": "new"}), frozen({"name": "old"}))
REFUSED = [
    (Rejected("no", status=400, code="BAD", request_id="q"), "BAD", "q"),
    (Rejected("no", status=409, request_id="q"), "HTTP 409", "q"),
    (UsageError("it cannot"), "cannot be sent", ""),
]


@pytest.mark.parametrize(("error", "code", "request_id"), REFUSED)
def test_a_refusal_is_kept_by_its_code_alone(error: Exception, code: str, request_id: str) -> None:
    crm = desk(record("a", name="old"))
    report = crm.apply(plan_of(group("a", SET)), raises(error))
    assert report.reasons == {"g-a": f"the CRM refused it: {code}"} and report.states == {"rejected": 1}
    last = crm.journal.kept[-1]
    facts: dict[str, Json] = {"code": code, "request": request_id}
    assert (last.state, last.facts, last.values, last.ref) == (State.REJECTED, facts, {}, str(ref("a")))


def test_a_row_that_was_not_taken_is_journaled_so() -> None:
    crm = desk(record("a", name="old"))
    report = crm.apply(plan_of(group("a", SET)), raises(Exhausted("spent")))
    last = crm.journal.kept[-1]
    assert (last.state, last.step, last.facts, last.ref) == (State.NOT_SENT, "1", {"why": "not taken"}, str(ref("a")))
    assert report.states == {"not_sent": 1} and report.stopped.startswith("spent")


def test_a_step_that_held_already_is_journaled_with_its_record() -> None:
    crm = desk(record("a", name="new"))
    report = crm.apply(plan_of(group("a", SET)))
    (last,) = crm.journal.kept
    facts: dict[str, Json] = {"against": [], "already": True}
    assert (last.state, last.facts, last.ref) == (State.VERIFIED, facts, str(ref("a"))) and report.written == 0
    assert last.values["shown"]


def test_of_what_drifted_the_journal_names_all_and_the_reason_five() -> None:
    crm = desk(record("a", **dict.fromkeys("gfedcb", "x")))
    report = crm.apply(plan_of(group("a", SET, expects=[expected("a", **dict.fromkeys("gfedcb", "y"))])))
    (last,) = crm.journal.kept
    assert (last.state, last.facts) == (State.HALTED, {"against": list("bcdefg")})
    assert report.reasons == {"g-a": "changed since the plan was made: b, c, d, e, f"}


def tracked(*expects: Expectation) -> Track:
    """A merge, then a settle of what it left, then one more of a named record."""
    steps = (Merge(ref("a"), (ref("b"),)), Settle(Survivor("1"), frozen({"name": "x"})), SET)
    return Track(group("t", *steps), expected={item.ref: item for item in expects})


def test_after_a_persons_word_what_was_written_is_expected_no_more() -> None:
    track = tracked(expected("a", name="old", phone="1"), expected("b", name="b"))
    track.told("3", ref("a"))
    assert track.states == {"3": State.VERIFIED} and track.left == {"3": ref("a")}
    assert track.expected == {ref("a"): expected("a", phone="1"), ref("b"): expected("b", name="b")}
    track.told("1", ref("c"))
    assert track.left["1"] == ref("c") and track.expected[ref("c")] == expected("c")


def test_after_a_merge_nothing_is_expected_but_what_it_left() -> None:
    track = tracked(expected("a", name="old"), expected("b", name="b"), expected("d", name="d"))
    track.saw("1", State.UNKNOWN, ref("c"), {ref("c"): frozen({"name": "c"})})
    assert (track.left, len(track.expected)) == ({}, 3)
    track.saw("1", State.VERIFIED, ref("c"), {ref("c"): frozen({"name": "c"})})
    assert track.left == {"1": ref("c")}
    assert track.expected == {ref("d"): expected("d", name="d"), ref("c"): expected("c", name="c")}


def test_a_pointer_to_a_step_means_the_record_it_left() -> None:
    track = tracked()
    track.left["1"] = ref("c")
    tie = Connect(Survivor("1"), Link(ref("p", "contact")))
    assert track.resolved(tie, lambda one: one) == Connect(ref("c"), tie.link)
    made = Create(SPACE, "task", "k", frozen({}), "key")
    assert track.resolved(made, lambda one: ref("z")) is made
