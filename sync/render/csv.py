"""CSV for spreadsheets: a cell that a spreadsheet would run as a formula is shown as text."""

import csv
from io import StringIO

from sync.render import Cell, Sheet

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def show(sheet: Sheet) -> str:
    """A header and the rows."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows([_safe(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().rstrip("\n")


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell
