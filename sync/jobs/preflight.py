"""Finds duplicates inside a CSV file, and between it and the mirror, before anything is imported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from phonenumbers import SUPPORTED_REGIONS

from connectors.errors import UsageError
from connectors.listing import blocks, header, mistake, rows
from hygiene.check import Evidence
from hygiene.checks.duplicate import Duplicate
from hygiene.match.block import candidates
from hygiene.match.cluster import Group, Judged, groups
from hygiene.match.features import Rows, features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.survive import refused
from hygiene.packed import Cells, Packed
from hygiene.view import Columns, Judgement, View

OURS = frozenset({"twin", "parent", "converted", "merged_into"})
"""Fields by which a CRM refers to its own records: a file has none of them."""
UNCOMPARED = frozenset({"title"})
"""Targets that are taken and not compared: a promotion makes no second person."""
PAIRS = ("id_a", "id_b", "probability", "band", "evidence")
CLUSTERS = ("id", "cluster_id")
CHUNK = 20_000
"""Pairs explained at once; bounds the memory, never the result."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was found: `a` and `b` are the pairs worth a look, by row; `auto` says which need no person.

    Rows below `listed` are the file's, in its order; those from there on are the mirror's. Every two rows of one
    cluster of which one is the file's are a pair in the auto band, and there are no others in it.
    """

    names: NDArray[np.object_]
    listed: int
    scorer: Scorer
    a: Rows
    b: Rows
    auto: NDArray[np.bool_]
    groups: tuple[Group, ...]

    def pairs(self) -> Iterator[tuple[str, str, float, str, str]]:
        """Each pair as `PAIRS` names its parts, in the order of the rows; the evidence holds no values."""
        for at in range(0, len(self.a), CHUNK):
            a, b, sure = self.a[at : at + CHUNK], self.b[at : at + CHUNK], self.auto[at : at + CHUNK]
            shares, why = self.scorer.score(a, b).probability.tolist(), self.scorer.explain(a, b)
            bands = np.where(sure, "auto", "review").tolist()
            for left, right, share, band, reasons in zip(self.names[a], self.names[b], shares, bands, why, strict=True):
                yield left, right, round(share, 4), band, told(reasons)

    def clusters(self) -> Iterator[tuple[str, str]]:
        """Each row of the file, and each record of the mirror that is one with any, with its cluster's first id."""
        first = dict(enumerate(range(self.listed)))
        for group in self._joined():
            first |= dict.fromkeys(group.rows, group.rows[0])
        return ((self.names[row], self.names[head]) for row, head in sorted(first.items()))

    def facts(self) -> dict[str, int]:
        """Counts: no values."""
        joined = list(self._joined())
        return {
            "rows": self.listed,
            "records_of_the_mirror": len(self.names) - self.listed,
            "pairs_auto": int(self.auto.sum()),
            "pairs_for_review": int((~self.auto).sum()),
            "clusters": len(joined),
            "rows_that_repeat_another": sum(sum(row < self.listed for row in group.rows[1:]) for group in joined),
            "groups_too_large_to_join_unasked": sum(group.oversize for group in self.groups),
        }

    def _joined(self) -> Iterator[Group]:
        """The groups that need no person and have a row of the file."""
        sure = (group for group in self.groups if group.verdict is Verdict.AUTO)
        return (group for group in sure if group.rows[0] < self.listed)


def told(reasons: Sequence[Evidence]) -> str:
    """Evidence in one line, without values: `same phone +5; different towns -3`."""
    return "; ".join(f"{item.text} {item.weight:+g}" for item in reasons)


def targets(check: Duplicate) -> tuple[str, ...]:
    """What a column of a file may stand for, the id aside."""
    fields = (name for fields in check.matched.fields.values() for name in fields)
    extra = () if check.matched.shape == "organization" else UNCOMPARED
    return tuple(name for name in dict.fromkeys((*fields, *extra)) if name not in OURS)


def regional(check: Duplicate, region: str | None) -> Duplicate:
    """The check with another country for phones that name none; `UsageError` names one that no phone has."""
    if not region:
        return check
    code = region.strip().upper()
    if code not in SUPPORTED_REGIONS:
        raise UsageError(f"--region: there is no country {region!r}", "Give its two letters of ISO 3166, as DE or US")
    return check.model_copy(update={"default_region": code})


def mapping(path: Path, texts: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Target -> column, of `TARGET=COLUMN,...`; without any, the columns whose names are those of targets.

    `UsageError` names what is no target, and what the file has.
    """
    parts = [part.partition("=") for text in texts for part in text.split(",") if part.strip()]
    wanted = [(target.strip(), column.strip()) for target, _, column in parts]
    for target, column in wanted:
        if not target or not column:
            raise UsageError(f"--map {','.join(texts)}", "Give TARGET=COLUMN pairs, as in --map name=Company,phone=Tel")
        if target not in (*known, "id"):
            raise UsageError(f"--map: no target {target!r}", f"There are id, {', '.join(known)}")
        if [name for name, _ in wanted].count(target) > 1:
            raise UsageError(f"--map: target {target!r} is given twice", "Name one column for it")
    found = dict(wanted) if wanted else _alike(path, known)
    if not found.keys() - {"id"} - UNCOMPARED:
        has = ", ".join(header(path))[:300]
        what = "nothing to compare is mapped" if wanted else "no column is named as what is compared"
        raise mistake(path, 1, what, f"Map some with --map TARGET=COLUMN: {', '.join(known)}; the file has: {has}")
    return found


def _alike(path: Path, known: Sequence[str]) -> dict[str, str]:
    """The columns whose names equal a target but for upper and lower case."""
    found: dict[str, str] = {}
    for column in header(path):
        target = column.casefold()
        if target in (*known, "id"):
            if target in found:
                raise mistake(path, 1, f"columns {found[target]!r} and {column!r} both mean {target}", "Use --map")
            found[target] = column
    return found


def read(path: Path, kind: str, columns: Mapping[str, str]) -> Columns:
    """The file as columns, packed; without an `id` the rows are numbered from 1.

    `UsageError` names the file, the line and the mend.
    """
    held = {name: Packed() for name in columns if name not in UNCOMPARED}
    count = 0
    for block in blocks(path, columns):
        for name, packed in held.items():
            packed.add(list(map(str.strip, block[name])))
        count += len(next(iter(block.values())))
    ids = held.pop("id").texts() if "id" in columns else list(map(str, range(1, count + 1)))
    if "id" in columns and ("" in ids or len(set(ids)) < count):
        raise _misnamed(path, columns)
    # As an array of text, not of objects: those would be most of what a file's rows take in memory.
    names = cast("NDArray[np.object_]", np.array(ids, dtype=np.dtypes.StringDType()))
    return Columns(kind, (f"csv:{path.name}",), np.zeros(count, dtype=np.int16), names, Cells(held))


def _misnamed(path: Path, columns: Mapping[str, str]) -> UsageError:
    """The first id that is blank or stands on an earlier line already."""
    lines: dict[str, int] = {}
    for line, row in rows(path, columns):
        key = row["id"].strip()
        if not key:
            return mistake(path, line, f"the id in column {columns['id']!r} is blank", "Give each row an id")
        if lines.setdefault(key, line) != line:
            break
    what = f"the id {key[:40]!r} in column {columns['id']!r} stands on line {lines[key]} already"
    return mistake(path, line, what, "Give each row its own id, or leave id out of --map")


def preflight(listing: Columns, check: Duplicate, view: View | None = None) -> Preflight:
    """Match the file's rows with each other, and with the view's records where there is a view.

    All stand in one table, whatever account they are of, and a person's word on records of the mirror holds here too.
    """
    table, listed = check.matched, len(listing)
    names = list(dict.fromkeys(name for fields in table.fields.values() for name in fields))
    there = _live(view, listing.kind, names) if view else None
    both = _beside(listing, there, names) if there else listing
    scorer = Scorer(features(both, table, check.default_region or ""), table)
    a, b = candidates(scorer.rows, table)
    # Which records of the mirror are one is the duplicate check's question, not this one's.
    pairs = scorer.score(a[a < listed], b[a < listed])
    made = tuple(groups(pairs, scorer, _said(view, there, listed) if view and there else Judged()))
    likely = pairs.take(pairs.verdict >= Verdict.REVIEW)
    left, right, auto = _whole(likely.a, likely.b, made, listed, len(both))
    return Preflight(both.ids, listed, scorer, left, right, auto, made)


def _whole(a: Rows, b: Rows, made: Sequence[Group], listed: int, size: int) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """The likely pairs and all pairs within a cluster, ascending, and which of them are of one cluster."""
    sure = [group.rows for group in made if group.verdict is Verdict.AUTO]
    inside = [low * size + high for members in sure for low, high in combinations(members, 2) if low < listed]
    keys = np.unique(np.concatenate([a * size + b, np.array(inside, dtype=np.int64)]))
    return keys // size, keys % size, np.isin(keys, inside)


def _live(view: View, kind: str, names: Sequence[str]) -> Columns:
    """The records of the mirror that still stand for themselves, named by their whole refs."""
    found = view.columns(kind, [*names, "converted", "merged_into"])
    state = zip(found.data["converted"].tolist(), found.data["merged_into"].tolist(), strict=True)
    kept = np.flatnonzero([not refused(converted) and not merged for converted, merged in state])
    ids = np.array([str(found.ref(row)) for row in kept.tolist()], dtype=object)
    data = {name: found.data[name][kept] for name in names}
    return Columns(kind, found.workspaces, found.workspace[kept], ids, data)


def _beside(listing: Columns, there: Columns, names: Sequence[str]) -> Columns:
    """The file's rows, then the mirror's, as if they were of one account."""
    blank = np.full(len(listing), "", dtype=object)
    data = {name: np.concatenate([listing.data.get(name, blank), there.data[name]]) for name in names}
    ids = np.concatenate([listing.ids, there.ids])
    return Columns(listing.kind, listing.workspaces, np.zeros(len(ids), dtype=np.int16), ids, data)


def _said(view: View, there: Columns, listed: int) -> Judged:
    """Records of the mirror that a person told apart stay apart, whatever row of the file resembles both."""
    place = {name: listed + row for row, name in enumerate(there.ids.tolist())}
    said = view.memory.judgements(there.kind).items()
    apart = [(str(a), str(b)) for (a, b), word in said if word is Judgement.DISTINCT]
    edges = ((place[a], place[b]) for a, b in apart if a in place and b in place)
    return Judged(distinct=frozenset((min(edge), max(edge)) for edge in edges))
