"""Finds records that stand for one company, person or lead."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from connectors.changes import Merge
from connectors.records import Record, Ref
from hygiene.check import Band, Evidence, Finding, SetCheck, Severity
from hygiene.match.cluster import Edge, Group, Judged
from hygiene.match.compare import comparator
from hygiene.match.matching import matching
from hygiene.match.rounds import Found, Merged, reasons, rounds
from hygiene.match.score import Verdict
from hygiene.match.survive import LIFECYCLE, Rank, Survival, refused, survive
from hygiene.match.table import TABLES, Table
from hygiene.view import Columns, Judgement, View

STATE = ("converted", "merged_into")
"""A lead that became a contact, and a record already marked as a duplicate, are out of the question."""


class Duplicate(SetCheck):
    """Records of one kind and workspace that stand for one thing.

    Why: duplicates split a customer's history, count a lead twice and send two salespeople to one door.
    Proposes: the records are merged into the best of them, which keeps its own values, takes what it lacks from the
    others, and never loosens consent. Where evidence contradicts itself, a person is asked.
    """

    kind: str = Field("company", description="company, contact, lead, or another kind that `table` describes.")
    table: Table | None = Field(None, description="The match table; by default that of the kind.")
    auto: float | None = Field(
        None, gt=0, lt=1, description="Probability from which a pair is merged unasked, for the table's."
    )
    review: float | None = Field(
        None, gt=0, lt=1, description="Probability from which a person is asked, for the table's."
    )
    max_cluster: int | None = Field(None, ge=2, description="A larger group is for review, for the table's.")
    system_of_record: str = Field("", description="The source whose records survive before all others.")
    sources_rank: tuple[str, ...] = Field((), description="The sources after it, best first.")
    lifecycle: tuple[str, ...] = Field(LIFECYCLE, description="Lifecycle stages in their order.")
    default_region: str | None = Field(
        None, pattern=r"^[A-Z]{2}$", description="ISO 3166 country that reads the phones of records without country."
    )
    severity: Severity = Severity.WARNING

    @model_validator(mode="after")
    def _has_table(self) -> Self:
        if self.table is None and self.kind not in TABLES:
            raise ValueError(f"no match table for kind {self.kind!r}: give one under `table`")
        for item in self.matched.comparisons:
            comparator(item.compare)
        return self

    def reads(self) -> Mapping[str, set[str]]:
        """Every field that fills a role of the match table."""
        return {self.kind: {name for fields in self.matched.fields.values() for name in fields}}

    @property
    def label(self) -> str:
        """The check with its kind: several kinds stand side by side."""
        return f"{self.name()}:{self.kind}"

    @property
    def matched(self) -> Table:
        """The table with this check's own thresholds."""
        chosen = self.table or TABLES[self.kind]
        own = {"auto": self.auto, "review": self.review, "max_cluster": self.max_cluster}
        return Table.model_validate(chosen.model_dump() | {name: value for name, value in own.items() if value})

    def find(self, view: View) -> Iterator[Finding]:
        """One finding a group, the survivor first; a pair that a person judged distinct never comes back."""
        table = self.matched
        names = dict.fromkeys([*(name for fields in table.fields.values() for name in fields), *STATE])
        columns = _candidates(view.columns(self.kind, list(names)))
        judged = _judged(columns, view.memory.judgements(self.kind), view.memory.doubts(self.kind))

        def records(rows: tuple[int, ...]) -> list[Record]:
            return [record for row in rows if (record := view.get(columns.ref(row)))]

        def settle(rows: tuple[int, ...]) -> Merged | None:
            together = records(rows)
            return None if _twins(together) > 1 else self._left(together, rows, columns)

        found = sorted(
            rounds(columns, matching(view, self.kind, table, self.default_region or ""), judged, settle),
            key=lambda item: (-item.group.verdict, sorted(item.rows)),
        )
        for item, why in zip(found, reasons(found), strict=True):
            finding = self._finding(item.group, records(item.rows), table)
            if finding:
                yield replace(finding, evidence=(*_told(item.group, table), *_shown(why, item)))

    def _survival(self, records: list[Record]) -> Survival:
        sources = (*filter(None, (self.system_of_record,)), *self.sources_rank)
        return survive(records, Rank(sources, self.lifecycle))

    def _left(self, records: list[Record], rows: tuple[int, ...], columns: Columns) -> Merged:
        """The row that a merge leaves, with the values it takes over."""
        settled = self._survival(records)
        row = next(row for row in rows if columns.ref(row) == settled.survivor)
        carried = Record(settled.survivor, settled.carry)
        return Merged(row, {name: carried.text(name) for name in settled.carry})

    def _finding(self, group: Group, records: list[Record], table: Table) -> Finding | None:
        if len(records) < 2:
            return None
        settled = self._survival(records)
        return Finding(
            check=self.label,
            refs=(settled.survivor, *settled.merged),
            message=f"{len(records)} {self.kind} records stand for one",
            severity=self.severity,
            changes=(Merge(settled.survivor, settled.merged, settled.carry),),
            band=Band.AUTO if group.verdict is Verdict.AUTO and _twins(records) < 2 else Band.REVIEW,
            score=round(group.probability, 4),
            why=settled.why,
        )


def _twins(records: list[Record]) -> int:
    """How many different records of the other CRM these name."""
    return len({record.text("twin") for record in records} - {""})


def _candidates(columns: Columns) -> Columns:
    """The rows that may be duplicates, in the order of their refs."""
    gone = [refused(text) for text in columns.data.get("converted", np.full(len(columns), "", dtype=object)).tolist()]
    marked = columns.data.get("merged_into", np.full(len(columns), "", dtype=object)) != ""
    kept = np.flatnonzero(~np.array(gone, dtype=bool) & ~marked.astype(bool)).tolist()
    order = np.array(sorted(kept, key=lambda row: (columns.workspaces[columns.workspace[row]], columns.ids[row])), int)
    data = {name: column[order] for name, column in columns.data.items()}
    return replace(columns, workspace=columns.workspace[order], ids=columns.ids[order], data=data)


def _judged(columns: Columns, said: Mapping[tuple[Ref, Ref], Judgement], doubts: Collection[tuple[Ref, Ref]]) -> Judged:
    if not said and not doubts:
        return Judged()
    rows = {columns.ref(row): row for row in range(len(columns))}

    def edges(pairs: Iterable[tuple[Ref, Ref]]) -> frozenset[Edge]:
        known = ((rows[a], rows[b]) for a, b in pairs if a in rows and b in rows)
        return frozenset((min(pair), max(pair)) for pair in known)

    duplicate, distinct = (
        edges(pair for pair, word in said.items() if word is judgement)
        for judgement in (Judgement.DUPLICATE, Judgement.DISTINCT)
    )
    return Judged(duplicate, distinct, edges(doubts))


def _told(group: Group, table: Table) -> Iterator[Evidence]:
    if group.probability == 1:
        yield Evidence("judgement", "a person said that they are one")
    if group.oversize:
        yield Evidence("group", f"more than the {table.max_cluster} records that are merged unasked")


def _shown(why: tuple[Evidence, ...], found: Found) -> Iterator[Evidence]:
    """The reasons of the weakest pair of the group, with the values of both beside each."""
    data = found.columns.data
    for item in why:
        roles = comparator(item.about).SHOWN
        fields = [name for role in roles for name in found.scorer.table.fields.get(role, ()) if name in data]
        shown = [", ".join(filter(None, (str(data[name][row]) for name in fields))) for row in found.group.weakest]
        yield replace(item, values=tuple(shown))
