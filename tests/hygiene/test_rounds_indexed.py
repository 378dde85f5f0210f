"""Rounds of matching through a kept index end as rounds that compare everything under the same statistics."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.records import Record, Ref
from hygiene.check import Finding
from hygiene.checks.duplicate import Duplicate
from hygiene.match.features import Rows, features
from hygiene.match.index import Index, built
from hygiene.match.kept import fingerprints, taken
from hygiene.match.matching import Matched, Matching, Opened, Through
from hygiene.match.score import Scorer
from hygiene.match.statistics import Statistics, paired
from hygiene.match.table import Table
from hygiene.view import Columns, Judgement
from tests.book import Book, record
from tests.hygiene.test_index import ID, KINDS, Held, rows_of, table_of


class Full:
    """Compares everything in each round under statistics that were counted before."""

    def __init__(self, table: Table, statistics: Statistics) -> None:
        self.table, self.statistics = table, statistics

    def first(self, columns: Columns) -> Matched:
        rows = features(columns, self.table)
        return Matched(
            Scorer(replace(rows, terms=self.statistics.terms), self.table), paired(rows, self.table, self.statistics)
        )

    def then(self, columns: Columns, kept: Rows, changed: Rows) -> Matched:
        return self.first(columns)


class Shelf(Book):
    """A book whose matching the test chooses."""

    how: Matching

    def matching(self, kind: str, table: Table, region: str) -> Matching:
        return self.how


def records_of(kind: str, held: Held) -> list[Record]:
    return [record(kind, key, **row) for key, row in held.items()]


def columns_of(kind: str, table: Table, held: Held) -> Columns:
    names = [name for fields in table.fields.values() for name in fields]
    return Book(records_of(kind, held)).columns(kind, names)


def grown(old: Index, columns: Columns) -> Opened:
    """The index once it knows what differs in these records."""
    raw, rows = fingerprints(columns), old.rows(["hubspot:1"] * len(columns), columns.ids.tolist())
    fresh = np.flatnonzero((rows < 0) | (np.append(old.base.raw, np.uint64(0))[rows] != raw))
    gone = np.setdiff1d(np.arange(len(old)), rows)
    made = old.update(features(taken(columns, fresh), old.table), raw[fresh], gone)
    rows[fresh] = np.arange(len(old), len(made))
    return made, rows


def found(check: Duplicate, held: Held, how: Matching, said: dict[tuple[Ref, Ref], Judgement]) -> list[Finding]:
    shelf = Shelf(records_of(check.kind, held), judgements=said)
    shelf.how = how
    return list(check.find(shelf))


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@settings(max_examples=15, deadline=None)
def test_findings_through_an_index_are_those_of_a_full_run_under_its_statistics(kind: str, data: st.DataObject) -> None:
    before = data.draw(st.dictionaries(ID, rows_of(kind), min_size=2, max_size=10))
    fresh, gone = data.draw(st.dictionaries(ID, rows_of(kind), min_size=1, max_size=4)), data.draw(st.lists(ID))
    now = {key: row for key, row in before.items() if key not in gone} | fresh
    check = Duplicate(kind=kind, table=table_of(kind, data.draw(st.integers(2, 4))))
    first = columns_of(kind, check.matched, before)
    old = built(features(first, check.matched), fingerprints(first), check.matched, "1")
    word = data.draw(st.sampled_from(Judgement))
    refs = sorted(Ref("hubspot:1", kind, key) for key in now)
    said = {(refs[0], refs[-1]): word} if len(refs) > 1 and data.draw(st.booleans()) else {}
    through = Through(partial(grown, old), partial(features, table=check.matched))
    assert found(check, now, through, said) == found(check, now, Full(check.matched, old.statistics), said)
