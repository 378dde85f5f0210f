"""Two records, compared as the default tables compare them."""

import numpy as np

from connectors.records import Ref
from hygiene.check import Evidence
from hygiene.match.features import Features, features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.table import TABLES
from hygiene.view import Judgement, columns_of
from tests.book import Book, record

Side = dict[str, str]
A, B = np.array([0]), np.array([1])


def paired(kind: str, a: Side, b: Side) -> Features:
    """The features of two records."""
    table = TABLES[kind]
    names = [name for fields in table.fields.values() for name in fields]
    return features(columns_of(kind, [record(kind, "1", **a), record(kind, "2", **b)], names), table, "US")


def scored(kind: str, a: Side, b: Side) -> tuple[Verdict, tuple[Evidence, ...]]:
    """The verdict on two records, and why."""
    scorer = Scorer(paired(kind, a, b), TABLES[kind])
    return Verdict(int(scorer.score(A, B).verdict[0])), scorer.explain(A, B)[0]


def pair_book(kind: str, a: Side, b: Side, said: Judgement | None = None) -> Book:
    """A view of two records and what a person said of them."""
    refs = (Ref("hubspot:1", kind, "1"), Ref("hubspot:1", kind, "2"))
    return Book([record(kind, "1", **a), record(kind, "2", **b)], judgements={refs: said} if said else {})
