"""The frozen statistics of a table: pairs and their probabilities hang on them and on the two records alone."""

from dataclasses import dataclass, replace

import numpy as np

from hygiene.match.compare import Sharing, comparator
from hygiene.match.compare.company_name import usual
from hygiene.match.features import Features, Rows
from hygiene.match.posting import Crowd, Posts, frozen, meetings, posted, postings
from hygiene.match.score import Pairs, Scorer
from hygiene.match.table import Table
from hygiene.match.terms import Terms
from hygiene.match.words import PLACES


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was counted over `size` rows, under a version of the table and the cleaning code: a refresh is asked for,
    never slips in, and scores everything anew."""

    version: str
    size: int
    terms: Terms
    crowds: tuple[Crowd, ...]


def counted(rows: Features, table: Table, version: str) -> tuple[Statistics, Posts]:
    """The statistics of these rows, and where the rows themselves stand under them."""
    crowds, posts = frozen(rows, table)
    return Statistics(version, len(rows), terms(rows, table), crowds), posts


def terms(rows: Features, table: Table) -> Terms:
    """How many share each value, and the words that too many have in common."""
    sharings = [found for item in table.comparisons if (found := comparator(item.compare).SHARING) is not None]
    names = rows["name"] if "name" in rows.columns else None
    shared = {(sharing.feature, sharing.by): _shared(rows, sharing) for sharing in sharings}
    common = usual(names) if names is not None else frozenset[str]()
    return Terms(common, PLACES.union(rows["city"].values[1:].tolist()), shared)


def paired(rows: Features, table: Table, statistics: Statistics) -> Pairs:
    """Every pair of these rows that meets, scored: a full run under frozen statistics, a < b and ascending."""
    posts = posted(rows, table, statistics.crowds)
    a, b = met(posts, table.window)
    return Scorer(replace(rows, terms=statistics.terms), table).score(a, b)


def met(posts: Posts, window: int) -> tuple[Rows, Rows]:
    """Each pair of rows that meets, once, a < b and ascending."""
    found = [a[a < b] * len(posts) + b[a < b] for a, b in meetings(posts, postings(posts, window), window)]
    unique = np.unique(np.concatenate(found))
    return unique // max(len(posts), 1), unique % max(len(posts), 1)


def _shared(rows: Features, sharing: Sharing) -> dict[str, int]:
    """Only what more than `free` share: less than that takes nothing from agreement."""
    column = rows[sharing.feature]
    counts = column.counts() if sharing.by == "id" else column.shared_by(rows[sharing.by])
    many = np.flatnonzero(counts > sharing.free)
    return dict(zip(column.values[many].tolist(), counts[many].tolist(), strict=True))
