"""Finds leads whose person is a contact in the same CRM already."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import Field

from connectors.records import Record, Ref
from connectors.values import frozen
from hygiene.check import Band, Finding, SetCheck, Severity
from hygiene.employer import STATE, over, rival, shown
from hygiene.match.across import SAME_PERSON, Across, across
from hygiene.match.score import Verdict
from hygiene.match.table import CONTACT
from hygiene.sight import untied
from hygiene.view import Judgement, View, columns_of


class LeadIsContact(SetCheck):
    """A lead that is a contact of the same CRM: its person is known, and the CRM ties the two in no way.

    Why: a customer who is worked as a stranger gets a second salesperson, and the deal counts as new business.
    Proposes: nothing; a conversion cannot be undone, so that the finding stands for a person to act on. It is in the
    review band where something contradicts or two contacts are as likely.
    """

    rules: Across | None = Field(
        None, description="Which fields are compared on either side, and how; by default as contacts are."
    )
    default_region: str | None = Field(
        None, pattern=r"^[A-Z]{2}$", description="ISO 3166 country that reads the phones of records without country."
    )
    severity: Severity = Severity.WARNING

    def find(self, view: View) -> Iterator[Finding]:
        """One finding for each lead that is a contact with some probability, in the order of the leads."""
        rules = self.rules or SAME_PERSON
        names = [sorted({name for fields in side.values() for name in fields}) for side in (rules.left, rules.right)]
        loose = (item for item in view.records("lead", *names[0], *STATE) if not view.linked(item.ref, "contact"))
        leads = columns_of("lead", (item for item in loose if not over(item) and not untied(view, item.ref)), names[0])
        contacts = columns_of("contact", _employed(view, names[1]), names[1])
        said = {**view.memory.judgements("contact"), **view.memory.judgements("lead")}
        for item in across(leads, contacts, rules, self.default_region or "", same=CONTACT):
            refs = leads.ref(item.left), contacts.ref(item.right)
            word = said.get((min(refs), max(refs)))
            if word is not Judgement.DISTINCT:
                sure = bool(word) or item.verdict is Verdict.AUTO
                evidence = (*shown(item, leads, contacts, rules), *rival(item, contacts))
                yield Finding(
                    check=self.label,
                    refs=refs,
                    message=f"lead {refs[0].id} is contact {refs[1].id}",
                    severity=self.severity,
                    evidence=evidence,
                    band=Band.AUTO if sure else Band.REVIEW,
                    score=round(item.probability, 4),
                )


def _employed(view: View, names: list[str]) -> Iterator[Record]:
    """The contacts; one that names no company has the name of the one that it is tied to."""
    companies: Mapping[Ref, str] = {item.ref: item.text("name") for item in view.records("company", "name")}
    for contact in view.records("contact", *names, *STATE):
        if over(contact):
            continue
        tied = () if contact.text("company") else view.linked(contact.ref, "company")
        name = companies.get(tied[0], "") if len(tied) == 1 else ""
        yield replace(contact, fields=frozen({**contact.fields, "company": name})) if name else contact
