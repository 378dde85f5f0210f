"""Findings through time: opened when first seen, kept while seen, closed when no longer found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from connectors.changes import Merge
from connectors.values import frozen
from hygiene.check import Band, Evidence, Finding
from sync.database import millis
from sync.ledger.findings import keep_findings, open_findings
from tests.sync.desk import NOW, ref
from tests.sync.stores import new_store

LATER, LAST = NOW + timedelta(days=1), NOW + timedelta(days=2)
DUPLICATE = Finding(
    "duplicate",
    (ref("a"), ref("b")),
    "two are one",
    evidence=(Evidence("name", "equal names", 2.5, ("Zoë", "Zoe")),),
    changes=(Merge(ref("a"), (ref("b"),), frozen({"name": "Zoë"})),),
    band=Band.REVIEW,
    score=0.75,
)
EMPTY = Finding("required_field", (ref("c"),), "a field is empty")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    engine = new_store("ledger", tmp_path)
    yield engine
    engine.dispose()


def times(store: Engine, finding: Finding) -> tuple[int | None, ...]:
    with store.connect() as connection:
        sql = text("SELECT opened_at, seen_at, closed_at FROM finding WHERE key = :key")
        return tuple(connection.execute(sql, {"key": finding.key}).one())


def test_a_finding_comes_back_as_it_was_found(store: Engine) -> None:
    assert keep_findings(store, ["duplicate"], [DUPLICATE], NOW) == (1, 0)
    assert list(open_findings(store)) == [DUPLICATE]


def test_a_finding_seen_again_keeps_its_first_day(store: Engine) -> None:
    keep_findings(store, ["duplicate"], [DUPLICATE], NOW)
    assert keep_findings(store, ["duplicate"], [replace(DUPLICATE, score=0.9)], LATER) == (0, 0)
    assert times(store, DUPLICATE) == (millis(NOW), millis(LATER), None)
    assert [item.score for item in open_findings(store)] == [0.9]


def test_a_finding_no_longer_found_is_closed_and_may_open_again(store: Engine) -> None:
    keep_findings(store, ["duplicate"], [DUPLICATE], NOW)
    assert keep_findings(store, ["duplicate"], [], LATER) == (0, 1)
    assert list(open_findings(store)) == [] and times(store, DUPLICATE) == (millis(NOW), millis(NOW), millis(LATER))
    assert keep_findings(store, ["duplicate"], [DUPLICATE], LAST) == (1, 0)
    assert times(store, DUPLICATE) == (millis(LAST), millis(LAST), None)


def test_a_check_that_was_not_asked_closes_nothing(store: Engine) -> None:
    keep_findings(store, ["duplicate", "required_field"], [DUPLICATE, EMPTY], NOW)
    assert keep_findings(store, ["duplicate"], [], LATER) == (0, 1)
    assert list(open_findings(store)) == [EMPTY]


def test_a_band_can_be_asked_for_and_the_surest_come_first(store: Engine) -> None:
    surer = replace(DUPLICATE, refs=(ref("a"), ref("z")), score=0.8)
    keep_findings(store, ["duplicate", "required_field"], [DUPLICATE, EMPTY, surer], NOW)
    assert list(open_findings(store, Band.REVIEW)) == [surer, DUPLICATE]
    assert list(open_findings(store, Band.AUTO)) == [EMPTY]


def test_asking_about_one_kind_leaves_the_findings_about_another_open(store: Engine) -> None:
    lead = replace(DUPLICATE, check="duplicate:lead", refs=(ref("a", "lead"), ref("b", "lead")))
    keep_findings(store, ["duplicate:lead", "duplicate"], [DUPLICATE, lead], NOW)
    assert keep_findings(store, ["duplicate"], [], LATER) == (0, 1) and list(open_findings(store)) == [lead]
