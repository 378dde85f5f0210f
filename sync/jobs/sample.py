"""A sheet of records drawn at random for a person to verify, and what the verified sheet says of all of them."""

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from io import StringIO
from pathlib import Path

from connectors.errors import UsageError
from connectors.records import Record, Ref
from connectors.values import empty
from hygiene.employer import over
from hygiene.view import View
from metrics.binomial import interval
from sync.files import write
from sync.render.csv import pour

COLUMNS = ("record", "field", "value", "right")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "company": ("domain", "website", "industry", "employees", "revenue", "phone", "country"),
    "contact": ("email", "title", "phone", "company", "country"),
    "lead": ("email", "title", "phone", "company", "country"),
}
"""What enrichment tools fill in."""
YES, NO = frozenset({"yes", "y", "1", "true"}), frozenset({"no", "n", "0", "false"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw: `size` records of a kind, of one account or all; the same seed draws the same ones."""

    kind: str
    size: int
    seed: str
    account: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many values of a field are right, of those that were checked, and where the share of all of them lies."""

    field: str
    right: int
    checked: int
    unchecked: int
    low: Decimal
    high: Decimal

    @property
    def share(self) -> Decimal | None:
        """The share of the sample; None where nothing was checked."""
        return Decimal(self.right) / self.checked if self.checked else None


def draw(view: View, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """The rows of the sheet: one for each value that is there; whether it is right is for a person to say.

    Every record has the same chance: those with the smallest hash of seed and ref are drawn. A record that is new, or
    gone, changes no other one's.
    """
    names = wanted.fields or FIELDS[wanted.kind]
    for ref in sorted(nsmallest(wanted.size, _refs(view, wanted), key=lambda ref: _rank(wanted.seed, ref))):
        if (record := view.get(ref)) is not None:
            yield from ((str(ref), name, record.text(name), "") for name in names if not empty(record.get(name)))


def keep(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    """Write a new sheet as CSV, readable by its owner alone.

    `UsageError` where there is nothing to verify, or where a file is already: a person may have filled it in.
    """
    if not rows:
        raise UsageError("nothing was drawn", "No record of that kind and account has a value in these fields")
    if path.exists():
        raise UsageError(f"{path} is there already", "Name another file: its verdicts would be lost")
    out = StringIO()
    pour(out, COLUMNS, rows)
    write(path, out.getvalue().encode())


def read(path: Path, confidence: float) -> list[Accuracy]:
    """What a sheet says, by field, and last of the records that are right throughout.

    `UsageError` with the line for a word that is neither yes nor no, or a file that is no such sheet.
    """
    by_field: dict[str, Counter[bool | None]] = defaultdict(Counter)
    by_record: dict[str, list[bool | None]] = defaultdict(list)
    for record, name, word in _rows(path):
        by_field[name][word] += 1
        by_record[record].append(word)
    whole = Counter(None if None in words else all(words) for words in by_record.values())
    counted = [*sorted(by_field.items()), ("(whole records)", whole)]
    return [_accuracy(name, counts, confidence) for name, counts in counted]


def _accuracy(name: str, counts: Mapping[bool | None, int], confidence: float) -> Accuracy:
    right, checked = counts.get(True, 0), counts.get(True, 0) + counts.get(False, 0)
    low, high = map(Decimal, interval(right, checked, confidence))
    return Accuracy(name, right, checked, counts.get(None, 0), low, high)


def _rows(path: Path) -> Iterator[tuple[str, str, bool | None]]:
    try:
        lines: Sequence[dict[str, str]] = list(csv.DictReader(StringIO(path.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {type(error).__name__}") from None
    for line, row in enumerate(lines, 2):
        if not set(COLUMNS) <= row.keys():
            raise UsageError(f"{path} is no sheet of `sample draw`: it needs the columns {', '.join(COLUMNS)}")
        word = (row["right"] or "").strip().casefold()
        if word and word not in YES | NO:
            raise UsageError(f"{path}:{line}: {word[:20]!r} is neither yes nor no", "Leave what nobody checked blank")
        yield row["record"], row["field"], word in YES if word else None


def _refs(view: View, wanted: Wanted) -> Iterator[Ref]:
    for record in view.records(wanted.kind, "converted", "merged_into"):
        if _counts(record, wanted.account):
            yield record.ref


def _counts(record: Record, account: str) -> bool:
    return not over(record) and account in ("", record.ref.workspace)


def _rank(seed: str, ref: Ref) -> bytes:
    return hashlib.sha256(f"{seed}\n{ref}".encode()).digest()
