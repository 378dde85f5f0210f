"""The share of contacts that may be archived."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.inactive_contact import InactiveContact
from hygiene.view import View
from metrics.asked import Asked


class InactiveContacts(Asked):
    """Contacts without activity for twelve months who are no customers, have no open deal and refused nothing."""

    FORMULA = "contacts that the check proposes to archive / contacts"
    NEEDS = ("contact", ("last_activity_at",))
    rule: InactiveContact = Field(InactiveContact(), description="The check `inactive_contact`; by default the team's.")

    def asked(self) -> InactiveContact:
        """Who is inactive, and who is spared."""
        return self.rule

    def population(self, view: View) -> Iterable[Record]:
        """All contacts that live."""
        found = view.records("contact", *self.fields("merged_into"))
        return (contact for contact in found if not contact.text("merged_into"))
