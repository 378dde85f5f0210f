"""What every field of a twin must hold, told from what both CRMs held at each pull: written apart from the sync."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Shared(NamedTuple):
    """One field of a twin under either CRM's own name, and the rule that it is under."""

    hubspot: str
    salesforce: str
    neutral: str
    rule: str


FIELDS: Mapping[str, tuple[Shared, ...]] = {
    "company": (
        Shared("phone", "Phone", "phone", "recent"),
        Shared("city", "BillingCity", "city", "person"),
        Shared("description", "Description", "description", "hubspot"),
        Shared("address", "BillingStreet", "street", "salesforce"),
        Shared("website", "Website", "website", "to_hubspot"),
        Shared("state", "BillingState", "state", "to_salesforce"),
    ),
    "contact": (
        Shared("jobtitle", "Title", "title", "recent"),
        Shared("mobilephone", "MobilePhone", "mobile", "salesforce"),
        Shared("firstname", "FirstName", "first_name", "person"),
        Shared("city", "MailingCity", "city", "hubspot"),
    ),
}


class Both(NamedTuple):
    """A field's two values in native text, blank where there is none, and when either record was last changed (ms)."""

    hubspot: str
    salesforce: str
    changed: tuple[int, int] = (0, 0)


Place = tuple[str, int, str]
"""A kind, the number of a twin, a neutral field."""
Held = Mapping[Place, Both]


@dataclass
class Oracle:
    """Follows every field of every twin; knows nothing of how the sync decides or what it remembers."""

    rules: Mapping[tuple[str, str], str]
    base: dict[Place, Both] = field(default_factory=dict)

    def pulled(self, now: Held) -> dict[Place, tuple[str, str]]:
        """What the sync must write after a pull that showed this: the CRM to write to and the value, by field."""
        asked = {}
        for place, both in now.items():
            if both.hubspot == both.salesforce:
                self.base[place] = both
            elif (wins := self._wins(place, both)) is not None:
                asked[place] = ("salesforce", both.hubspot) if wins == "hubspot" else ("hubspot", both.salesforce)
        return asked

    def written(self, place: Place, value: str) -> None:
        """The sync wrote this over the side that lacked it and saw it there: now both had agreed on it."""
        self.base[place] = Both(value, value)

    def _wins(self, place: Place, both: Both) -> str | None:
        rule = self.rules[place[0], place[2]]
        if rule.startswith("to_"):
            return "salesforce" if rule == "to_hubspot" else "hubspot"
        if (base := self.base.get(place)) is not None:
            moved = [name for name in ("hubspot", "salesforce") if getattr(both, name) != getattr(base, name)]
            if len(moved) == 1:
                return moved[0]
        elif not both.hubspot or not both.salesforce:
            return "hubspot" if both.hubspot else "salesforce"
        if rule == "recent" and both.changed[0] != both.changed[1]:
            return "hubspot" if both.changed[0] > both.changed[1] else "salesforce"
        return rule if rule in ("hubspot", "salesforce") else None


def oracle() -> Oracle:
    """One that has seen nothing yet."""
    return Oracle({(kind, item.neutral): item.rule for kind, items in FIELDS.items() for item in items})
