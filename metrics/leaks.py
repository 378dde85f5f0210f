"""Which import, form, integration or person makes the duplicates, week by week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.records import Record, Ref
from hygiene.check import Band, run
from hygiene.checks.duplicate import Duplicate
from hygiene.days import day_of
from hygiene.employer import over
from hygiene.view import View

NOBODY = "(not told)"


@dataclass(frozen=True, slots=True)
class Leak:
    """What one source made in one week: `made` records, of which `again` were there already, under the ids of `refs`.

    `week` is that of ISO 8601, as in 2026-W47.
    """

    account: str
    kind: str
    source: str
    week: str
    made: int
    refs: tuple[Ref, ...]

    @property
    def again(self) -> int:
        """How many of them were there already."""
        return len(self.refs)


@dataclass(frozen=True, slots=True)
class Asked:
    """By which fields a source is told, how far back, in whose weeks, and whether unsure groups count."""

    by: Sequence[str] = ("source",)
    weeks: int = 12
    zone: str = "UTC"
    doubtful: bool = False


def leaks(view: View, rule: Duplicate, asked: Asked) -> Iterator[Leak]:
    """Each source and week of the last weeks, account by account, the oldest week first.

    Of each group of duplicates the record that was created first is the one that was there; all others were made again.
    Records that were merged since are gone with what made them: the report tells of what is still to be cleaned.
    """
    again = {ref for finding in run([rule], view) if _counts(finding.band, asked) for ref in _later(finding.refs, view)}
    since = view.as_of - timedelta(weeks=asked.weeks)
    made: dict[tuple[str, str, str], list[Ref]] = {}
    for record in view.records(rule.kind, "created_at", "merged_into", "converted", *asked.by):
        created = record.get("created_at")
        if isinstance(created, datetime) and created >= since and not over(record):
            place = (record.ref.workspace, _source(record, asked.by), _week(created, asked.zone))
            made.setdefault(place, []).append(record.ref)
    for (account, source, week), refs in sorted(made.items()):
        yield Leak(account, rule.kind, source, week, len(refs), tuple(ref for ref in sorted(refs) if ref in again))


def _counts(band: Band, asked: Asked) -> bool:
    return band is Band.AUTO or asked.doubtful


def _later(refs: Sequence[Ref], view: View) -> Iterator[Ref]:
    """All but the first that was created; where that is not known of one, nobody can say which was there."""
    born = {ref: record.get("created_at") for ref in refs if (record := view.get(ref))}
    dated = sorted((at, ref) for ref, at in born.items() if isinstance(at, datetime))
    if len(dated) == len(refs):
        yield from (ref for _, ref in dated[1:])


def _source(record: Record, by: Sequence[str]) -> str:
    """What the record says of its making: the fields that say something, in their order."""
    return ", ".join(filter(None, map(record.text, by))) or NOBODY


def _week(moment: datetime, zone: str) -> str:
    day = day_of(moment, zone)
    assert day is not None
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
