"""The apply loop over a CRM in a dict: what is sent, what is journalled, what is never sent twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.changes import Archive, Connect, Merge, Set, Settle, Survivor
from connectors.errors import LocalError, RefusedError
from connectors.records import Link
from connectors.values import frozen
from sync.apply.stop import Rules
from sync.ledger.journal import State
from tests.sync.desk import (
    PATIENT,
    Desk,
    desk,
    expected,
    group,
    lost,
    plan_of,
    pretends,
    record,
    ref,
    refuses,
    silent,
    swallowed,
    through,
)

VERIFIED = [State.INTENT, State.APPLIED, State.VERIFIED]


def set_name(key: str, name: str, was: str = "old") -> Set:
    return Set(ref(key), frozen({"name": name}), frozen({"name": was}))


def many(count: int) -> Desk:
    return desk(*(record(f"{place:03}", name="old") for place in range(count)))


def renaming(count: int) -> list[Set]:
    return [set_name(f"{place:03}", "new") for place in range(count)]


def test_a_set_is_journalled_before_and_after_and_read_back() -> None:
    crm = desk(record("a", name="old"))
    report = crm.apply(plan_of(group("a", set_name("a", "new"))))
    assert crm.states("a") == VERIFIED and crm.value("a", "name") == "new"
    assert (report.exit_code, report.groups_done, report.written) == (0, 1, 1)


def test_equal_verbs_travel_together() -> None:
    crm = many(150)
    report = crm.apply(plan_of(*(group(str(place), change) for place, change in enumerate(renaming(150)))))
    assert report.groups_done == 150
    assert [len(batch.rows) for batch in crm.writer.pushed] == [100, 50]


@pytest.mark.parametrize("renumbers", [False, True])
def test_a_whole_merge_with_a_survivor_known_only_afterwards(renumbers: bool) -> None:
    crm = desk(record("a", name="A"), record("b", phone="1"), record("c", city="C"), renumbers=renumbers)
    first, second = Merge(ref("a"), (ref("b"),)), Merge(Survivor("1"), (ref("c"),))
    settle = Settle(Survivor("2"), frozen({"name": "ABC"}))
    report = crm.apply(plan_of(group("m", first, second, settle)))
    assert report.exit_code == 0 and report.merged == 2
    assert {crm.resolve(ref(key)) for key in "abc"} == {crm.resolve(ref("a"))}
    assert [crm.value("a", name) for name in ("name", "phone", "city")] == ["ABC", "1", "C"]


def test_a_later_group_follows_the_id_that_a_merge_left_behind() -> None:
    crm = desk(record("a"), record("b"), record("c", "contact"), renumbers=True)
    tie = Connect(ref("c", "contact"), Link(ref("b")))
    report = crm.apply(plan_of(group("m", Merge(ref("a"), (ref("b"),))), group("t", tie, after=["g-m"])))
    assert report.exit_code == 0
    (link,) = crm.crm.book.records[ref("c", "contact")].links
    assert link.to == crm.resolve(ref("b")) != ref("b")


def test_a_settle_that_already_holds_is_not_sent() -> None:
    crm = desk(record("a", name="new"))
    report = crm.apply(plan_of(group("a", Settle(ref("a"), frozen({"name": "new"})))))
    assert crm.writer.pushed == [] and crm.states("a") == [State.VERIFIED]
    assert (report.exit_code, report.written, report.already) == (0, 0, 1)


def test_a_drifted_record_halts_only_its_group() -> None:
    crm = desk(record("a", name="old"), record("b", name="edited"), record("c", name="old"))
    plan = plan_of(*(group(key, set_name(key, "new"), expects=[expected(key, name="old")]) for key in "abc"))
    report = crm.apply(plan)
    assert report.exit_code == 3 and report.states == {"done": 2, "halted": 1}
    assert [crm.value(key, "name") for key in "abc"] == ["new", "edited", "new"]
    assert report.reasons == {"g-b": "changed since the plan was made: name"}


def test_a_party_that_is_gone_halts_its_group_before_any_step() -> None:
    crm = desk(record("a", name="A"), record("b"))
    crm.crm.book.drop(ref("b"))
    both = [expected("a", name="A"), expected("b")]
    report = crm.apply(plan_of(group("m", set_name("a", "B", "A"), Merge(ref("a"), (ref("b"),)), expects=both)))
    assert crm.writer.pushed == [] and report.reasons == {"g-m": "changed since the plan was made: it is gone"}


def test_a_record_edited_between_two_steps_halts_before_the_second() -> None:
    crm = desk(record("a", name="A"), record("b", name="B"))

    def edited(writer, batch):  # type: ignore[no-untyped-def]
        crm.edit("b", name="somebody's")
        return writer.push(batch)

    first, second = Set(ref("a"), frozen({"city": "X"})), Merge(ref("a"), (ref("b"),))
    both = [expected("a", name="A"), expected("b", name="B")]
    report = crm.apply(plan_of(group("m", first, second, expects=both)), edited)
    assert report.states == {"halted": 1} and len(crm.writer.pushed) == 1
    assert crm.value("b", "name") == "somebody's"


def test_an_expected_tie_that_moved_halts_the_group() -> None:
    crm = desk(record("a", "company", [Link(ref("c", "contact"))]), record("c", "contact", [Link(ref("a"))]))
    tied = expected("a").__class__(ref("a"), links={"contact": ("other",)})
    report = crm.apply(plan_of(group("a", Archive(ref("a")), expects=[tied])))
    assert crm.writer.pushed == [] and report.reasons["g-a"].endswith("ties to contact")


def test_a_group_whose_forerunner_did_not_get_through_is_skipped() -> None:
    crm = desk(record("a", name="edited"), record("b", name="old"), record("c", name="old"))
    first = group("a", set_name("a", "new"), expects=[expected("a", name="old")])
    second = group("b", set_name("b", "new"), after=["g-a"])
    report = crm.apply(plan_of(first, second, group("c", set_name("c", "new"))))
    assert report.states == {"halted": 1, "skipped": 1, "done": 1} and report.exit_code == 3
    assert crm.value("b", "name") == "old" and "depends on" in report.reasons["g-b"]


def test_rows_that_the_crm_refuses_fail_alone_without_their_message() -> None:
    crm = many(3)
    report = crm.apply(plan_of(*(group(f"{place:03}", item) for place, item in enumerate(renaming(3)))), refuses(1))
    assert report.exit_code == 3 and report.reasons == {"g-001": "the CRM refused it: bad_value"}
    assert [crm.value(f"{place:03}", "name") for place in range(3)] == ["new", "old", "new"]


def test_rows_that_the_answer_does_not_speak_of_are_unknown_until_read_back() -> None:
    crm = many(3)
    report = crm.apply(plan_of(*(group(f"{place:03}", item) for place, item in enumerate(renaming(3)))), silent)
    assert crm.states("000") == [State.INTENT, State.UNKNOWN, State.VERIFIED]
    assert report.exit_code == 0 and len(crm.writer.pushed) == 1


def test_a_change_that_something_writes_over_right_away_is_told_as_reverted() -> None:
    crm = desk(record("a", name="old"))
    report = crm.apply(plan_of(group("a", set_name("a", "new"))), pretends)
    assert crm.states("a") == [State.INTENT, State.APPLIED, State.REVERTED]
    assert report.exit_code == 3 and report.reasons == {"g-a": "written over right away: name"}
    assert len(crm.writer.pushed) == 1


def test_a_merge_that_was_confirmed_and_is_not_there_is_looked_at_again_and_not_sent_again_by_its_run() -> None:
    crm = desk(record("a", name="A"), record("b", name="B"))
    plan = plan_of(group("m", Merge(ref("a"), (ref("b"),)), expects=[expected("a", name="A"), expected("b", name="B")]))
    assert crm.apply(plan, pretends).exit_code == 5
    assert crm.states("m") == [State.INTENT, State.APPLIED, State.UNKNOWN]
    assert crm.slept == [crm.settle, crm.settle] and len(crm.writer.pushed) == 1


STOPS = [
    (Rules(consecutive=3, share=1, reverted=99), [refuses(*range(100))], "changes in a row failed"),
    (Rules(consecutive=99, share=0.02, sample=100, reverted=99), [refuses(1, 3, 5)], "of 100 changes failed"),
    (Rules(consecutive=99, share=1, reverted=3), [pretends], "overwritten right away"),
]


@pytest.mark.parametrize(("rules", "acts", "why"), STOPS, ids=[why for _, _, why in STOPS])
def test_a_run_that_goes_wrong_stops_before_the_next_batch(rules: Rules, acts: list, why: str) -> None:  # type: ignore[type-arg]
    crm = many(150)
    plan = plan_of(*(group(str(place), change) for place, change in enumerate(renaming(150))))
    report = crm.apply(plan, *acts, rules=rules)
    assert why in report.stopped and report.exit_code == 5
    assert len(crm.writer.pushed) == 1 and crm.value("149", "name") == "old"


def test_a_merge_of_unknown_outcome_stops_the_run() -> None:
    crm = desk(record("a", name="A"), record("b"), record("c", name="old"))
    plan = plan_of(group("m", Merge(ref("a"), (ref("b"),))), group("c", set_name("c", "new")))

    def half(writer, batch):  # type: ignore[no-untyped-def]
        crm.edit("a", name="half way")
        return swallowed(writer, batch)

    report = crm.apply(plan, half, rules=Rules())
    assert report.stopped == "a merge has an unknown outcome" and report.exit_code == 5
    assert crm.value("c", "name") == "old"


def test_a_canary_goes_through_whole_before_anything_else_is_sent() -> None:
    crm = many(20)
    plan = plan_of(*(group(str(place), change) for place, change in enumerate(renaming(20))))
    assert crm.apply(plan, canary=3).exit_code == 0
    assert [len(batch.rows) for batch in crm.writer.pushed] == [3, 17]


def test_a_canary_that_fails_lets_nothing_else_through() -> None:
    crm = many(20)
    plan = plan_of(*(group(str(place), change) for place, change in enumerate(renaming(20))))
    report = crm.apply(plan, refuses(1), canary=3)
    assert "first 3 groups" in report.stopped and report.exit_code == 5
    assert len(crm.writer.pushed) == 1 and crm.value("003", "name") == "old"


def test_another_writer_stops_this_one_before_it_sends() -> None:
    crm = desk(record("a", name="old"))

    def taken() -> None:
        raise RefusedError("another process writes now")

    crm.fence = taken
    with pytest.raises(RefusedError):
        crm.apply(plan_of(group("a", set_name("a", "new"))))
    assert crm.writer.pushed == [] and crm.states("a") == [State.INTENT]


class Full:
    """A journal on a disk that is full from the n-th append on."""

    def __init__(self, crm: Desk, good: int) -> None:
        self.kept = crm.journal.kept
        self.good = good

    def append(self, entries):  # type: ignore[no-untyped-def]
        if self.good == 0:
            raise LocalError("the journal cannot be written")
        self.good -= 1
        self.kept.extend(entries)

    def entries(self, run: str):  # type: ignore[no-untyped-def]
        return (entry for entry in self.kept if entry.run == run)


@pytest.mark.parametrize("good", [0, 1, 2])
def test_nothing_is_sent_that_is_not_in_the_journal_first(good: int) -> None:
    crm = desk(record("a", name="old"))
    plan, kept = plan_of(group("a", set_name("a", "new"))), crm.journal
    crm.journal = Full(crm, good)  # type: ignore[assignment]
    with pytest.raises(LocalError):
        crm.apply(plan)
    assert len(crm.writer.pushed) == (good > 0)
    crm.journal = kept
    assert crm.apply(plan).exit_code == 0 and crm.writer.calls == (good == 0)


@given(st.lists(st.sampled_from([through, lost, swallowed, silent]), max_size=6), st.integers(1, 5))
def test_whatever_answers_are_lost_every_set_takes_effect_and_the_run_says_so(acts: list, count: int) -> None:  # type: ignore[type-arg]
    crm = many(count)
    plan = plan_of(*(group(str(place), change) for place, change in enumerate(renaming(count))))
    codes = [crm.apply(plan, *acts).exit_code]
    while codes[-1] == 5 and len(codes) < 5:
        codes.append(crm.apply(plan).exit_code)
    assert codes[-1] == 0 and all(crm.value(f"{place:03}", "name") == "new" for place in range(count))


def test_applying_again_what_is_done_sends_nothing() -> None:
    crm = many(3)
    plan = plan_of(*(group(str(place), change) for place, change in enumerate(renaming(3))))
    crm.apply(plan, rules=PATIENT)
    before = len(crm.journal.kept)
    report = crm.apply(plan)
    assert (report.exit_code, report.groups_done, crm.writer.pushed) == (0, 3, [])
    assert len(crm.journal.kept) == before
