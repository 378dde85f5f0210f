"""Cleaned columns kept from run to run: a record whose raw texts stand as they stood is not cleaned again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from hygiene.clean.column import Coded, coded
from hygiene.match.features import Features, Rows
from hygiene.match.posting import Postings
from hygiene.match.texts import Hashes, Texts, hashed, mixed, stacked
from hygiene.view import Columns

Part = Callable[[str], Coded]
Clean = Callable[[Columns], Features]


class Stacked(Mapping[str, Coded]):
    """Columns put together of several parts when they are asked for; row i of the parts becomes row `places[i]`."""

    def __init__(self, parts: Sequence[Part], names: Sequence[str], places: Rows | None = None) -> None:
        self._parts, self._names = parts, names
        self._order = None if places is None else np.argsort(places, kind="stable")
        self._made: dict[str, Coded] = {}

    def __getitem__(self, name: str) -> Coded:
        if name not in self._made:
            made = reduce(stacked, (part(name) for part in self._parts))
            self._made[name] = made if self._order is None else Coded(made.codes[self._order], made.values)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, slots=True)
class Kept:
    """Cleaned columns with the hash of the raw texts that each row was cleaned from, and each row by its ref."""

    texts: Mapping[str, Texts]
    raw: Hashes
    refs: Postings

    @classmethod
    def of(cls, rows: Features, raw: Hashes) -> "Kept":
        """What to keep of cleaned rows."""
        return cls({name: Texts.of(column) for name, column in rows.columns.items()}, raw, by_ref(rows))

    def renewed(self, columns: Columns, raw: Hashes, clean: Clean) -> tuple[Features, int]:
        """The features of these columns and how many rows had to be cleaned: new ones, and those that changed."""
        names = [columns.workspaces[at] for at in columns.workspace.tolist()]
        own, rows = named(self.refs, self.texts, names, columns.ids.tolist())
        same = self.raw[rows] == raw[own]
        own, rows = own[same], rows[same]
        fresh = np.setdiff1d(np.arange(len(columns)), own)
        cleaned = clean(taken(columns, fresh))
        parts: list[Part] = [lambda name: self.texts[name].take(rows), lambda name: cleaned[name]]
        places = np.concatenate([own, fresh])
        return Features(Stacked(parts, list(cleaned.columns), places)), len(fresh)


def taken(columns: Columns, rows: Rows) -> Columns:
    """These rows alone."""
    data = {name: column[rows] for name, column in columns.data.items()}
    return replace(columns, workspace=columns.workspace[rows], ids=columns.ids[rows], data=data)


def fingerprints(columns: Columns) -> Hashes:
    """A hash of each row's raw texts, 64 bits."""
    parts = [np.zeros(len(columns), dtype=np.uint64)]
    for name in sorted(columns.data):
        column = coded(columns.data[name])
        parts.append(hashed(column.values.tolist())[column.codes])
    return mixed(parts)


def by_ref(rows: Features) -> Postings:
    """The rows by their workspace and id."""
    keys = mixed([hashed(rows[name].values.tolist())[rows[name].codes] for name in ("workspace", "id")])
    order = np.argsort(keys, kind="stable").astype(np.int32)
    return Postings(keys[order], order, np.zeros(len(keys), dtype=np.int32))


def named(
    refs: Postings, texts: Mapping[str, Texts], workspaces: Sequence[str], ids: Sequence[str]
) -> tuple[Rows, Rows]:
    """Which of these records have a row here, and the row: (place in `ids`, row)."""
    spaces = coded(workspaces)
    place, at = refs.find(mixed([hashed(spaces.values.tolist())[spaces.codes], hashed(ids)]))
    rows = refs.rows[at].astype(np.int64)
    wanted = np.array([*ids, ""], dtype=object)[place]
    same = (texts["id"].take(rows).text() == wanted) & (texts["workspace"].take(rows).text() == spaces.text()[place])
    return place[same.astype(bool)], rows[same.astype(bool)]
