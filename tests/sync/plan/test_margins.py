"""What planning and undoing do at their margins: held, left to a person, or refused, and always said."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Limits
from connectors.changes import Archive, Connect, Create, Merge, Restore, Set, Settle, Survivor, Way
from connectors.errors import RefusedError, UsageError
from connectors.records import FieldSpec, Link, ObjectSpec, Record, Ref
from connectors.values import Json, Value, frozen
from hygiene.check import Finding
from sync.forms import dump_change
from sync.ledger.journal import Entry, State
from sync.plan.caps import crowded
from sync.plan.file import MAX_BYTES, decode, read
from sync.plan.guards import touched
from sync.plan.impact import Fold, effects
from sync.plan.model import About, Unplannable
from sync.plan.revert import Notice, ask
from sync.plan.strategy import Strategy
from sync.plan.undo import undo
from sync.plan.unmerge import Effect, World, as_it_was
from sync.plan.ways import tally
from tests.sync.desk import NOW, desk, group, plan_of, record, ref
from tests.sync.plan.test_build import A, B, Shelf, built, company, merging, setting, steps
from tests.sync.plan.test_file import _put

PERSON, OTHER = ref("p", "contact"), ref("q", "contact")
WORLD = World("r", lambda one: one, lambda workspace, kind: None)


def tying(key: str, to: Ref = PERSON) -> Finding:
    return Finding("unlinked", (ref(key), to), "tie", changes=(Connect(ref(key), Link(to)),))


def test_a_tie_of_a_record_that_is_merged_is_looked_at_afterwards() -> None:
    (group,), (left,) = built(Shelf(A, B), merging("a", "b"), tying("b"))
    assert group.merges == 1 and "a record of the tie is part of a merge" in left.reason


def test_changes_of_several_sorts_in_one_finding_are_left() -> None:
    mixed = Finding("odd", (ref("a"),), "both", changes=(*setting("a", city="X").changes, *tying("a").changes))
    groups, (left,) = built(Shelf(A), mixed)
    assert groups == () and left.reason == "its changes are of kinds that cannot be planned together"


def test_a_converted_lead_is_not_merged() -> None:
    groups, (left,) = built(Shelf(A, company("b", converted=True)), merging("a", "b"))
    assert groups == () and left.reason.startswith("a converted lead is no lead any more")


def test_a_lookup_that_the_survivor_fills_already_is_not_moved_to_it() -> None:
    mine, theirs = Link(ref("x"), "parent", "out"), Link(ref("y"), "parent", "out")
    shelf = Shelf(company("a", [mine]), company("b", [theirs]))
    (found,), _ = built(shelf, merging("a", "b"), strategy=Strategy.SOFT)
    assert steps(found) == [Archive(ref("b"))]


@pytest.mark.parametrize(("most", "held"), [(0, []), (1, ["would have 2"]), (2, [])])
def test_ties_that_grew_since_the_plan_are_counted_once_each(most: int, held: list[str]) -> None:
    links = {"a": [Link(PERSON)], "b": [Link(PERSON), Link(OTHER)]}
    live = {ref(key): record(key, "company", some) for key, some in links.items()}
    said = list(crowded(Merge(ref("a"), (ref("b"),)), live, {"memory:local": Limits({}, ties=most)}))
    assert len(said) == len(held) and all(words in text for words, text in zip(held, said, strict=True))


def test_a_set_crowds_nothing() -> None:
    assert list(crowded(Set(ref("a"), frozen({})), {}, {})) == []


def folded(*rows: tuple[str, str, bool], final: str = "10") -> list[tuple[Any, ...]]:
    """What is told of the forecast when deals of these amounts, currencies and states are merged into the first."""
    values: list[dict[str, Value]] = [
        {"amount": Decimal(amount), "currency": money, "closed": closed} for amount, money, closed in rows
    ]
    refs = [ref(str(place), "deal") for place in range(len(rows))]
    shelf = Shelf(*(Record(one, frozen(some)) for one, some in zip(refs, values, strict=True)))
    fields = {one: frozen(some) for one, some in zip(refs, values, strict=True)}
    merge = Fold(refs[0], tuple(refs[1:]), fields, {"amount": Decimal(final)}, True)
    told = [item for item in effects(merge, shelf, ()) if item.about is About.FORECAST]
    return [(item.name, item.before, item.after, item.count, item.exact) for item in told]


TEN = ("10", "EUR", False)
FORECASTS = [
    ((TEN, ("5", "EUR", False)), [("EUR", Decimal(15), Decimal(10), 2, True)]),
    ((TEN, ("0", "EUR", False)), []),
    ((TEN, ("5", "EUR", True)), []),
    ((TEN, ("7", "USD", False)), [("USD", Decimal(7), Decimal(0), 1, True)]),
    ((("10", "EUR", True), ("5", "EUR", False)), [("EUR", Decimal(5), Decimal(0), 1, True)]),
]


@pytest.mark.parametrize(("rows", "told"), FORECASTS)
def test_merged_deals_count_once_in_the_forecast(rows: Any, told: list[Any]) -> None:
    assert folded(*rows) == told


@pytest.mark.parametrize("more", [("z@x.de",), "z@x.de", "z@x.de;"])
def test_addresses_that_stood_beside_a_hubspot_contact_stay_beside_it(more: Any) -> None:
    a, b = (Ref("hubspot:1", "contact", key) for key in "12")
    rows = {a: frozen({"email": "a@x.de", "more_emails": more}), b: frozen({"email": "b@x.de", "more_emails": None})}
    shelf = Shelf(*(Record(one, some) for one, some in rows.items()))
    told = effects(Fold(a, (b,), rows, {"email": "a@x.de"}, True), shelf, ())
    (kept,) = [item for item in told if item.about is About.KEPT]
    assert (kept.before, kept.after, kept.count) == (("z@x.de",), ("b@x.de", "z@x.de"), 1) and kept.exact


EFFECT = {"about": "owner", "name": "owner", "before": "1", "after": "2", "count": 1, "exact": True, "refs": []}


@pytest.mark.parametrize("lie", [{"exact": 1}, {"exact": "yes"}, {"count": True}, {"count": 1.0}, {"count": None}])
def test_an_effect_that_is_no_count_or_no_word_is_refused(lie: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=r"not a plan of this tool \(TypeError\)"):
        decode(_put("groups", 0, "impact", value=[EFFECT | lie]))


def test_a_file_larger_than_any_plan_is_not_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(UsageError, match="larger than any plan"):
        read(path)


def test_a_restored_record_goes_back_to_the_bin() -> None:
    crm = desk(record("a"), record("z"))
    crm.crm.book.drop(ref("z"))
    assert crm.apply(plan_of(group("r", Restore(ref("z"))))).exit_code == 0
    ((back,), kept) = undo(crm.journal.entries("r"), WORLD)
    assert [step.change for step in back.steps] == [Archive(ref("z"))] and kept == ()


def test_a_row_that_does_not_say_its_record_is_left_and_listed() -> None:
    sent: dict[str, Json] = {"change": dump_change(Settle(Survivor("1"), frozen({"name": "x"}))), "before": {}}
    rows = [Entry("r", "k", "g", "2", state, "", {}, sent) for state in (State.INTENT, State.VERIFIED)]
    groups, (kept,) = undo(rows, WORLD)
    assert groups == () and (kept.verb, kept.reason) == ("settle", "nothing takes back a settle")


def test_a_merge_that_left_no_known_record_gives_no_values_back() -> None:
    merge = Merge(ref("a"), (ref("b"),))
    stood = {ref("a"): frozen({"name": "x"})}
    assert list(as_it_was([Effect("g", merge, stood, {}, None, {})], WORLD)) == []
    assert list(as_it_was([], WORLD)) == []


def test_a_change_of_a_record_that_no_step_of_the_finding_leaves_is_not_planned() -> None:
    odd = Finding("odd", (ref("a"),), "?", changes=(Set(Survivor("1"), frozen({"name": "x"})),))
    groups, (left,) = built(Shelf(A), odd)
    assert groups == () and left.reason == "its changes are of kinds that cannot be planned together"


def test_updates_are_counted_by_account_and_way_and_nothing_else_is() -> None:
    sets = [group(str(at), Set(ref("a"), frozen({"name": "x"})), Archive(ref("b"))) for at in range(3)]
    ways = [Way.GUARDED, Way.BULK, Way.PLAIN]
    groups = [replace(item, way=way) for item, way in zip(sets, ways, strict=True)]
    assert tally(groups) == {("memory:local", Way.BULK): 1, ("memory:local", Way.GUARDED): 1}


def test_records_that_a_plan_makes_are_bounded_too() -> None:
    made = [group(key, Create("memory:local", "task", key, frozen({}), "key")) for key in "ab"]
    assert touched(made, ("create",)) == {("memory:local", "task"): 2} and touched(made, ("set",)) == {}


def noticed(crm: str, *names: str, text: str = "no") -> Create:
    """The task that a gate plans on a CRM whose tasks have these fields; the date of one is due on a day."""
    deal = Record(Ref(f"{crm}:1", "deal", "1"), frozen({"stage": "won", "owner": ""}))
    spec = ObjectSpec("task", "task", tuple(FieldSpec(name, name, "date") for name in names))
    made = ask(Notice("m" * 20, deal, text, NOW), spec).steps[0].change
    assert isinstance(made, Create)
    return made


def test_a_task_is_found_again_by_its_key_or_by_its_subject() -> None:
    keyed, named = noticed("hubspot", "revops_key", "due_at"), noticed("salesforce", text="x" * 300)
    assert (keyed.key, keyed.key_field, dict(keyed.fields)) == (
        f"gate-{'m' * 16}",
        "revops_key",
        {"due_at": NOW.date(), "subject": "no"},
    )
    assert named.key_field == "subject" and len(named.key) == 255 and named.key.endswith(f"… [gate-{'m' * 16}]")
    assert dict(named.fields) == {"due_at": NOW}


def test_a_task_that_could_not_be_found_again_or_was_not_pulled_is_not_planned() -> None:
    with pytest.raises(Unplannable, match="has no field revops_key"):
        noticed("hubspot", "due_at")
    with pytest.raises(Unplannable, match="tasks are not pulled"):
        ask(Notice("m", Record(Ref("hubspot:1", "deal", "1")), "no", NOW), None)
