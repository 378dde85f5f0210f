"""What a SOQL text means: the tree that the parser makes; `at` is always an offset into the text."""

from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True, slots=True)
class Path:
    """A field, through relationships: `Account.Owner.Name` is three names."""

    names: tuple[str, ...]
    at: int
    alias: str | None = None

    @property
    def text(self) -> str:
        """As written."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a field or of nothing: `COUNT(Id)`, `COUNT()`, `CALENDAR_YEAR(CloseDate)`, `FIELDS(ALL)`."""

    name: str
    argument: Path | None
    at: int
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: `kind` is string, number, boolean, null, date, datetime or period; a period is `LAST_N_DAYS:7`."""

    kind: str
    value: str
    at: int


Operand = Path | Function


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one value; `op` is = != < <= > >= or LIKE."""

    operand: Operand
    op: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Among:
    """One field against many values or a sub-select; `op` is IN, NOT IN, INCLUDES or EXCLUDES."""

    operand: Operand
    op: str
    values: "tuple[Literal, ...] | Query"


@dataclass(frozen=True, slots=True)
class Logic:
    """`op` is AND, OR or NOT (with one part)."""

    op: str
    parts: "tuple[Condition, ...]"


Condition = Union[Compare, Among, Logic]  # noqa: UP007 - a forward reference cannot be joined with |


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key."""

    operand: Operand
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole SELECT."""

    text: str
    select: "tuple[Path | Function | Query, ...]"
    source: str
    source_at: int
    alias: str | None
    where: Condition | None = None
    group: tuple[Operand, ...] = ()
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
