"""Who survives and what it keeps."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.values import Value
from hygiene.match.survive import LIFECYCLE, Rank, refused, survive
from tests.book import record

MAY, JUNE = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6))
Fields = dict[str, Value]
RULES: dict[str, tuple[Fields, Fields, str, str]] = {
    "source": ({"source": "import", "city": "X"}, {"source": "CRM"}, "2", "its source ranks first"),
    "complete": ({"name": "A"}, {"name": "A", "city": "B"}, "2", "it has most fields filled"),
    "placeholders": ({"name": "A", "city": "n/a"}, {"name": "A", "phone": "1"}, "2", "it has most fields filled"),
    "active": ({"last_activity_at": MAY}, {"last_activity_at": JUNE}, "2", "it saw the latest activity"),
    "oldest": ({"created_at": JUNE}, {"created_at": MAY}, "2", "it is the oldest"),
    "date": ({"created_at": date(2026, 6, 1)}, {"created_at": MAY}, "2", "it is the oldest"),
    "lowest_id": ({"name": "A"}, {"name": "A"}, "1", "it has the lowest id"),
}
CONSENT = st.sampled_from([True, False, None, "true", "false", "Yes", ""])


@pytest.mark.parametrize("rule", RULES)
def test_the_survivor_is_picked_by_the_first_rule_that_decides(rule: str) -> None:
    a, b, winner, why = RULES[rule]
    settled = survive([record("company", "1", **a), record("company", "2", **b)], Rank(("crm",)))
    assert (settled.survivor.id, settled.why["survivor"]) == (winner, why)


def test_a_lower_number_of_digits_is_a_lower_id() -> None:
    assert survive([record("company", "10"), record("company", "9")], Rank()).survivor.id == "9"


@pytest.mark.parametrize(
    ("name", "own", "other", "carried"),
    [
        ("phone", "1", "2", None),
        ("phone", None, "2", "2"),
        ("phone", "n/a", "2", "2"),
        ("phone", "n/a", "tbd", None),
        ("parent", None, "2", None),
        ("parent", None, "7", "7"),
        ("twin", None, "x", None),
        ("created_at", JUNE, MAY, None),
        ("lifecycle_stage", "lead", "customer", "customer"),
        ("lifecycle_stage", "customer", "lead", None),
        ("lifecycle_stage", "our_own", "customer", None),
        ("lifecycle_stage", None, "our_own", "our_own"),
        ("opted_out", False, True, True),
        ("opted_out", None, "true", True),
        ("opted_out", True, False, None),
        ("opted_out", None, False, None),
    ],
)
def test_each_field_has_one_winner(name: str, own: Value, other: Value, carried: Value) -> None:
    a = record("company", "1", source="crm", **{name: own})
    settled = survive([record("company", "2", **{name: other}), a], Rank(("crm",)))
    assert settled.carry.get(name) == carried and (name in settled.why) is (carried is not None)


@given(st.lists(CONSENT, min_size=2, max_size=5))
def test_consent_never_loosens(consents: list[Value]) -> None:
    rows = [record("contact", str(at), opted_out=consent) for at, consent in enumerate(consents)]
    settled = survive(rows, Rank())
    own = next(row for row in rows if row.ref == settled.survivor).get("opted_out")
    assert refused(settled.carry.get("opted_out", own)) is any(map(refused, consents))


@given(st.lists(st.sampled_from(LIFECYCLE), min_size=2, max_size=5))
def test_the_furthest_stage_is_kept(stages: list[str]) -> None:
    rows = [record("contact", str(at), lifecycle_stage=stage) for at, stage in enumerate(stages)]
    settled = survive(rows, Rank())
    own = next(row for row in rows if row.ref == settled.survivor).get("lifecycle_stage")
    assert settled.carry.get("lifecycle_stage", own) == max(stages, key=LIFECYCLE.index)


@given(st.permutations([{"name": "A"}, {"city": "B", "phone": "1"}, {"source": "crm"}, {"phone": "2"}]))
def test_the_order_of_the_records_changes_nothing(rows: list[Fields]) -> None:
    made = [record("company", "".join(row), **row) for row in rows]
    settled = survive(made, Rank(("crm",)))
    assert settled == survive(sorted(made, key=lambda row: row.ref), Rank(("crm",)))
