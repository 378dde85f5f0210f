"""The share of records that have what their lifecycle stage asks for."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from connectors.records import Record
from hygiene.checks.required_profile import RequiredProfile
from hygiene.view import View
from metrics.asked import Asked


class CompleteProfiles(Asked):
    """Companies or contacts in which nothing is missing that their lifecycle stage, or one before it, asks for."""

    FORMULA = "records without a missing field / records"
    LISTED = False
    KINDS = ("company", "contact")
    kind: Literal["company", "contact"] = Field("company", description="company or contact.")
    rule: RequiredProfile | None = Field(
        None, description="The check `required_profile`; by default the team's, of this kind."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.asked().kind != self.kind:
            raise ValueError(f"its rule looks at {self.asked().kind}, not at {self.kind}")
        return self

    def asked(self) -> RequiredProfile:
        """What each lifecycle stage asks for."""
        return self.rule or RequiredProfile(kind=self.kind)

    def population(self, view: View) -> Iterable[Record]:
        """All that live."""
        found = view.records(self.kind, *self.fields("merged_into"))
        return (record for record in found if not record.text("merged_into"))
