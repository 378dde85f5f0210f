"""Figure and Measure: a number that says how it was made and which records are behind it; all_measures()."""

import pkgutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from connectors.records import Ref
from hygiene.check import Check
from hygiene.view import View


class Unit(StrEnum):
    """What a figure's value is: a share of 1, or an amount of one currency."""

    SHARE = "share"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Part:
    """One slice of a figure, by an owner, a stage or a pair of quarters: how much, and of how much."""

    name: str
    count: Decimal
    of: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one account.

    `about` tells several figures of one measure apart (a field, a currency). `refs` are the records that somebody
    has to look at, in their order. Where `known` is false nothing can be said, and `note` says why.
    """

    measure: str
    account: str
    unit: Unit
    count: Decimal
    of: Decimal | None
    formula: str
    version: int
    about: str = ""
    refs: tuple[Ref, ...] = ()
    parts: tuple[Part, ...] = ()
    note: str = ""
    known: bool = True

    @property
    def value(self) -> Decimal | None:
        """The number; None where nothing is known, or where a share would be one of nothing."""
        if not self.known:
            return None
        if self.unit is Unit.SHARE:
            return self.count / self.of if self.of else None
        return self.count


class Measure(BaseModel):
    """A number asked of a view, once for each account. A measure's fields are its options, its file is its name.

    `FORMULA` says in words what is divided by what; `VERSION` grows when the same data would give another number;
    `KINDS` are the kinds of records that it can be asked of, where there are several; `PARTS` is what its figures are
    always broken down by.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    FORMULA: ClassVar[str]
    VERSION: ClassVar[int] = 1
    UNIT: ClassVar[Unit] = Unit.SHARE
    KINDS: ClassVar[tuple[str, ...]] = ()
    PARTS: ClassVar[str] = ""

    @classmethod
    def name(cls) -> str:
        """The measure's name: that of its file."""
        return cls.__module__.rpartition(".")[2]

    @property
    def label(self) -> str:
        """The name, with the kind of records where there are several."""
        kind = getattr(self, "kind", "")
        return f"{self.name()}:{kind}" if kind else self.name()

    def asked(self) -> Check | None:
        """The check that the number hangs on, with the options that it needs; None where it hangs on none."""
        return None

    def reads(self) -> Mapping[str, Collection[str]]:
        """The fields, by kind, that its check names."""
        check = self.asked()
        return check.reads() if check else {}

    def ruled(self, checks: Sequence[Check]) -> Self:
        """The same by the team's own check of that name (and kind), unless its own option `rule` says otherwise."""
        own = self.asked()
        mine = [check for check in checks if own and check.label == own.label]
        return self.model_copy(update={"rule": mine[-1]}) if mine and "rule" not in self.model_fields_set else self

    def figures(self, view: View) -> Iterator[Figure]:
        """The number of each account, in the order of the accounts."""
        raise TypeError(f"{type(self).__name__} does not say how to count")


@cache
def all_measures() -> dict[str, type[Measure]]:
    """Every measure by name: the one subclass with a formula that a file of this package defines."""
    found: dict[str, type[Measure]] = {}
    for module in pkgutil.iter_modules(import_module("metrics").__path__):
        loaded = import_module(f"metrics.{module.name}")
        for item in vars(loaded).values():
            own = isinstance(item, type) and item.__module__ == loaded.__name__ and issubclass(item, Measure)
            if own and "FORMULA" in vars(item):
                found[module.name] = item
    return found
