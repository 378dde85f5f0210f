"""The share of lost deals that say why."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from pydantic import Field

from hygiene.blank import PLACEHOLDERS, blank
from hygiene.days import Zone, day_of
from hygiene.sight import unknown
from hygiene.standing import State
from hygiene.view import View
from metrics.deals import deals
from metrics.share import Case, Counted, Share, accounts_of, hidden


class LostReasons(Share):
    """Lost deals with a reason that is no placeholder."""

    FORMULA = "lost deals with a reason / lost deals"
    LISTED = False
    names: tuple[str, ...] = Field(("lost_reason",), description="Fields for the reason; one is enough.")
    days: int | None = Field(None, ge=1, description="Only deals due in so many last days; by default all.")
    placeholders: tuple[str, ...] = Field(PLACEHOLDERS, description="Texts that are no reason.")
    time_zone: Zone = Field("UTC", description="The zone whose days are counted.")

    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """The fields that it asks about."""
        return {"deal": self.fields(*self.names)}

    def counted(self, view: View) -> Counted:
        """Nothing is known where the reason is not visible."""
        return Counted(self._cases(view), hidden(view, "deal", self.names, accounts_of(view, "deal")))

    def _cases(self, view: View) -> Iterator[Case]:
        today = day_of(view.as_of, self.time_zone)
        since = today - timedelta(days=self.days) if today and self.days else None
        for deal in deals(view, (State.LOST,), *self.fields("close_date", *self.names)):
            day = day_of(deal.get("close_date"), self.time_zone)
            untold = any(unknown(view, deal.ref, name) for name in self.names)
            if since is None or (day is not None and day >= since):
                said = any(not blank(deal.get(name), self.placeholders) for name in self.names)
                yield Case(deal, said or (None if untold else False))
