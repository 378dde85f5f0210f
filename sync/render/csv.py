"""CSV for spreadsheets: a cell that a spreadsheet would run as a formula is shown as text."""

import csv
from io import StringIO

from sync.render import Cell, Sheet

RISKY = ("=", "+", "-", "@", "\t", "\n", "\0", "＝", "＋", "－", "＠")


def show(sheet: Sheet) -> str:
    """A header and the rows."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows([_safe(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().rstrip("\n")


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    # The csv module leaves a bare carriage return unquoted: spreadsheets would begin a row there.
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(RISKY) else text
