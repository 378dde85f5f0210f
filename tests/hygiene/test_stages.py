"""Stage histories: hand-worked ones, and generated ones against an oracle that shares no code."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Past, Pipeline, Ref, Stage
from hygiene.stages import SIGHTED, Kind, Move, moves, spans, spans_of
from tests.book import Book, record
from tests.hygiene.stage_oracle import Event, told

DEAL = Ref("hubspot:1", "deal", "d1")
START = datetime(2026, 1, 1, tzinfo=UTC)
BOARD = {
    "sales": {"A": "open", "B": "open", "C": "open", "D": "open", "W": "won", "L": "lost"},
    "renewal": {"P": "open", "Q": "open", "R": "open", "X": "lost", "Y": "won"},
}
PIPELINES = [
    Pipeline(
        "hubspot:1",
        "deal",
        name,
        name.title(),
        tuple(Stage(id_, id_.lower(), closed=state != "open", won=state == "won") for id_, state in stages.items()),
    )
    for name, stages in BOARD.items()
]


def past(*events: Event) -> list[Past]:
    return [Past(DEAL, "stage", START + timedelta(milliseconds=at), stage, who) for at, who, stage in events]


def walked(stages: str, again: bool = False) -> tuple[Move, ...]:
    """One move an hour, all by one person."""
    stays = spans(past(*((3_600_000 * place, "u", stage) for place, stage in enumerate(stages))), PIPELINES)
    return moves(stays, PIPELINES, again=again)


@pytest.mark.parametrize(
    ("stages", "kind", "passed", "back"),
    [
        ("A", Kind.CREATED, "", 0),
        ("C", Kind.CREATED, "AB", 0),
        ("AB", Kind.ADVANCE, "", 0),
        ("AD", Kind.ADVANCE, "BC", 0),
        ("ABCA", Kind.RETURN, "", 2),
        ("ABCAC", Kind.ADVANCE, "", 0),
        ("BW", Kind.CLOSE, "CD", 0),
        ("AL", Kind.CLOSE, "", 0),
        ("L", Kind.CREATED, "", 0),
        ("BLB", Kind.REOPEN, "", 0),
        ("BLD", Kind.REOPEN, "C", 0),
        ("BLA", Kind.REOPEN, "", 0),
        ("DLW", Kind.CLOSE, "", 0),
        ("BLW", Kind.CLOSE, "CD", 0),
        ("AR", Kind.TRANSFER, "", 0),
        ("ARP", Kind.RETURN, "", 2),
        ("ARY", Kind.CLOSE, "", 0),
        ("AZ", Kind.UNKNOWN, "", 0),
        ("AZD", Kind.UNKNOWN, "", 0),
        ("AZBD", Kind.ADVANCE, "C", 0),
        ("Z", Kind.UNKNOWN, "", 0),
    ],
)
def test_a_move_is_told_for_what_it_is(stages: str, kind: Kind, passed: str, back: int) -> None:
    last = walked(stages)[-1]
    assert (last.kind, "".join(last.passed), last.back) == (kind, passed, back)


def test_a_stage_stood_in_before_is_passed_over_only_where_that_counts() -> None:
    assert walked("ABCAC")[-1].passed == () and walked("ABCAC", again=True)[-1].passed == ("B",)


@pytest.mark.parametrize(
    ("gap", "others", "kinds"),
    [(1000, "u", [Kind.CREATED]), (1001, "u", [Kind.CREATED, Kind.ADVANCE]), (0, "v", [Kind.CREATED, Kind.ADVANCE])],
)
def test_what_one_source_sets_within_a_second_is_one_move(gap: int, others: str, kinds: list[Kind]) -> None:
    found = moves(spans(past((0, "u", "A"), (gap, others, "B")), PIPELINES), PIPELINES)
    assert [move.kind for move in found] == kinds


def test_a_burst_that_ends_where_it_began_is_no_move() -> None:
    stays = spans(past((0, "u", "A"), (9000, "u", "B"), (9500, "u", "A")), PIPELINES)
    assert [(stay.stage, stay.left) for stay in stays] == [("A", None)]


def test_a_deal_older_than_its_history_was_not_created_in_its_first_stage() -> None:
    stays = spans(past((0, "u", "C"), (9000, "u", "D")), PIPELINES)
    sighted = spans(past((0, SIGHTED, "C")), PIPELINES)
    assert moves(stays, PIPELINES, START - timedelta(days=1))[0].kind is Kind.SEEN
    assert moves(sighted, PIPELINES)[0].kind is Kind.SEEN
    assert moves(stays, PIPELINES, START)[0].kind is Kind.CREATED


def test_a_stage_of_two_pipelines_is_in_the_one_that_the_deal_named() -> None:
    both = [Pipeline("hubspot:1", "deal", name, name, (Stage("A", "a"), Stage("B", "b"))) for name in ("x", "y")]
    named = [Past(DEAL, "pipeline", START, "y"), Past(DEAL, "pipeline", START + timedelta(hours=1, seconds=1), "x")]
    book = Book([record("deal", "d1", pipeline="x", stage="B")], both)
    book.told(*past((0, "u", "A"), (3_600_000, "u", "B")), *named)
    assert [stay.pipeline for stay in spans_of(record("deal", "d1"), book)] == ["y", "x"]


def test_without_a_history_of_the_pipeline_the_present_one_counts() -> None:
    both = [Pipeline("hubspot:1", "deal", name, name, (Stage("A", "a"),)) for name in ("x", "y")]
    deal = record("deal", "d1", pipeline="y", stage="A")
    assert [stay.pipeline for stay in spans_of(deal, Book([deal], both).told(*past((0, "u", "A"))))] == ["y"]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 400, 1000, 1001, 90_000]),
        st.sampled_from(["u", "v"]),
        st.sampled_from("ABCDABCDWLPQRXYZV"),
    ),
    max_size=12,
)


@given(EVENTS, st.booleans())
def test_generated_histories_agree_with_the_oracle(steps: list[Event], older: bool) -> None:
    at, events = 0, []
    for gap, who, stage in steps:
        at += gap
        events.append((at, who, stage))
    stays = spans(past(*events), PIPELINES)
    found = moves(stays, PIPELINES, START - timedelta(days=1) if older else None)
    shown = [(str(move.kind), move.span.stage, move.span.entered, move.passed, move.back) for move in found]
    expected = told(events, BOARD, older)
    assert shown == [(kind, name, START + timedelta(milliseconds=ms), *rest) for kind, name, ms, *rest in expected]


@given(EVENTS)
def test_stays_touch_each_other_and_the_last_one_lasts(steps: list[Event]) -> None:
    stays = spans(past(*((90_000 * place, who, stage) for place, (_, who, stage) in enumerate(steps))), PIPELINES)
    assert all(a.left == b.entered and a.stage != b.stage for a, b in pairwise(stays))
    assert all(stay.left is None for stay in stays[-1:])
