"""Lost answers and killed processes, for every verb: nothing takes effect twice, nothing is falsely said to be done."""

from collections.abc import Callable

import pytest

from connectors.base import Writer
from connectors.changes import Archive, Batch, Change, Connect, Create, Merge, Restore, Set, Settle, Unlink
from connectors.records import Link
from connectors.values import frozen
from sync.ledger.journal import State
from sync.plan.model import Plan
from tests.sync.desk import SPACE, Answers, Desk, desk, expected, group, lost, plan_of, record, ref, swallowed

TIE = Link(ref("p", "contact"))
NEW = frozen({"name": "new"})
VERBS: dict[str, Change] = {
    "set": Set(ref("a"), NEW, frozen({"name": "old"})),
    "settle": Settle(ref("a"), NEW),
    "merge": Merge(ref("a"), (ref("b"),), NEW),
    "create": Create(SPACE, "company", "key-1", NEW, "revops_key"),
    "link": Connect(ref("a"), TIE),
    "unlink": Unlink(ref("b"), TIE),
    "archive": Archive(ref("b")),
    "restore": Restore(ref("z")),
}
CASES = [*((verb, False) for verb in VERBS), ("merge", True)]


class Killed(BaseException):
    """The process is gone."""


def dies_before(_: Writer, batch: Batch) -> Answers:
    raise Killed


def dies_after(writer: Writer, batch: Batch) -> Answers:
    writer.push(batch)
    raise Killed


def scene(verb: str, renumbers: bool) -> tuple[Desk, Plan]:
    """Two companies, the second tied to a contact, a third one in the bin; and a plan of one step."""
    tied = record("b", "company", [TIE], name="old b")
    contact = record("p", "contact", [Link(ref("b"))])
    crm = desk(record("a", name="old"), tied, contact, record("z"), renumbers=renumbers)
    crm.crm.book.drop(ref("z"))
    before = [expected("a", name="old"), expected("b", name="old b")]
    return crm, plan_of(group("g", VERBS[verb], expects=before))


def state(crm: Desk) -> object:
    """Everything that stands in the CRM, without when."""
    records = {key: (dict(item.fields), item.links) for key, item in crm.crm.book.records.items()}
    return records, {key: into for key, (_, into) in crm.crm.book.gone.items()}


def reached(verb: str, renumbers: bool) -> object:
    crm, plan = scene(verb, renumbers)
    assert crm.apply(plan).exit_code == 0
    return state(crm)


@pytest.mark.parametrize(("verb", "renumbers"), CASES)
def test_an_answer_lost_after_the_effect_is_settled_by_reading_and_not_sent_again(verb: str, renumbers: bool) -> None:
    crm, plan = scene(verb, renumbers)
    report = crm.apply(plan, lost)
    assert crm.states("g") == [State.INTENT, State.UNKNOWN, State.VERIFIED]
    assert report.exit_code == 0 and len(crm.writer.pushed) == 1 and crm.slept == [crm.settle]
    assert state(crm) == reached(verb, renumbers)


@pytest.mark.parametrize(("verb", "renumbers"), CASES)
def test_a_request_that_never_took_effect_is_sent_again_once_a_read_back_proves_it(verb: str, renumbers: bool) -> None:
    crm, plan = scene(verb, renumbers)
    codes = [crm.apply(plan, swallowed).exit_code]
    while codes[-1] == 5 and len(codes) < 4:
        codes.append(crm.apply(plan).exit_code)
    assert codes[-1] == 0 and len(codes) == (2 if verb == "merge" else 1)
    assert State.NOT_SENT in crm.states("g") and state(crm) == reached(verb, renumbers)


@pytest.mark.parametrize("dies", [dies_before, dies_after])
@pytest.mark.parametrize(("verb", "renumbers"), CASES)
def test_a_process_killed_while_sending_is_recovered_by_the_next(
    verb: str, renumbers: bool, dies: Callable[[Writer, Batch], Answers]
) -> None:
    crm, plan = scene(verb, renumbers)
    with pytest.raises(Killed):
        crm.apply(plan, dies)
    assert crm.states("g") == [State.INTENT]
    assert crm.apply(plan).exit_code == 0
    assert len(crm.writer.pushed) == (dies is dies_before) and state(crm) == reached(verb, renumbers)


@pytest.mark.parametrize("last", [State.INTENT, State.APPLIED, State.UNKNOWN])
@pytest.mark.parametrize(("verb", "renumbers"), CASES)
def test_a_row_that_was_sent_and_never_looked_at_is_settled_before_anything_new_is_sent(
    verb: str, renumbers: bool, last: State
) -> None:
    crm, plan = scene(verb, renumbers)
    crm.apply(plan, *([lost] if last is State.UNKNOWN else []))
    end = next(place for place, entry in enumerate(crm.journal.kept) if entry.state is last)
    del crm.journal.kept[end + 1 :]
    crm.aliases.clear()
    assert crm.apply(plan).exit_code == 0 and crm.writer.pushed == []
    assert crm.states("g")[-1] is State.VERIFIED and state(crm) == reached(verb, renumbers)


def test_a_killed_set_on_a_record_that_was_edited_since_stays_unknown() -> None:
    crm, plan = scene("set", False)
    with pytest.raises(Killed):
        crm.apply(plan, dies_before)
    crm.edit("a", name="somebody's")
    report = crm.apply(plan)
    assert report.exit_code == 5 and crm.writer.pushed == [] and crm.value("a", "name") == "somebody's"


def test_a_lost_merge_of_records_that_nothing_is_known_of_stays_unknown() -> None:
    crm, _ = scene("merge", False)
    plan = plan_of(group("g", VERBS["merge"]))
    assert [crm.apply(plan, swallowed).exit_code, crm.apply(plan).exit_code] == [5, 5]
    assert crm.writer.pushed == [] and crm.states("g")[-1] is State.UNKNOWN


def test_recovery_waits_only_for_what_is_left_of_the_settle_time() -> None:
    crm, plan = scene("set", False)
    with pytest.raises(Killed):
        crm.apply(plan, dies_after)
    crm.settle = 3.0
    crm.apply(plan)
    assert crm.slept == [3.0]
