"""The share of addresses that bounced."""

from collections.abc import Iterable

from pydantic import Field

from connectors.records import Record
from hygiene.checks.bounced_email import BouncedEmail
from hygiene.view import View
from metrics.asked import Asked
from metrics.share import Counted, accounts_of, hidden


class BounceRate(Asked):
    """Contacts whose address bounced for good, among those with an address."""

    FORMULA = "contacts with a bounced address / contacts with an address"
    rule: BouncedEmail = Field(BouncedEmail(), description="The check `bounced_email`; by default the team's.")

    def asked(self) -> BouncedEmail:
        """The check, telling of each contact."""
        return self.rule.model_copy(update={"records": True})

    def population(self, view: View) -> Iterable[Record]:
        """The contacts with an address."""
        found = view.records("contact", *self.fields("email", "merged_into"))
        return (contact for contact in found if contact.text("email") and not contact.text("merged_into"))

    def counted(self, view: View) -> Counted:
        """Nothing is known where no field that tells of bounces is visible."""
        found = super().counted(view)
        return Counted(found.cases, hidden(view, "contact", self.rule.fields, accounts_of(view, "contact")))
