"""CSV for spreadsheets: a cell that a spreadsheet would run as a formula is shown as text."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import TextIO

from sync.render import Cell, Sheet

RISKY = ("=", "+", "-", "@", "\t", "\n", "\0", "＝", "＋", "－", "＠")


def show(sheet: Sheet) -> str:
    """A header and the rows."""
    out = StringIO()
    pour(out, sheet.columns, sheet.rows)
    return out.getvalue().rstrip("\n")


def pour(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a header and the rows as they come: a file of any length takes no memory."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in row] for row in rows)


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    # The csv module leaves a bare carriage return unquoted: spreadsheets would begin a row there.
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(RISKY) else text
