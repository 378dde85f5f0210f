"""Finding (with a stable key), RowCheck, SetCheck, all_checks()."""

import hashlib
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from connectors.changes import Change
from connectors.records import Record, Ref
from hygiene.view import View


class Severity(StrEnum):
    """How much a finding matters; `--fail-on` names the least that fails a run."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Band(StrEnum):
    """What may become of a finding's changes: planned at once, or only after a person said yes."""

    AUTO = "auto"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason, for (`weight` > 0) or against (< 0). `about` is a field or a part of the rule; `text` never holds a
    record's values, `values` does."""

    about: str
    text: str
    weight: float = 0.0
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `refs` in a meaningful order, a message without personal data, and what would settle it.

    `why` says, for each field that the changes decide, why this value won.
    """

    check: str
    refs: tuple[Ref, ...]
    message: str
    severity: Severity = Severity.WARNING
    evidence: tuple[Evidence, ...] = ()
    changes: tuple[Change, ...] = ()
    band: Band = Band.AUTO
    score: float = 1.0
    why: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
    discriminator: str = ""

    @property
    def key(self) -> str:
        """The same question about the same records has the same key in every run (24 hex digits)."""
        parts = (self.check, self.discriminator, *sorted(map(str, self.refs)))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


class Check(BaseModel):
    """A question asked of a view. A check's fields are its options, its file is its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    mend: ClassVar[str] = "Look at it and correct it, or have the rule changed"

    @classmethod
    def name(cls) -> str:
        """The check's name: that of its file."""
        return cls.__module__.rpartition(".")[2]

    def reads(self) -> Mapping[str, Collection[str]]:
        """The fields, by kind, that its options name: an account's own are pulled for that reason alone."""
        return {}

    @property
    def label(self) -> str:
        """The name by which a configured instance is called, where one check stands several times."""
        return self.name()


class RowCheck(Check):
    """A question asked of each record by itself; all row checks of a kind share one scan."""

    kind: ClassVar[str]

    def fields(self) -> tuple[str, ...]:
        """The fields the question needs; none means all."""
        return ()

    def before(self, view: View) -> Iterator[Finding]:
        """What can be said of the view as a whole, before any record is looked at; by default nothing."""
        yield from ()

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """What is wrong with this record."""
        raise TypeError(f"{type(self).__name__} does not say how to look")


class SetCheck(Check):
    """A question asked of many records together; it drives the view itself."""

    def find(self, view: View) -> Iterator[Finding]:
        """What is wrong, in an order that depends on the data alone."""
        raise TypeError(f"{type(self).__name__} does not say how to find")


@cache
def all_checks() -> dict[str, type[Check]]:
    """Every check by name: the one `Check` subclass that each file of `hygiene/checks/` defines."""
    package = import_module("hygiene.checks")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        loaded = import_module(f"hygiene.checks.{module.name}")
        (found[module.name],) = (
            item
            for item in vars(loaded).values()
            if isinstance(item, type) and issubclass(item, Check) and item.__module__ == loaded.__name__
        )
    return found


def run(checks: list[Check], view: View) -> Iterator[Finding]:
    """Ask every check: row checks of one kind in one scan, then set checks in their order."""
    rows = [check for check in checks if isinstance(check, RowCheck)]
    for row_check in rows:
        yield from row_check.before(view)
    for kind in sorted({check.kind for check in rows}):
        asked = [check for check in rows if check.kind == kind]
        wanted = [check.fields() for check in asked]
        fields = () if () in wanted else tuple(sorted({name for names in wanted for name in names}))
        for record in view.records(kind, *fields):
            for row_check in asked:
                yield from row_check.look(record, view)
    for check in checks:
        if isinstance(check, SetCheck):
            yield from check.find(view)
