"""The values of every record that a run touches, before and after, as a file that any spreadsheet opens."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from connectors.errors import LocalError, UsageError
from connectors.records import Ref
from connectors.values import Fields, Json, Value, empty, load_fields
from sync.files import write
from sync.ledger.journal import Entry
from sync.plan.model import Plan
from sync.render.csv import pour
from sync.session import Session

COLUMNS = ("run", "record", "field", "before", "after")


@dataclass(frozen=True, slots=True)
class Backup:
    """`backup-RUN.csv` in the state directory, readable by its owner alone."""

    session: Session
    run: str
    known: Mapping[Ref, Fields]

    @property
    def path(self) -> Path:
        """Where the file stands."""
        return self.session.settings.state / f"backup-{self.run}.csv"

    def keep(self) -> None:
        """Write what was known before the run, and what was read right before and after each write so far.

        `LocalError` where the disk does not take it.
        """
        read, after = _journalled(self.session.journal.entries(self.run))
        before = {ref: {**self.known.get(ref, {}), **read.get(ref, {})} for ref in {**self.known, **read, **after}}
        out = StringIO()
        pour(out, COLUMNS, _rows(self.run, before, after))
        try:
            write(self.path, out.getvalue().encode())
        except UsageError as error:
            raise LocalError(error.message, "Free the disk, then run this again") from None


def backup_of(session: Session, run: str, plan: Plan) -> Backup:
    """The backup of a run as the mirror knows the records of its plan now; written before anything is sent."""
    refs = dict.fromkeys(ref for group in plan.groups for ref in group.refs)
    made = Backup(session, run, {record.ref: record.fields for record in session.mirror().some(refs)})
    made.keep()
    return made


def _journalled(entries: Iterable[Entry]) -> tuple[dict[Ref, Fields], dict[Ref, Fields]]:
    """What each record held when a run first came to it, and what it showed last."""
    before: dict[Ref, Fields] = {}
    after: dict[Ref, Fields] = {}
    for entry in entries:
        for ref, fields in _named(entry.values.get("before")):
            before[ref] = {**fields, **before.get(ref, {})}
        for ref, fields in _named(entry.values.get("shown")):
            after[ref] = {**after.get(ref, {}), **fields}
    return before, after


def _named(told: Json) -> Iterator[tuple[Ref, Fields]]:
    for name, fields in told.items() if isinstance(told, Mapping) else ():
        yield Ref.parse(name), load_fields(fields)


def _rows(run: str, before: Mapping[Ref, Fields], after: Mapping[Ref, Fields]) -> Iterator[tuple[str, ...]]:
    for ref in sorted(before):
        was, now = before[ref], after.get(ref, {})
        for name in sorted({*was, *now}):
            yield run, str(ref), name, _text(was.get(name)), _text(now.get(name))


def _text(value: Value) -> str:
    if empty(value):
        return ""
    return ";".join(value) if isinstance(value, tuple) else str(value)
