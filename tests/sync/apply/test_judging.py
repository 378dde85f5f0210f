"""What a read-back proves, word for word: the state, the record that is left and what speaks against."""

import pytest

from connectors.base import Gone, Reading
from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Settle, Survivor, Unlink
from connectors.records import Link, Ref
from connectors.values import Fields, Value, frozen
from sync.apply.accepted import accepted
from sync.apply.settle import Proof, differences, holds, judge
from sync.apply.stop import Rules, Watch
from sync.ledger.journal import State
from sync.plan.model import Expectation
from tests.sync.desk import SPACE, record, ref

A, B, C = ref("a"), ref("b"), ref("c")
TIE, NAMED = Link(ref("p", "contact")), Link(ref("p", "contact"), "boss")
NEW = frozen({"name": "new"})
SET, MERGE = Set(A, NEW), Merge(A, (B,))
OK, LOST, UNDONE, NO = State.APPLIED, State.UNKNOWN, State.REVERTED, State.NOT_SENT
HALF = ("its parties are neither merged nor as they were",)
OLD: Fields = frozen({"name": "old"})
BEFORE = {A: OLD, B: OLD}


def live(*readings: Reading) -> dict[Ref, Reading]:
    return {item.ref: item for item in readings}


def rec(key: str = "a", *links: Link, name: Value = "old") -> Reading:
    return record(key, "company", links, name=name)


PROOFS: list[tuple[Change, dict[Ref, Reading], State, Proof]] = [
    (SET, live(rec(name="new")), LOST, Proof(State.VERIFIED, A)),
    (Settle(A, NEW), live(rec(name="new")), OK, Proof(State.VERIFIED, A)),
    (SET, live(rec()), OK, Proof(UNDONE, A, ("name",))),
    (SET, live(rec()), LOST, Proof(NO, A, ("name",))),
    (SET, live(rec(name="else")), LOST, Proof(LOST, A, ("name",))),
    (SET, live(record("a", phone="1")), LOST, Proof(LOST, A, ("name",))),
    (SET, live(Gone(A)), LOST, Proof(LOST, A, ("it is gone",))),
    (SET, {}, OK, Proof(LOST, A, ("it is gone",))),
    (Connect(A, TIE), live(rec("a", TIE)), LOST, Proof(State.VERIFIED, A)),
    (Connect(A, TIE), live(rec("a", NAMED)), LOST, Proof(State.VERIFIED, A)),
    (Connect(A, NAMED), live(rec("a", TIE)), LOST, Proof(NO, A)),
    (Connect(A, NAMED), live(rec("a", TIE, NAMED)), OK, Proof(State.VERIFIED, A)),
    (Connect(A, TIE), live(rec()), OK, Proof(UNDONE, A)),
    (Connect(A, TIE), live(Gone(A)), OK, Proof(LOST, A)),
    (Unlink(A, TIE), live(rec()), LOST, Proof(State.VERIFIED, A)),
    (Unlink(A, TIE), live(rec("a", TIE)), LOST, Proof(NO, A)),
    (Unlink(A, TIE), live(rec("a", TIE)), OK, Proof(UNDONE, A)),
    (Unlink(A, TIE), live(Gone(A)), LOST, Proof(LOST, A)),
    (Restore(A), live(rec()), LOST, Proof(State.VERIFIED, A)),
    (Restore(A), live(Gone(A)), OK, Proof(UNDONE, A)),
    (Restore(A), live(Gone(A)), LOST, Proof(NO, A)),
    (Restore(A), {}, LOST, Proof(LOST, A)),
    (Archive(A), live(Gone(A)), LOST, Proof(State.VERIFIED, A)),
    (Archive(A), live(Gone(A, B)), LOST, Proof(NO, A)),
    (Archive(A), live(rec()), OK, Proof(UNDONE, A)),
    (Archive(A), {}, LOST, Proof(LOST, A)),
    (MERGE, live(rec(), Gone(B, A)), LOST, Proof(State.VERIFIED, A)),
    (MERGE, live(Gone(A, C), Gone(B, C)), LOST, Proof(State.VERIFIED, C)),
    (MERGE, live(Gone(A, C), Gone(B, A)), LOST, Proof(LOST, A, HALF)),
    (MERGE, live(rec(), Gone(B, C)), LOST, Proof(LOST, A, HALF)),
    (MERGE, live(rec(), Gone(B)), LOST, Proof(LOST, A, HALF)),
    (MERGE, live(Gone(A), Gone(B)), LOST, Proof(LOST, A, HALF)),
    (MERGE, live(rec(), rec("b")), LOST, Proof(NO, A)),
    (MERGE, live(rec(), rec("b", name="else")), LOST, Proof(LOST, A, HALF)),
    (MERGE, live(rec()), LOST, Proof(LOST, A, HALF)),
    (Merge(A, (B, C)), live(rec(), Gone(B, A), rec("c")), LOST, Proof(LOST, A, HALF)),
    (Create(SPACE, "company", "k", NEW, "key"), live(rec()), OK, Proof(LOST)),
    (Set(Survivor("1"), NEW), live(rec(name="new")), OK, Proof(LOST)),
]


@pytest.mark.parametrize(("change", "readings", "sent", "proof"), PROOFS)
def test_a_read_back_proves_just_this(change: Change, readings: dict[Ref, Reading], sent: State, proof: Proof) -> None:
    assert judge(change, readings, BEFORE, sent) == proof


def test_parties_that_nothing_is_known_of_never_prove_that_a_merge_was_not_sent() -> None:
    assert judge(MERGE, live(rec(), rec("b")), {A: OLD}, LOST) == Proof(LOST, A, HALF)


HOLDS: list[tuple[Change, dict[Ref, Reading], bool]] = [
    (Settle(A, NEW), live(rec(name="new")), True),
    (Settle(A, NEW), live(rec()), False),
    (Settle(A, NEW), live(Gone(A)), False),
    (SET, live(rec(name="new")), True),
    (Connect(A, TIE), live(rec("a", NAMED)), True),
    (Connect(A, TIE), live(rec()), False),
    (Unlink(A, TIE), live(rec()), True),
    (Unlink(A, TIE), live(rec("a", TIE)), False),
    (Archive(A), live(Gone(A)), True),
    (Archive(A), live(Gone(A, B)), False),
    (Archive(A), live(rec()), False),
    (Restore(A), live(rec()), True),
    (Restore(A), live(Gone(A)), False),
    (MERGE, live(rec(), rec("b")), False),
    (Create(SPACE, "company", "k", NEW, "key"), {}, False),
]


@pytest.mark.parametrize(("change", "readings", "there"), HOLDS)
def test_a_state_that_holds_already_is_known(change: Change, readings: dict[Ref, Reading], there: bool) -> None:
    assert holds(change, readings) is there


TIED = Expectation(A, OLD, {"contact": ("p",)})
DRIFTS: list[tuple[Reading | None, bool, tuple[str, ...]]] = [
    (rec("a", TIE), False, ()),
    (rec("a"), False, ("ties to contact",)),
    (rec("a"), True, ()),
    (rec("a", TIE, Link(ref("q", "contact"))), True, ("ties to contact",)),
    (rec("a", TIE, name="x"), False, ("name",)),
    (record("a", "company", [TIE]), False, ("name",)),
    (Gone(A), False, ("it is gone",)),
    (Gone(A, B), False, ("it was merged by somebody else",)),
    (None, False, ("it is gone",)),
]


@pytest.mark.parametrize(("reading", "begun", "names"), DRIFTS)
def test_what_drifted_is_named_and_nothing_else(reading: Reading | None, begun: bool, names: tuple[str, ...]) -> None:
    assert differences(TIED, reading, lambda one: one, begun) == names


PHONES = [
    ("00123456", "123456", True),
    ("12345", "+112345", False),
    ("0012345", "12345", False),
    ("+1234555010000", "555010000", True),
    ("+12345555010000", "555010000", False),
    ("+1 555 010000", "555010001", False),
    ("tel. 555010", "555010 ", True),
    ("0555010", "+49 555010", True),
    ("555010", "+49 555010", True),
]


@pytest.mark.parametrize(("wrote", "shows", "same"), PHONES)
@pytest.mark.parametrize("field", ["phone", "mobile", "fax"])
def test_a_number_is_the_same_with_and_without_its_country(field: str, wrote: str, shows: str, same: bool) -> None:
    assert accepted(field, wrote, shows, "x") is same and accepted(field, shows, wrote, "x") is same


TEXTS = [
    ("website", "HTTP://WWW.Example.com//", "example.com", True),
    ("domain", "http://example.com/a", "example.com/a", True),
    ("website", "ftp://example.com", "example.com", False),
    ("name", " Ann\t Lee ", "Ann Lee", True),
    ("name", "AnnLee", "Ann Lee", False),
    *((name, "BIG  one", "big One", True) for name in ("email", "industry", "type", "status", "stage", "source")),
    *((name, "STRASSE", "straße", True) for name in ("country", "state")),
]


@pytest.mark.parametrize(("field", "wrote", "shows", "same"), TEXTS)
def test_a_text_is_the_same_in_the_crms_own_form(field: str, wrote: str, shows: str, same: bool) -> None:
    assert accepted(field, wrote, shows, "x") is same


GOOD, BAD = ("set", State.VERIFIED), ("set", State.REJECTED)
STOPS = [
    ([BAD] * 4, ""),
    ([BAD] * 5, "5 changes in a row failed"),
    ([("set", State.HALTED)] * 5, "5 changes in a row failed"),
    ([*[BAD] * 4, GOOD, *[BAD] * 4], ""),
    ([("set", UNDONE), GOOD, ("set", UNDONE)], ""),
    ([("set", UNDONE), GOOD] * 3, "3 writes were overwritten right away by something else"),
    ([("merge", LOST)], "a merge has an unknown outcome"),
    ([("set", LOST), GOOD], ""),
    ([*[GOOD] * 96, BAD, GOOD, BAD], ""),
    ([*[GOOD] * 98, BAD, BAD], ""),
    ([BAD, GOOD, BAD, GOOD, BAD, *[GOOD] * 94], ""),
    ([BAD, GOOD, BAD, GOOD, BAD, *[GOOD] * 95], "3 of 100 changes failed"),
    ([BAD, GOOD, BAD, GOOD, BAD, *[GOOD] * 145], ""),
]


@pytest.mark.parametrize(("seen", "why"), STOPS)
def test_a_run_stops_at_its_limits_and_not_before(seen: list[tuple[str, State]], why: str) -> None:
    watch = Watch(Rules())
    for verb, state in seen:
        watch.saw(verb, state)
    assert watch.broken() == why
