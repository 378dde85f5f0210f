"""Finds contacts that belong to a company and are not tied to it."""

from hygiene.employer import Unlinked


class UnlinkedContact(Unlinked):
    """A contact without a company, though its mail, the company it names or its phone says which it is.

    Why: a contact outside its company is missing from the account's history, its lists and its forecast.
    Proposes: a tie to that company; where two are as likely or something contradicts, a person is asked.
    """

    kind = "contact"
