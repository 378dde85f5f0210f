"""What is matched against a kept index comes out as in a full run under the same statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.match.block import candidates
from hygiene.match.features import Features, features
from hygiene.match.index import Index, built
from hygiene.match.score import Pairs, Scorer, Verdict
from hygiene.match.statistics import counted, paired
from hygiene.match.table import TABLES, Table
from hygiene.view import columns_of
from tests.book import record

Row = dict[str, str]
Held = dict[str, Row]
POOLS = {
    "company": {
        "name": ["Acme", "Acme Holdings", "Acme Corp", "Brightside Bakery", "Bright side bakery", "Zeta 4", ""],
        "domain": ["acme.com", "acme.org", "brightside.de", "zeta.io", ""],
        "phone": ["+49 30 901820", "+49 30 901821", ""],
        "city": ["Berlin", "Bonn", ""],
        "street": ["Main Street 4", "Main Street 6", ""],
    },
    "contact": {
        "first_name": ["Ann", "Anna", "Bob", "Robert", "A", ""],
        "last_name": ["Hofmann", "Hoffmann", "Smith", ""],
        "email": ["ann@acme.com", "ann2@acme.com", "bob@gmail.com", ""],
        "phone": ["+49 30 901820", "+49 30 901821", ""],
        "city": ["Berlin", "Bonn", ""],
    },
}
KINDS = sorted(POOLS)
ID = st.integers(1, 12).map(str)


def rows_of(kind: str) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({name: st.sampled_from(pool) for name, pool in POOLS[kind].items()})


def table_of(kind: str, cap: int) -> Table:
    return TABLES[kind].model_copy(update={"cap": cap, "window": 2})


def cleaned(kind: str, held: Held) -> Features:
    names = [name for fields in TABLES[kind].fields.values() for name in fields]
    records = [record(kind, key, **row) for key, row in sorted(held.items())]
    return features(columns_of(kind, records, names), TABLES[kind])


def indexed(kind: str, held: Held, cap: int = 3) -> Index:
    return built(cleaned(kind, held), np.zeros(len(held), dtype=np.uint64), table_of(kind, cap), "1")


def change(index: Index, kind: str, fresh: Held, gone: list[str]) -> Index:
    places = index.rows(["hubspot:1"] * len(gone), gone)
    return index.update(cleaned(kind, fresh), np.zeros(len(fresh), dtype=np.uint64), places[places >= 0])


def told(pairs: Pairs, ids: list[str]) -> set[tuple[str, ...]]:
    """The pairs that are for auto or review, by their ids."""
    kept = pairs.take(pairs.verdict > Verdict.NO)
    facts = zip(kept.points.tolist(), kept.probability.tolist(), kept.veto.tolist(), kept.verdict.tolist(), strict=True)
    ends = (sorted((ids[a], ids[b])) for a, b in zip(kept.a.tolist(), kept.b.tolist(), strict=True))
    return {(*end, *map(str, fact)) for end, fact in zip(ends, facts, strict=True)}


def kept(index: Index) -> set[tuple[str, ...]]:
    return told(index.pairs, [name for _, name in index.names(np.arange(len(index)))])


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@settings(max_examples=15)
def test_any_sequence_of_changes_ends_as_a_full_run(kind: str, data: st.DataObject) -> None:
    held = data.draw(st.dictionaries(ID, rows_of(kind), max_size=9))
    index = indexed(kind, held)
    steps = data.draw(st.lists(st.tuples(st.dictionaries(ID, rows_of(kind), max_size=4), st.lists(ID)), max_size=3))
    for fresh, leaving in steps:
        gone = [key for key in leaving if key not in fresh]
        index = change(index, kind, fresh, gone)
        held = {key: row for key, row in (held | fresh).items() if key not in gone}
    full = paired(cleaned(kind, held), index.table, index.statistics)
    assert kept(index) == told(full, sorted(held))


@pytest.mark.parametrize("kind", KINDS)
@given(st.data(), st.integers(2, 4))
@settings(max_examples=15)
def test_under_statistics_just_counted_a_full_run_is_the_run_without(kind: str, data: st.DataObject, cap: int) -> None:
    rows, table = cleaned(kind, data.draw(st.dictionaries(ID, rows_of(kind), max_size=12))), table_of(kind, cap)
    plain, under = Scorer(rows, table).score(*candidates(rows, table)), paired(rows, table, counted(rows, table, "")[0])
    for name in ("a", "b", "points", "probability", "veto", "verdict"):
        assert getattr(plain, name).tolist() == getattr(under, name).tolist(), name


@given(st.dictionaries(ID, rows_of("company"), min_size=2), st.randoms())
@settings(max_examples=15)
def test_the_order_of_rows_changes_nothing(held: Held, random: object) -> None:
    rows, table = cleaned("company", held), table_of("company", 2)
    order = np.array(random.sample(range(len(held)), len(held)))  # type: ignore[attr-defined]
    turned = Features({name: type(column)(column.codes[order], column.values) for name, column in rows.columns.items()})
    ids, there = sorted(held), [sorted(held)[at] for at in order.tolist()]
    first, second = (paired(one, table, counted(one, table, "")[0]) for one in (rows, turned))
    assert told(first, ids) == told(second, there)


def test_matching_alone_leaves_the_index_as_it_was() -> None:
    held = {"1": {"name": "Acme", "domain": "acme.com"}, "2": {"name": "Zeta", "domain": "zeta.io"}}
    index = indexed("company", held)
    found = index.match(cleaned("company", {"9": {"name": "Acme", "domain": "acme.com"}}))
    assert [(found.a.tolist(), found.b.tolist()), len(index)] == [([0], [2]), 2]


def test_statistics_are_due_when_a_tenth_changed() -> None:
    held = {str(at): {"name": f"Company {at}"} for at in range(20)}
    index = indexed("company", held)
    small = change(index, "company", {"1": {"name": "Another"}}, [])
    large = change(small, "company", {"30": {"name": "New"}}, [])
    assert [index.due(), small.due(), large.due(), small.due(1)] == [False, False, True, True]
