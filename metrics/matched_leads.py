"""The share of leads that are known to belong to their company."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from connectors.records import Record, Ref
from hygiene.check import Band, run
from hygiene.checks.unlinked_lead import UnlinkedLead
from hygiene.employer import over
from hygiene.view import View
from metrics.share import Case, Counted, Share


class Whole(StrEnum):
    """Of which leads: all, or those for which some company of the CRM is a candidate or tied already."""

    ALL = "all"
    KNOWN = "known"


class Match(StrEnum):
    """What a match is: a tie in the CRM, or also a company that the check is sure of."""

    TIED = "tied"
    TOLD = "told"


class MatchedLeads(Share):
    """Leads with their company, among the open leads whose company the CRM has.

    The sources ask for a rate of 95 % and do not say of what. A lead of a new company has no account to be matched to
    (`of: known` leaves it out, `of: all` counts it as unmatched); a Salesforce lead cannot be tied to an account, so
    that knowing it for sure is all there is (`match: told`; `match: tied` asks for the tie).
    """

    FORMULA = "open leads tied to a company, or whose company is sure / open leads whose company the CRM has"
    LISTED = False
    of: Whole = Field(Whole.KNOWN, description="all or known.")
    match: Match = Field(Match.TOLD, description="tied or told.")
    rule: UnlinkedLead = Field(UnlinkedLead(), description="The check `unlinked_lead`; by default the team's.")

    def asked(self) -> UnlinkedLead:
        """Which company a lead belongs to."""
        return self.rule

    def counted(self, view: View) -> Counted:
        """Open leads, by their ties and by what the check says."""
        bands = {finding.refs[0]: finding.band for finding in run([self.rule], view)}
        return Counted(self._cases(view, bands))

    def _cases(self, view: View, bands: dict[Ref, Band]) -> Iterator[Case]:
        for lead in view.records("lead", *self.fields("converted", "merged_into", *filter(None, [self.rule.field]))):
            tied = self._tied(lead, view)
            if not over(lead) and (self.of is Whole.ALL or tied or lead.ref in bands):
                sure = self.match is Match.TOLD and bands.get(lead.ref) is Band.AUTO
                yield Case(lead, tied or sure)

    def _tied(self, lead: Record, view: View) -> bool:
        return bool(view.linked(lead.ref, "company") or (self.rule.field and lead.text(self.rule.field)))
