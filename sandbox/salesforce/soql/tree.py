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
    """A function, its name in capitals: `COUNT()`, `CALENDAR_YEAR(CloseDate)`, `FORMAT(MIN(CloseDate))`."""

    name: str
    argument: "Path | Function | None"
    at: int
    alias: str | None = None

    @property
    def field(self) -> Path | None:
        """The field at the bottom of nested functions."""
        return self.argument.field if isinstance(self.argument, Function) else self.argument


@dataclass(frozen=True, slots=True)
class Distance:
    """`DISTANCE(field, GEOLOCATION(latitude, longitude), 'unit')`; `unit` as written, in quotes."""

    field: Path
    latitude: float
    longitude: float
    unit: str
    at: int
    alias: str | None = None
    name: str = "DISTANCE"


@dataclass(frozen=True, slots=True)
class When:
    """The fields of one type in TYPEOF; `kind` is None for ELSE."""

    kind: str | None
    fields: tuple[Path, ...]
    at: int


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`TYPEOF relationship WHEN type THEN fields … ELSE fields END`."""

    path: Path
    branches: tuple[When, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: `kind` is string, number, boolean, null, date, datetime, time, currency or period (`LAST_N_DAYS:7`)."""

    kind: str
    value: str
    at: int


Operand = Path | Function | Distance


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
class Source:
    """One name of FROM: a type, or a relationship such as `Account.Contacts`, with its alias."""

    path: Path
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A whole SELECT; `joined` are further names of FROM, `mode` and `rollup` words in capitals."""

    text: str
    select: "tuple[Path | Function | Distance | TypeOf | Query, ...]"
    source: str
    source_at: int
    alias: str | None
    joined: tuple[Source, ...] = ()
    scope: Path | None = None
    where: Condition | None = None
    mode: Path | None = None
    group: tuple[Operand, ...] = ()
    rollup: str | None = None
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
