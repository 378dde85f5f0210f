"""Finds contacts that nothing has happened with for a year."""

from calendar import monthrange
from collections.abc import Generator, Iterator
from datetime import date

from pydantic import Field

from connectors.changes import Archive
from connectors.records import Record, Ref
from hygiene.blank import unseen
from hygiene.check import Band, Evidence, Finding, SetCheck, Severity
from hygiene.days import Zone, day_of
from hygiene.match.survive import refused
from hygiene.sight import unknown
from hygiene.standing import CUSTOMERS, Standing, standing
from hygiene.view import View

ACTIVITY = "last_activity_at"
CONSENT = ("opted_out", "do_not_call")


class InactiveContact(SetCheck):
    """A contact without any activity for twelve months, who is no customer and has no open deal.

    Spared are contacts and the contacts of companies with an open or a won deal, those whose own or whose company's
    lifecycle stage is a customer's, and those who refused to be contacted: the refusal would be forgotten with them.
    Without activity a contact counts from its creation. Where activity or deals are not visible, nobody is proposed.

    Why: mailing people who left long ago costs reputation and money, and hides who is still there.
    Proposes: archiving the contact; the proposal is for review, never planned unasked.
    """

    months: int = Field(12, ge=1, description="Months without activity from which a contact is inactive.")
    customers: tuple[str, ...] = Field(CUSTOMERS, description="Lifecycle stages of customers.")
    companies: bool = Field(
        True, description="Whether a contact is spared for its company's deals and lifecycle stage."
    )
    refusals: bool = Field(True, description="Whether contacts who refused to be contacted are spared.")
    time_zone: Zone = Field("UTC", description="The zone whose days are counted.")
    severity: Severity = Severity.INFO

    def find(self, view: View) -> Iterator[Finding]:
        """One finding for each inactive contact, in the order of the contacts; first what cannot be seen."""
        dim = yield from self._unseen(view)
        today = day_of(view.as_of, self.time_zone)
        before = months_before(today, self.months) if today else date.min
        known, customers = standing(view), self._customers(view)
        for contact in view.records("contact", ACTIVITY, "created_at", "lifecycle_stage", "merged_into", *CONSENT):
            last = day_of(contact.get(ACTIVITY) or contact.get("created_at"), self.time_zone)
            if contact.ref.workspace in dim or last is None or last > before or unknown(view, contact.ref, ACTIVITY):
                continue
            if not self._spared(contact, view, known, customers):
                yield Finding(
                    check=self.name(),
                    refs=(contact.ref,),
                    message=f"contact {contact.ref.id} shows no activity for {self.months} months or longer",
                    severity=self.severity,
                    evidence=(Evidence("activity", "last activity or creation", values=(str(last),)),),
                    changes=(Archive(contact.ref),),
                    band=Band.REVIEW,
                )

    def _unseen(self, view: View) -> Generator[Finding, None, set[str]]:
        """The workspaces in which nobody can be judged, told once each."""
        dim = set[str]()
        for workspace in sorted({contact.ref.workspace for contact in view.records("contact", ACTIVITY)}):
            dark = list(unseen(self.name(), view, "contact", [workspace], [ACTIVITY]))
            dark += unseen(self.name(), view, "deal", [workspace], ["stage"])
            dim |= {workspace} if dark else set()
            yield from dark
        return dim

    def _customers(self, view: View) -> frozenset[Ref]:
        """The companies whose own lifecycle stage, or type where the CRM has no such stage, is a customer's."""
        fields = ("lifecycle_stage", "type")
        return frozenset(
            item.ref for item in view.records("company", *fields) if any(self._customer(item, name) for name in fields)
        )

    def _customer(self, record: Record, field: str) -> bool:
        return record.text(field).casefold() in {name.casefold() for name in self.customers}

    def _spared(self, contact: Record, view: View, known: Standing, customers: frozenset[Ref]) -> bool:
        if contact.text("merged_into") or self._customer(contact, "lifecycle_stage"):
            return True
        if self.refusals and any(refused(contact.get(name)) for name in CONSENT):
            return True
        near = {contact.ref, *(view.linked(contact.ref, "company") if self.companies else ())}
        return not near.isdisjoint(known.open | known.won | customers)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
