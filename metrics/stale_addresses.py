"""The share of addresses that nobody has used for long: those to validate before the next mailing."""

from collections.abc import Iterator

from pydantic import Field

from connectors.values import empty
from hygiene.checks.inactive_contact import months_before
from hygiene.days import Zone, day_of
from hygiene.sight import unknown
from hygiene.view import View
from metrics.share import Case, Counted, Share, accounts_of, hidden

ACTIVITY = "last_activity_at"


class StaleAddresses(Share):
    """Contacts with an address and without activity for some months, bounced ones left out: a validator's work list.

    Whether a mailbox still takes mail only its server can say, and this tool asks none.
    """

    FORMULA = "contacts with an address that did not bounce, without activity for so long / contacts with an address"
    months: int = Field(6, ge=1, description="Months without activity from which an address is stale.")
    bounced: tuple[str, ...] = Field(
        ("hs_email_hard_bounce_reason_enum", "EmailBouncedDate"),
        description="Fields that say that an address bounced: there is nothing left to validate.",
    )
    time_zone: Zone = Field("UTC", description="The zone whose days are counted.")

    def counted(self, view: View) -> Counted:
        """Nothing is known where activity is not visible."""
        return Counted(self._cases(view), hidden(view, "contact", (ACTIVITY,), accounts_of(view, "contact")))

    def _cases(self, view: View) -> Iterator[Case]:
        today = day_of(view.as_of, self.time_zone)
        before = months_before(today, self.months) if today else None
        wanted = self.fields("email", ACTIVITY, "created_at", "merged_into", *self.bounced)
        for contact in view.records("contact", *wanted):
            if contact.text("merged_into") or not contact.text("email"):
                continue
            last = day_of(contact.get(ACTIVITY) or contact.get("created_at"), self.time_zone)
            spent = any(not empty(contact.get(name)) for name in self.bounced)
            stale = bool(last and before and last <= before) and not spent
            yield Case(contact, None if unknown(view, contact.ref, ACTIVITY) else stale)
