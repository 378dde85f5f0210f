"""Figures about deals: hand-worked accounts of both CRMs, and money that moved against a plain sum."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Link, Past, Record, Ref
from connectors.values import Value, frozen
from hygiene.checks.exit_criteria import ExitCriteria
from hygiene.checks.qualification import Qualification
from hygiene.checks.stale_deal import Rule, StaleDeal
from metrics.complete_deals import CompleteDeals
from metrics.lost_reasons import LostReasons
from metrics.met_criteria import MetCriteria
from metrics.moved_money import MovedMoney
from metrics.pushed_deals import PushedDeals
from metrics.qualified_deals import QualifiedDeals
from metrics.returned_deals import ReturnedDeals
from metrics.share import Share
from metrics.silent_pushes import SilentPushes
from metrics.skipped_stages import SkippedStages
from metrics.stale_deals import StaleDeals
from tests.book import NOON, Book
from tests.hygiene.pipelines import HUBSPOT, OPEN, SALESFORCE

STAGES = {
    "hubspot:1": [stage.id for stage in HUBSPOT.stages],
    "salesforce:1": [OPEN[0], OPEN[1], OPEN[2], OPEN[6], OPEN[7], "Closed Won", "Closed Lost"],
}
"""Five open stages, won and lost; two that Salesforce has between them are left out: nobody passes over them here."""
WON, LOST = 5, 6
Stays = Sequence[tuple[int, int]]
"""How many days ago a deal came into which stage."""


class Account:
    """The deals of one account and what their CRM keeps of the past."""

    def __init__(self, account: str) -> None:
        self.account, self.stages = account, STAGES[account]
        self.records: list[Record] = []
        self.past: list[Past] = []

    def deal(self, key: str, *stays: tuple[int, int], ties: Sequence[str] = (), **fields: Value) -> Ref:
        """A deal as old as its first stay."""
        ref = Ref(self.account, "deal", key)
        began, (_, stage) = NOON - timedelta(days=stays[0][0]), stays[-1]
        place: dict[str, Value] = {"stage": self.stages[stage], "created_at": began, "pipeline": ""}
        place |= {"pipeline": "default"} if self.account == "hubspot:1" else {}
        links = tuple(Link(Ref(self.account, kind, "9")) for kind in ties)
        self.records.append(Record(ref, frozen(place | fields), links))
        for days, at in stays:
            self.past.append(Past(ref, "stage", NOON - timedelta(days=days), self.stages[at], "a person"))
        return ref

    def dated(self, ref: Ref, *edits: tuple[int, str]) -> None:
        """How many days ago a deal's close date was set to which day."""
        for days, day in edits:
            self.past.append(Past(ref, "close_date", NOON - timedelta(days=days), date.fromisoformat(day)))

    def book(self) -> Book:
        """All of it as a view."""
        others = [Record(Ref(self.account, kind, "9"), frozen({"name": "x"})) for kind in ("company", "contact")]
        return Book([*self.records, *others], (HUBSPOT, SALESFORCE)).told(*self.past)


def moves(at: Account) -> None:
    """Step by step; past two stages; created halfway; long ago; back; lost at once."""
    at.deal("steps", (30, 0), (20, 1), (10, 2))
    at.deal("jumps", (30, 0), (10, 4))
    at.deal("halfway", (30, 2))
    at.deal("old", (300, 0), (200, 4))
    at.deal("back", (30, 0), (20, 1), (10, 0))
    at.deal("lost", (30, 0), (10, LOST))


def pushes(at: Account) -> None:
    """Put off with a reason, without, pulled in, put off long ago, and put off before it was lost."""
    at.dated(at.deal("said", (90, 1), push_reason="budget freeze"), (80, "2026-10-01"), (20, "2026-12-01"))
    at.dated(at.deal("silent", (90, 1), push_reason="n/a"), (80, "2026-10-01"), (20, "2026-12-01"))
    at.dated(at.deal("sooner", (90, 1)), (80, "2026-12-01"), (20, "2026-11-30"))
    at.dated(at.deal("long ago", (300, 1)), (280, "2026-03-01"), (200, "2026-12-01"))
    at.dated(at.deal("gone", (90, 1), (5, LOST)), (80, "2026-10-01"), (20, "2026-12-01"))


def gaps(at: Account) -> None:
    """What a first and a third stage ask for, with and without it."""
    day: dict[str, Value] = {"close_date": date(2026, 12, 1), "owner": "7"}
    at.deal("whole", (9, 2), ties=("company", "contact"), amount=Decimal(10), next_step="call", **day)
    at.deal("early", (9, 0), ties=("company",), **day)
    at.deal("no tie", (9, 0), **day)
    at.deal("one", (9, 2), ties=("company", "contact"), amount=Decimal("1.00"), next_step="call", **day)
    at.deal("lost", (9, LOST), lost_reason="price")
    at.deal("unsaid", (9, LOST), lost_reason="TBD")


def touched(at: Account) -> None:
    """Thirteen and fourteen days without activity, never any, and one that is won."""
    for key, days in (("thirteen", 13), ("fourteen", 14)):
        at.deal(key, (90, 1), last_activity_at=NOON - timedelta(days=days))
    at.deal("never", (90, 1))
    at.deal("won", (90, WON), last_activity_at=NOON - timedelta(days=80))


def answers(at: Account) -> None:
    """Two questions: asked from the second stage on, answered wholly, by half, and not at all."""
    at.deal("first", (9, 0))
    at.deal("both", (9, 1), description="20 %", next_step="cfo")
    at.deal("half", (9, 3), description="20 %", next_step="tbd")
    at.deal("won", (9, WON))
    at.deal("lost", (9, LOST))


ASKED = Qualification(elements={"metrics": ("description",), "champion": ("next_step",)})
PAIN = [{"name": "pain", "filled": ["description"]}]
EXIT = ExitCriteria.model_validate({"rules": {"*": {stages[1]: PAIN for stages in STAGES.values()}}})
IDLE = StaleDeal(rule=Rule.NO_ACTIVITY)
BY_HAND: list[tuple[Share, Callable[[Account], None], tuple[int, int], set[str]]] = [
    (SkippedStages(), moves, (1, 4), {"jumps"}),
    (ReturnedDeals(), moves, (1, 4), {"back"}),
    (PushedDeals(), pushes, (2, 4), {"said", "silent"}),
    (SilentPushes(), pushes, (2, 3), {"silent", "gone"}),
    (CompleteDeals(), gaps, (2, 4), {"no tie", "one"}),
    (LostReasons(), gaps, (1, 2), {"unsaid"}),
    (StaleDeals(rule=IDLE), touched, (2, 3), {"fourteen", "never"}),
    (QualifiedDeals(rule=ASKED), answers, (1, 3), {"half", "won"}),
    (QualifiedDeals(rule=ASKED.model_copy(update={"least": 0.5})), answers, (2, 3), {"won"}),
    (MetCriteria(rule=EXIT), answers, (3, 4), {"won"}),
]


def visible(at: Account) -> Book:
    """The account's view, in which a field for the reason of a push is visible."""
    known = frozenset(name for item in at.records for name in item.fields) | {"push_reason", "lost_reason"}
    found = at.book()
    found._known = {"deal": known | {"amount", "owner", "close_date", "next_step", "description", "last_activity_at"}}
    return found


@pytest.mark.parametrize("account", STAGES)
@pytest.mark.parametrize(("share", "fill", "value", "behind"), BY_HAND, ids=lambda item: getattr(item, "label", None))
def test_a_share_of_deals_is_what_a_hand_counts(
    account: str, share: Share, fill: Callable[[Account], None], value: tuple[int, int], behind: set[str]
) -> None:
    at = Account(account)
    fill(at)
    (figure,) = share.figures(visible(at))
    assert (figure.count, figure.of) == value
    assert {ref.id for ref in figure.refs} == behind


def test_where_no_answer_is_visible_nobody_is_called_unqualified() -> None:
    at = Account("hubspot:1")
    answers(at)
    (figure,) = QualifiedDeals().figures(at.book())
    assert figure.value is None and not figure.known and figure.refs == ()


EDITS = st.lists(st.integers(0, 300), min_size=1, max_size=5)
DEALS = st.lists(st.tuples(st.sampled_from(["EUR", "USD"]), st.integers(1, 900), EDITS), max_size=6)
START = date(2026, 9, 1)


def quarter(day: date) -> str:
    return f"Q{(day.month + 2) // 3} {day.year}"


@given(DEALS)
def test_money_that_moved_is_the_sum_over_every_push_into_another_quarter(
    deals: list[tuple[str, int, list[int]]],
) -> None:
    records, past, sums = [], [], dict[str, dict[str, int]]()
    for at, (currency, amount, edits) in enumerate(deals):
        ref, days = Ref("hubspot:1", "deal", str(at)), [START + timedelta(days=edit) for edit in edits]
        fields: dict[str, Value] = {"stage": "contractsent", "pipeline": "default", "currency": currency}
        records.append(Record(ref, frozen(fields | {"amount": Decimal(amount)})))
        noon = datetime(2026, 9, 1, 12, tzinfo=UTC)
        past += [Past(ref, "close_date", noon + timedelta(days=place), day) for place, day in enumerate(days)]
        moved = sums.setdefault(currency, {})
        for was, now in pairwise(days):
            if now > was and quarter(was) != quarter(now):
                moved[f"{quarter(was)} to {quarter(now)}"] = moved.get(f"{quarter(was)} to {quarter(now)}", 0) + amount
    found = MovedMoney().figures(Book(records, (HUBSPOT,)).told(*past))
    told = {figure.about: (figure.count, {part.name: part.count for part in figure.parts}) for figure in found}
    assert told == {currency: (sum(pairs.values()), pairs) for currency, pairs in sums.items()}
