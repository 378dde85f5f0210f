"""What is done for all pairs at once gives what doing it pair by pair would."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from hygiene.check import Evidence
from hygiene.match.cluster import Edge, Judged, groups
from hygiene.match.compare.person_name import compare, level
from hygiene.match.features import Features, Rows, features
from hygiene.match.score import Pairs, Verdict
from hygiene.match.table import TABLES, Table
from hygiene.view import columns_of
from tests.book import record

GIVEN = ["", "john", "johnn", "jon", "j", "mario", "maria", "bill", "william", "smith", "anna", "smiht"]
FAMILY = ["", "smith", "smyth", "smiht", "john", "petrov", "petrova", "garcia lopez", "garcia", "mario", "maria"]
SIZE = 5
EDGES = st.sampled_from(sorted(combinations(range(SIZE), 2)))
POINTS = st.dictionaries(EDGES, st.sampled_from([0.1, 0.6, 0.985, 0.99, 0.999]), max_size=6)


@dataclass
class Known:
    """Knows the probability of some pairs; of all others it is 0."""

    table: Table
    likely: dict[Edge, float]

    def score(self, a: Rows, b: Rows) -> Pairs:
        pairs = zip(a.tolist(), b.tolist(), strict=True)
        found = np.array([self.likely.get((left, right), 0.0) for left, right in pairs], dtype=np.float32)
        verdict = np.select([found >= self.table.auto, found >= self.table.review], [Verdict.AUTO, Verdict.REVIEW])
        return Pairs(a, b, found, found, np.zeros(len(a), dtype=bool), verdict.astype(np.int8))

    def explain(self, a: Rows, b: Rows) -> list[tuple[Evidence, ...]]:
        return [()] * len(a)


def named(names: list[tuple[str, str]]) -> Features:
    rows = [record("contact", str(at), first_name=first, last_name=last) for at, (first, last) in enumerate(names)]
    return features(columns_of("contact", rows, ["first_name", "last_name"]), TABLES["contact"])


@given(st.lists(st.tuples(st.sampled_from(GIVEN), st.sampled_from(FAMILY)), min_size=2, max_size=9))
def test_names_are_compared_as_one_by_one(names: list[tuple[str, str]]) -> None:
    rows = named(names)
    a, b = np.array(list(combinations(range(len(names)), 2))).T
    texts = list(zip(rows["first"].text().tolist(), rows["last"].text().tolist(), strict=True))
    plain = np.array([level(texts[i], texts[j]) for i, j in zip(a, b, strict=True)])
    assert compare(rows, a, b).tolist() == plain.tolist()


def one_by_one(likely: dict[Edge, float], judged: Judged, table: Table) -> set[tuple[int, ...]]:
    home = {row: frozenset([row]) for row in range(SIZE)}
    barred = judged.distinct | (judged.doubted - judged.duplicate)
    for edge in sorted(judged.duplicate - judged.distinct):
        whole = home[edge[0]] | home[edge[1]]
        across = {(min(a, b), max(a, b)) for a in home[edge[0]] for b in home[edge[1]]}
        home |= {} if across & judged.distinct else dict.fromkeys(whole, whole)
    for edge in sorted((edge for edge in likely if likely[edge] >= table.auto), key=lambda edge: (-likely[edge], edge)):
        sides = home[edge[0]], home[edge[1]]
        across = {(min(a, b), max(a, b)) for a in sides[0] for b in sides[1]}
        fine = all(e in judged.duplicate or likely.get(e, 0) >= table.consistent for e in across)
        if sides[0] != sides[1] and fine and not barred.intersection(across):
            home |= dict.fromkeys(sides[0] | sides[1], sides[0] | sides[1])
    return {tuple(sorted(rows)) for rows in home.values() if len(rows) > 1}


@example({(0, 4): 0.6, (3, 4): 0.985}, frozenset([(0, 3)]), frozenset(), frozenset())  # a word and a likeness: one web
@given(POINTS, st.frozensets(EDGES, max_size=3), st.frozensets(EDGES, max_size=3), st.frozensets(EDGES, max_size=2))
def test_groups_are_those_made_pair_by_pair(
    likely: dict[Edge, float], yes: frozenset[Edge], no: frozenset[Edge], doubt: frozenset[Edge]
) -> None:
    scorer, judged = Known(TABLES["company"], likely), Judged(yes, no, doubt)
    a, b = np.array(sorted(likely), dtype=np.int64).reshape(-1, 2).T
    found = groups(scorer.score(a, b), scorer, judged)
    made = one_by_one(likely, judged, scorer.table)
    assert {group.rows for group in found if group.verdict is Verdict.AUTO} == made
    head = {row: rows[0] for rows in made for row in rows}
    said = {tuple(sorted(head.get(row, row) for row in edge)) for edge in no}
    ties = {tuple(sorted(head.get(row, row) for row in edge)) for edge in likely if likely[edge] >= 0.5}
    asked = {group.rows for group in found if group.verdict is Verdict.REVIEW}
    assert asked == {ends for ends in ties - said if ends[0] != ends[1]}
