"""The share of close dates put off that nobody gave a reason for."""

from collections.abc import Iterator

from pydantic import Field

from hygiene.checks.close_date_push import CloseDatePush
from hygiene.standing import State
from hygiene.view import View
from metrics.deals import deals
from metrics.share import Case, Counted, Share, accounts_of, hidden


class SilentPushes(Share):
    """Pushes without a reason, among all pushes of the check's last days; a deal put off twice counts twice."""

    FORMULA = "pushes of a close date without a reason / pushes of a close date"
    HISTORIC = True
    rule: CloseDatePush = Field(CloseDatePush(), description="The check `close_date_push`; by default the team's.")

    def asked(self) -> CloseDatePush:
        """What a push is, and when it has a reason."""
        return self.rule

    def counted(self, view: View) -> Counted:
        """Nothing is known where the reason is not visible."""
        return Counted(self._cases(view), hidden(view, "deal", (self.rule.reason_field,), accounts_of(view, "deal")))

    def _cases(self, view: View) -> Iterator[Case]:
        for deal in deals(view, tuple(State), *self.fields(*self.rule.fields())):
            for push in self.rule.pushes(deal, view):
                if push.reason is not None:
                    yield Case(deal, not push.reason)
