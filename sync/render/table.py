"""A table for people, as wide as the terminal."""

import sys
from io import StringIO
from shutil import get_terminal_size

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.render import Sheet, spoken
from sync.render.mask import plain

WIDE = 400
"""Columns of a table that goes to a file or a pipe, where nothing need be folded."""


def show(sheet: Sheet) -> str:
    """The facts, then the rows; nothing of a cell is read as markup."""
    out = StringIO()
    width = get_terminal_size().columns if sys.stdout.isatty() else WIDE
    console = Console(file=out, highlight=False, markup=False, width=width)
    if sheet.title:
        console.print(plain(sheet.title))
    for name, value in sheet.facts.items():
        console.print(f"  {name.replace('_', ' ')}: {plain(spoken(value))}", soft_wrap=True)
    if sheet.rows:
        table = Table(box=None, pad_edge=False, header_style="", show_header=True)
        for column in sheet.columns:
            table.add_column(column, overflow="fold")
        for row in sheet.rows:
            table.add_row(*(Text("" if cell is None else plain(cell)) for cell in row))
        console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
