"""Finds leads that belong to a company that is known already."""

from hygiene.employer import Unlinked


class UnlinkedLead(Unlinked):
    """A lead that belongs to a company in the CRM and is not tied to it; what its contact says counts as its own.

    Why: a lead that nobody recognizes as a customer's goes to the wrong owner.
    Proposes: a tie to that company, or its id in `field`; where the CRM has neither (a Salesforce lead has no account),
    the finding stands without a change. Where two are as likely or something contradicts, a person is asked.
    """

    kind = "lead"
