"""Stale deals, against a plain count of days over generated pipelines."""

from datetime import timedelta
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Past, Record
from hygiene.checks.stale_deal import Average, Rule, StaleDeal
from tests.book import NOON, Book, record
from tests.hygiene.pipelines import SALESFORCE

STAGES = [stage.id for stage in SALESFORCE.stages]
DEALS = st.lists(
    st.tuples(
        st.lists(st.integers(1, 60), min_size=1, max_size=5),
        st.one_of(st.none(), st.integers(0, 40)),
        st.sampled_from(["open", "open", "Closed Won", "Closed Lost"]),
    ),
    max_size=10,
)
RULES = st.sampled_from(list(Rule))


def deal(place: int, days: list[int], idle: int | None, end: str) -> tuple[Record, list[Past]]:
    """A deal that spent so many days in each of the first stages, the last number in the present one."""
    path = [*STAGES[: len(days) - 1], STAGES[len(days) - 1] if end == "open" else end]
    last = NOON - timedelta(days=idle) if idle is not None else None
    row = record("deal", f"d{place}", "salesforce:1", stage=path[-1], last_activity_at=last)
    starts = [NOON - timedelta(days=sum(days[at:])) for at in range(len(days))]
    return row, [Past(row.ref, "stage", at, stage, "005A") for at, stage in zip(starts, path, strict=True)]


@given(DEALS, RULES, st.integers(1, 4))
def test_a_deal_is_stale_by_the_rule_that_counts(
    deals: list[tuple[list[int], int | None, str]], rule: Rule, least: int
) -> None:
    made = [deal(place, *item) for place, item in enumerate(deals)]
    book = Book([row for row, _ in made], [SALESFORCE]).told(*(item for _, past in made for item in past))
    expected = []
    for place, (days, idle, end) in enumerate(deals):
        over = [other[len(days) - 1] for other, _, _ in deals if len(other) > len(days)]
        limit = 2 * mean(over) if len(over) >= least else 14
        facts = {Rule.NO_ACTIVITY: (idle or 0) >= 14, Rule.LONG_IN_STAGE: days[-1] > limit}
        verdicts = {**facts, Rule.EITHER: any(facts.values()), Rule.BOTH: all(facts.values())}
        expected += [f"d{place}"] if end == "open" and verdicts[rule] else []
    found = StaleDeal(rule=rule, least=least, average=Average.COMPLETED).find(book)
    assert [finding.refs[0].id for finding in found] == expected
