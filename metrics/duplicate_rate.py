"""The share of records that are one too many."""

from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import Field, model_validator

from connectors.records import Record, Ref
from hygiene.check import Band, Finding
from hygiene.checks.duplicate import Duplicate
from hygiene.employer import over
from hygiene.view import View
from metrics.asked import Asked


class DuplicateRate(Asked):
    """Records beyond the first of each group of duplicates, among all that live."""

    FORMULA = "records beyond the first of each group of duplicates / live records"
    KINDS = ("company", "contact", "lead")
    kind: str = Field("company", description="company, contact or lead.")
    doubtful: bool = Field(False, description="Whether groups that wait for a person's word count too.")
    rule: Duplicate | None = Field(None, description="The check `duplicate`; by default the team's, of this kind.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.asked().kind != self.kind:
            raise ValueError(f"its rule looks at {self.asked().kind}, not at {self.kind}")
        return self

    def asked(self) -> Duplicate:
        """The check of this kind."""
        return self.rule or Duplicate(kind=self.kind)

    def population(self, view: View) -> Iterable[Record]:
        """Records that stand for something of their own: not merged, marked or converted."""
        found = view.records(self.kind, *self.fields("converted", "merged_into"))
        return (record for record in found if not over(record))

    def named(self, finding: Finding) -> Sequence[Ref]:
        """All but the survivor."""
        return finding.refs[1:] if self.doubtful or finding.band is Band.AUTO else ()
