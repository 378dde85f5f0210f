"""What one run left open is settled by another, and which groups meet an account first."""

from collections.abc import Sequence

import pytest

from connectors.base import Writer
from connectors.changes import Batch, Change, Connect, Merge, Set
from connectors.records import Link
from connectors.values import frozen
from sync.apply.canary import places, slices
from sync.apply.progress import Track
from sync.apply.recover import settle_run
from sync.apply.tools import Tools
from sync.ledger.journal import Entry, State
from sync.plan.model import Plan
from tests.sync.desk import SPACE, Answers, Desk, desk, expected, group, plan_of, record, ref

NEW = frozen({"name": "new"})
CHANGES: dict[str, Change] = {
    "set": Set(ref("a"), NEW, frozen({"name": "old"})),
    "merge": Merge(ref("a"), (ref("b"),)),
    "link": Connect(ref("a"), Link(ref("p", "contact"))),
}


class Killed(BaseException):
    """The process is gone."""


def dies_after(writer: Writer, batch: Batch) -> Answers:
    writer.push(batch)
    raise Killed


def dies_before(_: Writer, batch: Batch) -> Answers:
    raise Killed


def tools(crm: Desk, age: float = 0.0) -> Tools:
    return Tools(
        journal=crm.journal,
        readers={SPACE: crm.crm},
        writers={},
        resolve=crm.resolve,
        alias=crm.alias,
        fence=lambda: None,
        keep=lambda readings: None,
        sleep=crm.slept.append,
        age=lambda entry: age,
    )


def left_open(verb: str, act: object = dies_after) -> Desk:
    """A run of one step whose process died."""
    crm = desk(record("a", name="old"), record("b", name="b"), record("p", "contact"), renumbers=True)
    plan = plan_of(group("g", CHANGES[verb], expects=[expected("a", name="old"), expected("b", name="b")]))
    with pytest.raises(Killed):
        crm.apply(plan, act)  # type: ignore[arg-type]
    return crm


@pytest.mark.parametrize("verb", CHANGES)
def test_a_row_of_another_plan_is_settled_where_it_stood(verb: str) -> None:
    crm = left_open(verb)
    assert settle_run("r", tools(crm)) == 1 and crm.slept == [5.0]
    sent, last = crm.journal.kept
    assert (last.state, last.group, last.step, last.key) == (State.VERIFIED, "g-g", "1", sent.key)
    assert (crm.resolve(ref("b")) != ref("b")) is (verb == "merge")
    assert settle_run("r", tools(crm)) == 0 and settle_run("another", tools(crm)) == 0


@pytest.mark.parametrize("verb", CHANGES)
def test_a_row_that_was_never_taken_is_told_so_without_its_plan(verb: str) -> None:
    crm = left_open(verb, dies_before)
    assert settle_run("r", tools(crm)) == 1 and crm.states("g") == [State.INTENT, State.NOT_SENT]


@pytest.mark.parametrize(("age", "waits"), [(0.0, [5.0]), (4.5, [0.5]), (5.0, []), (9.0, [])])
def test_recovery_waits_for_the_rest_of_the_settle_time(age: float, waits: list[float]) -> None:
    crm = left_open("set")
    settle_run("r", tools(crm, age))
    assert crm.slept == waits


def test_a_row_whose_values_were_erased_stays_as_it_is() -> None:
    crm = left_open("set")
    (sent,) = crm.journal.kept
    crm.journal.kept[:] = [Entry(sent.run, sent.key, sent.group, sent.step, sent.state, sent.ref, sent.facts)]
    assert settle_run("r", tools(crm)) == 0 and crm.states("g") == [State.INTENT]


def chain() -> Plan:
    """Four groups, the third after the first."""
    sets = [Set(ref(key), NEW) for key in "abcd"]
    after: Sequence[Sequence[str]] = ([], [], ["g-a", "g-elsewhere"], [])
    return plan_of(*(group(key, item, after=names) for key, item, names in zip("abcd", sets, after, strict=True)))


def sliced(count: int, *new: str, done: str = "") -> list[tuple[str, str]]:
    """The accounts and the names of the groups that go together."""
    tracks = [Track(item, {"1": State.VERIFIED} if item.id == f"g-{done}" else {}) for item in chain().groups]
    return [(place, "".join(track.group.id[2:] for track in some)) for place, some in slices(tracks, count, set(new))]


SLICES = [(1, "", ["a", "b", "ac", "d"]), (2, "", ["ab", "acd"]), (9, "", ["abcd"]), (2, "a", ["bac", "d"])]


@pytest.mark.parametrize(("count", "done", "names"), SLICES)
def test_groups_meet_an_account_after_what_they_wait_for(count: int, done: str, names: list[str]) -> None:
    assert sliced(count, SPACE, "x:1", done=done) == [(SPACE, name) for name in names] and sliced(count) == []


def test_the_places_of_a_group_are_the_accounts_it_writes_to() -> None:
    assert places(chain().groups[0]) == {SPACE}
