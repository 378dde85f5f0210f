"""Markdown, for pull requests."""

from sync.render import Sheet, spoken
from sync.render.mask import plain


def show(sheet: Sheet) -> str:
    """A heading, the facts as a list, the rows as a table."""
    lines = [f"## {plain(sheet.title)}", ""] if sheet.title else []
    lines += [f"- {name}: {escape(spoken(value))}" for name, value in sheet.facts.items()]
    if sheet.rows:
        lines += ["", _line(sheet.columns), _line(["---"] * len(sheet.columns))]
        lines += [_line(["" if cell is None else escape(cell) for cell in row]) for row in sheet.rows]
    return "\n".join(lines)


def escape(value: object) -> str:
    """Text in which Markdown and HTML read nothing."""
    text = plain(value).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{char}" if char in "\\`*_[]|~" else char for char in text)


def _line(cells: object) -> str:
    return "| " + " | ".join(cells) + " |" if isinstance(cells, list | tuple) else ""
