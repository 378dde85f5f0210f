"""The share of records in which a field says something, field by field."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from connectors.records import Record
from hygiene.blank import PLACEHOLDERS, ZERO, blank
from hygiene.employer import over
from hygiene.sight import unknown
from hygiene.standing import State
from hygiene.view import View
from metrics.deals import deals
from metrics.share import Case, Counted, Share, absent, accounts_of

FIELDS = {
    "company": ("name", "domain|website", "industry", "employees", "revenue", "country", "phone", "owner"),
    "contact": ("email", "first_name", "last_name", "title", "phone", "company", "owner", "source"),
    "lead": ("email", "last_name", "company", "title", "phone", "country", "owner", "source"),
    "deal": ("amount", "close_date", "stage", "next_step", "forecast_category", "owner", "source"),
}
"""The usual lists of an object's fields, as far as standard fields hold them; `|` stands between fields of which one
is enough: HubSpot keeps a company's domain, Salesforce its website."""
OR = "|"


class FillRate(Share):
    """Records in which a field is neither empty nor a placeholder; one figure for each field."""

    FORMULA = "records in which the field says something / records"
    LISTED = False
    KINDS = tuple(FIELDS)
    kind: Literal["company", "contact", "lead", "deal"] = Field("company", description="company, contact, lead, deal.")
    names: tuple[str, ...] = Field((), description="The fields, `a|b` where one is enough; by default the usual ones.")
    open: bool = Field(True, description="Of deals: whether only the open ones are counted.")
    placeholders: tuple[str, ...] = Field(PLACEHOLDERS, description="Texts that count as empty, in any case.")
    zero_counts: bool = Field(False, description="Whether a number 0 counts as filled.")

    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """The fields that it asks about."""
        return {self.kind: self.fields(*_each(self.names))}

    def counted(self, view: View) -> Counted:
        """One case for each record and field; a field that a credential does not see is not called empty."""
        names = self.names or FIELDS[self.kind]
        dark = {
            (account, name): absent(*name.split(OR))
            for account in accounts_of(view, self.kind)
            for name in names
            if view.known(account, self.kind).isdisjoint(name.split(OR))
        }
        return Counted(self._cases(view, names, dark), dark)

    def _cases(self, view: View, names: tuple[str, ...], dark: dict[tuple[str, str], str]) -> Iterator[Case]:
        none = () if self.zero_counts else ZERO
        for record in self._records(view, _each(names)):
            for name in names:
                if (record.ref.workspace, name) not in dark:
                    said = [not blank(record.get(part), self.placeholders, none) for part in name.split(OR)]
                    lost = not any(said) and any(unknown(view, record.ref, part) for part in name.split(OR))
                    yield Case(record, None if lost else any(said), name)

    def _records(self, view: View, names: tuple[str, ...]) -> Iterator[Record]:
        if self.kind == "deal":
            states = (State.OPEN,) if self.open else tuple(State)
            return deals(view, states, *self.fields(*names))
        found = view.records(self.kind, *self.fields("converted", "merged_into", *names))
        return (record for record in found if not over(record))


def _each(names: tuple[str, ...]) -> tuple[str, ...]:
    """The single fields."""
    return tuple(part for name in names for part in name.split(OR))
