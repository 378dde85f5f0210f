"""Matches the records of two CRMs: by the ids that they hold of each other, then by what they say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

import numpy as np

from hygiene.check import Evidence
from hygiene.match.cluster import Edge, Group, Judged, groups
from hygiene.match.features import Rows, features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.sides import beside, met, plain, without
from hygiene.match.table import Table
from hygiene.view import Columns

TWIN = "twin"
TOLD = Evidence(TWIN, "a record holds the id of the other")
TORN = Evidence(TWIN, "ids tie records of one CRM that are not one")


class Shape(StrEnum):
    """How many records of either side stand for one thing; only `ONE` leaves nothing to decide."""

    ONE = "one_to_one"
    RIGHT = "one_to_many"
    LEFT = "many_to_one"
    BOTH = "many_to_many"


@dataclass(frozen=True, slots=True)
class Twins:
    """Rows of the two sides that are one thing; `told` are the pairs of which one holds the other's id.

    `probability` and `evidence` are those of the weakest pair that joined them, 1 where ids alone did.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    verdict: Verdict
    probability: float
    told: tuple[Edge, ...]
    evidence: tuple[Evidence, ...]

    @property
    def shape(self) -> Shape:
        """One to one, or which side has duplicates that want to be merged first."""
        if len(self.left) > 1:
            return Shape.BOTH if len(self.right) > 1 else Shape.LEFT
        return Shape.RIGHT if len(self.right) > 1 else Shape.ONE


def twins(left: Columns, right: Columns, table: Table, region: str = "") -> list[Twins]:
    """What stands in both CRMs, sure ones first, then what a person should look at, each in the order of the rows.

    Each side holds one account, of one kind; the kinds may differ, as of contacts and leads. Ids outrank values, and
    where they contradict each other a person is asked. Records of one side join only where they are one as well.
    """
    apart, split = without(table, TWIN, "parent", "family"), len(left)
    if not len(left) or not len(right):
        return []
    both = beside(_alone(left), _alone(right), (apart.fields, apart.fields))
    scorer = Scorer(features(both, plain(apart), region), apart)
    told = frozenset(_told(left, right, table.fields.get(TWIN, ())))
    pairs = scorer.score(*met(scorer.rows, split, apart))
    found = groups(pairs, scorer, Judged(duplicate=told))
    return sorted(_named(found, scorer, told, split), key=lambda item: (-item.verdict, item.left, item.right))


def _alone(side: Columns) -> Columns:
    """The side as if its account were that of the other."""
    return replace(side, workspaces=("",), workspace=np.zeros(len(side), dtype=np.int16))


def _told(left: Columns, right: Columns, fields: Sequence[str]) -> Iterator[Edge]:
    """The pairs of which one holds the other's id; an id that is nobody's says nothing."""
    split = len(left)
    for here, there, at, to in ((left, right, 0, split), (right, left, split, 0)):
        place = {_key(key): to + row for row, key in enumerate(there.ids.tolist())}
        for name in fields:
            for row, text in enumerate(here.data[name].tolist() if name in here.data else ()):
                if text and (other := place.get(_key(text))) is not None:
                    yield min(at + row, other), max(at + row, other)


def _key(text: str) -> str:
    """The last three of Salesforce's 18 characters say again which letters of the first 15 are capitals."""
    return text[:15] if len(text) == 18 else text


def _named(found: Iterable[Group], scorer: Scorer, told: frozenset[Edge], split: int) -> Iterator[Twins]:
    kept = [(group, _members(group, split)) for group in found]
    edges = [group.weakest for group, _ in kept]
    why = scorer.explain(*(np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1)))
    torn = _torn([group for group, _ in kept], scorer, split)
    for at, ((group, (left, right)), reasons) in enumerate(zip(kept, why, strict=True)):
        own = tuple(sorted(edge for edge in told if edge[0] in group.rows and edge[1] in group.rows))
        ids = _ids(own, torn=at in torn)
        yield Twins(
            left,
            tuple(row - split for row in right),
            Verdict.REVIEW if at in torn else group.verdict,
            group.probability,
            tuple((a, b - split) for a, b in own),
            (*ids, *reasons),
        )


def _ids(told: tuple[Edge, ...], torn: bool) -> Iterator[Evidence]:
    if told:
        yield TOLD
    if torn:
        yield TORN


def _members(group: Group, split: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The rows of either side; of what a person is asked, the two that are alike and not the groups they stand for."""
    rows = group.rows if group.verdict is Verdict.AUTO or group.oversize else group.weakest
    return tuple(row for row in rows if row < split), tuple(row for row in rows if row >= split)


def _torn(found: Sequence[Group], scorer: Scorer, split: int) -> frozenset[int]:
    """The groups that hold two records of one side which nothing but ids holds together."""
    inside = [
        (at, pair)
        for at, group in enumerate(found)
        if group.verdict is Verdict.AUTO
        for pair in combinations(group.rows, 2)
        if (pair[0] < split) == (pair[1] < split)
    ]
    a, b = (np.array([pair[side] for _, pair in inside], dtype=np.int64) for side in (0, 1))
    return frozenset(inside[row][0] for row in np.flatnonzero(_unlike(scorer, a, b)).tolist())


def _unlike(scorer: Scorer, a: Rows, b: Rows) -> Rows:
    scored = scorer.score(a, b)
    return np.asarray(scored.veto | (scored.probability < scorer.table.consistent))
