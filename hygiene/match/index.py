"""A kept index of one kind: only what changed is cleaned and matched, and the outcome is that of a full run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.column import Coded
from hygiene.match.block import candidates
from hygiene.match.features import Features, Rows
from hygiene.match.kept import Part, Stacked, by_ref, named
from hygiene.match.posting import Postings, Posts, meetings, posted, postings
from hygiene.match.score import Pairs, Scorer, Verdict
from hygiene.match.statistics import Statistics, counted, met
from hygiene.match.table import Table
from hygiene.match.texts import Hashes, Texts, stacked

DUE = 0.1
"""The share of rows changed since the statistics were counted from which they should be counted anew."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that were indexed together: their cleaned columns, the hash of the raw texts of each, where each stands in
    the blocks, and each row by its workspace and id."""

    texts: Mapping[str, Texts]
    raw: Hashes
    posts: Postings
    refs: Postings

    def __len__(self) -> int:
        return len(self.raw)

    def part(self, rows: Rows) -> Part:
        """These rows' values of a feature."""
        return lambda name: self.texts[name].take(rows)


@dataclass(frozen=True, slots=True)
class Index:
    """Rows are numbered through: those counted first, then those added since. A changed record gets a new row and its
    old one is dead; no row is ever numbered anew. `pairs` holds what is for auto or review, of live rows."""

    table: Table
    statistics: Statistics
    base: Segment
    added: Segment
    dead: NDArray[np.bool_]
    pairs: Pairs

    def __len__(self) -> int:
        return len(self.base) + len(self.added)

    def due(self, more: int = 0) -> bool:
        """Whether so much changed since the count, with so many changes more, that it should be done anew."""
        changed = len(self.added) + int(self.dead[: len(self.base)].sum()) + more
        return changed > DUE * max(self.statistics.size, 1)

    def match(self, fresh: Features) -> Pairs:
        """The pairs of these records with every live one and among each other, as yet unknown to the index.

        Record i of `fresh` is row `len(index) + i`. A live row of the same id is still compared: `update` buries it.
        """
        return self._scored(fresh, posted(fresh, self.table, self.statistics.crowds))

    def update(self, fresh: Features, raw: Hashes, gone: Rows) -> "Index":
        """The index with these records inserted or changed and the rows `gone` buried."""
        names, ids = fresh["workspace"].text().tolist(), fresh["id"].text().tolist()
        dead, old = self.dead.copy(), self.rows(names, ids)
        dead[gone], dead[old[old >= 0]] = True, True
        cleared = replace(self, dead=dead)
        posts = posted(fresh, self.table, self.statistics.crowds)
        found = cleared._scored(fresh, posts)
        added = _extended(self.added, fresh, raw, posts, self.table.window)
        kept = self.pairs.take(~(dead[self.pairs.a] | dead[self.pairs.b]))
        grown = np.concatenate([dead, np.zeros(len(fresh), dtype=bool)])
        return replace(cleared, added=added, dead=grown, pairs=_joined(kept, found.take(found.verdict > Verdict.NO)))

    def scorer(self, rows: Rows) -> Scorer:
        """What scores these rows, ascending, under the index's statistics; its row i is `rows[i]`."""
        columns = Stacked(self._parts(rows), list(self.base.texts))
        return Scorer(Features(columns, self.statistics.terms), self.table)

    def rows(self, workspaces: Sequence[str], ids: Sequence[str]) -> Rows:
        """The live row of each record, -1 where there is none."""
        found = np.full(len(ids), -1, dtype=np.int64)
        for segment, start in ((self.base, 0), (self.added, len(self.base))):
            place, rows = named(segment.refs, segment.texts, workspaces, ids)
            live = ~self.dead[rows + start]
            found[place[live]] = rows[live] + start
        return found

    def names(self, rows: Rows) -> list[tuple[str, str]]:
        """Workspace and id of these rows."""
        place = np.concatenate([np.flatnonzero(rows < len(self.base)), np.flatnonzero(rows >= len(self.base))])
        columns = Stacked(self._parts(rows), ("workspace", "id"), place)
        return list(zip(columns["workspace"].text().tolist(), columns["id"].text().tolist(), strict=True))

    def _parts(self, rows: Rows) -> list[Part]:
        old = rows < len(self.base)
        parts = ((self.base, rows[old]), (self.added, rows[~old] - len(self.base)))
        return [segment.part(chosen) for segment, chosen in parts if len(chosen)] or [self.base.part(rows)]

    def _scored(self, fresh: Features, posts: Posts) -> Pairs:
        inner = met(posts, self.table.window)
        found = [(b + len(self), a + len(self)) for a, b in (inner,)]
        for segment, start in ((self.base, 0), (self.added, len(self.base))):
            for new, old in meetings(posts, segment.posts, self.table.window):
                live = ~self.dead[old + start]
                found.append((new[live] + len(self), old[live] + start))
        b, a = (np.concatenate(side) for side in zip(*found, strict=True))
        size = len(self) + len(fresh)
        unique = np.unique(a * size + b)
        return self._score(fresh, unique // size, unique % size)

    def _score(self, fresh: Features, a: Rows, b: Rows) -> Pairs:
        known = np.unique(a[a < len(self)])
        rows = np.concatenate([known, np.arange(len(self), len(self) + len(fresh))])
        columns = Stacked([*self._parts(known), lambda name: fresh[name]], list(fresh.columns))
        scorer = Scorer(Features(columns, self.statistics.terms), self.table)
        return replace(scorer.score(np.searchsorted(rows, a), np.searchsorted(rows, b)), a=a, b=b)


def built(rows: Features, raw: Hashes, table: Table, version: str) -> Index:
    """The index of these rows, their statistics counted now; `raw` is the hash of what each row was cleaned from."""
    statistics, posts = counted(rows, table, version)
    base = _segment(rows, raw, posts, table.window)
    nothing = Features({name: Coded(column.codes[:0], column.values[:1]) for name, column in rows.columns.items()})
    none = Posts(posts.groups[:0], posts.ranks[:0])
    added = _segment(nothing, raw[:0], none, table.window)
    pairs = Scorer(rows, table).score(*candidates(rows, table))
    kept = pairs.take(pairs.verdict > Verdict.NO)
    return Index(table, statistics, base, added, np.zeros(len(rows), dtype=bool), kept)


def _segment(rows: Features, raw: Hashes, posts: Posts, window: int) -> Segment:
    texts = {name: Texts.of(column) for name, column in rows.columns.items()}
    return Segment(texts, raw, postings(posts, window), by_ref(rows))


def _extended(segment: Segment, fresh: Features, raw: Hashes, posts: Posts, window: int) -> Segment:
    """The segment with these rows after its own."""
    every = np.arange(len(segment))
    columns = {name: stacked(texts.take(every), fresh[name]) for name, texts in segment.texts.items()}
    more, whole = postings(posts, window), Features(columns)
    keys = np.concatenate([segment.posts.keys, more.keys])
    order = np.argsort(keys, kind="stable")
    rows = np.concatenate([segment.posts.rows, more.rows + np.int32(len(segment))])[order]
    ranks = np.concatenate([segment.posts.ranks, more.ranks])[order]
    texts = {name: Texts.of(column) for name, column in columns.items()}
    return Segment(texts, np.concatenate([segment.raw, raw]), Postings(keys[order], rows, ranks), by_ref(whole))


def _joined(first: Pairs, second: Pairs) -> Pairs:
    sides = [(getattr(first, name), getattr(second, name)) for name in ("a", "b", "points", "probability")]
    a, b, points, probability = (np.concatenate(side) for side in sides)
    veto, verdict = np.concatenate([first.veto, second.veto]), np.concatenate([first.verdict, second.verdict])
    return Pairs(a, b, points, probability, veto, verdict)
