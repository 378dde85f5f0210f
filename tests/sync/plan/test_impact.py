"""What a merge would do is told before it is done, and what is called exact comes true."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Link, Record, Ref
from connectors.values import frozen, same
from hygiene.match.survive import Rank, refused, survive
from sync.jobs.pull import pull_all
from sync.mirror.store import Mirror
from sync.plan.file import decode, encode
from sync.plan.impact import Fold, effects, with_impact
from sync.plan.model import About, Group, Impact
from sync.plan.strategy import Strategy
from sync.render.impact import summary, table
from sync.render.mask import mask, reveal
from tests.sync.desk import plan_of, ref
from tests.sync.jobs.test_apply import merging as by_strategy
from tests.sync.plan.test_build import Shelf, built, company, merging
from tests.sync.stage import Stage

FIELDS = ("name", "phone", "email", "owner", "lifecycle_stage", "opted_out", "merged_into")


def deal(key: str, amount: str, currency: str = "EUR", closed: bool = False) -> Record:
    return Record(ref(key, "deal"), frozen({"amount": Decimal(amount), "currency": currency, "closed": closed}))


def tied(key: str, *deals: str, **fields: Any) -> Record:
    return company(key, [Link(ref(one, "deal")) for one in deals], **fields)


def told(group: Group, about: About) -> list[tuple[Any, ...]]:
    """The effects of one sort that move something."""
    return [
        (item.name, item.before, item.after, item.count, item.exact)
        for item in group.impact
        if item.about is about and item.count
    ]


def one(*rows: Record, strategy: Strategy = Strategy.NATIVE, **carry: Any) -> Group:
    keys = [row.ref.id for row in rows if row.ref.kind == "company"]
    (group,), _ = built(Shelf(*rows, fields=FIELDS), merging(*keys, **carry), strategy=strategy)
    return group


MERGES = [
    (About.OWNER, company("a", owner="1"), company("b", owner="2"), [("owner", "2", "1", 1, True)]),
    (About.OWNER, company("a", owner="1"), company("b", owner=None), []),
    (About.OWNER, company("a", owner="1"), company("b"), []),
    (About.OWNER, company("a"), company("b", owner="2"), [("owner", "2", None, 1, False)]),
    (About.LOST, company("a", email="X@y.de"), company("b", email="x@Y.de"), []),
    (About.LOST, company("a", email="x@y.de"), company("b", email="z@y.de"), [("email", "z@y.de", None, 1, True)]),
    (About.STAGE, company("a", lifecycle_stage="lead"), company("b", lifecycle_stage="lead"), []),
    (About.TIES, tied("a", "d"), tied("b", "d"), []),
    (About.TIES, tied("a", "d"), tied("b", "d", "e"), [("deal", Decimal(1), Decimal(2), 1, True)]),
]


@pytest.mark.parametrize(("about", "survivor", "other", "effect"), MERGES)
@pytest.mark.parametrize("strategy", [Strategy.NATIVE, Strategy.SOFT])
def test_an_effect_is_told_where_there_is_one(
    about: About, survivor: Record, other: Record, effect: list[Any], strategy: Strategy
) -> None:
    assert told(one(survivor, other, strategy=strategy), about) == effect


def test_a_stage_that_is_carried_is_a_jump_for_the_survivor() -> None:
    group = one(
        company("a", lifecycle_stage="lead"), company("b", lifecycle_stage="customer"), lifecycle_stage="customer"
    )
    assert [(item.before, item.after, item.refs) for item in group.impact if item.about is About.STAGE] == [
        ("lead", "customer", (ref("a"),))
    ]


def test_a_consent_that_becomes_a_no_is_told_and_no_consent_becomes_a_yes() -> None:
    group = one(company("a", opted_out=False), company("b", opted_out=True), opted_out=True)
    assert told(group, About.CONSENT) == [("opted_out", False, True, 1, True)]


def test_the_open_pipeline_moves_by_currency_and_closed_deals_do_not_count() -> None:
    deals = [deal("d", "10"), deal("e", "5"), deal("f", "7", "USD"), deal("g", "99", closed=True)]
    group = one(tied("a", "d"), tied("b", "d", "e"), tied("c", "f", "g"), *deals)
    assert told(group, About.PIPELINE) == [
        ("EUR", Decimal(10), Decimal(15), 1, True),
        ("USD", Decimal(0), Decimal(7), 1, True),
    ]
    assert (
        summary([group]) == "3 ties move, 5 EUR of open pipeline change their record, "
        "7 USD of open pipeline change their record (exact)"
    )


def test_what_another_group_takes_away_makes_a_number_estimated() -> None:
    shelf = Shelf(tied("a", "d"), tied("b", "e"), fields=FIELDS)
    (group,), _ = built(shelf, merging("a", "b"))
    folded = Fold(ref("a"), (ref("b"),), {ref("a"): {}, ref("b"): {}}, {}, True)
    assert [item.exact for item in effects(folded, shelf, (), [ref("e", "deal")]) if item.name == "deal"] == [False]
    assert with_impact([group], shelf) == (group,)


def test_a_mark_has_no_effect_of_its_own() -> None:
    assert one(company("a", owner="1"), company("b", owner="2"), strategy=Strategy.MARK).impact == ()


def test_values_about_people_are_masked_and_shown_only_when_asked() -> None:
    group = one(company("a", email="x@y.de"), company("b", email="z@y.de", owner="7"))
    assert "z@y.de" not in "".join(table(group.impact, mask)) and "z@y.de" in "".join(table(group.impact, reveal))


def test_a_plan_without_impact_keeps_the_format_it_had() -> None:
    group = one(company("a", owner="1"), company("b", owner="2"))
    new, old = encode(plan_of(group)), encode(plan_of(one(company("a"), company("b"), strategy=Strategy.MARK)))
    assert (b'"format":2' in new, b'"format":1' in old) == (True, True)
    assert decode(new).groups == (group,) and encode(decode(old)) == old


AMOUNTS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9_999), st.sampled_from(["EUR", "USD"])), max_size=8)
NOS = st.lists(st.sampled_from([None, False, True]), min_size=2, max_size=4)


def total(rows: Iterable[Record], currency: str) -> Decimal:
    return sum((Decimal(str(row.get("amount"))) for row in rows if row.text("currency") == currency), Decimal(0))


@given(AMOUNTS, NOS)
def test_sums_add_up_and_consent_never_loosens(amounts: list[tuple[int, int, str]], nos: list[bool | None]) -> None:
    deals = {f"d{place}": deal(f"d{place}", str(amount), money) for place, (_, amount, money) in enumerate(amounts)}
    held = [[f"d{at}" for at, (who, *_) in enumerate(amounts) if who % len(nos) == row] for row in range(len(nos))]
    rows = [tied("abcd"[at], *held[at], opted_out=no) for at, no in enumerate(nos)]
    found = survive(rows, Rank())
    ordered = sorted(rows, key=lambda row: (found.survivor, *found.merged).index(row.ref))
    carry: dict[str, Any] = dict(found.carry)
    group = one(*ordered, *deals.values(), **carry)
    own = [deals[key] for key in held[rows.index(ordered[0])]]
    for name, before, after, _, exact in told(group, About.PIPELINE):
        assert exact and (before, after) == (total(own, name), total(deals.values(), name))
    changed = told(group, About.CONSENT)
    assert all((before, after) == (False, True) for _, before, after, *_ in changed)
    assert bool(changed) == (any(map(refused, nos)) and not all(map(refused, nos)))


def shown(item: Impact, survivor: Ref, mirror: Mirror) -> Any:
    """What the CRM shows now of that of which an effect speaks."""
    ties = {link.to if holder == survivor else holder for holder, link in mirror.ties(survivor)}
    record = mirror.get(survivor)
    assert record is not None
    if item.about is About.TIES:
        return Decimal(sum(other.kind == item.name for other in ties))
    if item.about is About.PIPELINE:
        deals = mirror.some(other for other in ties if other.kind == "deal")
        still = [row for row in deals if not refused(row.get("closed")) and row.get("amount")]
        return total(still, item.name)
    found = record.get(item.name)
    return (
        tuple(sorted(found)) if isinstance(found, tuple) else refused(found) if item.about is About.CONSENT else found
    )


def exact(groups: Sequence[Group]) -> Iterator[tuple[Group, Impact]]:
    return ((group, item) for group in groups for item in group.impact if item.exact and item.about is not About.LOST)


@pytest.mark.parametrize("strategy", ["native", "soft"])
def test_what_is_called_exact_is_what_the_crm_shows_afterwards(stage: Stage, strategy: str) -> None:
    stage = by_strategy(stage, strategy)
    made = stage.planned()
    assert stage.applied(made.content, approve=made.hash).report.exit_code == 0
    stage.sandbox.clock.advance(60)
    with stage.opened() as session:
        pull_all(session)
        mirror = Mirror(session.mirror_store, session.now())
        checked = [
            (item, shown(item, session.ledger.resolve(group.expects[0].ref), mirror))
            for group, item in exact(made.plan.groups)
        ]
    assert {item.about for item, _ in checked} >= {About.TIES, About.OWNER, About.STAGE, About.CONSENT, About.PIPELINE}
    assert [(item, now) for item, now in checked if not same(item.after, now)] == []
