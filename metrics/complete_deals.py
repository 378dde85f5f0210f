"""The share of open deals that have what their stage asks for."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.required_field import RequiredField
from hygiene.standing import State
from hygiene.view import View
from metrics.asked import Asked
from metrics.deals import deals


class CompleteDeals(Asked):
    """Open deals in which no field or tie is missing that their stage, or one before it, asks for."""

    FORMULA = "open deals without a missing field / open deals"
    LISTED = False
    rule: RequiredField = Field(RequiredField(), description="The check `required_field`; by default the team's.")

    def asked(self) -> RequiredField:
        """What each stage asks for."""
        return self.rule

    def population(self, view: View) -> Iterable[Record]:
        """The open deals."""
        return deals(view, (State.OPEN,), *self.fields())
