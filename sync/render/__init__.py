"""What commands show: a sheet of rows, in the format that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Literal

from connectors.errors import UsageError

Cell = str | int | float | bool | None
FORMATS = ("table", "json", "jsonl", "csv", "md")
REPORTS = ("sarif", "junit")
"""Formats that other programs read: what a sheet's report says, not its rows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What was asked: its id, one line, and more in Markdown."""

    id: str
    line: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What was found of one rule: `key` is the same in every run, `about` the records; no value of any of them."""

    rule: str
    key: str
    level: Literal["pass", "note", "warning", "error", "unknown"]
    message: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a command asked and what it found, for programs that collect the like of many tools."""

    command: str
    rules: tuple[Rule, ...]
    items: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under named columns; `facts` are said once, beside the rows."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    report: Report | None = None

    def records(self) -> list[dict[str, Cell]]:
        """The rows as objects."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def reported(sheet: Sheet) -> Report:
    """A sheet's report; `UsageError` for one that has none: an empty one would say that all is well."""
    if sheet.report is None:
        raise UsageError(f"{' and '.join(REPORTS)} show findings and figures, not this list", "Choose another --format")
    return sheet.report


def spoken(value: object) -> str:
    """A fact for people: a map as its parts in words."""
    if isinstance(value, Mapping):
        parts = (
            f"{name} ({spoken(part)})" if isinstance(part, Mapping) else f"{name} {part}"
            for name, part in value.items()
        )
        return ", ".join(parts) or "none"
    return str(value)


def render(sheet: Sheet, format_: str) -> str:
    """The sheet as text, without a final line break; a sheet without rows is an empty document, never an error."""
    text: str = import_module(f"sync.render.{format_}").show(sheet)
    return text
