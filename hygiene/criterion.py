"""One condition that a deal must meet, as a team writes it down, and whether it does."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from connectors.records import Record, Ref
from hygiene.blank import PLACEHOLDERS, blank
from hygiene.days import day_of
from hygiene.sight import unknown, untied
from hygiene.view import View

ACTIVITY = "last_activity_at"


class Criterion(BaseModel):
    """A condition with a name: everything that it states must hold, and at least one of its alternatives."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="What findings call it.")
    filled: tuple[str, ...] = Field((), description="Fields that must say something.")
    one_of: Mapping[str, tuple[str, ...]] = Field(
        {}, description="Fields with the values that they may have, any case."
    )
    at_least: Mapping[str, Decimal] = Field({}, description="Fields with the least number that they may hold.")
    tied: str = Field("", description="A kind that records must be tied to the deal of: contact, task, company.")
    label: str = Field("", description="What those ties are called; any tie counts where it is blank.")
    where: Mapping[str, tuple[str, ...]] = Field({}, description="Values that the fields of those records must have.")
    count: int = Field(1, ge=1, description="How many of them there must be.")
    active_days: int | None = Field(None, ge=0, description="How many days ago the last activity may be.")
    any: tuple["Criterion", ...] = Field((), description="Alternatives, of which one is enough.")

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        if not (self.filled or self.one_of or self.at_least or self.tied or self.any or self.active_days is not None):
            raise ValueError(f"criterion {self.name!r} states no condition")
        if not self.tied and (self.label or self.where):
            raise ValueError(f"criterion {self.name!r} has a `label` or `where` without `tied`")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in handler(self).items() if name in self.model_fields_set}

    def fields(self) -> Iterator[str]:
        """Every field of the deal that it asks about."""
        yield from (*self.filled, *self.one_of, *self.at_least)
        if self.active_days is not None:
            yield ACTIVITY
        for item in self.any:
            yield from item.fields()

    def tied_fields(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each kind whose records it asks about, with the fields."""
        if self.where:
            yield self.tied, tuple(self.where)
        for item in self.any:
            yield from item.tied_fields()

    def met(self, record: Record, view: View, zone: str = "UTC") -> bool | None:
        """Whether the deal meets it; None where that hangs on a field that is not visible."""
        found = list(self._told(record, view, zone))
        if self.any:
            others = [item.met(record, view, zone) for item in self.any]
            found.append(True if True in others else None if None in others else False)
        return False if False in found else None if None in found else True

    def _told(self, record: Record, view: View, zone: str) -> Iterator[bool | None]:
        known = view.known(record.ref.workspace, record.ref.kind)

        def seen(name: str) -> bool:
            return name in known and not unknown(view, record.ref, name)

        for name in self.filled:
            yield not blank(record.get(name), PLACEHOLDERS) if seen(name) else None
        for name, allowed in self.one_of.items():
            yield _among(record, name, allowed) if seen(name) else None
        for name, least in self.at_least.items():
            value = record.get(name)
            yield isinstance(value, Decimal) and value >= least if seen(name) else None
        if self.tied:
            yield self._enough(record, view)
        if self.active_days is not None:
            last, today = day_of(record.get(ACTIVITY), zone), day_of(view.as_of, zone)
            allowed_for = timedelta(days=self.active_days)
            yield (last and today and today - last <= allowed_for) is True if seen(ACTIVITY) else None

    def _ties(self, record: Record, view: View) -> Iterable[Ref]:
        if not self.label:
            return view.linked(record.ref, self.tied)
        named = self.label.casefold()
        return {link.to for link in record.links if link.to.kind == self.tied and link.label.casefold() == named}

    def _enough(self, record: Record, view: View) -> bool | None:
        """Whether enough records are tied to the deal; None where that hangs on what is not known."""
        found = [self._counts(ref, view) for ref in self._ties(record, view)]
        if found.count(True) >= self.count:
            return True
        return None if len(found) - found.count(False) >= self.count or untied(view, record.ref) else False

    def _counts(self, ref: Ref, view: View) -> bool | None:
        if not self.where:
            return True
        if (other := view.get(ref)) is None:
            return False
        wrong = [name for name, allowed in self.where.items() if not _among(other, name, allowed)]
        return not wrong or (None if all(unknown(view, ref, name) for name in wrong) else False)


def _among(record: Record, name: str, allowed: Iterable[str]) -> bool:
    return record.text(name).casefold() in {item.casefold() for item in allowed}
