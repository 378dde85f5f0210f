"""The share of addresses that are none."""

from collections.abc import Iterator

from hygiene.clean.email import email
from hygiene.employer import over
from hygiene.view import View
from metrics.share import Case, Counted, Share


class MalformedAddresses(Share):
    """Contacts and leads whose field for an address holds something else; one figure for each kind."""

    FORMULA = "records whose address cannot be one / records with an address"

    def counted(self, view: View) -> Counted:
        """An empty field is no address at all: `fill_rate` counts it."""
        return Counted(self._cases(view))

    def _cases(self, view: View) -> Iterator[Case]:
        for kind in ("contact", "lead"):
            for record in view.records(kind, *self.fields("email", "converted", "merged_into")):
                if record.text("email") and not over(record):
                    yield Case(record, not email(record.text("email")), kind)
