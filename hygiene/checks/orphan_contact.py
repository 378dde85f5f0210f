"""Finds contacts that hang in the air."""

from collections.abc import Iterator

from pydantic import Field

from connectors.records import Record
from hygiene.check import Finding, RowCheck, Severity
from hygiene.clean.email import employer
from hygiene.sight import untied
from hygiene.view import View


class OrphanContact(RowCheck):
    """A contact that is tied to no company, whether or not anything tells which one is its own.

    `unlinked_contact` proposes the company where its mail, phone or name tells it; this check counts them all.

    Why: a contact outside every account is in nobody's territory and in no account's history.
    Proposes: nothing; see `unlinked_contact`.
    """

    kind = "contact"
    free_mail: bool = Field(True, description="Whether a person with a free mailbox, who may buy as one, is told of.")
    with_deal: bool = Field(True, description="Whether a contact that is tied to a deal is told of.")
    severity: Severity = Severity.INFO

    def fields(self) -> tuple[str, ...]:
        """The mailbox tells a person from an employee."""
        return ("email", "merged_into")

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """The contact, where nothing ties it to a company."""
        if record.text("merged_into") or view.linked(record.ref, "company") or untied(view, record.ref):
            return
        private = bool(record.text("email")) and not employer(record.text("email"))
        if (private and not self.free_mail) or (not self.with_deal and view.linked(record.ref, "deal")):
            return
        yield Finding(
            check=self.name(),
            refs=(record.ref,),
            message=f"contact {record.ref.id} is tied to no company",
            severity=self.severity,
        )
