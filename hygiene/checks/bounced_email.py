"""Finds addresses that bounced, and accounts in which too many did."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from pydantic import Field

from connectors.records import Record
from connectors.values import empty
from hygiene.blank import unseen
from hygiene.check import Finding, SetCheck, Severity
from hygiene.view import View


class BouncedEmail(SetCheck):
    """A contact whose address bounced for good, and an account whose rate of such contacts is too high.

    The rate is that of the contacts with an address; only one below `max_rate` is low enough. A share of a handful says
    nothing, so that `least` contacts are needed for one.

    Why: mail providers sort a sender whose mail bounces out for everybody, customers included.
    Proposes: nothing; a new address, or none, is for a person to find.
    """

    fields: tuple[str, ...] = Field(
        ("hs_email_hard_bounce_reason_enum", "EmailBouncedDate"),
        description="Fields that say that an address bounced, by either CRM's names; one is enough.",
    )
    max_rate: float = Field(0.05, gt=0, le=1, description="The share of bounced addresses that is too high.")
    least: int = Field(20, ge=1, description="Contacts with an address from which their rate counts.")
    records: bool = Field(True, description="Whether each contact is told of, beside the rate.")
    severity: Severity = Severity.WARNING

    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """The fields that say that an address bounced."""
        return {"contact": self.fields}

    def find(self, view: View) -> Iterator[Finding]:
        """What cannot be seen, then the contacts in their order, then the rates."""
        with_address, bounced = Counter[str](), Counter[str]()
        dark = set[str]()
        for contact in view.records("contact", "email", "merged_into", *self.fields):
            workspace = contact.ref.workspace
            if workspace not in with_address and view.known(workspace, "contact").isdisjoint(self.fields):
                dark.add(workspace)
            if not contact.text("email") or contact.text("merged_into"):
                continue
            with_address[workspace] += 1
            if any(_says(contact, name) for name in self.fields):
                bounced[workspace] += 1
                yield from self._bounced(contact)
        for workspace in sorted(dark):
            yield from unseen(self.name(), view, "contact", [workspace], self.fields[:1])
        for workspace, count in sorted(with_address.items()):
            if count >= self.least and bounced[workspace] / count >= self.max_rate:
                yield self._rate(workspace, bounced[workspace], count)

    def _bounced(self, contact: Record) -> Iterator[Finding]:
        if self.records:
            yield Finding(
                check=self.name(),
                refs=(contact.ref,),
                message=f"contact {contact.ref.id} has an address that bounced",
                severity=Severity.INFO,
            )

    def _rate(self, workspace: str, bounced: int, count: int) -> Finding:
        share = f"{bounced / count:.1%}, where less than {self.max_rate:.1%} is asked for"
        return Finding(
            check=self.name(),
            refs=(),
            message=f"{bounced} of {count} addresses in {workspace} bounced: {share}",
            severity=self.severity,
            discriminator=workspace,
        )


def _says(contact: Record, name: str) -> bool:
    """Whether a field says that the address bounced: a reason, a date, a count or a plain yes."""
    value = contact.get(name)
    return not empty(value) and value is not False and value != Decimal(0)
