"""The share of contacts without a company."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.orphan_contact import OrphanContact
from hygiene.view import View
from metrics.asked import Asked


class OrphanContacts(Asked):
    """Contacts that are tied to no company."""

    FORMULA = "contacts tied to no company / contacts"
    rule: OrphanContact = Field(OrphanContact(), description="The check `orphan_contact`; by default the team's.")

    def asked(self) -> OrphanContact:
        """Which contacts need a company."""
        return self.rule

    def population(self, view: View) -> Iterable[Record]:
        """All contacts that live."""
        found = view.records("contact", *self.fields("merged_into"))
        return (contact for contact in found if not contact.text("merged_into"))
