"""What commands show: a sheet of rows, in the format that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

Cell = str | int | float | bool | None
FORMATS = ("table", "json", "jsonl", "csv", "md")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under named columns; `facts` are said once, beside the rows."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    def records(self) -> list[dict[str, Cell]]:
        """The rows as objects."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


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
